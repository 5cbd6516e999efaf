// Tests the count of cores that other programs use, with a process that computes and one that sleeps.

import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { watchOthers } from "./other-cores.mjs";

/** @type {import("node:child_process").ChildProcess[]} */
const children = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});
const node = async (/** @type {string} */ code) => {
  const child = spawn(process.execPath, ["-e", `console.log("ready"); ${code}`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child.pid;
};

describe.skipIf(process.platform !== "linux")("the cores that others use", () => {
  it("do not include those of the watched process, and include those of another", async () => {
    const busy = await node("for (;;);");
    const asleep = await node("setInterval(() => {}, 1000)");
    const [besideBusy, besideAsleep] = [watchOthers(busy), watchOthers(asleep)];
    await sleep(1000);
    const [withoutBusy, withBusy] = [besideBusy(), besideAsleep()];
    // Other tests may run, so only the difference is certain: one core, or less where the machine is full.
    expect(Number(withBusy) - Number(withoutBusy)).toBeGreaterThan(0.2);
    expect(Number(withBusy) - Number(withoutBusy)).toBeLessThan(1.1);
  });

  it("are not known for a process that does not exist", () => {
    expect(watchOthers(2 ** 30)()).toBeUndefined();
  });
});
