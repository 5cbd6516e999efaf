// Samples images of chosen classes for people to look at: PNG files and a contact sheet.
//
// N = images, C, S = channels and side of the model's samples

import { join, relative, resolve } from "node:path";
import type { Engine } from "@dit-bench/compiler";
import { fileName, replaceFile } from "@dit-bench/files";
import { encodePng } from "@dit-bench/images";
import { quantity } from "@dit-bench/text";
import { writeSafetensors } from "@dit-bench/weights";
import type { Listener } from "../events.ts";
import { openCodec } from "../latents/codec.ts";
import { decodeLatents } from "../latents/decode-latents.ts";
import { openAutoencoder } from "../latents/open-autoencoder.ts";
import { imageOf } from "../latents/planes.ts";
import type { RecipeSettings } from "../recipe/recipe.ts";
import { removeKeptSamples } from "./kept-samples.ts";
import { claimFolder } from "./output-folder.ts";
import { type Network, sample } from "./sample.ts";
import { samplesSheet } from "./samples-sheet.ts";

export interface ImagesTask {
  readonly engine: Engine;
  readonly network: Network;
  readonly settings: RecipeSettings["sampling"];
  readonly seed: number;
  /** Classes to sample, with their names. */
  readonly classes: readonly { readonly label: number; readonly name: string }[];
  /** Images per class. */
  readonly count: number;
  /**
   * The autoencoder that decodes latents: a file or folder, and the scale of the latents if it is not the autoencoder's
   * own.
   */
  readonly autoencoder?: { readonly path: string; readonly scale?: number };
  /** Folder for the images. It must not hold images of the user, which would mix with the new ones. */
  readonly output: string;
  /** Replace the images of an earlier call with other settings. */
  readonly overwrite?: boolean;
  /** The origin of the weights. It is recorded in the folder. */
  readonly origin: Readonly<Record<string, unknown>>;
  /** Title of the sheet. */
  readonly title: string;
  /** Lines in small print below the title. */
  readonly notes: readonly string[];
  readonly listener: Listener;
}

export interface MadeImages {
  /** PNG files, class by class. */
  readonly files: readonly string[];
  /** The contact sheet, beside the folder. */
  readonly sheet?: string;
  /** A file of latents instead of images, if the model samples latents and there is no autoencoder. */
  readonly latents?: string;
}

/**
 * Samples, decodes and writes the images and their sheet. The noise of image i depends on seed and i. A call that was
 * interrupted while it sampled continues.
 *
 * @throws BenchError (usage) if the folder holds images that would mix with these
 */
export async function makeImages(task: ImagesTask): Promise<MadeImages> {
  const { engine, network, settings, seed, classes, count, autoencoder, output, listener } = task;
  const { channels: C, inputSize: S } = network.config;
  const labels = Int32Array.from(classes.flatMap(({ label }) => Array.from({ length: count }, () => label)));
  const names = classes.flatMap(({ name, label }) =>
    Array.from({ length: count }, (_, i) => sampleName(name, label, i)),
  );
  const latentsOnly = autoencoder === undefined && C !== 3;
  // The sheet is beside the folder: in it, it would be measured as an image.
  const sheet = `${resolve(output)}-sheet.png`;
  const made = { ...task.origin, seed, count, labels: classes.map(({ label }) => label), settings, autoencoder };
  await claimFolder({
    folder: output,
    command: "sample",
    files: latentsOnly ? [latentsName] : names,
    beside: latentsOnly ? [] : [sheet],
    made,
    overwrite: task.overwrite ?? false,
  });
  listener.stage?.("sample", `${quantity(labels.length, "image")}, ${count} of each class`);
  const unfinished = join(output, ".unfinished-samples");
  const kept = { folder: unfinished, key: JSON.stringify([made, engine.name]) };
  const { x } = await sample({ engine, network, settings, seed, labels, kept, listener });
  const shape = [labels.length, C, S, S] as const;

  if (latentsOnly) {
    const latents = join(output, latentsName);
    writeSafetensors(latents, [["latents", { type: "F32", shape, data: x }]], { files: JSON.stringify(names) });
    removeKeptSamples(unfinished);
    return { files: [], latents };
  }
  const files = autoencoder === undefined ? await writePixels() : await writeDecoded(autoencoder);
  await replaceFile(sheet, await samplesSheet({ ...task, files }));
  removeKeptSamples(unfinished);
  return { files, sheet: relative(process.cwd(), sheet) };

  async function writePixels(): Promise<string[]> {
    return Promise.all(
      names.map(async (name, n) => {
        const data = x.subarray(n * C * S * S, (n + 1) * C * S * S);
        const path = join(output, name);
        await replaceFile(path, await encodePng(imageOf({ data, channels: C, height: S, width: S })));
        return path;
      }),
    );
  }

  async function writeDecoded({ path, scale }: NonNullable<typeof autoencoder>): Promise<string[]> {
    const file = await openAutoencoder(path);
    for (const note of file.notes) listener.note?.(note);
    const codec = openCodec(file, engine);
    const latents = { shape, latents: x, files: names };
    try {
      return await decodeLatents({ latents, codec, scale: scale ?? file.config.scale, output, listener });
    } finally {
      await codec.dispose();
    }
  }
}

const latentsName = "latents.safetensors";

/**
 * File name of a sample. The label comes first, because names of different classes may be equal as file names, or
 * empty.
 */
const sampleName = (name: string, label: number, i: number): string =>
  `${String(label).padStart(4, "0")}-${fileName(name)}-${i}.png`;
