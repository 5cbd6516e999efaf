// bench vae: pictures to an autoencoder's latents, and back.

import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import {
  type AutoencoderFile,
  BenchError,
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
import { keepInputs } from "../keep-inputs.ts";
import { leftOutCounts, leftOutLine } from "../left-out.ts";
import { print, printJson, printNote } from "../print.ts";
import { progress, stderrTerminal } from "../progress.ts";
import { makeFolder, startEngine, wholeNumber } from "../settings.ts";
import { listenForSignals } from "../signals.ts";

interface CodingOptions {
  weights: string;
  output: string;
  scale?: string;
  tile?: string;
  engine: string;
  threads?: string;
  json?: boolean;
}

export async function vaeEncode(
  pictures: string,
  options: CodingOptions & { size?: string; sample?: boolean; seed: string; strict?: boolean },
): Promise<void> {
  const { output, strict = false } = options;
  if (!/\.safetensors$/i.test(output))
    throw new BenchError("usage", `--output ${output}: wanted a name that ends in .safetensors`);
  keepInputs(output, { "--weights": options.weights });
  const size = options.size === undefined ? {} : { size: wholeNumber("size", options.size, 1) };
  const seed = options.sample ? wholeNumber("seed", options.seed, 0) : undefined;
  makeFolder(dirname(output));
  await coding(options, async (autoencoder, codec, listener) => {
    const scale = positive(options.scale) ?? autoencoder.config.scale;
    const drawn = seed === undefined ? {} : { seed };
    const file = await encodePictures({
      images: pictures,
      autoencoder,
      codec,
      scale,
      strict,
      listener,
      ...size,
      ...drawn,
    });
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

export async function vaeDecode(path: string, options: CodingOptions & { overwrite?: boolean }): Promise<void> {
  const { output } = options;
  const latents = await readLatents(path);
  makeFolder(output);
  await coding(options, async (autoencoder, codec, listener) => {
    const scale = positive(options.scale) ?? latents.scale ?? autoencoder.config.scale;
    await claimFolder({
      folder: output,
      command: "vae decode",
      files: imageNames(latents),
      made: {
        latents: resolve(path),
        modified: statSync(path).mtimeMs,
        weights: resolve(autoencoder.path),
        scale,
        tile: options.tile,
      },
      overwrite: options.overwrite ?? false,
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
  const tile = options.tile === undefined ? {} : { tile: wholeNumber("tile", options.tile, 1) };
  positive(options.scale); // what is wrong with it is told before the long work
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

function positive(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const scale = Number(text);
  if (!(scale > 0 && Number.isFinite(scale)))
    throw new BenchError("usage", `--scale ${text}: wanted a positive number, such as 0.18215`);
  return scale;
}
