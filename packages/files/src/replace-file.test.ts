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
import { isTemporary, removeLeftovers, replaceFile, replaceFileSync, temporaryName } from "./index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dit-bench-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each([
  ["replaceFile", (path: string, text: string) => replaceFile(path, text)],
  ["replaceFileSync", async (path: string, text: string) => replaceFileSync(path, [Buffer.from(text)])],
])("%s", (_, write) => {
  it("replaces a file and leaves nothing else", async () => {
    const path = join(folder, "a.json");
    await write(path, "one");
    await write(path, "two");
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(readdirSync(folder)).toEqual(["a.json"]);
  });

  it("keeps the previous state when it fails", async () => {
    const path = join(folder, "a.json");
    mkdirSync(join(path, "in-the-way"), { recursive: true }); // a folder that is not empty cannot be renamed over
    await expect(write(path, "new")).rejects.toThrow(/EISDIR|ENOTEMPTY|EPERM/);
    expect(readdirSync(folder)).toEqual(["a.json"]);
    expect(readdirSync(path)).toEqual(["in-the-way"]);
  });

  it.skipIf(!existsSync("/dev/full"))("names the file when the disk is full", async () => {
    // No unprivileged test can fill a disk: the same error of a device that is always full, with its name added.
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

describe("temporary files", () => {
  it("have one form, and are hidden", () => {
    const name = temporaryName(join(folder, "record.json"));
    expect(isTemporary(name)).toBe(true);
    expect(name.slice(folder.length + 1)).toMatch(/^\.record\.json\.[0-9a-f]{12}\.tmp$/);
    for (const other of ["record.json", ".record.json.tmp", "x.tmp", ".lock"]) expect(isTemporary(other)).toBe(false);
  });

  it("are removed when they are old enough, other files never", () => {
    const [old, recent, other] = [
      temporaryName(join(folder, "a")),
      temporaryName(join(folder, "b")),
      join(folder, "c.tmp"),
    ];
    for (const path of [old, recent, other]) writeFileSync(path, "x");
    utimesSync(old, new Date(0), new Date(0));
    utimesSync(other, new Date(0), new Date(0));
    expect(removeLeftovers(folder)).toEqual([old.slice(folder.length + 1)]);
    expect(readdirSync(folder).sort()).toEqual([recent, other].map((p) => p.slice(folder.length + 1)).sort());
    expect(removeLeftovers(folder, 0)).toEqual([recent.slice(folder.length + 1)]);
    expect(removeLeftovers(join(folder, "missing"))).toEqual([]);
  });
});
