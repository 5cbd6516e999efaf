// A process that prepares a job and measures it again and again. Commands come as JSON lines on stdin, answers go to
// stdout (see process.mjs).

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createEngine } from "@dit-bench/compiler";
import * as tf from "@tensorflow/tfjs";

/** @import { Job, Preparation } from "./types.ts" */
/** @import { EngineName } from "@dit-bench/compiler" */

/** @type {Record<string, string>} */
const modules = { step: "./workloads/step.mjs", gemms: "./workloads/gemms.mjs" };
/** V8 drops the code of functions that are no longer called after some collections. */
const COLLECTIONS = 8;
const WARM_UP = { runs: 2, milliseconds: 5000 };

process.on("SIGINT", () => {}); // a terminal sends SIGINT to all processes; this process exits when its stdin closes
process.on("uncaughtException", ({ message, stack }) => {
  console.error(`${stack}\n${message}`); // the parent process quotes the last lines
  process.exit(1);
});
tf.enableProdMode(); // otherwise tfjs prints advice to install another backend
/** @type {Job | undefined} */
let job;
let lastAnswer = { at: performance.now(), cpu: process.cpuUsage() };
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  const idle = {
    idle_ms: Math.round(performance.now() - lastAnswer.at),
    idle_cpu_ms: Math.round(milliseconds(process.cpuUsage(lastAnswer.cpu))),
  };
  const answer = command.prepare ? await prepare(command.prepare) : { ...(await measure(command.measure)), ...idle };
  lastAnswer = { at: performance.now(), cpu: process.cpuUsage() };
  process.stdout.write(`${JSON.stringify({ ...answer, ...memoryMB() })}\n`);
}
job?.close?.();
process.exit(0);

/** @param {Preparation} preparation */
async function prepare({ work = "", threads, engine: name = "cpu", ...spec }) {
  const { prepare } = await import(modules[work] ?? "./workloads/parts.mjs");
  const engine = await createEngine(/** @type {EngineName} */ (name), { threads: threads ?? 1 });
  /** @type {Job} */
  const newJob = await prepare({ work, ...spec }, engine);
  job = newJob;
  const start = performance.now();
  for (let i = 0; i < WARM_UP.runs && performance.now() - start < WARM_UP.milliseconds; i++) await newJob.run();
  return { about: { ...newJob.about, ...(engine.adapter === undefined ? {} : { adapter: engine.adapter }) } };
}

/**
 * Measures at least `steps` runs, and starts new runs until `seconds` have passed. A run that measures itself returns
 * its times.
 *
 * @param {{ steps: number, seconds: number }} how
 */
async function measure({ steps, seconds }) {
  const wall_ms = [];
  let cpu_ms = 0;
  const begin = performance.now();
  while (wall_ms.length < steps || performance.now() - begin < 1e3 * seconds) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const ownTimes = /** @type {{ wall_ms: number, cpu_ms: number } | undefined} */ (await job?.run());
    const wall = performance.now() - start;
    const usedCpu = milliseconds(process.cpuUsage(cpu));
    const times = typeof ownTimes?.wall_ms === "number" ? ownTimes : { wall_ms: wall, cpu_ms: usedCpu };
    wall_ms.push(roundMicroseconds(times.wall_ms));
    cpu_ms += times.cpu_ms;
  }
  return { wall_ms, cpu_ms: roundMicroseconds(cpu_ms) };
}

/**
 * Peak and present memory of this process alone. On Linux maxRSS would start at the value of the parent process. With
 * --expose-gc, the present memory is that without garbage.
 */
function memoryMB() {
  for (let i = 0; i < COLLECTIONS; i++) globalThis.gc?.();
  const resident_mb = Math.round((10 * process.memoryUsage.rss()) / 2 ** 20) / 10;
  try {
    const [, kilobytes] = /^VmHWM:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    return { peak_mb: Math.floor(Number(kilobytes) / 1024), resident_mb };
  } catch {
    return { peak_mb: Math.floor(process.resourceUsage().maxRSS / 1024), resident_mb };
  }
}

/** @param {NodeJS.CpuUsage} usage in microseconds */
function milliseconds({ user, system }) {
  return (user + system) / 1e3;
}

/** @param {number} ms */
function roundMicroseconds(ms) {
  return Math.round(1e3 * ms) / 1e3;
}
