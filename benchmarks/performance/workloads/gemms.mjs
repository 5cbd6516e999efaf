// Bare matrix multiplications (GEMMs) through the compiled engine, in the sizes that a step has (see flops.mjs).

import * as tf from "@tensorflow/tfjs";
import { gemmFlops } from "../flops.mjs";

/** @import { Compiled, Engine } from "@dit-bench/compiler" */
/** @import { Gemm, Job } from "../types.ts" */

/** Each session computes at least this much, so that the overhead of a session's run is small beside it … */
const LEAST_FLOPS = 2e9;
/** … but holds at most this many numbers in right-hand matrices, and at most 16 matrices. */
const MOST_NUMBERS = 2 ** 25;
const MOST_REPEATS = 16;

/**
 * One run stands for all GEMMs, each as often as its `times`.
 *
 * @param {{ gemms: Gemm[] }} spec
 * @param {Engine} engine
 * @returns {Promise<Job>}
 */
export async function prepare({ gemms }, engine) {
  /** @type {Awaited<ReturnType<typeof compileGemm>>[]} */
  const sessions = [];
  for (const gemm of gemms) sessions.push(await compileGemm(gemm, engine));
  return {
    about: { flops: gemms.reduce((sum, g) => sum + g.times * gemmFlops(g), 0) },
    async run() {
      let wall_ms = 0;
      let cpu_ms = 0;
      for (const { compiled, inputs, share } of sessions) {
        const cpu = process.cpuUsage();
        const start = performance.now();
        await compiled.run(inputs);
        wall_ms += share * (performance.now() - start);
        const { user, system } = process.cpuUsage(cpu);
        cpu_ms += (share * (user + system)) / 1e3;
      }
      return { wall_ms, cpu_ms };
    },
  };
}

/**
 * One left-hand matrix times several right-hand ones. One number of each result is an output, so that nothing large is
 * copied.
 *
 * @param {Gemm} gemm
 * @param {Engine} engine
 * @returns {Promise<{ compiled: Compiled, inputs: Record<string, Float32Array>, share: number }>} `share` of a run's
 *   time belongs to the step
 */
async function compileGemm({ batch, m, k, n, transA, transB, fixed, times }, engine) {
  const shapeA = [batch, ...(transA ? [k, m] : [m, k])];
  const shapeB = [batch, ...(transB ? [n, k] : [k, n])];
  const sizeB = batch * k * n;
  const desired = Math.ceil(LEAST_FLOPS / gemmFlops({ batch, m, k, n }));
  const repeats = Math.max(1, Math.min(desired, MOST_REPEATS, Math.floor(MOST_NUMBERS / sizeB)));
  const names = Array.from({ length: repeats }, (_, i) => `b${i}`);
  const flat = batch === 1; // a linear layer's GEMM has two axes
  const at = (/** @type {number[]} */ shape) => (flat ? shape.slice(1) : shape);
  const matrices = Object.fromEntries(names.map((name, i) => [name, filled(sizeB, i + 1)]));
  const compiled = await engine.compile(
    (inputs) => {
      const corners = names.map((name) => {
        const c = tf.matMul(inputs.a, inputs[name], transA, transB);
        const [origin, one] = [c.shape.map(() => 0), c.shape.map(() => 1)];
        return tf.reshape(tf.slice(c, origin, one), [1]);
      });
      return { corners: corners.length === 1 ? corners[0] : tf.concat(corners) };
    },
    {
      a: { shape: at(shapeA) },
      ...Object.fromEntries(
        names.map((name) => [name, { shape: at(shapeB), ...(fixed ? { value: matrices[name] } : {}) }]),
      ),
    },
    { name: `GEMM ${batch} × ${m} × ${k} × ${n}` },
  );
  const a = filled(batch * m * k, 0);
  return { compiled, inputs: { a, ...(fixed ? {} : matrices) }, share: times / repeats };
}

/**
 * Different numbers in (-1, 1). Sampling normal ones would take longer than the GEMMs.
 *
 * @param {number} count
 * @param {number} seed
 */
function filled(count, seed) {
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = ((i * 7919 + seed * 104729) % 2000) / 1e3 - 0.9995;
  return numbers;
}
