import type { Kernel } from "./index.ts";

export const products: Record<string, Kernel> = {
  BatchMatMul: ({ g, inputs: { a, b }, attrs: { transposeA, transposeB } }) =>
    g.add("MatMul", [a!, b!], { transA: Boolean(transposeA), transB: Boolean(transposeB), alpha: 1 }),
};
