// Pictures of chosen classes for people to look at: PNG files and a sheet.
//
// N = pictures, C, S = channels and side of what the model makes

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
import { claimFolder } from "./output-folder.ts";
import { type Network, sample } from "./sample.ts";
import { samplesSheet } from "./samples-sheet.ts";

export interface PicturesTask {
  readonly engine: Engine;
  readonly network: Network;
  readonly settings: RecipeSettings["sampling"];
  readonly seed: number;
  /** Labels to draw, with their names. */
  readonly classes: readonly { readonly label: number; readonly name: string }[];
  /** Pictures of each. */
  readonly count: number;
  /** What turns latents into pictures: a file or folder, and the latents' scale if it is not the autoencoder's own. */
  readonly autoencoder?: { readonly path: string; readonly scale?: number };
  /** Folder for what is made. It may not hold images that would be mixed with the new ones. */
  readonly output: string;
  /** Replace what an earlier call with other settings left in the folder. */
  readonly overwrite?: boolean;
  /** Where the weights come from, and what else tells them from others: recorded in the folder. */
  readonly origin: Readonly<Record<string, unknown>>;
  /** Of the sheet. */
  readonly title: string;
  /** Small print below it, a string a line. */
  readonly notes: readonly string[];
  readonly listener: Listener;
}

export interface Pictures {
  /** PNG files, class by class. */
  readonly files: readonly string[];
  /** Beside the folder of pictures. */
  readonly sheet?: string;
  /** In place of pictures, where the model makes latents and no autoencoder was given. */
  readonly latents?: string;
}

/** Picture i of all starts from noise keyed by seed and i. */
export async function makePictures(task: PicturesTask): Promise<Pictures> {
  const { engine, network, settings, seed, classes, count, autoencoder, output, listener } = task;
  const { channels: C, inputSize: S } = network.config;
  const labels = Int32Array.from(classes.flatMap(({ label }) => Array.from({ length: count }, () => label)));
  const names = classes.flatMap(({ name, label }) =>
    Array.from({ length: count }, (_, i) => sampleName(name, label, i)),
  );
  const latentsOnly = autoencoder === undefined && C !== 3;
  // Beside the folder, so that whoever measures its images does not measure the sheet.
  const sheet = `${resolve(output)}-sheet.png`;
  await claimFolder({
    folder: output,
    command: "sample",
    files: latentsOnly ? [latentsName] : names,
    beside: latentsOnly ? [] : [sheet],
    made: { ...task.origin, seed, count, labels: classes.map(({ label }) => label), settings, autoencoder },
    overwrite: task.overwrite ?? false,
  });
  listener.stage?.("sample", `${quantity(labels.length, "image")}, ${count} of each class`);
  const { x } = await sample({ engine, network, settings, seed, labels, listener });
  const shape = [labels.length, C, S, S] as const;

  if (latentsOnly) {
    const latents = join(output, latentsName);
    writeSafetensors(latents, [["latents", { type: "F32", shape, data: x }]], { files: JSON.stringify(names) });
    return { files: [], latents };
  }
  const files = autoencoder === undefined ? await writePixels() : await writeDecoded(autoencoder);
  await replaceFile(sheet, await samplesSheet({ ...task, files }));
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

/** The label first: it tells classes apart whose names look the same as file names, or are empty. */
const sampleName = (name: string, label: number, i: number): string =>
  `${String(label).padStart(4, "0")}-${fileName(name)}-${i}.png`;
