// Lowerings for the WebGPU provider: ops that it has no kernel for, in terms of ops that it has. No node may fall back
// to the CPU: that would wait for the device, copy the operands to the host, and copy the result back.

import type { NodeOf, Value } from "../graph/graph.ts";
import { equalShapes } from "../graph/types.ts";
import type { Lowerings, ModelWriter } from "./lowering.ts";
import { lowerings, reduceSum, transposedMatMul } from "./lowerings.ts";
import { elementType } from "./model.ts";

export const webgpuLowerings: Partial<Lowerings> = {
  // Gemm transposes while it reads, and takes three times as long as a Transpose and a MatMul: 0.38 against 0.12 ms for
  // [2048, 384] x [1536, 384]ᵀ on an H200 (docs/log.md).
  MatMul: transposedMatMul,
  ReduceSum: reduceSum, // a MatMul with one row would leave all workgroups except one idle
  Split: (e, n) => {
    // The kernel is one shader with a buffer for each output.
    if (n.outputs.length <= MAX_SPLIT_OUTPUTS) return lowerings.Split(e, n);
    const { axis, sizes } = n.attrs;
    let start = 0;
    for (const [i, y] of n.outputs.entries()) {
      const end = start + sizes[i]!;
      const operands = [start, end, axis].map((v) => e.int64([v]));
      e.add(`${n.name}/${i}`, "Slice", [e.name(n.inputs[0]!), ...operands], [e.name(y)]);
      start = end;
    }
  },
  Pow: (e, n) => {
    // The kernel fails if both operands are broadcast.
    const [y] = n.outputs as [Value];
    if (n.inputs.some((v) => equalShapes(v.shape, y.shape))) {
      lowerings.Pow(e, n);
      return;
    }
    const base = e.fresh("base");
    e.add(`${n.name}/base`, "Expand", [e.name(n.inputs[0]!), e.int64(y.shape)], [base]);
    e.add(n.name, "Pow", [base, e.name(n.inputs[1]!)], [e.name(y)]);
  },
  MaxPoolGrad: (_, n) => {
    throw new Error(`onnx: node ${n.name}: the webgpu engine has no gradient of a max pool: use engine cpu`);
  },
  And: (e, n) => viaInt32(e, n, "Min"),
  Or: (e, n) => viaInt32(e, n, "Max"),
  Xor: (e, n) => {
    const equal = e.fresh("equal");
    e.add(`${n.name}/equal`, "Equal", toInt32(e, n), [equal]);
    e.add(n.name, "Not", [equal], [e.name(n.outputs[0]!)]);
  },
  IsNaN: (e, n) => {
    const [x] = n.inputs as [Value];
    const equal = e.fresh("equal");
    e.add(`${n.name}/equal`, "Equal", [e.name(x), e.name(x)], [equal]);
    e.add(n.name, "Not", [equal], [e.name(n.outputs[0]!)]);
  },
};

/** WebGPU guarantees eight storage buffers per shader, and one is the input: https://www.w3.org/TR/webgpu/#limits */
const MAX_SPLIT_OUTPUTS = 7;

/** A logical op as an op of the integers 0 and 1. */
function viaInt32(e: ModelWriter, n: NodeOf<"And" | "Or">, op: "Min" | "Max"): void {
  const number = e.fresh("number");
  e.add(n.name, op, toInt32(e, n), [number]);
  e.add(`${n.name}/bool`, "Cast", [number], [e.name(n.outputs[0]!)], { to: elementType.bool });
}

/** Casts the operands to int32; returns their names. */
function toInt32(e: ModelWriter, n: NodeOf<"And" | "Or" | "Xor">): string[] {
  return n.inputs.map((v, i) => {
    const made = e.fresh("integer");
    e.add(`${n.name}/${i}`, "Cast", [e.name(v)], [made], { to: elementType.int32 });
    return made;
  });
}
