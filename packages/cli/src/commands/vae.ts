// `bench vae encode` and `bench vae decode`: convert images to an autoencoder's latents, and latents to images.

import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import {
  type AutoencoderFile,
  type Codec,
  claimFolder,
  decodeLatents,
  encodeImages,
  imageNames,
  type Listener,
  openAutoencoder,
  openCodec,
  readLatents,
  weightsNamed,
  writeLatents,
} from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";
import type { CodingOptions, VaeDecodeOptions, VaeEncodeOptions } from "../declarations/vae.ts";
import { countLeftOut, describeLeftOut } from "../left-out.ts";
import { checkOutputFile, checkOutputFolder, makeOutputFolder, protectInputs } from "../outputs.ts";
import { print, printJson, printNote } from "../print.ts";
import { showProgress, stderrTerminal } from "../progress.ts";
import { listenForSignals } from "../signals.ts";
import { startEngine } from "../start-engine.ts";

/** Encodes images to latents. @param images a folder of images, or one image */
export async function vaeEncode(images: string, options: VaeEncodeOptions): Promise<void> {
  const { output, strict, json } = options;
  protectInputs(output, { "--weights": options.weights });
  checkOutputFile(output);
  const size = options.size === undefined ? {} : { size: options.size };
  const seed = options.sample ? options.seed : undefined;
  makeOutputFolder(dirname(output));
  await withCodec(options, async (autoencoder, codec, listener) => {
    const scale = options.scale ?? autoencoder.config.scale;
    const sampling = seed === undefined ? {} : { seed };
    const task = { images, autoencoder, codec, scale, strict, listener, ...size, ...sampling };
    const file = await encodeImages(task);
    writeLatents(output, file, { weights: autoencoder.sha256(), seed: seed ?? null });
    listener.clear();
    const how = seed === undefined ? "means" : `sampled with seed ${seed}`;
    const [count, ...shape] = file.shape;
    printNote(describeLeftOut(images, file.leftOut, count!));
    print(`${output}: ${quantity(count!, "latent")} of ${shape.join("x")}, ${how}, times ${scale}\n`);
    const about = { output, count, shape: file.shape, scale, seed: seed ?? null };
    if (json) printJson({ ...about, ...countLeftOut(file.leftOut) });
  });
}

/** Decodes a file of latents to images. */
export async function vaeDecode(path: string, options: VaeDecodeOptions): Promise<void> {
  const { output, overwrite, json } = options;
  checkOutputFolder(output);
  const latents = await readLatents(path);
  makeOutputFolder(output);
  await withCodec(options, async (autoencoder, codec, listener) => {
    const scale = options.scale ?? latents.scale ?? autoencoder.config.scale;
    await claimFolder({
      folder: output,
      command: "vae decode",
      files: imageNames(latents),
      made: {
        latents: resolve(path),
        modified: statSync(path).mtimeMs,
        weights: resolve(autoencoder.path),
        scale,
        tile: options.tile?.toString(), // a string, because earlier versions wrote a string into the manifest
      },
      overwrite,
    });
    const files = await decodeLatents({ latents, codec, scale, output, listener });
    listener.clear();
    print(`${output}: ${quantity(files.length, "image")}\n`);
    if (json) printJson({ output, count: files.length, scale, files });
  });
}

/** Opens the autoencoder and its codec, calls `work` with them, and disposes of the codec. */
async function withCodec(
  options: CodingOptions,
  work: (autoencoder: AutoencoderFile, codec: Codec, listener: Listener & { clear(): void }) => Promise<void>,
): Promise<void> {
  const tile = options.tile === undefined ? {} : { tile: options.tile };
  const autoencoder = await openAutoencoder(weightsNamed(options.weights));
  const listener = showProgress(stderrTerminal(), listenForSignals());
  for (const note of autoencoder.notes) listener.note?.(note);
  const codec = openCodec(autoencoder, await startEngine(options), tile);
  try {
    await work(autoencoder, codec, listener);
  } finally {
    listener.clear();
    await codec.dispose();
  }
}
