// Decodes latents to PNG files.
//
// N = images, Z = latent channels, h, w = sides in latent cells

import { isAbsolute, join } from "node:path";
import { replaceFile } from "@dit-bench/files";
import { encodePng } from "@dit-bench/images";
import { Interrupted } from "../errors.ts";
import type { Listener } from "../events.ts";
import { type Codec, groupOf } from "./codec.ts";
import type { LatentFile } from "./latent-file.ts";
import { imageOf } from "./planes.ts";

export interface DecodingTask {
  readonly latents: LatentFile;
  readonly codec: Codec;
  /** The factor that the latents were multiplied by. */
  readonly scale: number;
  /** Folder for the images. */
  readonly output: string;
  readonly listener?: Listener;
}

/**
 * Writes a PNG for each latent, under the name of the encoded image if the file has it, else under a number.
 *
 * @returns the paths of the images
 */
export async function decodeLatents({
  latents: file,
  codec,
  scale,
  output,
  listener,
}: DecodingTask): Promise<string[]> {
  const [N, Z, height, width] = file.shape;
  const numbers = Z * height * width;
  const names = imageNames(file);
  listener?.stage?.("decode", `${N} latents into ${output}`);
  const written: string[] = [];
  const group = groupOf(height * width * codec.factor ** 2);
  for (let begin = 0; begin < N; begin += group) {
    const count = Math.min(group, N - begin);
    const planes = Array.from({ length: count }, (_, i) => {
      const data = file.latents.slice((begin + i) * numbers, (begin + i + 1) * numbers).map((v) => v / scale);
      return { data, channels: Z, height, width };
    });
    const images = await codec.decode(planes, (done, total) => {
      listener?.progress?.(begin + Math.floor((done / total) * count), N);
      if (listener?.stopping?.())
        throw new Interrupted(`stopped after ${begin} of ${N} latents; the same command starts again`);
    });
    for (const [i, image] of images.entries()) {
      const path = join(output, names[begin + i]!);
      await replaceFile(path, await encodePng(imageOf(image)));
      written.push(path);
    }
  }
  return written;
}

/**
 * Names of the PNG files. Names in a latent file are not trusted: if one leads out of the folder, or two are equal, all
 * images are numbered.
 */
export function imageNames({ files, shape: [count] }: LatentFile): string[] {
  const numbered = Array.from({ length: count }, (_, i) => `${String(i).padStart(6, "0")}.png`);
  if (!files) return numbered;
  const safe = (name: string) =>
    !isAbsolute(name) && !/[\\:\0]/.test(name) && name.split("/").every((part) => part !== "" && !/^\.\.?$/.test(part));
  const names = files.map((name) => (/\.png$/i.test(name) ? name : `${name}.png`));
  return names.every(safe) && new Set(names).size === count ? names : numbered;
}
