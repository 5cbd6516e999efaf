import type { NodeOf, Value } from "../graph.ts";
import type { Encoder } from "./encode.ts";
import { type Lowerings, lowerings } from "./lowerings.ts";

/** Optimizations of the runtime that would undo what is written here: the second where a product is added to something, as gradients of several parts are. */
export const cpuWithoutOptimizers = ["MatmulTransposeFusion", "GemmTransposeFusion"];

/** Where the processor's kernels want something else than the usual lowerings. */
export const cpuLowerings: Partial<Lowerings> = {
  MatMul: (e, n) => {
    const choice = isTurnedMatrix(n) ? turning(n) : undefined;
    if (choice) choice.write(e);
    else lowerings.MatMul(e, n);
  },
};

/** aᵀ b of two float32 matrices, as the gradient of a weight is. */
function isTurnedMatrix({ inputs, attrs: { transA, transB, alpha }, outputs: [y] }: NodeOf<"MatMul">): boolean {
  return transA && !transB && alpha === 1 && y!.dtype === "float32" && inputs.every(({ shape }) => shape.length === 2);
}

/** Multiplications that take as long as turning one number, over what a plain product saves of each. */
const WORTH = 200;

/**
 * The runtime's product turns its left operand as it reads it, again for every piece of the right one, and so takes up to a quarter longer than
 * a plain product (figures in docs/log.md). Therefore the operand is turned beforehand, or the other one and the result, aᵀ b = (bᵀ a)ᵀ:
 * whichever moves less, if that is worth it.
 */
function turning(node: NodeOf<"MatMul">): { readonly moved: number; write(e: Encoder): void } | undefined {
  const [a, b] = node.inputs as [Value, Value];
  const [y] = node.outputs as [Value];
  const [k, m] = a.shape as [number, number];
  const n = b.shape[1]!;
  const turn = (e: Encoder, what: string, from: string, to: string) =>
    e.add(`${node.name}/${what}`, "Transpose", [from], [to], { perm: [1, 0] });
  const left = {
    moved: k * m,
    steady: isSteady(m, n),
    write(e: Encoder) {
      const turned = e.fresh("turned");
      turn(e, "turn a", e.name(a), turned);
      e.add(node.name, "MatMul", [turned, e.name(b)], [e.name(y)]);
    },
  };
  const right = {
    moved: k * n + m * n,
    steady: isSteady(n, m),
    write(e: Encoder) {
      const [turned, product] = [e.fresh("turned"), e.fresh("product")];
      turn(e, "turn b", e.name(b), turned);
      e.add(node.name, "MatMul", [turned, e.name(a)], [product]);
      turn(e, "turn back", product, e.name(y));
    },
  };
  return [left, right]
    .filter(({ moved, steady }) => steady && WORTH * moved < m * k * n)
    .sort((one, other) => one.moved - other.moved)[0];
}

/**
 * Has a plain product the same bits for any number of threads? They share its rows, or its columns where there are more of those. One that has
 * 64 columns or fewer adds up in other pieces (MlasSgemmOperation): of 576, seven threads have more each.
 */
const isSteady = (rows: number, columns: number): boolean => columns <= rows || columns >= 576;
