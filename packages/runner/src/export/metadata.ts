// Facts about a run in the metadata of exported weights, so that the file can be used without its record.

import { printable } from "@dit-bench/text";
import type { TrainedRun } from "../cell/open-run.ts";
import { baseFacts } from "./base-facts.ts";

/** Texts of the record are escaped: the format allows valid Unicode only. @param what the content of the file */
export function metadataOf(run: TrainedRun, what: string): Record<string, string> {
  const { record, adapted } = run;
  const { cell, data, weights } = record;
  const facts = {
    format: "pt", // the key that transformers and PEFT write: shapes are those of PyTorch
    what,
    method: cell.method,
    methodLabel: cell.methodLabel,
    methodSource: cell.methodSource,
    options: JSON.stringify(adapted.options),
    base: baseFacts(run).name,
    baseSha256: weights.base,
    recipe: record.recipe,
    protocol: record.protocol,
    identity: record.identity,
    dataset: cell.dataset,
    seed: String(cell.seed),
    classes: JSON.stringify(data.classes),
  };
  return Object.fromEntries(Object.entries(facts).map(([key, text]) => [key, printable(text)]));
}
