import type { Cell, Comparison, MethodRow, ScoreRow } from "./comparison.ts";
import { formatCount, formatFid, formatPercent, formatRatio, listing, plural } from "./format.ts";
import { miniatureNote, seedsText } from "./wording.ts";

const gap = "–";

/** The comparison as a Markdown page: what was measured, the table, and how to read it. */
export function toMarkdown(comparison: Comparison): string {
  const parts = [
    `# Fine-tuning methods compared: ${literal(listing(comparison.recipes))}`,
    comparison.miniature ? `> **${literal(miniatureNote(comparison))}**` : null,
    heading(comparison),
    table(comparison),
    footnotes(comparison)
      .map((note) => `- ${note}`)
      .join("\n"),
  ];
  return `${parts.filter((part) => part !== null).join("\n\n")}\n`;
}

function heading(comparison: Comparison): string {
  const { records, datasets } = comparison;
  const scored = records.flatMap((record) => record.metrics ?? []);
  const sizes = (values: number[]) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return least === most ? String(least) : `${least} to ${most}`;
  };
  const what = `FID, lower is better, on ${plural(datasets.length, "dataset")}, ${seedsText(comparison)}.`;
  const protocol = `Protocol ${code(comparison.protocol)}.`;
  const first = scored[0];
  if (first === undefined) return `${what} ${protocol}`;
  const measured =
    `Each run: ${sizes(scored.map(({ generated }) => generated))} generated images ` +
    `against ${sizes(scored.map(({ real }) => real))} real ones, ` +
    `by the features of ${code(first.extractor)} (resizer ${code(first.resizer)}).`;
  return `${what} ${measured} ${protocol}`;
}

