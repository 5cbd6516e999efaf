// Tests writes on a disk that fails: whichever change fails, and whenever the power fails, a file is old or new.

import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isChecked, noteChecked, replaceFile, replaceFileSync, replaceFileWithCopy, tryLock } from "./index.ts";
import { onFailingDisk, readFiles, recordChanges, statesAfterPowerFailure } from "./testing/index.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dit-bench-failing-"));
  path = join(folder, "inner", "a.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const source = join(tmpdir(), `dit-bench-failing-source-${process.pid}`);
const writers: [string, (text: string) => Promise<void>][] = [
  ["replaceFile", (text) => replaceFile(path, text)],
  [
    "replaceFileSync",
    async (text) => replaceFileSync(path, [Buffer.from(text.slice(0, 2)), Buffer.from(text.slice(2))]),
  ],
  [
    "replaceFileWithCopy",
    async (text) => {
      writeFileSync(source, text);
      await replaceFileWithCopy(path, source).finally(() => rmSync(source));
    },
  ],
];
const modes = [
  { forGood: false, code: "ENOSPC" },
  { forGood: true, code: "ENOSPC" },
  { forGood: false, code: "EIO" },
  { forGood: true, code: "EDQUOT" },
] as const;

describe.each(writers)("%s", (_, write) => {
  it("keeps the previous file or has the new one, whichever change fails", async () => {
    mkdirSync(join(folder, "inner"));
    writeFileSync(path, "previous");
    const { changes, error } = await onFailingDisk(folder, { failing: 0 }, () => write("new text"));
    expect(error).toBeUndefined();
    expect(changes.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["sync", "rename"]));
    expect(readFileSync(path, "utf8")).toBe("new text");
    for (let failing = 1; failing <= changes.length; failing++)
      for (const mode of modes) {
        writeFileSync(path, "previous");
        const outcome = await onFailingDisk(folder, { failing, ...mode }, () => write("new text"));
        const name = `change ${failing}, ${changes[failing - 1]!.kind}, ${JSON.stringify(mode)}`;
        expect(outcome.error, name).toMatchObject({ code: mode.code, message: expect.stringContaining("a.json") });
        expect(readdirSync(join(folder, "inner")), name).toEqual(["a.json"]);
        // Only after the rename is the new file there; then its name may be lost in a power failure.
        const isRenamed = failing > changes.findIndex(({ kind }) => kind === "rename") + 1;
        expect(readFileSync(path, "utf8"), name).toBe(isRenamed ? "new text" : "previous");
        await write("later");
        expect(readFileSync(path, "utf8")).toBe("later");
      }
  });

  it("has the previous or the new file after a power failure at any moment, and the new one in the end", async () => {
    mkdirSync(join(folder, "inner"));
    writeFileSync(path, "previous");
    const recording = await recordChanges(folder, () => write("new text"));
    const name = join("inner", "a.json");
    for (let count = 0; count <= recording.changes.length; count++)
      for (const state of statesAfterPowerFailure(recording, count))
        expect(["previous", "new text"], `after change ${count}`).toContain(state.get(name)?.toString());
    const last = [...statesAfterPowerFailure(recording)].map((state) => state.get(name)?.toString());
    expect(new Set(last)).toEqual(new Set(["new text"]));
  });
});

describe("tryLock", () => {
  it("leaves no lock that nobody holds, whichever change fails", async () => {
    mkdirSync(join(folder, "inner"));
    const lockPath = join(folder, "inner", ".lock");
    const take = async () => {
      const lock = await tryLock(lockPath);
      if (typeof lock !== "string") await lock.release();
    };
    const { changes } = await onFailingDisk(folder, { failing: 0 }, take);
    expect(changes.length).toBeGreaterThan(1);
    for (let failing = 1; failing <= changes.length; failing++)
      for (const mode of modes) {
        const { error } = await onFailingDisk(folder, { failing, ...mode }, take);
        expect(error).toMatchObject({ code: mode.code });
        expect(readdirSync(join(folder, "inner"))).toEqual([]);
        await take();
      }
  });
});

describe("noteChecked", () => {
  it("writes a right note or none, whichever change fails", async () => {
    mkdirSync(join(folder, "inner"));
    writeFileSync(path, "content");
    const { changes } = await onFailingDisk(folder, { failing: 0 }, () => noteChecked(path));
    expect(changes.length).toBeGreaterThan(1);
    rmSync(join(folder, "inner", ".a.json.checked"));
    for (let failing = 1; failing <= changes.length; failing++) {
      const { error } = await onFailingDisk(folder, { failing }, () => noteChecked(path));
      expect(error).toBeUndefined();
      const isNoted = isChecked(path);
      expect(readdirSync(join(folder, "inner")).length).toBe(isNoted ? 2 : 1);
      rmSync(join(folder, "inner", ".a.json.checked"), { force: true });
    }
  });
});

describe("the failing disk", () => {
  it("finds a write without a temporary file, and one without a flush", async () => {
    mkdirSync(join(folder, "inner"));
    writeFileSync(path, "previous");
    const writeInPlace = (to: string) => {
      const file = openSync(to, "w");
      writeSync(file, "new text");
      closeSync(file);
    };
    await onFailingDisk(folder, { failing: 2 }, () => writeInPlace(path));
    expect(readFileSync(path, "utf8")).toBe("");
    writeFileSync(path, "previous");
    const recording = await recordChanges(folder, () => {
      writeInPlace(`${path}.tmp`);
      renameSync(`${path}.tmp`, path);
    });
    const states = [...statesAfterPowerFailure(recording)].map((state) =>
      state.get(join("inner", "a.json"))?.toString(),
    );
    expect(new Set(states)).toEqual(new Set(["previous", "", "new ", "new text"]));
  });

  it("does not touch files outside its folder, and ends when it ends", async () => {
    const other = mkdtempSync(join(tmpdir(), "dit-bench-other-"));
    await onFailingDisk(folder, { failing: 1, forGood: true }, () => replaceFile(join(other, "b"), "b"));
    expect(readFiles(other).get("b")?.toString()).toBe("b");
    await replaceFile(path, "c");
    expect(readFileSync(path, "utf8")).toBe("c");
    rmSync(other, { recursive: true });
  });
});
