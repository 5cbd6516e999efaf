// LoRA in PEFT: W + (lora_alpha / r) B A on each module of `target_modules` (src/peft/tuners/lora/layer.py).
//
// I = in, O = out, R = rank, C = channels, P = patch side

import type { StoredTensor } from "@dit-bench/weights";
import { type PeftForm, type PeftSite, reshape } from "./form.ts";

export const lora: PeftForm = {
  method: "lora",
  make: (options, sites) => ({ settings: loraSettings(options, sites), tensors: loraTensors(options, sites) }),
};

export function loraSettings(options: object, sites: readonly PeftSite[]): Record<string, unknown> {
  const { rank, alpha } = options as { readonly rank: number; readonly alpha: number };
  return {
    peft_type: "LORA",
    r: rank,
    lora_alpha: alpha,
    target_modules: sites.map(({ module }) => module.path), // whole paths match one module each
    lora_dropout: 0,
    bias: "none",
    fan_in_fan_out: false,
    use_rslora: false,
    use_dora: false,
    init_lora_weights: true,
  };
}

/** A is [R, I] and B is [O, R]. Of a convolution, A is the convolution [R, C, P, P] and B is [O, R, 1, 1]. */
export function loraTensors(options: object, sites: readonly PeftSite[]): (readonly [string, StoredTensor])[] {
  const { rank } = options as { readonly rank: number };
  return sites.flatMap(({ module: { path, out: O }, layer, weights }) => [
    [`${path}.lora_A.weight`, reshape(weights.a_RI!, [rank, ...layer.slice(1)])] as const,
    [`${path}.lora_B.weight`, reshape(weights.b_OR!, [O, rank, ...layer.slice(2).map(() => 1)])] as const,
  ]);
}
