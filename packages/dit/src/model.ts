// The description of a DiT: the paths and shapes of its weights, and the modules on which a method may put grafts. It
// needs no values of weights. Paths are those of facebookresearch/DiT's checkpoints.
//
// C = channels, D = width, P = patch side, T = tokens, F = MLP width

import type { Model, Module, WeightInfo } from "@dit-bench/method";
import { checkConfig, type DitConfig, outputChannels } from "./config.ts";

/** Width of the sinusoidal embedding of the timestep. */
export const FREQUENCIES = 256;

/** Path of the class embedding, [classes + 1, D]; the last row is the null class. */
export const CLASS_EMBEDDING = "y_embedder.embedding_table.weight";

/** @throws Error if the configuration is not valid */
export function ditModel(c: DitConfig): Model {
  checkConfig(c);
  const { width: D, patchSize: P, depth } = c;
  const F = D * c.mlpRatio;
  const T = (c.inputSize / P) ** 2;
  const O = P * P * outputChannels(c);

  const weights: WeightInfo[] = [{ name: "pos_embed", shape: [1, T, D], fixed: true }];
  const modules: Module[] = [];
  const linear = (path: string, i: number, o: number, shape = [o, i]) => {
    modules.push({ path, kind: "linear", in: i, out: o });
    weights.push({ name: `${path}.weight`, shape }, { name: `${path}.bias`, shape: [o] });
  };
  const module = (kind: "branch" | "part", path: string, last?: string) =>
    modules.push({ path, kind, in: D, out: D, ...(last && { last: `${path}.${last}` }) });
  const norm = (path: string, modulation: NonNullable<Module["modulation"]>) =>
    modules.push({ path, kind: "norm", in: D, out: D, modulation });

  linear("x_embedder.proj", c.channels * P * P, D, [D, c.channels, P, P]);
  linear("t_embedder.mlp.0", FREQUENCIES, D);
  linear("t_embedder.mlp.2", D, D);
  weights.push({ name: CLASS_EMBEDDING, shape: [c.classes + 1, D] });
  module("part", "blocks");
  for (let i = 0; i < depth; i++) {
    const at = `blocks.${i}`;
    const modulation = `${at}.adaLN_modulation.1`;
    module("part", at);
    module("branch", `${at}.attn_branch`);
    norm(`${at}.norm1`, { path: modulation, shift: 0, scale: 1 });
    module("part", `${at}.attn`, "proj");
    linear(`${at}.attn.qkv`, D, 3 * D);
    linear(`${at}.attn.proj`, D, D);
    module("branch", `${at}.mlp_branch`);
    norm(`${at}.norm2`, { path: modulation, shift: 3, scale: 4 });
    module("part", `${at}.mlp`, "fc2");
    linear(`${at}.mlp.fc1`, D, F);
    linear(`${at}.mlp.fc2`, F, D);
    linear(modulation, D, 6 * D);
  }
  norm("final_layer.norm_final", { path: "final_layer.adaLN_modulation.1", shift: 0, scale: 1 });
  linear("final_layer.linear", D, O);
  linear("final_layer.adaLN_modulation.1", D, 2 * D);
  return { name: c.name, depth, width: D, weights, modules, classEmbedding: CLASS_EMBEDDING };
}
