// Processes that measure: started when first asked, kept as long as memory allows.
//
// A process answers each JSON line on its stdin with one on its stdout: {"prepare": …} with what it says of itself, {"measure": {steps, seconds}}
// with the times of its steps. It ends with its input. What else it prints is kept for the message should it fail.

import { spawn } from "node:child_process";
import { freemem } from "node:os";
import { createInterface } from "node:readline";

/** What a process of which nothing is known may take, over the most that another of the same shape took. */
const UNKNOWN_FACTOR = 1.5;
/** How much of the free memory one process may plan with. */
const USABLE = 0.85;

export class ProcessFailed extends Error {
  name = "ProcessFailed";
}

/** @param commandOf program and arguments of a spec, `{ command, args, env }` */
export function processPool(commandOf, { free = freemem } = {}) {
  const alive = new Map(); // in the order of last use
  const peaks = new Map(); // MB, by shape and by spec

  async function stop(key) {
    const child = alive.get(key);
    alive.delete(key);
    await child.end();
  }

  /**
   * Stops the largest until the next process has room. The one used last, ours as a rule, goes last, since it is next again; unless
   * all others together would not do, when it goes first, and the small ones may stay.
   */
  async function makeRoom(key, shape) {
    const needMB = peaks.get(key) ?? UNKNOWN_FACTOR * (peaks.get(shape) ?? 0);
    const shortMB = () => needMB - (USABLE * free()) / 2 ** 20;
    const peak = (key) => peaks.get(key) ?? 0;
    const others = [...alive.keys()];
    const last = others.pop();
    others.sort((a, b) => peak(b) - peak(a));
    const enough = others.reduce((sum, key) => sum + peak(key), 0) >= shortMB();
    for (const old of enough ? [...others, last] : [last, ...others]) {
      if (old === undefined || shortMB() <= 0) return;
      await stop(old);
    }
  }

  return {
    /** Measures one spec: `{ wall_ms, cpu_ms, peak_mb, idle_ms, idle_cpu_ms }`, and `started`, what a process that had to be started said. */
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
    /** Stops all but these. */
    async keepOnly(specs) {
      const kept = new Set(specs.map((spec) => JSON.stringify(spec)));
      for (const key of [...alive.keys()]) if (!kept.has(key)) await stop(key);
    },
  };
}

function start({ command, args, env = {} }) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
  const waiting = [];
  let said = "";
  let over;
  const keep = (text) => {
    said = `${said}${text}`.slice(-4000);
  };
  child.stderr.setEncoding("utf8").on("data", keep);
  child.stdin.on("error", () => {}); // it has ended: said below
  const ended = new Promise((resolve) => {
    const fail = (why) => {
      over ??= new ProcessFailed(
        `${command} ${args.join(" ")} ${why}${said ? `; it said: ${said.trim().split("\n").slice(-3).join(" / ")}` : ""}`,
      );
      for (const { reject } of waiting.splice(0)) reject(over);
      resolve();
    };
    child.on("error", (error) => fail(`cannot be started: ${error.message}`));
    child.on("close", (code, signal) => fail(signal ? `was ended by ${signal} (memory?)` : `ended with code ${code}`));
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("{")) waiting.shift()?.resolve(JSON.parse(line));
    else keep(`${line}\n`);
  });
  return {
    ask: (message) =>
      new Promise((resolve, reject) => {
        if (over) return reject(over);
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(message)}\n`);
      }),
    async end() {
      child.stdin.end();
      const patience = setTimeout(() => child.kill("SIGKILL"), 20_000);
      await ended;
      clearTimeout(patience);
    },
  };
}
