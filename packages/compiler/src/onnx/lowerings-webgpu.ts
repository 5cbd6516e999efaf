import { equalShapes, type NodeOf, type Value } from "../graph.ts";
import type { Encoder } from "./encode.ts";
import { type Lowerings, lowerings, reduceSum, transposedMatMul } from "./lowerings.ts";
import { elementType } from "./model.ts";

// What ONNX Runtime's WebGPU provider has no kernel for, in terms of what it has: so that no node falls back to the processor,
// which would wait for the device, copy the operands over, and copy the result back.

export const webgpuLowerings: Partial<Lowerings> = {
  MatMul: transposedMatMul, // Gemm, which turns its operands as it reads them, takes three times as long as turning them first (docs/log.md)
  ReduceSum: reduceSum, // there a product with one row would leave all but one group of threads idle
  Split: (e, n) => {
    // The kernel binds every output to one shader.
    if (n.outputs.length <= MOST_OUTPUTS) return lowerings.Split(e, n);
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
    // The kernel fails where both operands are broadcast.
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
  And: (e, n) => asInt32(e, n, "Min"),
  Or: (e, n) => asInt32(e, n, "Max"),
  Xor: (e, n) => {
    const equal = e.fresh("equal");
    e.add(`${n.name}/equal`, "Equal", integers(e, n), [equal]);
    e.add(n.name, "Not", [equal], [e.name(n.outputs[0]!)]);
  },
  IsNaN: (e, n) => {
    const [x] = n.inputs as [Value];
    const equal = e.fresh("equal");
    e.add(`${n.name}/equal`, "Equal", [e.name(x), e.name(x)], [equal]);
    e.add(n.name, "Not", [equal], [e.name(n.outputs[0]!)]);
  },
};

/** WebGPU promises eight storage buffers a shader, one of which is the input: https://www.w3.org/TR/webgpu/#limits */
const MOST_OUTPUTS = 7;

function asInt32(e: Encoder, n: NodeOf<"And" | "Or">, op: "Min" | "Max"): void {
  const number = e.fresh("number");
  e.add(n.name, op, integers(e, n), [number]);
  e.add(`${n.name}/bool`, "Cast", [number], [e.name(n.outputs[0]!)], { to: elementType.bool });
}

function integers(e: Encoder, n: NodeOf<"And" | "Or" | "Xor">): string[] {
  return n.inputs.map((v, i) => {
    const made = e.fresh("integer");
    e.add(`${n.name}/${i}`, "Cast", [e.name(v)], [made], { to: elementType.int32 });
    return made;
  });
}
