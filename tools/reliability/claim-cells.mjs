// A process of `parts/claims.mjs`: takes cells by their locks until all are done.
//
//     node claim-cells.mjs FOLDER CELLS INDEX

import { appendFileSync, existsSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { replaceFile, tryLock } from "@dit-bench/files";

const [folder, count, index] = process.argv.slice(2);
const cells = Number(count);
/** Milliseconds of work on a cell, so that some processes are killed at work. */
const workMs = 20;
const note = (/** @type {string} */ line) => appendFileSync(join(folder, "..", `${process.pid}.log`), `${line}\n`);
/** A file with this process's id, which becomes the mark of a cell in one step. */
const ownMark = join(folder, `${process.pid}.mark`);
writeFileSync(ownMark, String(process.pid));

for (let isLeft = true; isLeft; ) {
  isLeft = false;
  for (let i = 0; i < cells; i++) {
    const cell = (i + Number(index)) % cells; // neighbours want the same cells at nearly the same time
    const done = join(folder, `${cell}.done`);
    if (existsSync(done)) continue;
    isLeft = true;
    const lock = await tryLock(join(folder, `${cell}.lock`));
    if (typeof lock === "string") continue;
    if (!existsSync(done)) await work(cell, done);
    await lock.release();
  }
}

/**
 * @param {number} cell
 * @param {string} done path of the file that says that the cell is done
 */
async function work(cell, done) {
  const mark = join(folder, `${cell}.work`);
  if (existsSync(mark)) {
    note(isAlive(mark) ? `clash ${cell}` : `takeover ${cell}`);
    rmSync(mark, { force: true });
  }
  try {
    linkSync(ownMark, mark);
  } catch {
    note(`clash ${cell}`); // another process made the mark meanwhile
  }
  await sleep(workMs);
  await replaceFile(done, String(process.pid));
  note(`done ${cell}`);
  rmSync(mark, { force: true });
}

/** Whether the process that made a mark is alive, or has just removed its mark. @param {string} mark */
function isAlive(mark) {
  try {
    process.kill(Number(readFileSync(mark, "utf8")), 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH";
  }
}
