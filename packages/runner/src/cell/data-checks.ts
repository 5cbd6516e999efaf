// Checks before a run: data, files and output folder. A run, a dry run and a grid all use these, so that they refuse
// the same things with the same messages.

import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { downsampling } from "@dit-bench/autoencoder";
import { pathBelow } from "@dit-bench/files";
import { printable } from "@dit-bench/text";
import { BenchError } from "../errors.ts";
import { openRecipeAutoencoder } from "../latents/space.ts";
import { requireFiles } from "../plan/needed-files.ts";
import { checkClasses, openBase } from "../recipe/base-model.ts";
import { countImages, type DatasetChoice, loadDataset, miniatureOptions } from "../recipe/dataset.ts";
import { heldOutShare } from "../recipe/held-out.ts";
import type { Recipe } from "../recipe/recipe.ts";
import { readRecipeExtractor } from "../recipe/recipe-extractor.ts";
import { namedWeights, usableWeights } from "../recipe/recipe-weights.ts";
import { checkOutputFolder } from "../storage/make-folder.ts";

/** A set of images, and its held-out part. */
interface Counted {
  readonly labels: { readonly length: number };
  readonly heldOut?: { readonly labels: { readonly length: number } };
}

/** Throws BenchError (data) for fewer training images than a batch takes. */
export function checkData({ name, folder }: DatasetChoice, { labels, heldOut }: Counted, batch: number): void {
  const N = labels.length;
  if (N >= batch) return;
  const held = heldOut?.labels.length ?? 0;
  const whole = `'${folder ?? name}' has ${N + held} images`;
  throw new BenchError(
    "data",
    held === 0
      ? `${whole}, but a batch has ${batch}; add images, or use --set training.batch=${N}`
      : `${whole}, of which ${held} are held out, but a batch has ${batch}; add images, ` +
          `hold out fewer with --held-out, or use --set training.batch=${N}`,
  );
}

/**
 * Throws BenchError (usage) if the runs' folder is in the folder of the training images: the next run would train on
 * the sheets and charts of this one.
 */
export function checkApart(out: string, { folder }: DatasetChoice): void {
  if (folder === undefined || !existsSync(folder) || pathBelow(folder, out) === undefined) return;
  throw new BenchError(
    "usage",
    `--out ${printable(out)} lies in the image folder ${printable(folder)}: ` +
      "the next run would use sheets of runs as images of a class; " +
      "choose another with --out",
  );
}

/** Folders with more images than this are listed but not decoded before a run: decoding takes up to 50 ms per image. */
const decodedBeforehand = 1000;

/**
 * Throws the errors that a run would throw before it trains: missing files, weights of another model than the recipe's,
 * unusable or too few images, also after the split into training and held-out images, an output folder that is not
 * writable. Does not read the numbers in the weights.
 *
 * Images are decoded if `strict` is set, or if the split may leave fewer than a batch; those of a folder with more than
 * 1000 images never are.
 *
 * @param choices the datasets of the runs
 * @param decode also decode the images of folders otherwise, to find those that cannot be used
 * @param earlier recipes for which the same datasets were checked before
 */
export async function checkBeforehand(
  recipe: Recipe,
  choices: readonly DatasetChoice[],
  {
    out,
    decode,
    earlier = [],
  }: { readonly out: string; readonly decode: boolean; readonly earlier?: readonly Recipe[] },
): Promise<void> {
  for (const choice of choices) checkApart(out, choice);
  checkOutputFolder(out, "--out");
  for (const choice of choices) await requireFiles(recipe, choice);
  for (const { name } of namedWeights(recipe)) usableWeights(recipe, name);
  await readRecipeExtractor(recipe);
  if (typeof recipe.settings.base === "string") await openBase(recipe);
  const autoencoder = await openRecipeAutoencoder(recipe);
  const wanted = dataSettings(recipe);
  if (earlier.some((other) => isDeepStrictEqual(dataSettings(other), wanted))) return;
  const { model } = recipe.settings;
  const side = model.inputSize * (autoencoder === undefined ? 1 : downsampling(autoencoder.config));
  for (const choice of choices) await checkDataset(recipe, choice, { side, out, decode });
}

/** What the checks of a dataset depend on. */
const dataSettings = ({ settings: { name, data, model, autoencoder, miniature, training } }: Recipe) => ({
  ...{ name, data, model, autoencoder, miniature },
  batch: training.batch,
});

/** @param side side of the images in pixels */
async function checkDataset(
  recipe: Recipe,
  choice: DatasetChoice,
  { side, out, decode }: { readonly side: number; readonly out: string; readonly decode: boolean },
): Promise<void> {
  const { training, model, miniature } = recipe.settings;
  const own = choice.folder !== undefined;
  const isMiniature = miniature && !own;
  if (isMiniature) miniatureOptions(recipe, side);
  const { classes, images } = countImages(recipe, choice);
  if (!own) checkClasses(recipe, classes); // of a folder, classes without usable images do not count
  checkData(choice, { labels: { length: images } }, training.batch);
  const isWanted = isSplitDecisive(recipe, choice, images) || (own && (decode || choice.strict === true));
  if (!isWanted || (!isMiniature && images > decodedBeforehand)) return;
  const data = await loadDataset(choice, recipe, isMiniature ? side : model.inputSize, out, {});
  try {
    checkClasses(recipe, data.classes.length);
    checkData(choice, data, training.batch);
  } finally {
    data.close?.();
  }
}

/**
 * Whether so many images are held out that the others may be fewer than a batch. The split is by chance, so the number
 * is known within some standard deviations only. Where the share is a default, a batch is always left.
 */
function isSplitDecisive(recipe: Recipe, choice: DatasetChoice, images: number): boolean {
  const { share, named } = heldOutShare(recipe, choice);
  const deviation = Math.sqrt(images * share * (1 - share));
  return named && images * (1 - share) - 6 * deviation < recipe.settings.training.batch;
}
