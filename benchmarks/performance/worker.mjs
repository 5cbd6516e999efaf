// One process that does one piece of work again and again: commands as JSON lines on stdin, answers as JSON lines on stdout (see process.mjs).

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createEngine } from "@dit-bench/compiler";
import * as tf from "@tensorflow/tfjs";

const modules = { step: "./workloads/step.mjs", products: "./workloads/products.mjs" };
const WARM_UP = { runs: 2, milliseconds: 5000 };

process.on("SIGINT", () => {}); // a terminal sends it to all; this process ends with its input, and tidies up
tf.enableProdMode(); // or tfjs advises to install another backend
let job;
let answered = { at: performance.now(), cpu: process.cpuUsage() };
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  const idle = {
    idle_ms: Math.round(performance.now() - answered.at),
    idle_cpu_ms: Math.round(milliseconds(process.cpuUsage(answered.cpu))),
  };
  const answer = command.prepare ? await prepare(command.prepare) : { ...(await measure(command.measure)), ...idle };
  answered = { at: performance.now(), cpu: process.cpuUsage() };
  process.stdout.write(`${JSON.stringify({ ...answer, peak_mb: peakMB() })}\n`);
}
await job?.close?.();
process.exit(0);

async function prepare({ work, threads, engine: name = "cpu", ...spec }) {
  const { prepare } = await import(modules[work] ?? "./workloads/parts.mjs");
  const engine = await createEngine(name, { threads });
  job = await prepare({ work, ...spec }, engine);
  const begun = performance.now();
  for (let i = 0; i < WARM_UP.runs && performance.now() - begun < WARM_UP.milliseconds; i++) await job.run();
  return { about: { ...job.about, ...(engine.adapter === undefined ? {} : { adapter: engine.adapter }) } };
}

/** At least `steps` runs, and as many as begin within `seconds`. A run that knows its own times says them. */
async function measure({ steps, seconds }) {
  const wall_ms = [];
  let cpu_ms = 0;
  const begun = performance.now();
  while (wall_ms.length < steps || performance.now() - begun < 1e3 * seconds) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const own = await job.run();
    const wall = performance.now() - start;
    const used = milliseconds(process.cpuUsage(cpu));
    const told = typeof own?.wall_ms === "number" ? own : { wall_ms: wall, cpu_ms: used };
    wall_ms.push(rounded(told.wall_ms));
    cpu_ms += told.cpu_ms;
  }
  return { wall_ms, cpu_ms: rounded(cpu_ms) };
}

/** Of this process alone: a child's ru_maxrss starts at its parent's. */
function peakMB() {
  try {
    return Math.floor(Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024);
  } catch {
    return Math.floor(process.resourceUsage().maxRSS / 1024);
  }
}

function milliseconds({ user, system }) {
  return (user + system) / 1e3;
}

function rounded(ms) {
  return Math.round(1e3 * ms) / 1e3;
}
