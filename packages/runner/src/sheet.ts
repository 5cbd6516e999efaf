// The sheet of a run: real images, the adapted model's samples and the base model's, side by side, one row a class.

import { contactSheet, type PictureBytes } from "@dit-bench/datasets";
import type { RunRecord } from "@dit-bench/record";

interface Pictures {
  /** RGB, [N, S, S, 3]. */
  readonly pixels: PictureBytes;
  readonly labels: Int32Array;
}

const ROWS = 12; // more classes than these do not fit on a page

export async function runSheet(
  record: RunRecord,
  pictures: { readonly real: Pictures; readonly generated: Pictures; readonly base: Uint8Array },
): Promise<Uint8Array> {
  const { cell, data, metrics, miniature } = record;
  const S = data.size;
  const classes = data.classes.slice(0, ROWS);
  const blocks = [
    { title: data.source === "miniature" ? "miniature" : "real", columns: 6 },
    { title: `${cell.methodLabel}, FID ${metrics!.fid.toFixed(1)}`, columns: 6 },
    { title: `base model, FID ${metrics!.baseFid.toFixed(1)}`, columns: 3 },
  ] as const;
  const [real, generated, base] = blocks.map((b) => b.columns) as [number, number, number];
  const rows = classes.map((title, label) => ({
    title,
    images: [
      ...ofClass(pictures.real, label, real, S),
      ...ofClass(pictures.generated, label, generated, S),
      ...Array.from({ length: base }, (_, i) => image(pictures.base, label * base + i, S)),
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
  const blank = new Uint8Array(S * S * 3).fill(255);
  return Array.from({ length: n }, (_, i) => (indices[i] === undefined ? blank : image(pixels, indices[i], S)));
}

const image = (pixels: PictureBytes, index: number, S: number): Uint8Array =>
  pixels.subarray(index * S * S * 3, (index + 1) * S * S * 3);
