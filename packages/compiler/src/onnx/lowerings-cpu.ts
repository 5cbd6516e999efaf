// Lowerings for the CPU provider: the gradient of a weight, aᵀ b, with an explicit transpose.
//
// K = summed axis, M, N = rows and columns of the result

import type { NodeOf, Value } from "../graph/graph.ts";
import type { Lowerings, ModelWriter } from "./lowering.ts";
import { lowerings } from "./lowerings.ts";

/**
 * Optimizers of the runtime that would fuse the transpose back: into MatMul, and into the Gemm of a MatMul and an Add.
 */
export const cpuWithoutOptimizers = ["MatmulTransposeFusion", "GemmTransposeFusion"];

export const cpuLowerings: Partial<Lowerings> = {
  MatMul: (e, n) => {
    const plan = isWeightGradient(n) ? cheapestTranspose(n) : undefined;
    if (plan) plan.write(e);
    else lowerings.MatMul(e, n);
  },
};

/** aᵀ b of two float32 matrices. */
function isWeightGradient({ inputs, attrs: { transA, transB, alpha }, outputs: [y] }: NodeOf<"MatMul">): boolean {
  return transA && !transB && alpha === 1 && y!.dtype === "float32" && inputs.every(({ shape }) => shape.length === 2);
}

/** Break-even: transposing pays off above 200 multiplications per element moved (measured on Zen 3). */
const BREAK_EVEN = 200;

interface TransposePlan {
  /** Elements that the transposes move. */
  readonly moved: number;
  write(e: ModelWriter): void;
}

/**
 * The runtime's fused kernel transposes the left operand again for every block of the right one: for a [2048, 1536] and
 * b [2048, 384] it takes 22.5 ms, and a plain MatMul of that size 17 (two threads of a Zen 3; docs/log.md, 2026-11-27).
 * A transpose takes 0.3 to 1 ms. It is applied to a, or to b and the result by aᵀ b = (bᵀ a)ᵀ, whichever moves fewer
 * elements.
 *
 * @returns undefined if no transpose pays off, or if the bits would depend on the number of threads
 */
function cheapestTranspose(node: NodeOf<"MatMul">): TransposePlan | undefined {
  const [a, b] = node.inputs as [Value, Value];
  const [y] = node.outputs as [Value];
  const [k, m] = a.shape as [number, number];
  const n = b.shape[1]!;
  const transpose = (e: ModelWriter, what: string, from: string, to: string) =>
    e.add(`${node.name}/${what}`, "Transpose", [from], [to], { perm: [1, 0] });
  const left = {
    moved: k * m,
    reproducible: isReproducible(m, n),
    write(e: ModelWriter) {
      const transposed = e.fresh("transposed");
      transpose(e, "transpose a", e.name(a), transposed);
      e.add(node.name, "MatMul", [transposed, e.name(b)], [e.name(y)]);
    },
  };
  const right = {
    moved: k * n + m * n,
    reproducible: isReproducible(n, m),
    write(e: ModelWriter) {
      const [transposed, result] = [e.fresh("transposed"), e.fresh("result")];
      transpose(e, "transpose b", e.name(b), transposed);
      e.add(node.name, "MatMul", [transposed, e.name(a)], [result]);
      transpose(e, "transpose result", result, e.name(y));
    },
  };
  return [left, right]
    .filter(({ moved, reproducible }) => reproducible && BREAK_EVEN * moved < m * k * n)
    .sort((one, other) => one.moved - other.moved)[0];
}

/**
 * True if a MatMul gives the same bits for any number of threads. Threads divide its rows among them, or its columns if
 * there are more columns. A share of 64 columns or fewer is summed in other blocks (MlasSgemmOperation); from 576
 * columns on, seven threads have more each.
 */
const isReproducible = (rows: number, columns: number): boolean => columns <= rows || columns >= 576;
