// A DiT from any checkpoint of one: facebookresearch's .pt, a diffusers folder, safetensors under either naming.

import { existsSync } from "node:fs";
import { basename } from "node:path";
import { asOfficial, type DitConfig, ditModel, headsOf, readConfig, recogniseLayout } from "@dit-bench/dit";
import type { Values } from "@dit-bench/method";
import { openCheckpoint, type StoredTensor } from "@dit-bench/weights";
import { BenchError } from "./errors.ts";
import { finiteWeights } from "./finite-weights.ts";

/** Whose forward: they differ in the timestep's frequencies and in an epsilon (docs/decisions/0003-checkpoints.md). */
export const forwards = ["official", "diffusers"] as const;
export type Forward = (typeof forwards)[number];

export interface DitCheckpointOptions {
  /** Of attention, where neither the file nor a published size says it. */
  readonly heads?: number;
  /** Side of the input, where neither the file nor a config.json says it. */
  readonly inputSize?: number;
  /** The entry of a checkpoint that has several. */
  readonly key?: string;
  readonly forward?: Forward;
}

/** A checkpoint that was listed and understood; its numbers are still in the file. */
export interface DitCheckpoint {
  readonly config: DitConfig;
  /** `official` or `diffusers`: whose names the file has. */
  readonly layout: string;
  /** What a person should know about the file. */
  readonly notes: readonly string[];
  /** Every weight of `ditModel(config)` as float32: one copy, tensor by tensor. */
  read(): Values;
}

/** Lists a DiT's checkpoint and reads its configuration from the shapes. */
export async function openDit(path: string, options: DitCheckpointOptions = {}): Promise<DitCheckpoint> {
  if (!existsSync(path))
    throw new BenchError(
      "data",
      `${path}: there is no such file or folder; wanted a DiT's weights: a .pt of facebookresearch/DiT, a diffusers folder, or safetensors`,
    );
  const source = await openCheckpoint(path, options.key === undefined ? {} : { key: options.key });
  const { layout } = recogniseLayout(source);
  const heads = options.heads ?? headsOf(source);
  if (heads === undefined)
    throw new BenchError(
      "usage",
      `${path}: its shapes do not tell how many attention heads it has, and it has no published DiT's width and depth; say it with --heads`,
    );
  const patch = source.tensors.get("pos_embed.proj.weight")?.shape[3];
  const view = asOfficial<StoredTensor>(
    source,
    options.inputSize !== undefined && patch ? options.inputSize / patch : undefined,
  );
  const wrong = (what: string) => new BenchError("data", `${path}: ${what}; take another copy of the file`);
  const official = readConfig(view, basename(path), heads);
  const config = options.forward === "diffusers" ? { ...official, diffusers: diffusersForward(source) } : official;
  return {
    config,
    layout,
    notes: source.notes,
    read: () =>
      Object.fromEntries(
        ditModel(config).weights.map(({ name, shape }) => {
          const tensor = view.read(name);
          if (tensor.shape.join() !== shape.join())
            throw new BenchError("data", `${path}: '${name}' is [${tensor.shape}], wanted [${shape}]`);
          return [name, finiteWeights(name, tensor, wrong)];
        }),
      ),
  };
}

/** `norm_eps` of a diffusers folder; where nothing says it, the default of DiTTransformer2DModel. */
function diffusersForward({ metadata }: { readonly metadata: ReadonlyMap<string, string> }) {
  return { secondNormEpsilon: Number(metadata.get("config.norm_eps") ?? 1e-5) };
}
