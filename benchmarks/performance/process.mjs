// Measuring processes: each is started at its first measurement and kept as long as memory allows.
//
// A process answers each JSON line on its stdin with one on its stdout: {"prepare": …} with what it prepared,
// {"measure": {steps, seconds}} with the times of its steps. It exits when its stdin closes. Other output is kept for
// the error message.

import { spawn } from "node:child_process";
import { freemem } from "node:os";
import { createInterface } from "node:readline";

/** @import { About, Preparation, Spec, Times } from "./types.ts" */
/** @typedef {{ command: string, args: string[], env?: Record<string, string> }} Command */
/** @typedef {{ steps: number, seconds: number }} Duration */
/** @typedef {{ prepare: Preparation } | { measure: Duration }} Message */

/** An unknown process is planned with this multiple of the largest peak known for its shape. */
const UNKNOWN_FACTOR = 1.5;
/** The part of the free memory that one process may plan with. */
const USABLE = 0.85;
/** Milliseconds until a process that does not exit is killed. */
const PATIENCE = 20_000;

export class ProcessFailed extends Error {
  /** @override */
  name = "ProcessFailed";
}

/**
 * A pool of processes, one per spec.
 *
 * @param {(spec: Spec) => Command} commandOf
 * @param {{ free?: () => number }} [options] `free` returns the free memory in bytes
 */
export function processPool(commandOf, { free = freemem } = {}) {
  /** @type {Map<string, ReturnType<typeof start>>} in the order of last use */
  const alive = new Map();
  /** @type {Map<string, number>} MB, by shape and by spec */
  const peaks = new Map();

  /** @param {string} key */
  async function stop(key) {
    const child = alive.get(key);
    alive.delete(key);
    await child?.end();
  }

  /**
   * Stops processes, the largest first, until the next one has room. The process used last stays longest, since it is
   * usually ours and needed next. It goes first if stopping all others would not free enough: then the small ones may
   * stay.
   *
   * @param {string} key
   * @param {string} shape
   */
  async function makeRoom(key, shape) {
    const needMB = peaks.get(key) ?? UNKNOWN_FACTOR * (peaks.get(shape) ?? 0);
    const shortMB = () => needMB - (USABLE * free()) / 2 ** 20;
    const peak = (/** @type {string} */ k) => peaks.get(k) ?? 0;
    const others = [...alive.keys()];
    const last = others.pop();
    if (last === undefined) return;
    others.sort((a, b) => peak(b) - peak(a));
    const enough = others.reduce((sum, k) => sum + peak(k), 0) >= shortMB();
    for (const candidate of enough ? [...others, last] : [last, ...others]) {
      if (shortMB() <= 0) return;
      await stop(candidate);
    }
  }

  return {
    /**
     * Measures one spec; `started` is what the process reported if it had to be started.
     *
     * @param {Spec} spec
     * @param {Duration} how
     * @returns {Promise<Times & { started?: About }>}
     * @throws ProcessFailed if the process cannot be started or exits
     */
    async measure(spec, how) {
      const key = JSON.stringify(spec);
      const shape = JSON.stringify(spec.shape);
      let child = alive.get(key);
      let started;
      try {
        if (!child) {
          await makeRoom(key, shape);
          child = start(commandOf(spec));
          alive.set(key, child);
          const { about } = await child.ask({ prepare: spec.prepare });
          started = about;
        }
        alive.delete(key);
        alive.set(key, child);
        const answer = await child.ask({ measure: how });
        for (const k of [key, shape]) peaks.set(k, Math.max(peaks.get(k) ?? 0, answer.peak_mb));
        return started ? { ...answer, started } : answer;
      } catch (error) {
        if (alive.has(key)) await stop(key);
        throw error;
      }
    },
    /**
     * Stops all processes except those of these specs.
     *
     * @param {readonly Spec[]} specs
     */
    async keepOnly(specs) {
      const kept = new Set(specs.map((spec) => JSON.stringify(spec)));
      for (const key of [...alive.keys()]) if (!kept.has(key)) await stop(key);
    },
  };
}

/** @param {Command} command */
function start({ command, args, env = {} }) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
  /** @type {{ resolve: (answer: any) => void, reject: (error: Error) => void }[]} */
  const waiting = [];
  let output = "";
  /** @type {ProcessFailed | undefined} */
  let failure;
  const keep = (/** @type {string} */ text) => {
    output = `${output}${text}`.slice(-4000);
  };
  child.stderr.setEncoding("utf8").on("data", keep);
  child.stdin.on("error", () => {}); // the process has exited: "close" reports it
  const ended = new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    const fail = (/** @type {string} */ why) => {
      const lastLines = output.trim().split("\n").slice(-3).join(" / ");
      failure ??= new ProcessFailed(
        `${command} ${args.join(" ")} ${why}${output ? `; its last output: ${lastLines}` : ""}`,
      );
      for (const { reject } of waiting.splice(0)) reject(failure);
      resolve();
    };
    child.on("error", (error) => fail(`cannot be started: ${error.message}`));
    child.on("close", (code, signal) =>
      fail(signal ? `was ended by ${signal} (out of memory?)` : `ended with code ${code}`),
    );
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("{")) waiting.shift()?.resolve(JSON.parse(line));
    else keep(`${line}\n`);
  });
  return {
    /**
     * @param {Message} message
     * @returns {Promise<any>} the answer, whose fields depend on the message
     */
    ask: (message) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(message)}\n`);
      }),
    async end() {
      child.stdin.end();
      const kill = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
      await ended;
      clearTimeout(kill);
    },
  };
}
