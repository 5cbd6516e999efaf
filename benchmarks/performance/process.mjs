// A pool of measuring processes. Each process starts at its first measurement and is kept as long as memory allows.
//
// A process answers each JSON line on its stdin with a JSON line on its stdout. The answer to {"prepare": …} describes
// the prepared work; the answer to {"measure": {steps, seconds}} has the times of the steps. The process exits when its
// stdin closes. Its other output is kept for the error message.

import { spawn } from "node:child_process";
import { freemem } from "node:os";
import { createInterface } from "node:readline";
import { watchOthers } from "./other-cores.mjs";

/** @import { About, Preparation, Spec, Times } from "./types.ts" */
/** @typedef {{ command: string, args: string[], env?: Record<string, string>, cwd?: string }} Command */
/** @typedef {{ steps: number, seconds: number }} Duration */
/** @typedef {{ prepare: Preparation } | { measure: Duration }} Message */

/**
 * A process that was never measured is expected to need this multiple of the largest peak of its program with the same
 * method and shape, or else of the largest peak of any process with its shape.
 */
const UNMEASURED_FACTOR = 1.5;
/** The share of the free memory that one process may use. */
const USABLE_SHARE = 0.85;
/** Milliseconds until a process that does not exit is killed. */
const EXIT_TIMEOUT = 20_000;

export class ProcessFailed extends Error {
  /** @override */
  name = "ProcessFailed";
}

/**
 * A pool of processes, one per spec.
 *
 * @param {(spec: Spec) => Command} commandOf
 * @param {{ freeBytes?: () => number }} [options] `freeBytes` returns the free memory in bytes
 */
export function processPool(commandOf, { freeBytes = freemem } = {}) {
  /** @type {Map<string, ReturnType<typeof start>>} by spec, in the order of last use */
  const processes = new Map();
  /** @type {Map<string, number>} MB, by the keys of `peakKeys` */
  const peaks = new Map();

  /** @param {string} key */
  async function stop(key) {
    const child = processes.get(key);
    processes.delete(key);
    await child?.end();
  }

  /**
   * Stops processes, the largest first, until the next one has room. The process used last is stopped last, since it
   * is usually ours and needed next. If stopping all others would not free enough memory, it is stopped first, so that
   * small processes may stay.
   *
   * @param {Spec} spec
   */
  async function makeRoom(spec) {
    const [exactMB, ...similarMB] = peakKeys(spec).map((key) => peaks.get(key));
    const needMB = exactMB ?? UNMEASURED_FACTOR * (similarMB.find((mb) => mb !== undefined) ?? 0);
    const missingMB = () => needMB - (USABLE_SHARE * freeBytes()) / 2 ** 20;
    const peak = (/** @type {string} */ k) => peaks.get(k) ?? 0;
    const otherKeys = [...processes.keys()];
    const lastUsedKey = otherKeys.pop();
    if (lastUsedKey === undefined) return;
    otherKeys.sort((a, b) => peak(b) - peak(a));
    const othersSuffice = otherKeys.reduce((sum, k) => sum + peak(k), 0) >= missingMB();
    for (const candidate of othersSuffice ? [...otherKeys, lastUsedKey] : [lastUsedKey, ...otherKeys]) {
      if (missingMB() <= 0) return;
      await stop(candidate);
    }
  }

  return {
    /**
     * Measures one spec. `started` is the report of the process, if this call had to start it.
     *
     * @param {Spec} spec
     * @param {Duration} duration
     * @returns {Promise<Times & { started?: About }>}
     * @throws ProcessFailed if the process cannot be started or exits early
     */
    async measure(spec, duration) {
      const key = JSON.stringify(spec);
      let child = processes.get(key);
      let started;
      try {
        if (!child) {
          await makeRoom(spec);
          child = start(commandOf(spec));
          processes.set(key, child);
          const { about } = await child.ask({ prepare: spec.prepare });
          started = about;
        }
        processes.delete(key);
        processes.set(key, child);
        const others = watchOthers(child.pid);
        const answer = await child.ask({ measure: duration });
        const otherCores = others();
        for (const k of peakKeys(spec)) peaks.set(k, Math.max(peaks.get(k) ?? 0, answer.peak_mb));
        return {
          ...answer,
          ...(otherCores === undefined ? {} : { other_cores: otherCores }),
          ...(started && { started }),
        };
      } catch (error) {
        if (processes.has(key)) await stop(key);
        throw error;
      }
    },
    /**
     * Stops the process of a spec, if it runs.
     *
     * @param {Spec} spec
     */
    async end(spec) {
      await stop(JSON.stringify(spec));
    },
    /**
     * Stops all processes except the processes of the given specs.
     *
     * @param {readonly Spec[]} specs
     */
    async keepOnly(specs) {
      const keptKeys = new Set(specs.map((spec) => JSON.stringify(spec)));
      for (const key of [...processes.keys()]) if (!keptKeys.has(key)) await stop(key);
    },
  };
}

/**
 * The keys of a spec in the map of peaks, the most exact one first. One program may need several times as much memory
 * with one method as with another.
 *
 * @param {Spec} spec
 */
function peakKeys(spec) {
  const { shape, program } = spec;
  const { method } = spec.prepare;
  const ofMethod = method === undefined ? [] : [JSON.stringify({ shape, program, method })];
  return [JSON.stringify(spec), ...ofMethod, JSON.stringify({ shape })];
}

/** @param {Command} command */
function start({ command, args, env = {}, cwd }) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env }, cwd });
  /** @type {{ resolve: (answer: any) => void, reject: (error: Error) => void }[]} */
  const pendingAnswers = [];
  let output = "";
  /** @type {ProcessFailed | undefined} */
  let failure;
  const keepOutput = (/** @type {string} */ text) => {
    output = `${output}${text}`.slice(-4000);
  };
  child.stderr.setEncoding("utf8").on("data", keepOutput);
  child.stdin.on("error", () => {}); // the process has exited: "close" reports it
  const exitPromise = new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    const fail = (/** @type {string} */ reason) => {
      const lastLines = output.trim().split("\n").slice(-3).join(" / ");
      failure ??= new ProcessFailed(
        `${command} ${args.join(" ")} ${reason}${output ? `; its last output: ${lastLines}` : ""}`,
      );
      for (const { reject } of pendingAnswers.splice(0)) reject(failure);
      resolve();
    };
    child.on("error", (error) => fail(`cannot be started: ${error.message}`));
    child.on("close", (code, signal) =>
      fail(signal ? `was ended by ${signal} (out of memory?)` : `ended with code ${code}`),
    );
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("{")) pendingAnswers.shift()?.resolve(JSON.parse(line));
    else keepOutput(`${line}\n`);
  });
  return {
    pid: child.pid,
    /**
     * @param {Message} message
     * @returns {Promise<any>} the answer, whose fields depend on the message
     */
    ask: (message) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        pendingAnswers.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(message)}\n`);
      }),
    async end() {
      child.stdin.end();
      const killTimer = setTimeout(() => child.kill("SIGKILL"), EXIT_TIMEOUT);
      await exitPromise;
      clearTimeout(killTimer);
    },
  };
}
