// Checks that an engine's products of bfloat16 are right before it is used: OpenVINO's are wrong on some CPUs
// (https://github.com/openvinotoolkit/openvino/issues/38256).

import * as tf from "@tensorflow/tfjs";
import type { Engine } from "../contract/engine.ts";
import type { Values } from "../contract/signature.ts";

/** Rows, summed axis and columns of the products: block sizes of the kernels, and sizes that do not fill a block. */
const SIZES = [
  [64, 128, 96],
  [33, 70, 31],
  [1, 256, 48],
  [256, 17, 130],
] as const;

/** bfloat16 has 8 bits of mantissa, so an operand is rounded by at most 2^-9 of its size. */
const ROUNDING = 2 ** -9;

/**
 * @throws Error if a product differs from the exact one by more than the rounding of its operands allows, or by so
 * little that it was not computed in bfloat16
 */
export async function checkBfloat16(engine: Engine): Promise<void> {
  const operands = SIZES.map(([m, k, n], i) => ({ m, k, n, a: numbers(m * k, i), b: numbers(k * n, 10 + i) }));
  const signature = Object.fromEntries(
    operands.flatMap(({ m, k, n, b }, i) => [
      [`a${i}`, { shape: [m, k] }],
      [`b${i}`, { shape: [k, n], ...(i % 2 === 0 ? { value: b } : {}) }],
    ]),
  );
  const compiled = await engine.compile(
    (given) =>
      Object.fromEntries(
        SIZES.map((_, i) => [`c${i}`, tf.matMul(given[`a${i}`] as tf.Tensor2D, given[`b${i}`] as tf.Tensor2D)]),
      ),
    signature,
    { name: "check of bfloat16" },
  );
  try {
    const inputs: Values = {};
    for (const [i, { a, b }] of operands.entries()) {
      inputs[`a${i}`] = a;
      if (i % 2 !== 0) inputs[`b${i}`] = b;
    }
    const results = await compiled.run(inputs);
    const errors = operands.map((operand, i) => relativeError(operand, results[`c${i}`] as Float32Array));
    const [largest, smallest] = [Math.max(...errors), Math.min(...errors)];
    if (!(largest <= 2 * ROUNDING))
      throw new Error(
        `products in bfloat16 are wrong on this CPU: the largest error is ${largest.toExponential(1)} of the sum of ` +
          `the absolute terms, wanted at most ${(2 * ROUNDING).toExponential(1)}`,
      );
    if (smallest < ROUNDING / 1000)
      throw new Error("this CPU computes no products in bfloat16: they came back in float32");
  } finally {
    await compiled.dispose();
  }
}

interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** The largest error of an element, relative to the sum of the absolute values of its terms. */
function relativeError({ m, k, n, a, b }: Product, product: Float32Array): number {
  let largest = 0;
  for (let row = 0; row < m; row++)
    for (let column = 0; column < n; column++) {
      let sum = 0;
      let absolute = 0;
      for (let i = 0; i < k; i++) {
        const term = a[row * k + i]! * b[i * n + column]!;
        sum += term;
        absolute += Math.abs(term);
      }
      const error = Math.abs(product[row * n + column]! - sum) / absolute;
      largest = error >= largest ? error : Number.isNaN(error) ? Number.POSITIVE_INFINITY : largest;
    }
  return largest;
}

/** Numbers in [-1, 1) that bfloat16 does not hold exactly. */
const numbers = (count: number, seed: number): Float32Array =>
  Float32Array.from(
    { length: count },
    (_, i) => ((Math.imul(i + 1 + 7919 * seed, 2654435761) >>> 8) % 20011) / 10005.5 - 1,
  );
