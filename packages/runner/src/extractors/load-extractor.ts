// Extractors by name, with their weights: what `bench features` and `bench fid` may measure with.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "@dit-bench/compiler";
import { type Extractor, type InceptionTap, inception, inceptionTaps, miniInception } from "@dit-bench/metrics";
import { openCheckpoint, unwrapped } from "@dit-bench/weights";
import { readWeights } from "../assets/weight-file.ts";
import { BenchError } from "../errors.ts";
import { loadRecipe, ownSettings } from "../recipe/recipe.ts";
import { compileExtractor, type FeatureExtractor } from "./features.ts";

export const extractorNames = ["inception", "mini"] as const;

export interface ExtractorChoice {
  /** One of `extractorNames`. */
  readonly extractor: string;
  /** A file of weights; `mini` has its own. */
  readonly weights?: string;
  /** Where Inception's features are taken: 64, 192, 768, 2048 or `spatial`. */
  readonly tap?: string;
}

/** An extractor ready to run, and the mark of its weights. */
export interface LoadedExtractor extends FeatureExtractor {
  readonly imageSize: number;
  /** SHA-256 over names and numbers of the weights used, whatever file they came in. */
  readonly weights: string;
}

const published = "pt_inception-2015-12-05-6726825d.pth, of pytorch-fid's releases";

/** Activations of Inception at 299 x 299 take some 20 MB an image. */
const INCEPTION_BATCH = 16;
const MINI_BATCH = 64;

export async function loadExtractor(choice: ExtractorChoice, engine: Engine): Promise<LoadedExtractor> {
  const { extractor, values, batch } = await read(choice);
  const hash = createHash("sha256");
  for (const name of Object.keys(values).sort()) hash.update(name).update(bytesOf(values[name]!));
  const compiled = await compileExtractor(engine, extractor, values, batch);
  return { ...compiled, imageSize: extractor.imageSize, weights: hash.digest("hex") };
}

interface Read {
  readonly extractor: Extractor;
  readonly values: Readonly<Record<string, Float32Array>>;
  readonly batch: number;
}

async function read(choice: ExtractorChoice): Promise<Read> {
  if (choice.extractor === "mini") return readMini(choice);
  if (choice.extractor === "inception") return readInception(choice);
  throw new BenchError("usage", `--extractor ${choice.extractor}: wanted ${extractorNames.join(" or ")}`);
}

function readMini({ weights, tap }: ExtractorChoice): Read {
  if (tap !== undefined) throw new BenchError("usage", `--tap ${tap}: the extractor mini has one set of features`);
  const recipe = loadRecipe("mini");
  const { folder } = recipe;
  const settings = ownSettings(recipe);
  const extractor = miniInception(settings.extractor.classes);
  const wanted = Object.entries(extractor.weights).map(([name, shape]) => ({ name, shape }));
  const path = weights ?? join(folder, settings.extractor.weights);
  return { extractor, values: readWeights(path, wanted, "give others with --weights").values, batch: MINI_BATCH };
}

/** Inception from its published file, in PyTorch's format or as safetensors. */
export async function readInception({
  weights: path,
  tap = "2048",
}: Omit<ExtractorChoice, "extractor">): Promise<Read> {
  const spatial = tap === "spatial";
  if (!spatial && !inceptionTaps.some((dimension) => String(dimension) === tap))
    throw new BenchError("usage", `--tap ${tap}: wanted ${inceptionTaps.join(", ")} or spatial`);
  if (path === undefined)
    throw new BenchError(
      "data",
      "Inception's weights are not here; get them with 'bench fetch inception-v3-fid', name the file with --weights, or take --extractor mini",
    );
  if (!existsSync(path)) throw new BenchError("data", `${path}: there is no such file; wanted ${published}`);
  const first = "Conv2d_1a_3x3.conv.weight";
  const checkpoint = unwrapped(await openCheckpoint(path), [first]);
  const wrong = (what: string) => new BenchError("data", `${path}: ${what}; wanted ${published}`);

  const stem = checkpoint.tensors.get(first);
  if (!stem) throw wrong(`it has no weight '${first}'`);
  // Tests measure with a network whose widths are all divided by the same number.
  const divisor = 32 / (stem.shape[0] ?? 0);
  const network = inception({
    divisor: [1, 2, 4, 8, 16].includes(divisor) ? divisor : 1,
    ...(spatial ? { spatial } : { tap: Number(tap) as InceptionTap }),
  });
  const values: Record<string, Float32Array> = {};
  for (const [name, shape] of Object.entries(network.checkpoint)) {
    const tensor = checkpoint.tensors.get(name);
    if (!tensor) throw wrong(`it has no weight '${name}'`);
    if (tensor.shape.join() !== shape.join()) throw wrong(`'${name}' is [${tensor.shape}], wanted [${shape}]`);
    values[name] = checkpoint.float32(name);
    const bad = values[name].findIndex((x) => !Number.isFinite(x));
    if (bad >= 0) throw wrong(`number ${bad} of '${name}' is ${values[name][bad]}`);
  }
  return { extractor: network, values: network.fold(values), batch: INCEPTION_BATCH };
}

const bytesOf = (x: Float32Array) => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
