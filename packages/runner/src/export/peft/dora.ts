// DoRA in PEFT: a LoRA whose rows W + (lora_alpha / r) B A get the norms of `lora_magnitude_vector`
// (src/peft/tuners/lora/dora.py).
//
// O = out

import { type PeftForm, reshape } from "./form.ts";
import { loraSettings, loraTensors } from "./lora.ts";

export const dora: PeftForm = {
  method: "dora",
  make: (options, sites) => ({
    settings: { ...loraSettings(options, sites), use_dora: true },
    tensors: [
      ...loraTensors(options, sites),
      // [O], or [1, O, 1, 1] of a convolution
      ...sites.map(({ module: { path, out: O }, layer, weights }) => {
        const shape = layer.length > 2 ? [1, O, 1, 1] : [O];
        return [`${path}.lora_magnitude_vector`, reshape(weights.magnitude_O!, shape)] as const;
      }),
    ],
  }),
};
