// Tests that findRecords finds the records below a folder that also has damaged records and files of other programs.

import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { temporaryName } from "@dit-bench/files";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exampleRecord } from "./example.test.data.ts";
import { findRecords, writeRecord } from "./index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "find-records-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(join(folder, path, ".."), { recursive: true });
  await writeFile(join(folder, path), content);
}

test("findRecords reads all records in the order of their paths and skips other JSON files", async () => {
  const seeds = [2, 0, 1];
  for (const [index, seed] of seeds.entries())
    await writeRecord(join(folder, `run-${index}`, "any name.json"), exampleRecord({ seed }));
  await put("run-0/settings.json", '{"steps": 3}');
  await put("run-0/record.json", '{"name": "of another program", "cell": 1}');
  await put("run-0/list.json", "[1, 2]");
  await put("run-0/notes.txt", "not JSON");
  await symlink(folder, join(folder, "run-0", "circle"));
  const { records, damaged } = await findRecords(folder);
  expect(damaged).toEqual([]);
  expect(records.map(({ record }) => record.cell.seed)).toEqual(seeds);
  expect(records.map(({ path }) => relative(folder, path).slice(0, 5))).toEqual(["run-0", "run-1", "run-2"]);
});

test.each([
  ["a resource fork of macOS", "._record.json", "\0\x05\x16\x07\0\x02\0\0Mac OS X        "],
  ["a notebook's copy", ".ipynb_checkpoints/record.json", '{"protocol": 1, "cell": 2'],
  ["an editor's settings with comments", ".vscode/settings.json", '// mine\n{"a": 1,}\n'],
  ["an editor's settings in a folder that is not hidden", "vscode/settings.json", '// mine\n{"a": 1,}\n'],
  ["a leftover of an archive", "__MACOSX/record.json", "?"],
  ["the recycle bin of a NAS", "@Recycle/record.json", "?"],
  ["a file recovered by Windows", "found.000/record.json", "?"],
  ["a package of Node", "node_modules/x/record.json", "?"],
  ["a snapshot of a NAS", "@Recently-Snapshot/GMT+01/record.json", "?"],
  ["a recycle bin", "$RECYCLE.BIN/S-1-5/record.json", "?"],
  ["an empty file of another program", "cache.json", ""],
  ["a truncated file of another program", "1234.tmp.json", '{"images": [1, 2'],
  ["a file of JSON lines", "log.json", '{"protocol": "a"}\n{"protocol": "b"}\n'],
])("findRecords skips %s", async (_, path, content) => {
  await writeRecord(join(folder, "a", "record.json"), exampleRecord());
  await put(path, content);
  expect(await findRecords(folder)).toMatchObject({
    records: [{ path: join(folder, "a", "record.json") }],
    damaged: [],
  });
});

test("findRecords skips a temporary file of a killed writer", async () => {
  await writeFile(temporaryName(join(folder, "record.json")), '{"protocol": "mini/1", "identity": "ab');
  expect(await findRecords(folder)).toEqual({ records: [], damaged: [] });
});

test("findRecords returns the other records and lists each damaged one", async () => {
  await writeRecord(join(folder, "sound", "record.json"), exampleRecord());
  await put("cut/record.json", JSON.stringify(exampleRecord()).slice(0, 700));
  await put("cut, renamed/bitfit.json", JSON.stringify(exampleRecord()).slice(0, 700));
  await put("empty/record.json", "");
  await put("zeros/lora-r8-seed-12.json", new Uint8Array(700));
  await put("changed/record.json", JSON.stringify({ ...exampleRecord(), exit: "crashed" }));
  await mkdir(join(folder, "folder/record.json"), { recursive: true });
  await mkdir(join(folder, "link"));
  await symlink("gone.json", join(folder, "link", "record.json"));
  await put("large/record.json", "");
  await truncate(join(folder, "large/record.json"), 200e6); // sparse
  const { records, damaged } = await findRecords(folder);
  expect(records.map(({ path }) => relative(folder, path))).toEqual([join("sound", "record.json")]);
  expect(damaged.map(({ path, reason }) => [relative(folder, path), reason.replace(path, "FILE")])).toEqual([
    ["changed/record.json", expect.stringMatching(/^FILE is not a valid record: .*exit/)],
    ["cut, renamed/bitfit.json", expect.stringMatching(/^cannot read FILE: it is not JSON/)],
    [
      "cut/record.json",
      expect.stringMatching(/^cannot read FILE: it is not JSON .*; delete it and run the cell again$/),
    ],
    ["empty/record.json", "cannot read FILE: it is empty; delete it and run the cell again"],
    ["folder/record.json", "cannot read FILE: it is a folder, expected a file; delete it and run the cell again"],
    ["large/record.json", expect.stringContaining("it has 200000000 bytes, more than any record")],
    ["link/record.json", expect.stringContaining("it is a link to a file that does not exist")],
    ["zeros/lora-r8-seed-12.json", expect.stringMatching(/^cannot read FILE: it is not JSON/)],
  ]);
});

test.skipIf(process.platform === "win32")("findRecords reports a pipe without waiting for data", async () => {
  const pipe = join(folder, "record.json");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  const { damaged } = await findRecords(folder);
  expect(damaged).toMatchObject([{ path: pipe, reason: expect.stringContaining("it is not a regular file") }]);
});

test("findRecords escapes control characters of file names in messages", async () => {
  await put("\x1b[31m/record.json", "");
  expect((await findRecords(folder)).damaged[0]!.reason).toContain("\\x1b[31m");
});
