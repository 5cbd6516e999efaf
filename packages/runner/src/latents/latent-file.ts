// Files of latents: safetensors with `latents` [N, Z, h, w] float32, and their origin in the metadata.
//
// N = images, Z = latent channels, h, w = sides in latent cells

import { existsSync } from "node:fs";
import { parseJson } from "@dit-bench/text";
import { openCheckpoint, writeSafetensors } from "@dit-bench/weights";
import { z } from "zod";
import { BenchError } from "../errors.ts";

export interface LatentFile {
  /** [N, Z, h, w] */
  readonly shape: readonly [number, number, number, number];
  /** The latents, multiplied by `scale`. */
  readonly latents: Float32Array;
  /** The factor that the latents were multiplied by. Unknown in files of other programs. */
  readonly scale?: number;
  /** Paths of the encoded images, relative to their folder. Unknown in files of other programs. */
  readonly files?: readonly string[];
}

/** The origin of latents that this program made. */
export interface LatentOrigin {
  /** SHA-256 of the autoencoder's weights. */
  readonly weights: string;
  /** Seed of the samples; null if the latents are the means of their distributions. */
  readonly seed: number | null;
}

export function writeLatents(path: string, file: Required<LatentFile>, about: LatentOrigin): void {
  const { latents, shape, scale, files } = file;
  writeSafetensors(path, [["latents", { type: "F32", shape, data: latents }]], {
    scale: String(scale),
    files: JSON.stringify(files),
    about: JSON.stringify(about),
  });
}

const filesSchema = z.array(z.string());

/**
 * Reads a file of latents, of this program or of another: any safetensors file with one tensor of four axes.
 *
 * @throws BenchError (data) if the file is missing or has no such tensor
 */
export async function readLatents(path: string): Promise<LatentFile> {
  const wanted = "wanted a .safetensors with latents [N, Z, h, w]";
  if (!existsSync(path)) throw new BenchError("data", `${path}: there is no such file; ${wanted}`);
  const checkpoint = await openCheckpoint(path);
  const problem = (what: string) => new BenchError("data", `${path}: ${what}; ${wanted}`);
  const candidates = [...checkpoint.tensors].filter(([, { shape }]) => shape.length === 4).map(([name]) => name);
  const name = candidates.includes("latents") ? "latents" : candidates[0];
  if (name === undefined || (candidates.length > 1 && name !== "latents"))
    throw problem(
      `it has ${candidates.length || "no"} tensors of four axes` +
        `${candidates.length > 1 ? " and none is 'latents'" : ""}`,
    );
  const latents = checkpoint.float32(name);
  const shape = checkpoint.tensors.get(name)!.shape as readonly [number, number, number, number];
  if (latents.length === 0) throw problem(`'${name}' is [${shape}]`);
  const { metadata } = checkpoint;
  const scale = Number(metadata.get("scale"));
  return {
    latents,
    shape,
    ...(scale > 0 && Number.isFinite(scale) ? { scale } : {}),
    ...namesOf(metadata.get("files"), shape[0]),
  };
}

function namesOf(text: string | undefined, count: number): { files?: string[] } {
  if (text === undefined) return {};
  try {
    const files = filesSchema.parse(parseJson(text));
    return files.length === count ? { files } : {};
  } catch {
    return {}; // another program's metadata
  }
}
