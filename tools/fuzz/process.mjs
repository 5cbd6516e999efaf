// The process that reads the inputs of one target: a crash, an endless loop or exhausted memory ends it alone.
// `run-target.mjs` starts it and sends it one job.

import { mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { judge } from "./judge.mjs";
import { inputAt } from "./mutate.mjs";

/** @import { Job, Message, Target } from "./types.ts" */

/** @type {Job} */
const job = await new Promise((resolve) => process.once("message", (sent) => resolve(/** @type {Job} */ (sent))));
/** @type {{ target: Target }} */
const { target } = await import(job.module);
mkdirSync(job.folder, { recursive: true });
const position = openSync(job.position, "w");
const noted = new Uint32Array(3);

/** @type {Buffer} */
let input = Buffer.alloc(0);
const report = (/** @type {string} */ problem) => send({ kind: "fault", at: noted[0], problem, bytes: input });

// An error that no caller can catch would end the program of a user, too.
let isEnding = false;
process.on("uncaughtException", async (error) => {
  isEnding = true;
  await report(`uncaught ${error.name}: ${error.message.slice(0, 300)}`);
  process.exit(1);
});

const seeds = await target.seeds();
const { files } = job;
for (let at = job.from; at < job.to && !isEnding; at++) {
  noted[0] = at;
  writeSync(position, noted, 0, noted.byteLength, 0);
  input = at < files.length ? readFileSync(files[at]) : inputAt(target, seeds, job.seed, at - files.length);
  const outcome = await judge(target, input, job.folder);
  if (outcome.verdict === "fault") await report(outcome.problem);
  else noted[outcome.verdict === "accepted" ? 1 : 2]++;
  if (at % 16 === 0) await setImmediate(); // errors of streams that nobody waits for arrive before the next inputs
}
await setImmediate();
if (!isEnding) {
  noted[0] = job.to;
  writeSync(position, noted, 0, noted.byteLength, 0);
  await send({ kind: "finished" });
  process.disconnect();
}

/**
 * @param {Message} message
 * @returns {Promise<void>}
 */
function send(message) {
  return new Promise((resolve) => {
    process.send?.(message, () => resolve());
  });
}
