// Matrix multiplication.

import type { Kernel } from "./kernel.ts";

export const matmul: Record<string, Kernel> = {
  BatchMatMul: ({ g, inputs: { a, b }, attrs: { transposeA, transposeB } }) =>
    g.add("MatMul", [a!, b!], { transA: Boolean(transposeA), transB: Boolean(transposeB), alpha: 1 }),
};
