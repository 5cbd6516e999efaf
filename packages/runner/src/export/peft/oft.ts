// OFT in PEFT: y = W (x R) + b with R = (I - Q)(I + Q)⁻¹, block by block (src/peft/tuners/oft/layer.py). dit-bench has
// (I + Q)(I - Q)⁻¹, so Q has the other sign.
//
// G = blocks, B = channels of a block, H = B / 2, F = B - 1, N = B (B - 1) / 2

import type { StoredTensor } from "@dit-bench/weights";
import { f32, onlyLinear, type PeftForm } from "./form.ts";

export const oft: PeftForm = {
  method: "oft",
  make(options, sites) {
    const { blocks } = options as { readonly blocks: number };
    for (const site of sites) onlyLinear("oft", site);
    return {
      settings: {
        peft_type: "OFT",
        r: blocks,
        oft_block_size: 0, // follows from r
        target_modules: sites.map(({ module }) => module.path),
        module_dropout: 0,
        fan_in_fan_out: false,
        bias: "none",
        init_weights: true,
        coft: false,
        block_share: false,
        use_cayley_neumann: false, // the inverse, not a series
      },
      tensors: sites.map(({ module: { path }, weights }) => [`${path}.oft_R.weight`, upperRows(weights.skew_GHF!)]),
    };
  },
};

/**
 * The entries of each Q above the diagonal, row by row: [G, N]. For the packed form see rotations.ts of the method.
 */
function upperRows({ shape, data }: StoredTensor): StoredTensor {
  const [G, H, F] = shape as [number, number, number];
  const packed = (g: number, row: number, column: number) => (data as Float32Array)[(g * H + row) * F + column]!;
  const rows: number[] = [];
  for (let g = 0; g < G; g++)
    for (let i = 0; i < F; i++)
      for (let j = i + 1; j <= F; j++) rows.push(i < H ? -packed(g, i, j - 1) : packed(g, j - H, i - H));
  return f32([G, H * F], Float32Array.from(rows));
}
