// The table of the DiffFit paper as it is printed beside a comparison, and the warning that goes with it.

import { byText } from "./comparable.ts";
import type { Comparison } from "./comparison.ts";
import { formatFid, formatRatio } from "./format.ts";
import { paperDatasets, paperRows, paperSource } from "./paper-table.ts";
import type { PrintedTable } from "./printed-table.ts";

/** Printed after the labels of rows whose single FIDs are not checked. */
const uncheckedMark = "*";

/** The average and the costs, then the datasets in alphabetical order, as in our own table. */
export function paperTable(): PrintedTable {
  const order = [...paperDatasets.keys()].sort((a, b) =>
    byText(paperDatasets[a]!.toLowerCase(), paperDatasets[b]!.toLowerCase()),
  );
  return {
    headings: [
      "Average FID",
      "Trainable (M)",
      "Share of model",
      "Relative time",
      ...order.map((index) => paperDatasets[index]!),
    ],
    bases: 0,
    lines: paperRows.map(({ label, fids, averageFid, parameters, percent, relativeTime, unchecked }) => ({
      label: unchecked ? `${label}${uncheckedMark}` : label,
      cells: [
        { text: formatFid(averageFid) },
        { text: String(parameters) },
        { text: `${percent}\u00a0%` },
        { text: formatRatio(relativeTime) },
        ...order.map((index) => ({ text: formatFid(fids[index]!) })),
      ],
    })),
  };
}

/** What the table is, and why it must not be compared with ours. Two sentences. */
export function paperWarning({ records }: Comparison): string {
  const isOther = records.some(({ miniature, data }) => miniature || data.source !== "dataset");
  const reason = isOther
    ? "the paper has another model (DiT-XL/2), other data (photographs at 256×256) and another extractor (Inception-v3)"
    : "the paper's numbers of training steps, sampling steps and images are not known";
  return `${paperSource}, as published. Not comparable with the numbers above: ${reason}.`;
}

/** The meaning of the mark. */
export const paperNote =
  `${uncheckedMark} the single FIDs of this row were not checked against the paper; ` +
  "they average to the published average.";
