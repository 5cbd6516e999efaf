/** Sentences that tables and charts share. */
import type { Comparison } from "./comparison.ts";
import { plural } from "./format.ts";

/** What must stand with every number of a miniature comparison. */
export function miniatureNote({ records }: Comparison): string {
  const extractor = records.find((record) => record.metrics !== null)?.metrics?.extractor;
  const drawn = records.some((record) => record.data.source === "miniature");
  const what = drawn
    ? "These are miniatures: a small base model, and small drawn pictures in place of the datasets."
    : "These are miniatures: a small base model on small pictures.";
  const distance = extractor === undefined ? "a small extractor" : `the small extractor ${extractor}`;
  return `${what} Distances are those of ${distance}, never to be compared with published FIDs.`;
}

/** `3 seeds each`, or how they differ. */
export function seedsText({ rows }: Comparison): string {
  const counts = rows.flatMap((row) => row.cells.map((cell) => cell.seeds.length)).filter((count) => count > 0);
  if (counts.length === 0) return "no finished run";
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${plural(least, "seed")} each` : `${least} to ${most} seeds each`;
}
