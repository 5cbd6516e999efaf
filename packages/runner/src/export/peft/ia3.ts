// (IA)³ in PEFT: scales of the outputs of a linear layer, or of the inputs of those in `feedforward_modules`
// (src/peft/tuners/ia3/layer.py).
//
// D = width, F = hidden width of the MLP

import type { StoredTensor } from "@dit-bench/weights";
import { f32, type PeftForm, type PeftSite, reshape } from "./form.ts";

export const ia3: PeftForm = {
  method: "ia3",
  make: (_, sites) => ({
    settings: {
      peft_type: "IA3",
      target_modules: sites.map(({ module }) => module.path),
      feedforward_modules: sites.filter(({ weights }) => weights.hidden_F).map(({ module }) => module.path),
      fan_in_fan_out: false,
      init_ia3_weights: true,
    },
    tensors: sites.map((site) => [`${site.module.path}.ia3_l`, scales(site)]),
  }),
};

/** [1, F] of the inputs of fc2; [3 D, 1] of the outputs of qkv, which are queries, keys and values. */
function scales({ module: { out }, weights: { hidden_F, keys_D, values_D } }: PeftSite): StoredTensor {
  if (hidden_F) return reshape(hidden_F, [1, ...hidden_F.shape]);
  const D = out / 3;
  const all = new Float32Array(out).fill(1);
  if (keys_D) all.set(keys_D.data as Float32Array, D);
  if (values_D) all.set(values_D.data as Float32Array, 2 * D);
  return f32([out, 1], all);
}
