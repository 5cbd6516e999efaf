// Kills grids with SIGKILL at different moments: 5 s later none of their processes may be left.
//
//     node tools/stress/kills.mjs [KILLS]

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const kills = Number(process.argv[2] ?? 20);
const bench = fileURLToPath(new URL("../../packages/cli/bin/bench.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dit-bench-kills-"));

/** Returns the process ids and command lines of the processes whose arguments contain `out`. */
const processesOf = (/** @type {string} */ out) =>
  execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(out));

let remaining = 0;
for (let i = 0; i < kills; i++) {
  const out = join(folder, `grid-${i}`);
  const flags = ["--methods", "bitfit,lora", "--datasets", "flowers,food", "--set", "training.steps=5000"];
  const grid = spawn(process.execPath, [bench, "grid", ...flags, "--out", out], { stdio: "ignore" });
  const seconds = 0.4 + (9.6 * i) / kills; // from the loading of the program to the training of its cells
  await sleep(1e3 * seconds);
  const runningCount = processesOf(out).length;
  grid.kill("SIGKILL");
  await sleep(5000);
  const remainingLines = processesOf(out);
  remaining += remainingLines.length;
  console.log(
    `killed after ${seconds.toFixed(1)} s: ${runningCount} processes, ${remainingLines.length} left 5 s later`,
  );
  for (const line of remainingLines) process.kill(Number.parseInt(line, 10), "SIGKILL");
}
rmSync(folder, { recursive: true, force: true });
console.log(`${kills} kills, ${remaining} processes left`);
process.exitCode = remaining > 0 ? 1 : 0;
