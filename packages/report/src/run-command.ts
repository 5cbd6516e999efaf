// The command line that runs a cell again.

import type { RunRecord } from "@dit-bench/record";

/**
 * The words of `npx bench run` for the cell of a record, with all options of its method and its learning rate. FOLDER
 * stands for the user's own images. Settings of the recipe that `--set` changed are not included.
 *
 * @param recipe the value of `--recipe`
 */
export function runCommand(record: RunRecord, recipe = record.recipe): string[] {
  const { cell, data } = record;
  return [
    ...["npx", "bench", "run", "--recipe", recipe, "--method", cell.method],
    ...(data.source === "folder" ? ["--data", "FOLDER"] : ["--dataset", cell.dataset]),
    ...["--seed", String(cell.seed)],
    ...(cell.variant === undefined ? [] : ["--variant", cell.variant.name]),
    ...optionFlags(record).flatMap((option) => ["--set", option]),
  ];
}

/** The values of `--set` for the method's options and the learning rate. */
export function optionFlags({ cell, training }: RunRecord): string[] {
  // A rate that differs from the method's own by rounding only counts as its own.
  const rate = training.learningRate && { learningRate: Number(training.learningRate.toPrecision(15)) };
  return Object.entries({ ...cell.options, ...rate }).map(([name, value]) =>
    assignment(`${cell.method}.${name}`, value),
  );
}

/** `key=value` for `--set`, which reads a value as JSON if it is valid JSON: the text 250 needs quotes. */
export const assignment = (key: string, value: unknown): string =>
  `${key}=${typeof value === "string" && !isJson(value) ? value : JSON.stringify(value)}`;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
