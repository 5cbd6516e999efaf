// The strips of a run: its samples, the base model's samples and real images, one row each, for the report page.
//
// S = side in pixels

import { replaceFile } from "@dit-bench/files";
import { encodeWebp, type ImageBytes } from "@dit-bench/images";
import type { StripKind } from "@dit-bench/report";
import type { SheetImages } from "./sheet.ts";

/** Sides of an image in a strip: the largest one that it has, or a smaller one for noise, which hardly compresses. */
const SIDES = [64, 48, 32, 16];

interface StripData {
  readonly classes: readonly string[];
  readonly size: number;
}

/** Writes the strips next to the record. */
export async function writeStrips(recordPath: string, shown: SheetImages, data: StripData): Promise<void> {
  const { stripKinds, stripPath } = await import("@dit-bench/report");
  const strips = await makeStrips(shown, data);
  for (const kind of stripKinds) await replaceFile(stripPath(recordPath, kind), strips[kind]);
}

/**
 * One WebP file of each kind. The images of a run and of the dataset are the first of each class, so that the strips of
 * all methods on a dataset show the same noise and classes. The base model's samples are those from the same noise, as
 * far as they are kept.
 */
export async function makeStrips(
  { generated, real, base }: SheetImages,
  { classes, size: S }: StripData,
): Promise<Record<StripKind, Uint8Array>> {
  const { largestStrip, stripClasses } = await import("@dit-bench/report");
  const wanted = stripClasses(classes.length);
  const sides = [...new Set([Math.min(S, SIDES[0]!), ...SIDES.filter((side) => side < S)])];
  const encode = (pixels: ImageBytes, indices: readonly (number | undefined)[]) =>
    encodeWebp(
      { width: indices.length * S, height: S, pixels: inOneRow(pixels, indices, S) },
      { largest: largestStrip, widths: sides.map((side) => indices.length * side) },
    );
  const baseAt = new Map(base.indices.map((index, at) => [index, at]));
  const samples = firstOfClasses(generated.labels, wanted);
  const noise = samples.map((sample) => (sample === undefined ? undefined : generated.indices[sample]!));
  return {
    samples: await encode(generated.pixels, samples),
    base: await encode(
      base.pixels,
      noise.map((index) => (index === undefined ? undefined : baseAt.get(index))),
    ),
    real: await encode(real.pixels, firstOfClasses(real.labels, wanted)),
  };
}

/** Index of an image for each wanted class, each image once; undefined where the class has no further image. */
function firstOfClasses(labels: Int32Array, wanted: readonly number[]): (number | undefined)[] {
  const seen = new Map<number, number>();
  return wanted.map((label) => {
    const next = labels.indexOf(label, seen.get(label) ?? 0);
    if (next < 0) return undefined;
    seen.set(label, next + 1);
    return next;
  });
}

/** Pixels [S, N·S, 3] of N images side by side; a missing one is grey. */
function inOneRow(pixels: ImageBytes, indices: readonly (number | undefined)[], S: number): Uint8Array {
  const width = indices.length * S * 3;
  const row = new Uint8Array(S * width).fill(0xf1);
  for (const [tile, index] of indices.entries()) {
    if (index === undefined) continue;
    const image = pixels.subarray(index * S * S * 3, (index + 1) * S * S * 3);
    for (let y = 0; y < S; y++) row.set(image.subarray(y * S * 3, (y + 1) * S * 3), y * width + tile * S * 3);
  }
  return row;
}
