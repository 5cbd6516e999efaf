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
import { afterEach, beforeEach, expect, it } from "vitest";
import { type HeldLock, lockHolder, tryLock, waitForLock } from "./index.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dit-bench-lock-"));
  path = join(folder, ".lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

it("a lock is held by one at a time and leaves nothing behind", async () => {
  const lock = (await tryLock(path)) as HeldLock;
  expect(await tryLock(path)).toBe(String(process.pid));
  await lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

it("a lock that another process took over is not removed by its former holder", async () => {
  const lock = (await tryLock(path)) as HeldLock;
  writeFileSync(path, "1 another-machine 5\n");
  await lock.release();
  expect(lockHolder(path)).toBe("1 on another-machine");
});

it("an error of the disk names the lock and is not waited for", async () => {
  await expect(waitForLock(join(folder, "missing", ".lock"))).rejects.toThrow(/ENOENT.*missing.*\.lock/);
});

it("a folder in its place is an error, and stays", async () => {
  mkdirSync(path);
  await expect(tryLock(path)).rejects.toThrow(`EISDIR: a folder where a lock belongs, '${path}'`);
  expect(readdirSync(folder)).toEqual([".lock"]);
});

it("whoever waits gets the lock when it is released", async () => {
  const first = (await tryLock(path)) as HeldLock;
  const holders: string[] = [];
  const second = waitForLock(path, { onWait: (holder) => holders.push(holder) });
  await new Promise((done) => setTimeout(done, 700));
  await first.release();
  await (await second)?.release();
  expect(holders).toEqual([String(process.pid)]);
});

it("a wait ends when it is asked to stop", async () => {
  const first = (await tryLock(path)) as HeldLock;
  expect(await waitForLock(path, { stopping: () => true })).toBeUndefined();
  await first.release();
});

it("the lock of a killed process is taken over", async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  writeFileSync(path, `${child.pid} ${hostname()} \n`);
  expect(lockHolder(path)).toBe(String(child.pid));
  const closed = new Promise((done) => child.on("close", done));
  child.kill("SIGKILL");
  await closed;
  const lock = await tryLock(path);
  expect(lock).not.toBeTypeOf("string");
  await (lock as HeldLock).release();
});

it.skipIf(!existsSync("/proc/self/stat"))("another process with the same id does not hold the lock", async () => {
  writeFileSync(path, `${process.pid} ${hostname()} 1\n`); // this process started later than the first tick
  expect(lockHolder(path)).toBeUndefined();
});

it("a lock of another machine is dead only when it was not touched for two minutes", () => {
  writeFileSync(path, "1 another-machine 5\n");
  expect(lockHolder(path)).toBe("1 on another-machine");
  const old = new Date(Date.now() - 180_000);
  utimesSync(path, old, old);
  expect(lockHolder(path)).toBeUndefined();
});

it("of several that find a dead lock, one takes it", async () => {
  writeFileSync(path, `4194305 ${hostname()} 1\n`); // above the largest process number of Linux
  const taken = await Promise.all(Array.from({ length: 8 }, () => tryLock(path)));
  const held = taken.filter((lock) => typeof lock !== "string");
  expect(held.length).toBe(1);
  expect(readFileSync(path, "utf8")).toMatch(new RegExp(`^${process.pid} `));
  await (held[0] as HeldLock).release();
});
