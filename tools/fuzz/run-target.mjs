// Runs one target: its corpus, then generated inputs, in a process of its own that is started again after a crash.

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inputAt } from "./mutate.mjs";

/** @import { Fault, Message, Tally, Target } from "./types.ts" */

const program = fileURLToPath(new URL("process.mjs", import.meta.url));

/** The folder with a folder of inputs for each target: faults that were found, whether mended or not. */
export const corpusFolder = fileURLToPath(new URL("corpus/", import.meta.url));

/** Seconds without progress after which the process is ended. One input must take far less, also on a busy machine. */
const mostSeconds = 60;
/** A target with more faults is given up: the first ones matter. */
const mostFaults = 20;

/**
 * @param {string} name of the target
 * @param {string} module URL of the module that exports it as `target`
 * @param {object} options
 * @param {number} options.inputs number of generated inputs
 * @param {number} [options.seed]
 * @param {number} [options.secondsWithoutProgress]
 * @param {string} [options.corpus] folder with a folder for each target
 * @param {(done: number) => void} [options.onProgress] called each second
 * @returns {Promise<Tally>}
 */
export async function runTarget(name, module, options) {
  const { inputs, seed = 0, corpus = corpusFolder, onProgress, secondsWithoutProgress = mostSeconds } = options;
  const begun = performance.now();
  const files = listFiles(join(corpus, name));
  const work = mkdtempSync(join(tmpdir(), "dit-bench-fuzz-"));
  /** @type {Fault[]} */
  const faults = [];
  const counts = { inputs: 0, accepted: 0, refused: 0 };
  try {
    await runAll(files.length + inputs);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return { ...counts, faults, seconds: (performance.now() - begun) / 1000 };

  /** The name of a file of the corpus, or the index of a generated input. @param {number} at */
  function nameOf(at) {
    return files[at] ?? at - files.length;
  }

  /** @param {number} at */
  async function makeInput(at) {
    if (at < files.length) return readFileSync(files[at]);
    /** @type {{ target: Target }} */
    const { target } = await import(module);
    return inputAt(target, await target.seeds(), seed, at - files.length);
  }

  /** @param {number} to */
  async function runAll(to) {
    for (let from = 0; from < to && faults.length < mostFaults; ) {
      const end = await runProcess(from, to);
      counts.inputs += Math.min(end.next, to) - from;
      counts.accepted += end.accepted;
      counts.refused += end.refused;
      if (end.death !== undefined) {
        const at = end.next - 1;
        faults.push({ input: nameOf(at), problem: end.death, bytes: await makeInput(at) });
      }
      from = end.next;
    }
  }

  /**
   * @param {number} from
   * @param {number} to
   * @returns {Promise<{ next: number, accepted: number, refused: number, death?: string }>}
   */
  async function runProcess(from, to) {
    const folder = join(work, "files");
    const position = join(work, "position");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const child = fork(program, [], {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: ["--max-old-space-size=600", "--expose-gc"],
    });
    let [stderr, finished, stuck, tooMany] = ["", false, false, false];
    child.stderr?.on("data", (text) => {
      stderr = (stderr + text).slice(-4000);
    });
    child.on("message", (/** @type {Message} */ message) => {
      if (message.kind === "finished") finished = true;
      else {
        const { at, problem, bytes } = message;
        if (faults.length < mostFaults) faults.push({ input: nameOf(at), problem, bytes });
        if (faults.length < mostFaults) return;
        tooMany = true;
        child.kill("SIGKILL");
      }
    });
    child.send({ module, files, seed, from, to, folder, position });
    let last = { index: -1, at: performance.now() };
    const watch = setInterval(() => {
      const { index } = readPosition(position);
      if (index !== last.index) last = { index, at: performance.now() };
      if (index >= files.length) onProgress?.(index - files.length);
      if (performance.now() - last.at < 1000 * secondsWithoutProgress) return;
      stuck = true;
      child.kill("SIGKILL");
    }, 1000);
    // The last messages can arrive after the end of the process.
    const disconnected = once(child, "disconnect");
    const [code, signal] = await once(child, "close");
    clearInterval(watch);
    await disconnected;
    const { index, accepted, refused } = readPosition(position);
    if (finished) return { next: to, accepted, refused };
    if (index < 0) throw new Error(`the process of target ${name} did not start: ${stderr}`);
    const next = index + 1;
    // The fault that ended the process was reported already.
    if (tooMany || (code === 1 && faults.some(({ input }) => input === nameOf(index))))
      return { next, accepted, refused };
    const death = stuck
      ? `no end after ${secondsWithoutProgress} s`
      : `the process ended with ${signal ?? `code ${code}`}: ${reasonIn(stderr)}`;
    return { next, accepted, refused, death };
  }
}

/**
 * The message of V8 or of a native library, or the last line.
 *
 * @param {string} stderr
 */
function reasonIn(stderr) {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  return lines.find((line) => /FATAL ERROR|Error:|terminate called|assert/i.test(line)) ?? lines.at(-1) ?? "no message";
}

/** @param {string} folder */
function listFiles(folder) {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return [];
    throw error;
  }
}

/**
 * The index of the input that is read, and the counts before it; the index is -1 before the first one.
 *
 * @param {string} path
 */
function readPosition(path) {
  try {
    const bytes = readFileSync(path);
    if (bytes.length === 12)
      return { index: bytes.readUInt32LE(0), accepted: bytes.readUInt32LE(4), refused: bytes.readUInt32LE(8) };
  } catch {} // the process has not begun
  return { index: -1, accepted: 0, refused: 0 };
}
