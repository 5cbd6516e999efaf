// The sheet of a run: real images, the adapted model's samples and the base model's, side by side, one row a class.

import { contactSheet, type PictureBytes } from "@dit-bench/datasets";
import type { RunRecord } from "@dit-bench/record";

interface Pictures {
  /** RGB, [N, S, S, 3]. */
  readonly pixels: PictureBytes;
  readonly labels: Int32Array;
}

const ROWS = 12; // more classes than these do not fit on a page
const COLUMNS = { real: 6, generated: 6, base: 3 } as const;

/** How many of the base model's samples a sheet has at most. */
export const baseOnSheet = ROWS * COLUMNS.base;

/** Which of samples with these labels a sheet shows: the first few of each of the first classes. */
export function generatedOnSheet(labels: Int32Array): number[] {
  const seen = new Map<number, number>();
  return [...labels.keys()].filter((i) => {
    const label = labels[i]!;
    const before = seen.get(label) ?? 0;
    seen.set(label, before + 1);
    return label < ROWS && before < COLUMNS.generated;
  });
}

export async function runSheet(
  record: RunRecord,
  pictures: { readonly real: Pictures; readonly generated: Pictures; readonly base: Uint8Array },
): Promise<Uint8Array> {
  const { cell, data, metrics, miniature } = record;
  const S = data.size;
  const classes = data.classes.slice(0, ROWS);
  const blocks = [
    { title: data.source === "miniature" ? "miniature" : "real", columns: COLUMNS.real },
    { title: `${cell.methodLabel}, FID ${metrics!.fid.toFixed(1)}`, columns: COLUMNS.generated },
    { title: `base model, FID ${metrics!.baseFid.toFixed(1)}`, columns: COLUMNS.base },
  ] as const;
  const rows = classes.map((title, label) => ({
    title,
    images: [
      ...ofClass(pictures.real, label, COLUMNS.real, S),
      ...ofClass(pictures.generated, label, COLUMNS.generated, S),
      ...Array.from({ length: COLUMNS.base }, (_, i) => ofBase(pictures.base, label * COLUMNS.base + i, S)),
    ],
  }));
  const notes = [
    `seed ${cell.seed}; ${record.training.steps} steps of ${record.training.batch}; ${record.parameters.trainable.toLocaleString("en")} trained parameters`,
    ...(data.classes.length > ROWS ? [`the first ${ROWS} of ${data.classes.length} classes`] : []),
    ...(miniature ? [`distances are those of ${metrics!.extractor}: they compare with no published FID`] : []),
  ];
  return contactSheet(rows, { size: S, blocks, title: `${cell.methodLabel} on ${cell.datasetTitle}`, lines: notes });
}

/** The first `n` pictures of a class; blank where it has fewer, so that the next block keeps its place. */
function ofClass({ pixels, labels }: Pictures, label: number, n: number, S: number): Uint8Array[] {
  const indices = [...labels.keys()].filter((i) => labels[i] === label).slice(0, n);
  return Array.from({ length: n }, (_, i) => (indices[i] === undefined ? blank(S) : image(pixels, indices[i], S)));
}

/** Blank where few samples were drawn. */
const ofBase = (pixels: Uint8Array, index: number, S: number): Uint8Array =>
  index * S * S * 3 < pixels.length ? image(pixels, index, S) : blank(S);

const blank = (S: number): Uint8Array => new Uint8Array(S * S * 3).fill(255);

const image = (pixels: PictureBytes, index: number, S: number): Uint8Array =>
  pixels.subarray(index * S * S * 3, (index + 1) * S * S * 3);
