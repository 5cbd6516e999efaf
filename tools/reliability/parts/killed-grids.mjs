// Kills grids with SIGKILL at different moments: 5 s later none of their processes may be left.

import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bench, environment } from "../small-cell.mjs";

/** @type {import("../types.ts").Part} */
export const part = {
  about:
    "the process of a grid is killed, at moments from the loading of the program to the training of its cells; 5 s " +
    "later none of the processes of its cells may be left.",
  sizes: { ci: 2, night: 20 },
  async *trials(count, folder) {
    for (let i = 0; i < count; i++) {
      const out = join(folder, `grid-${i}`);
      const flags = ["--methods", "bitfit,lora", "--datasets", "flowers,food", "--set", "training.steps=5000"];
      const args = [bench, "grid", ...flags, "--out", out];
      const grid = spawn(process.execPath, args, { stdio: "ignore", env: environment(folder) });
      const seconds = 0.4 + (9.6 * (i + 0.5)) / count;
      await sleep(1e3 * seconds);
      if (grid.exitCode !== null) throw new Error(`the grid ended by itself with exit code ${grid.exitCode}`);
      const cells = processesOf(out).filter((id) => id !== grid.pid).length;
      grid.kill("SIGKILL");
      await sleep(5000);
      const remaining = processesOf(out);
      for (const id of remaining) killIfThere(id);
      const what = cells === 0 ? "SIGKILL of a grid before its first cell" : "SIGKILL of a grid with running cells";
      const moment = `killed after ${seconds.toFixed(1)} s with ${cells} cells`;
      const loss = remaining.length === 0 ? undefined : `${moment}: ${remaining.length} processes stay`;
      yield { what, outcome: loss ? "processes stay" : "no process stays", loss };
    }
  },
};

/** Ids of the processes whose arguments contain `out`. @param {string} out */
const processesOf = (out) =>
  execFileSync("ps", ["-ww", "-eo", "pid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(out))
    .map((line) => Number.parseInt(line, 10));

/** @param {number} id */
function killIfThere(id) {
  try {
    process.kill(id, "SIGKILL");
  } catch {
    // it ended meanwhile
  }
}
