// A sweep as text for the terminal: the scores of all values, what was chosen, and warnings.

import type { Sweep, SweptMethod, TriedValue } from "@dit-bench/record";
import { formatFid, gap } from "@dit-bench/report";
import { quantity } from "@dit-bench/text";
import { fitTable, type TableColumn } from "../fit-table.ts";
import { hangText, screenWidth } from "../text-layout.ts";
import { edgeText, formatChoice, formatValue, optionTitle, remedyFor, valuesFlag } from "./value-text.ts";

/** By method, the message of a run that would fail again. */
export type Faults = ReadonlyMap<string, string>;

/** Returns the table and the sentences below it. @param width of the screen, in columns */
export function formatSweep(
  sweep: Sweep,
  faults: Faults = new Map(),
  width = screenWidth(process.stdout.columns, Number.POSITIVE_INFINITY),
): string {
  const { lines } = fitTable(tableColumns(sweep), width);
  const textWidth = Math.min(width, screenWidth(width));
  return [...lines, ...sentences(sweep, faults).flatMap((text) => ["", ...hangText("", text, textWidth)])].join("\n");
}

interface Line {
  readonly method: SweptMethod;
  readonly tried: TriedValue;
  readonly isFirst: boolean;
}

function tableColumns({ methods, datasets, criterion }: Sweep): TableColumn[] {
  const lines = methods.flatMap((method) =>
    method.values.map((tried, index): Line => ({ method, tried, isFirst: index === 0 })),
  );
  const options = new Set(methods.map(({ option }) => option));
  const hasOneOption = options.size === 1;
  const valueText = ({ method: { option }, tried: { value } }: Line) =>
    hasOneOption ? formatValue(value) : formatChoice(option, value);
  const always = Number.POSITIVE_INFINITY;
  const runText = ({ runs }: TriedValue, index: number) => {
    const { exit, [criterion]: score } = runs[index]!;
    return score === null ? exit : formatFid(score);
  };
  return [
    { heading: "Method", cells: lines.map(({ method, isFirst }) => (isFirst ? method.label : "")), importance: always },
    {
      heading: hasOneOption ? optionTitle([...options][0]!) : "value",
      cells: lines.map(valueText),
      importance: always,
      right: true,
    },
    ...(datasets.length === 1
      ? []
      : [
          {
            heading: "mean FID",
            cells: lines.map(({ tried: { score } }) => (score === null ? gap : formatFid(score))),
            importance: always,
            right: true,
          },
        ]),
    ...datasets.map(({ title }, index) => ({
      heading: datasets.length === 1 ? "FID" : title,
      cells: lines.map(({ tried }) => runText(tried, index)),
      importance: datasets.length === 1 ? always : 1,
      right: true,
    })),
    { heading: "", cells: lines.map(remark), importance: always },
  ];
}

function remark({ method: { chosen, default: usual }, tried: { value } }: Line): string {
  const isSame = (other: unknown) => JSON.stringify(other) === JSON.stringify(value);
  return [chosen && isSame(chosen.value) ? "chosen" : "", isSame(usual) ? "default" : ""].filter(Boolean).join(", ");
}

function sentences({ criterion, datasets, seed, methods }: Sweep, faults: Faults): string[] {
  const score =
    criterion === "heldOutFid"
      ? "FID against held-out images"
      : "FID against the training images, because not every run has held-out images";
  const mean = datasets.length === 1 ? "" : `, the mean over ${quantity(datasets.length, "dataset")}`;
  return [
    `Chosen: the lowest ${score}${mean}, of seed ${seed}. A value that diverged is not chosen.`,
    ...methods.flatMap((method) => warning(method, faults.get(method.method)) ?? []),
  ];
}

function warning(swept: SweptMethod, fault: string | undefined): string | undefined {
  const { label, option, chosen, problem } = swept;
  if (chosen === undefined)
    return `${label}: nothing is chosen, because ${problem}. To choose one, ${remedyFor(swept, fault)}`;
  const edge = edgeText(swept);
  if (edge === undefined) return undefined;
  return `Warning: ${label}: ${formatChoice(option, chosen.value)} is ${edge}: ${valuesFlag(swept)}`;
}
