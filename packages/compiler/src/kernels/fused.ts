// Kernels that tfjs does not have and that @dit-bench/ops looks for by name; see its fused.ts.

import type { Kernel } from "./kernel.ts";

export const fused: Record<string, Kernel> = {
  LayerNorm: ({ g, inputs: { x }, attrs: { epsilon } }) => {
    const width = x!.shape.at(-1)!;
    const filled = (value: number) =>
      g.constant(new Float32Array(width).fill(value), { shape: [width], dtype: "float32" });
    return g.addAll("LayerNorm", [x!, filled(1), filled(0)], { epsilon });
  },
  Gelu: ({ g, inputs: { x } }) => g.add("Gelu", [x!]),
  GeluGrad: ({ g, inputs: { dy, x, y } }) => g.add("GeluGrad", [dy!, x!, y!]),
};
