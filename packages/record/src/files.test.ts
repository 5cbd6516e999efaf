import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exampleRecord } from "./example.test.data.ts";
import { RecordError, readRecord, readRecords, writeRecord } from "./index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "record-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a record comes back from its file as it was", async () => {
  const path = join(folder, "a", "record.json");
  await writeRecord(path, exampleRecord());
  expect(await readRecord(path)).toEqual(exampleRecord());
});

test("equal records make equal bytes, whatever the order of their keys", async () => {
  const reversed = reverseKeys(exampleRecord());
  expect(Object.keys(reversed)[0]).toBe("finishedAt");
  await writeRecord(join(folder, "a.json"), exampleRecord());
  await writeRecord(join(folder, "b.json"), reversed);
  const written = await readFile(join(folder, "a.json"), "utf8");
  expect(await readFile(join(folder, "b.json"), "utf8")).toBe(written);
  expect(Object.keys(JSON.parse(written)).slice(0, 5)).toEqual([
    "schema",
    "protocol",
    "identity",
    "recipe",
    "miniature",
  ]);
  expect(Object.keys(JSON.parse(written).settings)).toEqual(["sampling", "training"]);
  expect(written.startsWith('{\n  "schema": 1,\n')).toBe(true);
  expect(written.endsWith("}\n")).toBe(true);
});

test("writing leaves nothing but the file", async () => {
  await writeRecord(join(folder, "record.json"), exampleRecord());
  await writeRecord(join(folder, "record.json"), exampleRecord());
  expect(await readdir(folder)).toEqual(["record.json"]);
});

test("a number that JSON cannot hold is refused instead of written as null", async () => {
  const record = exampleRecord();
  record.metrics!.kid = Number.NaN;
  await expect(writeRecord(join(folder, "record.json"), record)).rejects.toThrow(/metrics\.kid/);
  const infinite = { ...exampleRecord(), settings: { lossScale: Number.POSITIVE_INFINITY } };
  await expect(writeRecord(join(folder, "record.json"), infinite)).rejects.toThrow(/settings/);
  expect(await readdir(folder)).toEqual([]);
});

test("all records below a folder are read in the order of their paths, other JSON files are passed over", async () => {
  const seeds = [2, 0, 1];
  for (const [index, seed] of seeds.entries()) {
    await writeRecord(join(folder, `run-${index}`, "record.json"), exampleRecord({ seed }));
  }
  await writeFile(join(folder, "run-0", "settings.json"), '{"steps": 3}');
  await writeFile(join(folder, "run-0", "list.json"), "[1, 2]");
  await writeFile(join(folder, "run-0", "notes.txt"), "not JSON");
  await symlink(folder, join(folder, "run-0", "circle"));
  const records = await readRecords(folder);
  expect(records.map((record) => record.cell.seed)).toEqual(seeds);
});

test("a corrupt record is an error that names the file and the field", async () => {
  const path = join(folder, "deep", "record.json");
  await writeRecord(path, exampleRecord());
  const content = await readFile(path, "utf8");

  await writeFile(path, content.slice(0, content.length / 2));
  await expect(readRecords(folder)).rejects.toThrow(RecordError);
  await expect(readRecords(folder)).rejects.toThrow(/deep[/\\]record\.json.*no JSON/);

  await writeFile(path, content.replace(/"fid": [\d.]+/, '"fid": "low"'));
  await expect(readRecords(folder)).rejects.toThrow(/deep[/\\]record\.json.*metrics\.fid/);

  await writeFile(path, content.replace('"schema": 1', '"schema": 2'));
  await expect(readRecords(folder)).rejects.toThrow(/its schema is 2, this program knows 1/);
});

function reverseKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reverseKeys) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, reverseKeys(inner)]);
  return Object.fromEntries(entries.reverse());
}
