// Format `merged`: the base model with the method merged into its weights, as a whole DiT.

import {
  asDiffusers,
  type DitConfig,
  diffusersConfig,
  LayoutError,
  type TensorSource,
  type TensorView,
} from "@dit-bench/dit";
import type { Values, WeightInfo } from "@dit-bench/method";
import type { StoredTensor } from "@dit-bench/weights";
import type { TrainedRun } from "../cell/open-run.ts";
import { BenchError } from "../errors.ts";
import { mergedValues } from "../sampling/merged-network.ts";
import { type ExportFormat, type ExportParts, jsonFile, tensorFile } from "./format.ts";
import { metadataOf } from "./metadata.ts";
import { officialModel, python } from "./python.ts";

type Layout = (run: TrainedRun, source: TensorSource<StoredTensor>) => ExportParts;

/** By the value of `--layout`. */
const layouts: Readonly<Record<string, Layout>> = { official, diffusers };

export const merged: ExportFormat = {
  name: "merged",
  layouts: Object.keys(layouts),
  make(run, layout = "official") {
    const { adapted, base, trained } = run;
    if (!adapted.merges)
      throw new BenchError(
        "usage",
        `--format merged: method ${adapted.method.name} cannot be merged into the base model's weights; ` +
          "use --format safetensors",
      );
    const values = mergedValues(adapted, { ...base, ...trained });
    return layouts[layout]!(run, sourceOf(run.folder, adapted.model.weights, values));
  },
};

function official(run: TrainedRun, source: TensorSource<StoredTensor>): ExportParts {
  const file = "model.safetensors";
  return {
    files: [tensorFile(file, pendingOf(source), { ...metadataOf(run, whole), ...readingHints(run.config) })],
    library: "dit-bench",
    use: [
      `\`${file}\` is a whole model with the names of facebookresearch/DiT's checkpoints. With that repository's`,
      "`models.py`:",
      python(
        "from safetensors.torch import load_file",
        ...officialModel(run.config),
        `model.load_state_dict(load_file("${file}"))`,
      ),
      "With dit-bench: `npx bench sample --weights path/to/this/folder --output images`.",
    ].join("\n"),
  };
}

function diffusers(run: TrainedRun, source: TensorSource<StoredTensor>): ExportParts {
  const file = "diffusion_pytorch_model.safetensors"; // the name that diffusers looks for
  return {
    files: [
      jsonFile("config.json", diffusersConfig(run.config)),
      tensorFile(file, pendingOf(asView(source)), metadataOf(run, whole)),
    ],
    library: "diffusers",
    use: [
      "This folder is a whole model in diffusers' layout:",
      python(
        "from diffusers import DiTTransformer2DModel",
        "",
        'model = DiTTransformer2DModel.from_pretrained("path/to/this/folder")',
      ),
      "The weights were trained with the timestep frequencies of facebookresearch/DiT. diffusers spaces them slightly",
      "differently, so that its outputs differ. With dit-bench the outputs are those of the training:",
      "`npx bench sample --weights path/to/this/folder --output images`.",
    ].join("\n"),
  };
}

const whole = "base model with the method merged in, from the moving average of the trained weights";

/** What no shape of a weight shows, under the names that `bench predict` and `bench sample` look for. */
const readingHints = ({ heads, classes }: DitConfig) => ({
  "config.num_attention_heads": String(heads),
  "config.num_embeds_ada_norm": String(classes),
});

/** Throws BenchError (usage) for positions that diffusers' layout cannot hold. */
function asView(source: TensorSource<StoredTensor>): TensorView<StoredTensor> {
  try {
    return asDiffusers(source);
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    throw new BenchError("usage", `${error.message}; use --layout official`, { cause: error });
  }
}

const sourceOf = (source: string, infos: readonly WeightInfo[], values: Values): TensorSource<StoredTensor> => ({
  source,
  tensors: new Map(infos.map(({ name, shape }) => [name, { type: "F32", shape }])),
  metadata: new Map(),
  read: (name) => ({ type: "F32", shape: infos.find((info) => info.name === name)!.shape, data: values[name]! }),
  float32: (name) => values[name]!,
});

const pendingOf = ({ tensors, read }: TensorView<StoredTensor>) =>
  [...tensors].map(([name, info]) => [name, { ...info, read: () => read(name) }] as const);
