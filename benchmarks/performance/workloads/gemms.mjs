// Measures bare matrix multiplications (GEMMs) of the sizes of a step in the compiled engine (see flops.mjs).

import * as tf from "@tensorflow/tfjs";
import { gemmFlops } from "../flops.mjs";

/** @import { Compiled, Engine } from "@dit-bench/compiler" */
/** @import { Gemm, Job } from "../types.ts" */

/** The operations of a session are at least this many, so that the overhead of running a session is small … */
const LEAST_FLOPS = 2e9;
/** … unless its right-hand matrices would hold more numbers than this, or be more than `MOST_REPEATS`. */
const MOST_NUMBERS = 2 ** 25;
const MOST_REPEATS = 16;

/**
 * Prepares a job. The times of one run are those of all GEMMs, each repeated `times` times.
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
 * Compiles the multiplication of one left-hand matrix with several right-hand matrices. Only one number of each result
 * is an output, so that no large tensor is copied.
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
  const desiredRepeats = Math.ceil(LEAST_FLOPS / gemmFlops({ batch, m, k, n }));
  const repeats = Math.max(1, Math.min(desiredRepeats, MOST_REPEATS, Math.floor(MOST_NUMBERS / sizeB)));
  const names = Array.from({ length: repeats }, (_, i) => `b${i}`);
  const isLinear = batch === 1; // a linear layer's GEMM has two axes
  const operandShape = (/** @type {number[]} */ shape) => (isLinear ? shape.slice(1) : shape);
  const matrices = Object.fromEntries(names.map((name, i) => [name, fillMatrix(sizeB, i + 1)]));
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
      a: { shape: operandShape(shapeA) },
      ...Object.fromEntries(
        names.map((name) => [name, { shape: operandShape(shapeB), ...(fixed ? { value: matrices[name] } : {}) }]),
      ),
    },
    { name: `GEMM ${batch} × ${m} × ${k} × ${n}` },
  );
  const a = fillMatrix(batch * m * k, 0);
  return { compiled, inputs: { a, ...(fixed ? {} : matrices) }, share: times / repeats };
}

/**
 * Returns varied numbers in (-1, 1). Sampling normal numbers would take longer than the GEMMs.
 *
 * @param {number} count
 * @param {number} seed
 */
function fillMatrix(count, seed) {
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = ((i * 7919 + seed * 104729) % 2000) / 1e3 - 0.9995;
  return numbers;
}
