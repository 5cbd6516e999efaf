// Reads one input and judges the outcome: a value, an error of an expected kind with a message, or a fault.

/** @import { Limits, Target } from "./types.ts" */

/** @type {Limits} */
const usualLimits = { seconds: 2, megabytes: 100 };

/** A message is printed on a terminal. Longer ones quote content of the file without a limit. */
const mostMessage = 5000;

/**
 * @typedef {{ readonly verdict: "accepted" | "refused" }} Judged
 * @typedef {{ readonly verdict: "fault", readonly problem: string }} Faulty
 * @typedef {Judged | Faulty} Outcome
 */

/**
 * Reads an input. Time and memory beyond the limits count if they occur a second time, because the machine is shared
 * and garbage of earlier inputs is collected at any moment.
 *
 * @param {Target} target
 * @param {Buffer} input
 * @param {string} folder
 * @returns {Promise<Outcome>}
 */
export async function judge(target, input, folder) {
  const first = await readOnce(target, input, folder);
  if (!("repeatable" in first)) return first;
  collectGarbage();
  const second = await readOnce(target, input, folder);
  collectGarbage(); // otherwise the next input seems to take less memory than it does
  return second;
}

/** V8 releases buffers in a later collection than the one that finds them. The process runs with `--expose-gc`. */
function collectGarbage() {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
}

/**
 * @param {Target} target
 * @param {Buffer} input
 * @param {string} folder
 * @returns {Promise<Outcome & { repeatable?: true }>}
 */
async function readOnce(target, input, folder) {
  const limits = { ...usualLimits, ...target.limits };
  const cpuBefore = process.cpuUsage();
  const memoryBefore = memory();
  /** @type {Outcome} */
  let outcome;
  try {
    outcome = { verdict: (await target.read(Buffer.from(input), folder)) === false ? "refused" : "accepted" };
  } catch (error) {
    outcome = judgeError(target, error);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (user + system) / 1e6;
  const memoryAfter = memory();
  const megabytes = Math.max(memoryAfter.allocated - memoryBefore.allocated, memoryAfter.most - memoryBefore.most);
  const polluted = Object.keys(Object.prototype);
  if (polluted.length > 0) {
    for (const key of polluted) Reflect.deleteProperty(Object.prototype, key);
    return { verdict: "fault", problem: `every object got the property ${JSON.stringify(polluted[0])}` };
  }
  if (outcome.verdict === "fault") return outcome;
  if (seconds > limits.seconds)
    return { verdict: "fault", problem: `it took ${limits.seconds} s of CPU time or more`, repeatable: true };
  if (megabytes > limits.megabytes)
    return { verdict: "fault", problem: `it took ${limits.megabytes} MB of memory or more`, repeatable: true };
  return outcome;
}

/**
 * @param {Target} target
 * @param {unknown} error
 * @returns {Outcome}
 */
function judgeError(target, error) {
  if (!(error instanceof Error)) return { verdict: "fault", problem: `it threw ${typeof error}, not an error` };
  if (!target.errors.some((kind) => error instanceof kind))
    return { verdict: "fault", problem: `${error.name}: ${error.message.slice(0, 300)} (${placeOf(error)})` };
  if (error.message.trim() === "") return { verdict: "fault", problem: `${error.name} without a message` };
  if (error.message.length > mostMessage)
    return { verdict: "fault", problem: `${error.name} with a message of more than ${mostMessage} characters` };
  return { verdict: "refused" };
}

/**
 * The first place in this project's code on the stack.
 *
 * @param {Error} error
 */
function placeOf({ stack = "" }) {
  const lines = stack.split("\n").filter((line) => /^ +at /.test(line));
  const line = lines.find((text) => /packages\/|tools\//.test(text) && !/node_modules\//.test(text)) ?? lines[0] ?? "";
  return line.trim().replace(/file:\S*?\/(?=packages\/|tools\/)/, "");
}

/** MB of the heap and of buffers beside it, touched or not, and the most that was resident so far. */
function memory() {
  const { heapUsed, external } = process.memoryUsage();
  return { allocated: (heapUsed + external) / 1e6, most: process.resourceUsage().maxRSS / 1e3 };
}
