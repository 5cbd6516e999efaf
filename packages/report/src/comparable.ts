// Decides which records may share a table, in which order, and under which labels.

import { isDeepStrictEqual } from "node:util";
import type { RunRecord } from "@dit-bench/record";
import { printable } from "@dit-bench/text";

/** Records by protocol, protocols in alphabetical order. Each protocol is a table. */
export function groupByProtocol(records: readonly RunRecord[]): Map<string, RunRecord[]> {
  const groups = new Map<string, RunRecord[]>();
  for (const protocol of [...new Set(records.map((record) => record.protocol))].sort()) {
    groups.set(
      protocol,
      records.filter((record) => record.protocol === protocol),
    );
  }
  return groups;
}

/** Path of the file of a record; undefined if it is unknown. */
export type PathOf = (record: RunRecord) => string | undefined;

/** Records that cannot share a table. The message names two of their files. */
export class ComparisonError extends Error {
  override name = "ComparisonError";
}

/**
 * The records in table order (label, dataset, seed), without repetitions of a cell that have the same result.
 * Throws a {@link ComparisonError} that quotes both values if two records cannot share a table: different protocols,
 * base models, autoencoders, extractors or resizers, different data, held-out images or numbers of images for one
 * dataset, different options or learning rates under one label, or two results of one cell.
 */
export function comparableRecords(records: readonly RunRecord[], pathOf: PathOf = () => undefined): RunRecord[] {
  if (records.length === 0)
    throw new ComparisonError("nothing to compare: there are no records, expected at least one run");
  const requireEqual = (
    what: string,
    value: (record: RunRecord) => unknown,
    scope: (record: RunRecord) => string = () => "",
  ) => requireEqualValues(records, { what, value, scope, pathOf });
  const datasetScope = (record: RunRecord) => ` of ${printable(record.cell.dataset)}`;
  const labelOf = rowLabels(records);
  const variantScope = ({ cell }: RunRecord) => (cell.variant ? ` titled ${printable(cell.variant.title)}` : "");
  // Random weights are made from the seed of the run, so seeds of a variant may start from different ones.
  const baseScope = (record: RunRecord) =>
    record.cell.variant ? `${variantScope(record)}, seed ${record.cell.seed}` : "";
  const labelScope = (record: RunRecord) => ` labelled ${printable(labelOf(record))}`;

  requireEqual("protocol", (record) => record.protocol);
  requireEqual("variant", (record) => record.cell.variant, variantScope);
  requireEqual("base model", (record) => record.weights.base, baseScope);
  requireEqual("autoencoder", (record) => record.weights.autoencoder);
  requireEqual("extractor weights", (record) => record.weights.extractor);
  requireEqual("extractor", (record) => record.metrics?.extractor);
  requireEqual("resizer", (record) => record.metrics?.resizer);
  requireEqual("data fingerprint", (record) => record.data.fingerprint, datasetScope);
  requireEqual("set of held-out images", ({ data }) => data.heldOut?.fingerprint ?? null, datasetScope);
  requireEqual("title", (record) => record.cell.datasetTitle, datasetScope);
  requireEqual("number of real images", (record) => record.metrics?.real, datasetScope);
  requireEqual("number of generated images", (record) => record.metrics?.generated, datasetScope);
  requireEqual("method", ({ cell }) => ({ method: cell.method, options: cell.options }), labelScope);
  requireEqual("learning rate", (record) => record.training.learningRate, labelScope);

  const sorted = [...records].sort(
    (a, b) =>
      byText(labelOf(a), labelOf(b)) ||
      byText(a.cell.dataset, b.cell.dataset) ||
      a.cell.seed - b.cell.seed ||
      byText(a.finishedAt, b.finishedAt),
  );
  return sorted.filter((record, index) => {
    const previous = sorted[index - 1];
    if (previous === undefined || !isSameCell(previous, record)) return true;
    if (isSameRun(previous, record)) return false;
    throw new ComparisonError(
      `two different records of one cell (${cellName(record)}): ` +
        `${describeSource(previous, pathOf)} and ${describeSource(record, pathOf)}; ` +
        "choosing between runs is choosing results: move one of them away",
    );
  });
}

/**
 * The label of a record's row: the label of its method. If several methods have the same label, such as a plug-in
 * copied from a built-in method, the method's name follows.
 */
export function rowLabels(records: readonly RunRecord[]): (record: RunRecord) => string {
  const methods = new Map<string, Set<string>>();
  for (const { cell } of records)
    methods.set(cell.methodLabel, (methods.get(cell.methodLabel) ?? new Set()).add(cell.method));
  return ({ cell }) =>
    (methods.get(cell.methodLabel)?.size ?? 0) > 1 ? `${cell.methodLabel} (${cell.method})` : cell.methodLabel;
}

/** True if both records describe the same cell, identity and scores: a copy, or a repetition with the same result. */
export function isSameRun(a: RunRecord, b: RunRecord): boolean {
  return isSameCell(a, b) && a.identity === b.identity && isDeepStrictEqual(a.metrics, b.metrics);
}

/** Compares texts by code unit, so that the order is the same in every locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A text that is equal for the runs of one cell of a protocol. */
export const cellKey = ({ cell: { method, methodLabel, dataset, seed } }: RunRecord): string =>
  JSON.stringify([method, methodLabel, dataset, seed]);

const isSameCell = (a: RunRecord, b: RunRecord): boolean => cellKey(a) === cellKey(b);

function cellName({ cell }: RunRecord): string {
  return `${printable(cell.methodLabel)} on ${printable(cell.dataset)}, seed ${cell.seed}`;
}

function describeSource(record: RunRecord, pathOf: PathOf): string {
  const path = pathOf(record);
  return `${path === undefined ? "one" : printable(path)} (finished ${record.finishedAt})`;
}

interface Requirement {
  what: string;
  /** The value that must be equal. `undefined`, as of the metrics of diverged runs, agrees with every value. */
  value: (record: RunRecord) => unknown;
  /** Only records of the same scope must agree. The scope is printed after `what`. */
  scope: (record: RunRecord) => string;
  pathOf: PathOf;
}

function requireEqualValues(records: readonly RunRecord[], { what, value, scope, pathOf }: Requirement): void {
  const seen = new Map<string, { value: unknown; record: RunRecord }>();
  const quoted = (value: unknown, record: RunRecord) => {
    const path = pathOf(record);
    return `${printable(JSON.stringify(value))}${path === undefined ? "" : ` in ${printable(path)}`}`;
  };
  for (const record of records) {
    const current = value(record);
    if (current === undefined) continue;
    const key = scope(record);
    const firstValue = seen.get(key);
    if (firstValue === undefined) seen.set(key, { value: current, record });
    else if (!isDeepStrictEqual(firstValue.value, current)) {
      throw new ComparisonError(
        `cannot compare runs with more than one ${what}${key}: ` +
          `${quoted(firstValue.value, firstValue.record)} and ${quoted(current, record)}; ` +
          "compare them in separate tables",
      );
    }
  }
}
