// bench vae: pictures to an autoencoder's latents, and back.

import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import {
  type AutoencoderFile,
  type Codec,
  claimFolder,
  decodeLatents,
  encodePictures,
  imageNames,
  openAutoencoder,
  openCodec,
  readLatents,
  weightsNamed,
  writeLatents,
} from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";
import type { CodingOptions, VaeDecodeOptions, VaeEncodeOptions } from "../declarations/vae.ts";
import { keepInputs } from "../keep-inputs.ts";
import { leftOutCounts, leftOutLine } from "../left-out.ts";
import { print, printJson, printNote } from "../print.ts";
import { progress, stderrTerminal } from "../progress.ts";
import { makeFolder, startEngine } from "../settings.ts";
import { listenForSignals } from "../signals.ts";

export async function vaeEncode(pictures: string, options: VaeEncodeOptions): Promise<void> {
  const { output, strict } = options;
  keepInputs(output, { "--weights": options.weights });
  const size = options.size === undefined ? {} : { size: options.size };
  const seed = options.sample ? options.seed : undefined;
  makeFolder(dirname(output));
  await coding(options, async (autoencoder, codec, listener) => {
    const scale = options.scale ?? autoencoder.config.scale;
    const drawn = seed === undefined ? {} : { seed };
    const file = await encodePictures({ pictures, autoencoder, codec, scale, strict, listener, ...size, ...drawn });
    writeLatents(output, file, { weights: autoencoder.sha256(), seed: seed ?? null });
    listener.clear();
    const how = seed === undefined ? "means" : `drawn with seed ${seed}`;
    const [count, ...shape] = file.shape;
    printNote(leftOutLine(pictures, file.leftOut, count!));
    print(`${output}: ${quantity(count!, "latent")} of ${shape.join("x")}, ${how}, times ${scale}\n`);
    const about = { output, count, shape: file.shape, scale, seed: seed ?? null };
    if (options.json) printJson({ ...about, ...leftOutCounts(file.leftOut) });
  });
}

export async function vaeDecode(path: string, options: VaeDecodeOptions): Promise<void> {
  const { output } = options;
  const latents = await readLatents(path);
  makeFolder(output);
  await coding(options, async (autoencoder, codec, listener) => {
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
        tile: options.tile?.toString(), // as earlier versions wrote it
      },
      overwrite: options.overwrite,
    });
    const files = await decodeLatents({ latents, codec, scale, output, listener });
    listener.clear();
    print(`${output}: ${quantity(files.length, "image")}\n`);
    if (options.json) printJson({ output, count: files.length, scale, files });
  });
}

/** Opens what both need, and closes it. */
async function coding(
  options: CodingOptions,
  work: (autoencoder: AutoencoderFile, codec: Codec, listener: ReturnType<typeof progress>) => Promise<void>,
): Promise<void> {
  const tile = options.tile === undefined ? {} : { tile: options.tile };
  const autoencoder = await openAutoencoder(weightsNamed(options.weights));
  const listener = progress(stderrTerminal(), listenForSignals());
  for (const note of autoencoder.notes) listener.note?.(note);
  const codec = openCodec(autoencoder, await startEngine(options), tile);
  try {
    await work(autoencoder, codec, listener);
  } finally {
    listener.clear();
    await codec.dispose();
  }
}
