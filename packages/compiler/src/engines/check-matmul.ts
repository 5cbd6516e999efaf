// Checks an engine's matrix multiplications before it is used. Those of OpenVINO in bfloat16 are wrong on some CPUs
// (https://github.com/openvinotoolkit/openvino/issues/38256), and those of a square constant that is taken both as it
// is and transposed, unless the graph avoids them (docs/log.md, 2026-11-28).
//
// m = rows, k = summed axis, n = columns

import * as tf from "@dit-bench/tfjs";
import type { Engine } from "../contract/engine.ts";
import type { Values } from "../contract/signature.ts";

/** Sizes that fill the kernels' blocks, and sizes that do not. The last is square, with a constant right operand. */
const SIZES = [
  { m: 64, k: 128, n: 96, constant: true },
  { m: 33, k: 70, n: 31, constant: false },
  { m: 1, k: 256, n: 48, constant: true },
  { m: 256, k: 17, n: 130, constant: false },
  { m: 48, k: 64, n: 64, constant: true },
] as const;

/**
 * The largest rounding of an operand, relative to its size: half of the last bit of a mantissa of 8 or of 24 bits. Sums
 * in float32 round as well, which is why float32 has 32 times of it.
 */
const ROUNDING = { bfloat16: 2 ** -9, float32: 32 * 2 ** -25 } as const;

/**
 * @throws Error if a matMul differs from the exact one by more than the rounding of its operands allows, or, in
 *   bfloat16, by so little that it was computed in float32
 */
export async function checkMatMul(engine: Engine, precision: keyof typeof ROUNDING): Promise<void> {
  const matMuls = SIZES.map((size, i): MatMul => {
    const { m, k, n } = size;
    return { ...size, a: numbers(m * k, i), b: numbers(k * n, SIZES.length + i) };
  });
  const errors = await errorsOf(engine, matMuls);
  const limit = 2 * ROUNDING[precision];
  const largest = Math.max(...errors);
  if (!(largest <= limit))
    throw new Error(
      `matrix multiplications in ${precision} are wrong on this CPU: the largest error is ` +
        `${largest.toExponential(1)} of the sum of the absolute terms, wanted at most ${limit.toExponential(1)}`,
    );
  if (precision === "bfloat16" && Math.min(...errors) < ROUNDING.bfloat16 / 1000)
    throw new Error("this CPU computes no matrix multiplications in bfloat16: they came back in float32");
}

interface MatMul {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** The right operand is a constant of the graph. */
  readonly constant: boolean;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** The largest error of each matMul a b, and of a bᵀ where b is square. */
async function errorsOf(engine: Engine, matMuls: readonly MatMul[]): Promise<number[]> {
  const isSquare = ({ k, n }: MatMul) => k === n;
  const compiled = await engine.compile(
    (given) =>
      Object.fromEntries(
        matMuls.flatMap((matMul, i) => {
          const [a, b] = [given[`a${i}`] as tf.Tensor2D, given[`b${i}`] as tf.Tensor2D];
          const plain: [string, tf.Tensor] = [`c${i}`, tf.matMul(a, b)];
          return isSquare(matMul) ? [plain, [`t${i}`, tf.matMul(a, b, false, true)]] : [plain];
        }),
      ),
    Object.fromEntries(
      matMuls.flatMap(({ m, k, n, b, constant }, i) => [
        [`a${i}`, { shape: [m, k] }],
        [`b${i}`, { shape: [k, n], ...(constant && { value: b }) }],
      ]),
    ),
    { name: "check of matrix multiplications" },
  );
  try {
    const inputs: Values = {};
    for (const [i, { a, b, constant }] of matMuls.entries()) {
      inputs[`a${i}`] = a;
      if (!constant) inputs[`b${i}`] = b;
    }
    const results = (await compiled.run(inputs)) as Record<string, Float32Array>;
    return matMuls.flatMap((matMul, i) => [
      relativeError(matMul, results[`c${i}`]!, false),
      ...(isSquare(matMul) ? [relativeError(matMul, results[`t${i}`]!, true)] : []),
    ]);
  } finally {
    await compiled.dispose();
  }
}

/** The largest error of an element, relative to the sum of the absolute values of its terms; infinite for NaN. */
function relativeError({ m, k, n, a, b }: MatMul, matMul: Float32Array, transposed: boolean): number {
  let largest = 0;
  for (let row = 0; row < m; row++)
    for (let column = 0; column < n; column++) {
      let sum = 0;
      let absolute = 0;
      for (let i = 0; i < k; i++) {
        const term = a[row * k + i]! * (transposed ? b[column * k + i]! : b[i * n + column]!);
        sum += term;
        absolute += Math.abs(term);
      }
      const error = Math.abs(matMul[row * n + column]! - sum) / absolute;
      largest = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(largest, error);
    }
  return largest;
}

/** Numbers in [-1, 1) that bfloat16 does not hold exactly. */
const numbers = (count: number, seed: number): Float32Array =>
  Float32Array.from(
    { length: count },
    (_, i) => ((Math.imul(i + 1 + 7919 * seed, 2654435761) >>> 8) % 20011) / 10005.5 - 1,
  );
