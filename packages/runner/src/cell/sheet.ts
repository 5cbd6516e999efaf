// The sheet of a run: real images and the adapted model's samples side by side, a row a class; below them, the base model's samples.

import type { PictureBytes } from "@dit-bench/datasets";
import type { RunRecord } from "@dit-bench/record";

/** RGB bytes [N, S, S, 3] and their classes. */
interface LabelledBytes {
  readonly pixels: PictureBytes;
  readonly labels: Int32Array;
}

/** What a sheet shows. The real images are all of the dataset's; the base model's samples, [N, S, S, 3], have no class. */
export interface SheetImages {
  readonly real: LabelledBytes;
  readonly generated: LabelledBytes;
  readonly base: Uint8Array;
}

const ROWS = 12; // more classes than these do not fit on a page
const COLUMNS = 6; // of real images, and of samples
const BASE_ROWS = 3;

/** How many of the base model's samples a sheet has at most. */
export const baseOnSheet = BASE_ROWS * 2 * COLUMNS;

/** Which of samples with these labels a sheet shows: the first few of each of the first classes. */
export function generatedOnSheet(labels: Int32Array): number[] {
  const seen = new Map<number, number>();
  return [...labels.keys()].filter((i) => {
    const label = labels[i]!;
    const before = seen.get(label) ?? 0;
    seen.set(label, before + 1);
    return label < ROWS && before < COLUMNS;
  });
}

/** The sheet as a PNG file. */
export async function makeSheet(record: RunRecord, shown: SheetImages): Promise<Uint8Array> {
  const { contactSheet } = await import("@dit-bench/report"); // the canvas is loaded where it is needed
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
  // They are sampled with the null class, so none belongs to a class: they stand apart from the rows.
  const baseCount = Math.min(baseOnSheet, shown.base.length / (S * S * 3));
  const base = {
    blocks: [
      {
        title: `base model, not fine-tuned: samples without a class, FID ${metrics!.baseFid.toFixed(1)}`,
        columns: 2 * COLUMNS,
      },
    ],
    rows: Array.from({ length: Math.ceil(baseCount / (2 * COLUMNS)) }, (_, row) => ({
      images: Array.from({ length: 2 * COLUMNS }, (_, column) => {
        const i = row * 2 * COLUMNS + column;
        return i < baseCount ? image(shown.base, i, S) : undefined;
      }),
    })),
  };
  const notes = [
    `seed ${cell.seed}; ${record.training.steps} steps of ${record.training.batch}; ${record.parameters.trainable.toLocaleString("en")} trained parameters`,
    ...(data.classes.length > ROWS ? [`the first ${ROWS} of ${data.classes.length} classes`] : []),
    ...(miniature ? [`distances are those of ${metrics!.extractor}: they compare with no published FID`] : []),
  ];
  const title = `${cell.methodLabel} on ${fromMiniature ? `the miniature of ${cell.datasetTitle}` : cell.datasetTitle}`;
  return contactSheet([classes, base], { size: S, title, lines: notes });
}

/** The first images of a class, as many as there are columns; undefined where it has fewer. */
function ofClass({ pixels, labels }: LabelledBytes, label: number, S: number): (Uint8Array | undefined)[] {
  const indices = [...labels.keys()].filter((i) => labels[i] === label).slice(0, COLUMNS);
  return Array.from({ length: COLUMNS }, (_, i) =>
    indices[i] === undefined ? undefined : image(pixels, indices[i], S),
  );
}

const image = (pixels: PictureBytes, index: number, S: number): Uint8Array =>
  pixels.subarray(index * S * S * 3, (index + 1) * S * S * 3);
