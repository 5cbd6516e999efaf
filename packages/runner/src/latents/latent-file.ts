// Latents of pictures as a safetensors file: `latents` [N, Z, h, w] float32, with what made them in the metadata.
//
// N = pictures, Z = latent channels, h, w = sides in latent cells

import { existsSync } from "node:fs";
import { openCheckpoint, writeSafetensors } from "@dit-bench/weights";
import { z } from "zod";
import { BenchError } from "../errors.ts";

export interface LatentFile {
  /** [N, Z, h, w] */
  readonly shape: readonly [number, number, number, number];
  /** Times `scale`. */
  readonly latents: Float32Array;
  /** What the network's latents were multiplied with; absent in a file of another program. */
  readonly scale?: number;
  /** The pictures' paths below their folder, if the file says. */
  readonly files?: readonly string[];
}

/** What is known of latents that this program made. */
export interface LatentOrigin {
  /** SHA-256 of the autoencoder's weights. */
  readonly weights: string;
  /** Key of the draws; null where the latents are the distributions' means. */
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

/** Reads such a file, or another's with one tensor of four axes in it. */
export async function readLatents(path: string): Promise<LatentFile> {
  const wanted = "wanted a .safetensors with latents [N, Z, h, w]";
  if (!existsSync(path)) throw new BenchError("data", `${path}: there is no such file; ${wanted}`);
  const checkpoint = await openCheckpoint(path);
  const wrong = (what: string) => new BenchError("data", `${path}: ${what}; ${wanted}`);
  const named = [...checkpoint.tensors].filter(([, { shape }]) => shape.length === 4).map(([name]) => name);
  const name = named.includes("latents") ? "latents" : named[0];
  if (name === undefined || (named.length > 1 && name !== "latents"))
    throw wrong(
      `it has ${named.length || "no"} tensors of four axes${named.length > 1 ? " and none is 'latents'" : ""}`,
    );
  const latents = checkpoint.float32(name);
  const shape = checkpoint.tensors.get(name)!.shape as readonly [number, number, number, number];
  if (latents.length === 0) throw wrong(`'${name}' is [${shape}]`);
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
    const files = filesSchema.parse(JSON.parse(text));
    return files.length === count ? { files } : {};
  } catch {
    return {}; // another program's metadata
  }
}
