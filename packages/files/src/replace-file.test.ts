// Tests that writes and copies are atomic, and that leftover temporary files are removed.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  isTemporary,
  removeLeftovers,
  replaceFile,
  replaceFileSync,
  replaceFileWithCopy,
  temporaryName,
} from "./index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dit-bench-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each([
  ["replaceFile", (path: string, text: string) => replaceFile(path, text)],
  ["replaceFileSync", async (path: string, text: string) => replaceFileSync(path, [Buffer.from(text)])],
  [
    "replaceFileWithCopy",
    async (path: string, text: string) => {
      const source = join(tmpdir(), `dit-bench-source-${process.pid}`);
      writeFileSync(source, text);
      await replaceFileWithCopy(path, source).finally(() => rmSync(source));
    },
  ],
])("%s", (_, write) => {
  it("replaces a file and leaves no other file", async () => {
    const path = join(folder, "a.json");
    await write(path, "one");
    await write(path, "two");
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(readdirSync(folder)).toEqual(["a.json"]);
  });

  it("keeps the previous file on an error", async () => {
    const path = join(folder, "a.json");
    mkdirSync(join(path, "in-the-way"), { recursive: true }); // a rename cannot replace a folder that is not empty
    await expect(write(path, "new")).rejects.toThrow(/EISDIR|ENOTEMPTY|EPERM/);
    expect(readdirSync(folder)).toEqual(["a.json"]);
    expect(readdirSync(path)).toEqual(["in-the-way"]);
  });

  it.skipIf(!existsSync("/dev/full"))("names the file if the disk is full", async () => {
    // A test cannot fill a disk without privileges: /dev/full gives the same error.
    const { nameFileInError } = await import("./index.ts");
    const error = await import("node:fs").then(({ openSync, writeSync }) => {
      try {
        writeSync(openSync("/dev/full", "w"), "x");
      } catch (e) {
        return nameFileInError(e, "runs/weights.safetensors") as NodeJS.ErrnoException;
      }
    });
    expect(error?.code).toBe("ENOSPC");
    expect(error?.message).toContain("'runs/weights.safetensors'");
  });
});

describe("temporaryName and removeLeftovers", () => {
  it("use hidden names that isTemporary recognises", () => {
    const name = temporaryName(join(folder, "record.json"));
    expect(isTemporary(name)).toBe(true);
    expect(name.slice(folder.length + 1)).toMatch(/^\.record\.json\.[0-9a-f]{12}\.tmp$/);
    for (const other of ["record.json", ".record.json.tmp", "x.tmp", ".lock"]) expect(isTemporary(other)).toBe(false);
  });

  it("remove old temporary files and keep all other files", () => {
    const [oldFile, recentFile, other] = [
      temporaryName(join(folder, "a")),
      temporaryName(join(folder, "b")),
      join(folder, "c.tmp"),
    ];
    for (const path of [oldFile, recentFile, other]) writeFileSync(path, "x");
    utimesSync(oldFile, new Date(0), new Date(0));
    utimesSync(other, new Date(0), new Date(0));
    expect(removeLeftovers(folder)).toEqual([oldFile.slice(folder.length + 1)]);
    expect(readdirSync(folder).sort()).toEqual([recentFile, other].map((p) => p.slice(folder.length + 1)).sort());
    expect(removeLeftovers(folder, 0)).toEqual([recentFile.slice(folder.length + 1)]);
    expect(removeLeftovers(join(folder, "missing"))).toEqual([]);
  });
});
