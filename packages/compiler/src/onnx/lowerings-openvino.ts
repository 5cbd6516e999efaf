// Lowerings for OpenVINO's provider, which takes standard ops and few of the runtime's own: any other would divide the
// graph.

import type { NodeOf, Value } from "../graph/graph.ts";
import type { Lowerings, ModelWriter } from "./lowering.ts";
import { lowerings, transposedMatMul } from "./lowerings.ts";

/** @param precision in which OpenVINO multiplies matrices */
export const openvinoLowerings = (precision: "f32" | "bf16"): Partial<Lowerings> => ({
  Gelu: (e, n) => e.add(n.name, "Gelu", [e.name(n.inputs[0]!)], [e.name(n.outputs[0]!)], { approximate: "tanh" }),
  /**
   * OpenVINO keeps one packed copy of a square constant, also where one MatMul takes it transposed and another does
   * not: the second is then wrong (docs/log.md, 2026-11-28). A transpose of its own is folded into a second constant.
   */
  MatMul: (e, n) => {
    if (n.inputs.some((value) => e.isEmbedded(value))) transposedMatMul(e, n);
    else if (precision === "f32" && hasSlowRows(n)) reversedMatMul(e, n);
    else lowerings.MatMul(e, n);
  },
});

/** Rows of at least so many numbers are slow if their length is a multiple of the step. */
const SLOW_ROW_LENGTH = 2560;
const SLOW_ROW_STEP = 512;

/**
 * OpenVINO packs no operand that is not a constant. Where the right one has rows of a multiple of 512 numbers, it
 * does a third to a half of the operations a second that it does with other rows; powers of two are not slow
 * (docs/log.md, 2026-12-01). In bfloat16 there is no difference.
 * The gradient of fc2's input is such a multiplication in DiT-B/2 (768 × 3072) and DiT-XL/2 (1152 × 4608).
 */
function hasSlowRows({ inputs, attrs }: NodeOf<"MatMul">): boolean {
  const [a, b] = inputs as [Value, Value];
  const row = b.shape.at(-1)!;
  const isPowerOfTwo = (row & (row - 1)) === 0;
  return (
    a.shape.length === 2 &&
    b.shape.length === 2 &&
    !attrs.transB &&
    row >= SLOW_ROW_LENGTH &&
    row % SLOW_ROW_STEP === 0 &&
    !isPowerOfTwo
  );
}

/** a b = (bᵀ aᵀ)ᵀ, for b that is not transposed yet. */
function reversedMatMul(e: ModelWriter, n: NodeOf<"MatMul">): void {
  const [a, b] = n.inputs as [Value, Value];
  const { transA, alpha } = n.attrs;
  const reversed = e.fresh("reversed");
  const attributes = { transA: 1, transB: transA ? 0 : 1, alpha: { float: alpha } };
  e.add(n.name, "FusedMatMul", [e.name(b), e.name(a)], [reversed], attributes, "com.microsoft");
  e.add(`${n.name}/transpose`, "Transpose", [reversed], [e.name(n.outputs[0]!)], { perm: [1, 0] });
}
