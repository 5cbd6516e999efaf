// The sheet of a run: real images beside the adapted model's samples, one row per class, with samples of the base model
// below.
//
// N = images, S = side in pixels

import type { ImageBytes } from "@dit-bench/images";
import type { RunRecord } from "@dit-bench/record";

/** RGB bytes [N, S, S, 3] and their classes. */
interface LabelledBytes {
  readonly pixels: ImageBytes;
  readonly labels: Int32Array;
}

/** The images that a sheet is made from. */
export interface SheetImages {
  /** The training images. */
  readonly real: LabelledBytes;
  /** Samples, with the index of the noise of each. */
  readonly generated: LabelledBytes & { readonly indices: readonly number[] };
  /** Samples of the base model [N, S, S, 3], with the index of the noise of each. */
  readonly base: { readonly pixels: Uint8Array; readonly indices: readonly number[] };
}

const ROWS = 12; // classes that fit on a page
const COLUMNS = 6; // of each block: real images, samples
const BASE_ROWS = 3;

/** Most samples of the base model on a sheet. */
export const baseOnSheet = BASE_ROWS * 2 * COLUMNS;

/** Indices of the samples that a sheet shows, given their labels: the first few of each of the first classes. */
export const generatedOnSheet = (labels: Int32Array): number[] => firstOfEach(labels, COLUMNS);

/**
 * Indices of the base model's samples that a sheet shows: the first ones, or the first few of each of the first classes
 * if it was sampled with classes.
 */
export const baseIndices = (images: number, labels: Int32Array | undefined): number[] =>
  labels === undefined
    ? Array.from({ length: Math.min(baseOnSheet, images) }, (_, i) => i)
    : firstOfEach(labels, Math.floor(baseOnSheet / ROWS));

function firstOfEach(labels: Int32Array, count: number): number[] {
  const seen = new Map<number, number>();
  return [...labels.keys()].filter((i) => {
    const label = labels[i]!;
    const before = seen.get(label) ?? 0;
    seen.set(label, before + 1);
    return label < ROWS && before < count;
  });
}

/** The bytes of the sheet's PNG file. */
export async function makeSheet(record: RunRecord, shown: SheetImages): Promise<Uint8Array> {
  const { contactSheet } = await import("@dit-bench/report"); // loads the canvas only when it is needed
  const { cell, data, metrics, miniature } = record;
  const S = data.size;
  const fromMiniature = data.source === "miniature";
  const classes = {
    blocks: [
      { title: fromMiniature ? "miniature" : "real images", columns: COLUMNS },
      { title: `${cell.methodLabel}, FID ${metrics!.fid.toFixed(1)}`, columns: COLUMNS },
    ],
    rows: data.classes.slice(0, ROWS).map((title, number) => ({
      title,
      number,
      images: [...ofClass(shown.real, number, S), ...ofClass(shown.generated, number, S)],
    })),
  };
  // The base model is usually sampled with the null class, so its samples belong to no row of a class.
  const baseCount = shown.base.indices.length;
  const baseLabels = metrics!.baseLabels === undefined ? "samples without a class" : "samples of the classes";
  const base = {
    blocks: [
      {
        title: `base model, not fine-tuned: ${baseLabels}, FID ${metrics!.baseFid.toFixed(1)}`,
        columns: 2 * COLUMNS,
      },
    ],
    rows: Array.from({ length: Math.ceil(baseCount / (2 * COLUMNS)) }, (_, row) => ({
      images: Array.from({ length: 2 * COLUMNS }, (_, column) => {
        const i = row * 2 * COLUMNS + column;
        return i < baseCount ? image(shown.base.pixels, i, S) : undefined;
      }),
    })),
  };
  const notes = [
    `seed ${cell.seed}; ${record.training.steps} steps of ${record.training.batch}; ` +
      `${record.parameters.trainable.toLocaleString("en")} trained parameters`,
    ...(data.classes.length > ROWS ? [`the first ${ROWS} of ${data.classes.length} classes`] : []),
    ...(miniature ? [`FIDs are those of ${metrics!.extractor}: not comparable with published FIDs`] : []),
  ];
  const title = `${cell.methodLabel} on ${fromMiniature ? `the miniature of ${cell.datasetTitle}` : cell.datasetTitle}`;
  return contactSheet([classes, base], { size: S, title, lines: notes });
}

/** The first images of a class, one per column; undefined for columns beyond the last image. */
function ofClass({ pixels, labels }: LabelledBytes, label: number, S: number): (Uint8Array | undefined)[] {
  const indices = [...labels.keys()].filter((i) => labels[i] === label).slice(0, COLUMNS);
  return Array.from({ length: COLUMNS }, (_, i) =>
    indices[i] === undefined ? undefined : image(pixels, indices[i], S),
  );
}

const image = (pixels: ImageBytes, index: number, S: number): Uint8Array =>
  pixels.subarray(index * S * S * 3, (index + 1) * S * S * 3);
