// LoKr in PEFT: W + (alpha / r) (w1 ⊗ w2) with w2 whole, or w2_a w2_b (src/peft/tuners/lokr/layer.py).
//
// I = in = U V, O = out = P Q, R = rank

import { BenchError } from "../../errors.ts";
import { onlyLinear, type PeftForm, type PeftSite } from "./form.ts";

interface LokrOptions {
  readonly factor: number | "square";
  readonly rank: number | "full";
  readonly scale: number;
}

export const lokr: PeftForm = {
  method: "lokr",
  make(options, sites) {
    const { factor, rank, scale } = options as LokrOptions;
    for (const site of sites) {
      onlyLinear("lokr", site);
      if (factor !== "square") refuseOtherSides(factor, site);
    }
    // PEFT has a whole w2 from a rank of half of its longer side.
    const r = rank === "full" ? Math.max(...sites.flatMap(({ weights }) => weights.d_QV?.shape ?? [])) : rank;
    return {
      settings: {
        peft_type: "LOKR",
        r,
        alpha: scale * r,
        decompose_factor: factor === "square" ? -1 : factor,
        decompose_both: false,
        use_effective_conv2d: false,
        target_modules: sites.map(({ module }) => module.path),
        rank_dropout: 0,
        module_dropout: 0,
        rank_dropout_scale: false,
        init_weights: true,
      },
      tensors: sites.flatMap(({ module: { path }, weights: { c_PU, d_QV, b_QR, a_RV } }) => [
        [`${path}.lokr_w1`, c_PU!] as const,
        ...(d_QV ? [[`${path}.lokr_w2`, d_QV] as const] : []),
        ...(b_QR && a_RV ? [[`${path}.lokr_w2_a`, b_QR] as const, [`${path}.lokr_w2_b`, a_RV] as const] : []),
      ]),
    };
  },
};

/** PEFT takes a factor that divides the size for the first side; LyCORIS and dit-bench take the smaller side. */
function refuseOtherSides(factor: number, { module: { path, in: I, out: O } }: PeftSite): void {
  const size = [I, O].find((side) => side % factor === 0 && side / factor < factor);
  if (size === undefined) return;
  throw new BenchError(
    "usage",
    `--format peft: option factor is ${factor}, and '${path}' has a side of ${size}, which PEFT would divide the ` +
      `other way round: ${factor} × ${size / factor}; use --format merged or --format safetensors`,
  );
}