function table(comparison: Comparison): string {
  const { datasets, rows, floor } = comparison;
  const header = [
    "Method",
    ...datasets.map(({ title }) => literal(title)),
    "Average",
    "Rank",
    "Trainable",
    "of the model",
    "Train time",
  ];
  const best = datasets.map((_, index) => lowest(rows.map((row) => row.cells[index]!.mean)));
  const bestAverage = lowest(rows.map((row) => row.average?.mean ?? null));
  const seeds = commonSeedCount(comparison);
  const lines = [
    header,
    header.map((_, index) => (index === 0 ? ":--" : "--:")),
    ...rows.map((row) => [
      literal(row.label) + (row.ceiling ? " (ceiling)" : ""),
      ...row.cells.map((cell, index) => cellText(cell, seeds, cell.mean !== null && cell.mean === best[index])),
      averageText(row, row.average !== null && row.average.mean === bestAverage),
      row.rank === null ? gap : String(row.rank),
      formatCount(row.trainable.mean),
      formatPercent(row.percent),
      row.relativeTime === null ? gap : formatRatio(row.relativeTime),
    ]),
    [
      "Base model (floor)",
      ...floor.cells.map((cell) => cellText(cell, seeds, false)),
      averageText(floor, false),
      gap,
    ].concat(["0", formatPercent(0), gap]),
  ];
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function cellText(cell: Cell, usualSeeds: number, best: boolean): string {
  if (cell.mean === null) return cell.diverged.length > 0 ? "diverged" : gap;
  const number = best ? `**${formatFid(cell.mean)}**` : formatFid(cell.mean);
  const deviation = cell.deviation === null ? "" : ` ± ${formatFid(cell.deviation)}`;
  const remarks = [
    cell.diverged.length > 0 ? `${cell.diverged.length} diverged` : null,
    cell.seeds.length === usualSeeds ? null : plural(cell.seeds.length, "seed"),
  ].filter((remark) => remark !== null);
  return `${number}${deviation}${remarks.length > 0 ? ` (${remarks.join(", ")})` : ""}`;
}

function averageText({ average }: ScoreRow, best: boolean): string {
  if (average === null) return gap;
  const [low, high] = average.interval;
  return `${best ? `**${formatFid(average.mean)}**` : formatFid(average.mean)} [${formatFid(low)}, ${formatFid(high)}]`;
}

function footnotes(comparison: Comparison): string[] {
  const { rows, floor, records } = comparison;
  const averaged = rows.some((row) => row.average !== null) || floor.average !== null;
  return [
    commonSeedCount(comparison) > 1 ? "± is the standard deviation over seeds." : null,
    averaged ? averageNote(comparison) : null,
    rankNote(comparison),
    "**Bold** is the lowest number of a column; whether it is lower for more than chance, the rank says.",
    rows.some((row) => row.ceiling)
      ? "Ceiling: full fine-tuning, which the cheaper methods are measured against."
      : null,
    "Floor: the base model without fine-tuning, sampled with its null class, because it knows none of the new ones.",
    trainableNote(rows),
    timeNote(rows),
    ...gapNotes(comparison),
    mixtureNote("versions of the program", new Set(records.map(({ code }) => `${code.version} ${code.commit}`)).size),
    mixtureNote(
      "machines or engines",
      new Set(records.map(({ machine, engine }) => [machine.cpu, machine.gpu, engine.name].join())).size,
    ),
    records.some(({ code }) => code.clean === false)
      ? "Some runs were made with uncommitted changes to the program."
      : null,
  ].filter((note) => note !== null);
}

function averageNote({ noise, datasets }: Comparison): string {
  const where = datasets.length === 1 ? "Average: of the one dataset" : "Average: over the datasets, each counted once";
  return noise === "seeds"
    ? `${where}, with its 95 % interval from the spread over seeds.`
    : `${where}, with its 95 % interval from the finite number of samples alone: ` +
        "with one seed, how much another training run would differ is not known.";
}

function rankNote({ rows, pairing }: Comparison): string | null {
  if (rows.filter((row) => row.average !== null).length < 2) return null;
  if (pairing === null) {
    return "No ranks: one seed on one dataset does not tell a difference from chance; run more seeds or datasets.";
  }
  const pairs = pairing === "datasets" ? "one per dataset, seeds averaged" : "one per seed";
  return (
    "Rank: one more than the number of methods that are better by more than chance: for which the 95 % interval of the " +
    `differences (${pairs}, paired t) leaves out zero. Rank 1 says that no method is shown to be better. ` +
    "The level holds for each pair of methods, not for all at once."
  );
}

function trainableNote(rows: readonly MethodRow[]): string {
  const varies = rows.some((row) => row.trainable.min !== row.trainable.max);
  return varies
    ? "Trainable: weights that were trained, the class embedding included; averaged, because it grows with the classes of a dataset."
    : "Trainable: weights that were trained, the class embedding included.";
}

function timeNote(rows: readonly MethodRow[]): string {
  return rows.some((row) => row.relativeTime !== null)
    ? "Train time: relative to full fine-tuning of the same dataset and seed with the same machine and engine."
    : "Train time: not known relative to full fine-tuning, which has no run on the same dataset, seed, machine and engine.";
}

function gapNotes({ rows }: Comparison): string[] {
  const cells = rows.flatMap((row) => row.cells);
  return [
    cells.some((cell) => cell.mean === null && cell.diverged.length === 0)
      ? `${gap} in a dataset's column: not run yet. A method that misses a dataset has no average and no rank.`
      : null,
    cells.some((cell) => cell.diverged.length > 0)
      ? "Diverged: the training loss stopped being a finite number. A method of which a run diverged has no average and no rank."
      : null,
  ].filter((note) => note !== null);
}

function mixtureNote(what: string, count: number): string | null {
  return count > 1 ? `The runs come from ${count} different ${what}.` : null;
}

function lowest(values: readonly (number | null)[]): number {
  return Math.min(...values.filter((value) => value !== null));
}

/** The number of seeds that most cells have, so that only the others need to say theirs. */
function commonSeedCount({ rows }: Comparison): number {
  const counts = rows.flatMap((row) => row.cells.map((cell) => cell.seeds.length)).filter((count) => count > 0);
  const frequency = (count: number) => counts.filter((other) => other === count).length;
  return counts.reduce((best, count) => {
    const gain = frequency(count) - frequency(best);
    return gain > 0 || (gain === 0 && count > best) ? count : best;
  }, 0);
}

/** Makes a text literal in Markdown, in a table too. */
function literal(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_[\]<>|~#&]/g, (character) => `\\${character}`);
}

/** A name as code; names of extractors and protocols are short words, a backtick in one becomes a quote. */
function code(text: string): string {
  return `\`${text.replaceAll(/\s+/g, " ").replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}
