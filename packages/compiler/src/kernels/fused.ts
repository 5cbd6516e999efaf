import type { Kernel } from "./kernel.ts";

/** Kernels that tfjs does not have and @dit-bench/ops looks for by name; see its fused.ts. */
export const fused: Record<string, Kernel> = {
  LayerNorm: ({ g, inputs: { x }, attrs: { epsilon } }) => {
    const width = x!.shape.at(-1)!;
    const whole = (value: number) =>
      g.constant(new Float32Array(width).fill(value), { shape: [width], dtype: "float32" });
    return g.addAll("LayerNorm", [x!, whole(1), whole(0)], { epsilon });
  },
  Gelu: ({ g, inputs: { x } }) => g.add("Gelu", [x!]),
  GeluGrad: ({ g, inputs: { dy, x, y } }) => g.add("GeluGrad", [dy!, x!, y!]),
};
