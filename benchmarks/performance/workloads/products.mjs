// Bare matrix products through the compiled engine, as the step has them (flops.mjs lists them).

import * as tf from "@tensorflow/tfjs";
import { productFlops } from "../flops.mjs";

/** Each session computes at least this much, so that what a session costs besides is small beside it … */
const LEAST_FLOPS = 2e9;
/** … but holds no more right-hand matrices than this, and no more than 16. */
const MOST_NUMBERS = 2 ** 25;
const MOST_REPEATS = 16;

/** @param products as `stepProducts` gives them; one run stands for all of them, each as often as its `times` says */
export async function prepare({ products }, engine) {
  const sessions = [];
  for (const product of products) sessions.push(await compileProduct(product, engine));
  return {
    about: { flops: products.reduce((sum, p) => sum + p.times * productFlops(p), 0) },
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

/** One left-hand matrix times several right-hand ones: of each result one number goes out, so that nothing large is copied. */
async function compileProduct({ batch, m, k, n, transA, transB, fixed, times }, engine) {
  const shapeA = [batch, ...(transA ? [k, m] : [m, k])];
  const shapeB = [batch, ...(transB ? [n, k] : [k, n])];
  const sizeB = batch * k * n;
  const wanted = Math.ceil(LEAST_FLOPS / productFlops({ batch, m, k, n }));
  const repeats = Math.max(1, Math.min(wanted, MOST_REPEATS, Math.floor(MOST_NUMBERS / sizeB)));
  const names = Array.from({ length: repeats }, (_, i) => `b${i}`);
  const flat = batch === 1; // a linear layer's product has two axes
  const at = (shape) => (flat ? shape.slice(1) : shape);
  const matrices = Object.fromEntries(names.map((name, i) => [name, filled(sizeB, i + 1)]));
  const compiled = await engine.compile(
    (given) => {
      const corners = names.map((name) => {
        const c = tf.matMul(given.a, given[name], transA, transB);
        return tf.reshape(
          tf.slice(
            c,
            c.shape.map(() => 0),
            c.shape.map(() => 1),
          ),
          [1],
        );
      });
      return { corners: corners.length === 1 ? corners[0] : tf.concat(corners) };
    },
    {
      a: { shape: at(shapeA) },
      ...Object.fromEntries(
        names.map((name) => [name, { shape: at(shapeB), ...(fixed ? { value: matrices[name] } : {}) }]),
      ),
    },
    { name: `product ${batch} × ${m} × ${k} × ${n}` },
  );
  const a = filled(batch * m * k, 0);
  return { compiled, inputs: { a, ...(fixed ? {} : matrices) }, share: times / repeats };
}

/** Numbers in (-1, 1) that differ; drawing normal ones would take longer than the products. */
function filled(count, seed) {
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = ((i * 7919 + seed * 104729) % 2000) / 1e3 - 0.9995;
  return numbers;
}
