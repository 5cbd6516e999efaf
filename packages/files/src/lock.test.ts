// Locks between processes: taking, waiting, releasing, and taking over the lock of a process that has ended.

import { spawn } from "node:child_process";
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
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HeldLock, lockHolder, tryLock, waitForLock } from "./index.ts";
import { guardOf } from "./lock.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dit-bench-lock-"));
  path = join(folder, ".lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The content of a lock whose process does not exist: 4194305 is above the largest process id of Linux. */
const deadContent = `4194305 ${hostname()} 1\n`;

describe("tryLock", () => {
  it("gives the lock to one holder at a time and leaves no file behind", async () => {
    const lock = (await tryLock(path)) as HeldLock;
    expect(await tryLock(path)).toBe(String(process.pid));
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("does not release a lock that another process has taken over", async () => {
    const lock = (await tryLock(path)) as HeldLock;
    writeFileSync(path, "1 another-machine 5\n");
    await lock.release();
    expect(lockHolder(path)).toBe("1 on another-machine");
  });

  it("refuses a folder at the lock's path and keeps it", async () => {
    mkdirSync(path);
    await expect(tryLock(path)).rejects.toThrow(
      `EISDIR: '${path}' is a folder where a lock file is expected: remove it`,
    );
    expect(readdirSync(folder)).toEqual([".lock"]);
  });

  it("takes over the lock of a killed process", async () => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    writeFileSync(path, `${child.pid} ${hostname()} \n`);
    expect(lockHolder(path)).toBe(String(child.pid));
    const closed = new Promise((done) => child.on("close", done));
    child.kill("SIGKILL");
    await closed;
    const lock = await tryLock(path);
    expect(lock).not.toBeTypeOf("string");
    await (lock as HeldLock).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("gives a dead lock to exactly one of several callers", async () => {
    writeFileSync(path, deadContent);
    const results = await Promise.all(Array.from({ length: 8 }, () => tryLock(path)));
    const heldLocks = results.filter((lock) => typeof lock !== "string");
    expect(heldLocks.length).toBe(1);
    expect(readFileSync(path, "utf8")).toMatch(new RegExp(`^${process.pid} `));
    await (heldLocks[0] as HeldLock).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("leaves a dead lock to the live process that holds its guard", async () => {
    writeFileSync(path, deadContent);
    const guard = (await tryLock(guardOf(path))) as HeldLock;
    expect(await tryLock(path)).toBe(String(process.pid));
    expect(readFileSync(path, "utf8")).toBe(deadContent);
    await guard.release();
    await ((await tryLock(path)) as HeldLock).release();
  });

  it("removes the guards of processes that were killed while they removed a dead lock", async () => {
    for (const file of [path, guardOf(path), guardOf(guardOf(path))]) writeFileSync(file, deadContent);
    await ((await tryLock(path)) as HeldLock).release();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("waitForLock", () => {
  it("passes on an error of the disk, with the lock's path, without waiting", async () => {
    await expect(waitForLock(join(folder, "missing", ".lock"))).rejects.toThrow(/ENOENT.*missing.*\.lock/);
  });

  it("takes the lock when its holder releases it", async () => {
    const first = (await tryLock(path)) as HeldLock;
    const holders: string[] = [];
    const second = waitForLock(path, { onWait: (holder) => holders.push(holder) });
    await new Promise((done) => setTimeout(done, 700));
    await first.release();
    await (await second)?.release();
    expect(holders).toEqual([String(process.pid)]);
  });

  it("stops waiting when it is asked to", async () => {
    const first = (await tryLock(path)) as HeldLock;
    expect(await waitForLock(path, { stopping: () => true })).toBeUndefined();
    await first.release();
  });
});

describe("lockHolder", () => {
  it.skipIf(!existsSync("/proc/self/stat"))(
    "recognises a later process with the same id by its start time",
    async () => {
      writeFileSync(path, `${process.pid} ${hostname()} 1\n`); // this process started later than the first tick
      expect(lockHolder(path)).toBeUndefined();
    },
  );

  it("regards a lock of another machine as dead after two minutes without a heartbeat", () => {
    writeFileSync(path, "1 another-machine 5\n");
    expect(lockHolder(path)).toBe("1 on another-machine");
    const old = new Date(Date.now() - 180_000);
    utimesSync(path, old, old);
    expect(lockHolder(path)).toBeUndefined();
  });
});
