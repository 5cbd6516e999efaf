// Feature files: `features` [N, D] float32, `mu` [D] and `sigma` [D, D] float64, as .npz or .safetensors. pytorch-fid
// reads such .npz files, and writes them with only `mu` and `sigma`. Users of clean-fid have features as one .npy.
//
// N = images, D = feature dimension

import type { Statistics } from "@dit-bench/metrics";
import { parseJson } from "@dit-bench/text";
import {
  type ArrayFile,
  maxNpzBytes,
  readNpz,
  readSafetensors,
  type StoredTensor,
  writeNpz,
  writeSafetensors,
} from "@dit-bench/weights";
import { z } from "zod";
import { BenchError } from "../errors.ts";
import { allocateFeatures, type FeatureOrigin, type FeatureSet, statisticsOf } from "./feature-set.ts";

const originSchema = z.object({ extractor: z.string(), weights: z.string(), resizer: z.string() });

const isNpz = (path: string) => /\.npz$/i.test(path);

/** Most bytes of the text that names the extractor; this program writes about 200. */
const mostAboutBytes = 64 << 10;

/**
 * Throws BenchError (usage) for more features than fit in a .npz file. Called before hours are spent on computing them.
 *
 * @param count number of images
 */
export function checkFileSize(path: string, count: number, dimension: number): void {
  if (!isNpz(path)) return;
  const headers = 2 * mostAboutBytes;
  const bytes = 4 * count * dimension + 8 * dimension * (dimension + 1) + headers;
  if (bytes > maxNpzBytes)
    throw new BenchError(
      "usage",
      `--output ${path}: ${count} images of ${dimension} features take ${bytes} bytes, ` +
        `a .npz file holds at most ${maxNpzBytes}; give it a name that ends in .safetensors`,
    );
}

/** Writes features with their statistics, in the format of the path's extension. */
export function writeFeatureFile(path: string, set: FeatureSet): void {
  const D = set.dimension;
  checkFileSize(path, (set.features?.length ?? 0) / D, D);
  const { mean, covariance } = statisticsOf(set);
  const tensors: [string, StoredTensor][] = [
    ["mu", { type: "F64", shape: [D], data: mean }],
    ["sigma", { type: "F64", shape: [D, D], data: covariance }],
  ];
  if (set.features)
    tensors.unshift(["features", { type: "F32", shape: [set.features.length / D, D], data: set.features }]);
  if (isNpz(path)) {
    const about = new TextEncoder().encode(JSON.stringify(set.about ?? null));
    writeNpz(path, [...tensors, ["about", { type: "U8", shape: [about.length], data: about }]]);
  } else if (/\.safetensors$/i.test(path))
    writeSafetensors(path, tensors, { about: JSON.stringify(set.about ?? null) });
  else throw new BenchError("usage", `--output ${path}: wanted a name that ends in .npz or .safetensors`);
}

/** True if a file has statistics or features under the names that this program and pytorch-fid use. */
export const hasFeatures = ({ arrays, unreadable }: ArrayFile): boolean => {
  const has = (name: string) => arrays.has(name) || unreadable.has(name);
  return has("features") || (has("mu") && has("sigma"));
};

/**
 * Reads a file of writeFeatureFile or pytorch-fid. Statistics that the file lacks are computed from its features when
 * they are needed. Throws BenchError (data) for other contents.
 */
export const readFeatureFile = async (path: string, format: "npz" | "safetensors"): Promise<FeatureSet> =>
  setOf(path, format === "npz" ? await readNpzContents(path) : readSafetensorsContents(path));

/** Reads an array [N, D] of floating-point numbers as features. Throws BenchError (data) if it is too large. */
export async function readFeatureArray(file: ArrayFile, name: string): Promise<FeatureSet> {
  const { shape } = file.arrays.get(name)!;
  const [N = 0, D = 0] = shape;
  const bytes = 4 * N * D;
  if (bytes > maxNpzBytes)
    throw new BenchError(
      "data",
      `${file.path}: ${N} images of ${D} features take ${bytes} bytes: at most ${maxNpzBytes} are read; ` +
        "save fewer of them",
    );
  const features = allocateFeatures(file.path, N, D);
  await file.eachRows(name, rowsAtOnce, async ({ data }, first) => features.set(data as Float32Array, first * D));
  return setOf(file.path, { tensors: new Map([["features", { type: "F32", shape, data: features }]]) });
}

const rowsAtOnce = 1024;

function setOf(path: string, { tensors, about }: Contents): FeatureSet {
  const makeError = (what: string) =>
    new BenchError(
      "data",
      `${path}: ${what}; wanted features [N, D], or mu [D] and sigma [D, D], of floating-point numbers`,
    );
  const float = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) return undefined;
    const { type, data, shape } = tensor;
    if (!(data instanceof Float32Array || data instanceof Float64Array)) throw makeError(`'${name}' holds ${type}`);
    return { data, shape };
  };
  const [features, mu, sigma] = ["features", "mu", "sigma"].map(float);
  if (features && features.shape.length !== 2) throw makeError(`'features' is [${features.shape}]`);
  if (!features && !(mu && sigma))
    throw makeError(`it holds ${[...tensors.keys()].join(", ") || "no array of these names"}`);
  const D = features?.shape[1] ?? mu!.data.length;
  if (D === 0 || (mu && mu.shape.join() !== `${D}`)) throw makeError(`'mu' is [${mu?.shape}] for ${D} features`);
  if (sigma && sigma.shape.join() !== `${D},${D}`) throw makeError(`'sigma' is [${sigma.shape}] for ${D} features`);
  const count = features?.shape[0];
  const known: Statistics | undefined =
    mu && sigma
      ? {
          dimension: D,
          count: count ?? Number.NaN,
          mean: Float64Array.from(mu.data),
          covariance: Float64Array.from(sigma.data),
        }
      : undefined;
  return {
    source: path,
    dimension: D,
    ...(features ? { count: count!, features: asFloat32(features.data) } : {}),
    ...(known ? { statistics: known } : {}),
    ...(about ? { about } : {}),
  };
}

/** Features can take most of the memory, so they are copied only if their type differs. */
const asFloat32 = (data: Float32Array | Float64Array): Float32Array =>
  data instanceof Float32Array ? data : Float32Array.from(data);

interface Contents {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly about?: FeatureOrigin | undefined;
}

async function readNpzContents(path: string): Promise<Contents> {
  const tensors = await readNpz(path, ["features", "mu", "sigma", "about"], new Map([["about", mostAboutBytes]]));
  const about = tensors.get("about")?.data;
  return { tensors, about: origin(about instanceof Uint8Array ? new TextDecoder().decode(about) : undefined) };
}

function readSafetensorsContents(path: string): Contents {
  const { tensors, metadata } = readSafetensors(path);
  const { about = "" } = metadata;
  if (about.length > mostAboutBytes)
    throw new BenchError(
      "data",
      `${path}: its note 'about' has ${about.length} characters; at most ${mostAboutBytes} are read`,
    );
  return { tensors, about: origin(metadata.about) };
}

/** Parses the text that names the extractor. Undefined for other texts: another program may use the same name. */
function origin(text: string | undefined): FeatureOrigin | undefined {
  if (text === undefined) return undefined;
  try {
    return originSchema.safeParse(parseJson(text)).data;
  } catch {
    return undefined;
  }
}
