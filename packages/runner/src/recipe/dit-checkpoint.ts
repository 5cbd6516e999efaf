// Reads a DiT from any checkpoint: facebookresearch's .pt, a diffusers folder, or safetensors with either naming.

import { existsSync } from "node:fs";
import { basename } from "node:path";
import {
  asOfficial,
  CLASS_EMBEDDING,
  type DitConfig,
  ditAnchors,
  ditModel,
  headsOf,
  readConfig,
  recogniseLayout,
} from "@dit-bench/dit";
import type { Values } from "@dit-bench/method";
import { type Checkpoint, describeAdapter, openCheckpoint, type StoredTensor, stripWrappers } from "@dit-bench/weights";
import { finiteWeights } from "../assets/finite-weights.ts";
import { BenchError } from "../errors.ts";

/** Two forward passes. Their timestep frequencies and an epsilon differ: docs/decisions/0003-checkpoints.md. */
export const forwards = ["official", "diffusers"] as const;
export type Forward = (typeof forwards)[number];

export interface DitCheckpointOptions {
  /** Attention heads, if neither the file nor a published size determines them. */
  readonly heads?: number;
  /** Side of the input, if neither the file nor a config.json has it. */
  readonly inputSize?: number;
  /** The entry to read from a checkpoint with several models. */
  readonly key?: string;
  readonly forward?: Forward;
  /** False if the label table has no row for the null class: the model was trained without class dropout. */
  readonly nullClass?: false;
  /** The number of classes, if it is known; it determines whether the label table has a null class. */
  readonly classes?: number;
}

/** An open checkpoint with its configuration; its numbers are not read yet. */
export interface DitCheckpoint {
  readonly config: DitConfig;
  /** False if label `config.classes` has no meaning, so that the model cannot be guided. */
  readonly nullClass: boolean;
  /** A note if the file does not determine whether there is a null class: the assumption, and the flag to change it. */
  readonly assumption?: string;
  /** `official` or `diffusers`: the naming of the file's tensors. */
  readonly layout: string;
  /** Notes about the file for the user. */
  readonly notes: readonly string[];
  /** Reads every weight of `ditModel(config)` as float32, tensor by tensor. */
  read(): Values;
}

type TensorInfo = Pick<StoredTensor, "shape"> & { readonly type: string };

/** Opens a DiT's checkpoint and reads its configuration from the shapes. Throws BenchError for other files. */
export async function openDit(path: string, options: DitCheckpointOptions = {}): Promise<DitCheckpoint> {
  if (!existsSync(path))
    throw new BenchError(
      "data",
      `${path}: there is no such file or folder; wanted a DiT's weights: a .pt of facebookresearch/DiT, ` +
        "a diffusers folder, or safetensors",
    );
  const opened = await openCheckpoint(path, options.key === undefined ? {} : { key: options.key });
  refuseAdapter(path, opened);
  const source = stripWrappers(opened, ditAnchors);
  const { layout } = recogniseLayout(source);
  const heads = options.heads ?? headsOf(source);
  if (heads === undefined)
    throw new BenchError(
      "usage",
      `${path}: its shapes do not determine how many attention heads it has, ` +
        "and its width and depth are not those of a published DiT; give the number with --heads",
    );
  const patch = source.tensors.get("pos_embed.proj.weight")?.shape[3];
  const view = asOfficial<StoredTensor>(
    source,
    options.inputSize !== undefined && patch ? options.inputSize / patch : undefined,
  );
  const makeError = (what: string) => new BenchError("data", `${path}: ${what}; take another copy of the file`);
  const rows = view.tensors.get(CLASS_EMBEDDING)?.shape[0] ?? 0;
  const { nullClass, assumption } = labelsOf(path, rows, source.metadata, options);
  // The model always has a row for the null class. Where the file has none, the row is zero and never used.
  const read = nullClass ? view.read : (name: string) => withZeroRow(name, view.read(name));
  const padded = nullClass ? view : { ...view, tensors: withRow(view.tensors, rows + 1) };
  const official = readConfig(padded, basename(path), heads);
  const config = options.forward === "diffusers" ? { ...official, diffusers: diffusersForward(source) } : official;
  return {
    config,
    nullClass,
    ...(assumption === undefined ? {} : { assumption }),
    layout,
    notes: source.notes,
    read: () =>
      Object.fromEntries(
        ditModel(config).weights.map(({ name, shape }) => {
          const tensor = read(name);
          if (tensor.shape.join() !== shape.join())
            throw new BenchError("data", `${path}: '${name}' is [${tensor.shape}], wanted [${shape}]`);
          return [name, finiteWeights(name, tensor, makeError)];
        }),
      ),
  };
}

/** `norm_eps` of a diffusers folder; without one, the default of DiTTransformer2DModel. */
function diffusersForward({ metadata }: { readonly metadata: ReadonlyMap<string, string> }) {
  return { secondNormEpsilon: Number(metadata.get("config.norm_eps") ?? 1e-5) };
}

/** Throws BenchError (data) for the weights of an adapter. */
function refuseAdapter(path: string, { tensors }: Checkpoint): void {
  const adapter = describeAdapter(tensors.keys());
  if (adapter === undefined) return;
  const remedy = adapter.includes("not merged")
    ? "call merge_and_unload() on it"
    : "merge it into its base model (PEFT: PeftModel.from_pretrained and merge_and_unload; diffusers: " +
      "load_lora_weights and fuse_lora)";
  throw new BenchError(
    "data",
    `${path}: it holds ${adapter}, not a whole DiT; adapters of other programs cannot be applied here: ` +
      `in Python ${remedy}, save the state_dict() of the result and give that file`,
  );
}

/** Rows of the published models: ImageNet's 1,000 classes and the null class. */
const publishedRows = 1001;

/** Decides if the last row of the label table is the null class: by the options, else by config.json, else assumed. */
function labelsOf(
  path: string,
  rows: number,
  metadata: ReadonlyMap<string, string>,
  options: DitCheckpointOptions,
): { readonly nullClass: boolean; readonly assumption?: string } {
  if (options.nullClass === false) return { nullClass: false };
  const classes = options.classes ?? Number(metadata.get("config.num_embeds_ada_norm"));
  if (classes === rows) return { nullClass: false };
  if (classes === rows - 1 || rows === publishedRows) return { nullClass: true };
  if (rows === 1)
    throw new BenchError(
      "usage",
      `${path}: its label table has one row, which leaves no class beside the null class; ` +
        "a model that was trained without class dropout (class_dropout_prob=0) has no null class: " +
        "say so with --no-null-class",
    );
  return {
    nullClass: true,
    assumption:
      `its label table has ${rows} rows: read as ${rows - 1} classes and the null class, ` +
      `label ${rows - 1}; if it was trained without class dropout, say --no-null-class`,
  };
}

function withRow(tensors: ReadonlyMap<string, TensorInfo>, rows: number): ReadonlyMap<string, TensorInfo> {
  const { type, shape } = tensors.get(CLASS_EMBEDDING)!;
  return new Map([...tensors, [CLASS_EMBEDDING, { type, shape: [rows, ...shape.slice(1)] }]]);
}

function withZeroRow(name: string, tensor: StoredTensor): StoredTensor {
  if (name !== CLASS_EMBEDDING) return tensor;
  const [rows = 0, width = 0] = tensor.shape;
  const Numbers = tensor.data.constructor as new (length: number) => Float32Array;
  const data = new Numbers((rows + 1) * width); // all types have a zero of zero bits
  data.set(tensor.data as Float32Array);
  return { ...tensor, shape: [rows + 1, width], data };
}
