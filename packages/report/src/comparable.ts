/** Which records may share a table. */

import { isDeepStrictEqual } from "node:util";
import type { RunRecord } from "@dit-bench/record";
import { printable } from "@dit-bench/text";

/** Records by protocol, in the order of their names: one table each. */
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

/** Where a record came from; undefined where that is not known. */
export type PathOf = (record: RunRecord) => string | undefined;

/** Records that cannot stand in one table. The message names two of their files. */
export class ComparisonError extends Error {
  override name = "ComparisonError";
  /** That of damaged or missing data. */
  readonly exitCode = 4;
}

/**
 * The records in table order (label, dataset, seed); of a cell that was run twice with the same result, the first.
 * Throws a {@link ComparisonError} that quotes both values if two records cannot stand in one table: other protocol, base
 * model, extractor, resizer, data under one dataset's name, number of scored images, or other options under one label.
 */
export function comparableRecords(records: readonly RunRecord[], pathOf: PathOf = () => undefined): RunRecord[] {
  if (records.length === 0)
    throw new ComparisonError("nothing to compare: there are no records, expected at least one run");
  const one = (what: string, value: (record: RunRecord) => unknown, scope: (record: RunRecord) => string = () => "") =>
    requireOne(records, { what, value, scope, pathOf });
  const ofDataset = (record: RunRecord) => ` of ${printable(record.cell.dataset)}`;
  const labelOf = rowLabels(records);

  one("protocol", (record) => record.protocol);
  one("base model", (record) => record.weights.base);
  one("extractor weights", (record) => record.weights.extractor);
  one("extractor", (record) => record.metrics?.extractor);
  one("resizer", (record) => record.metrics?.resizer);
  one("data fingerprint", (record) => record.data.fingerprint, ofDataset);
  one("title", (record) => record.cell.datasetTitle, ofDataset);
  one("number of real images", (record) => record.metrics?.real, ofDataset);
  one("number of generated images", (record) => record.metrics?.generated, ofDataset);
  one(
    "method",
    ({ cell }) => ({ method: cell.method, options: cell.options }),
    (record) => ` labelled ${printable(labelOf(record))}`,
  );

  const sorted = [...records].sort(
    (a, b) =>
      byText(labelOf(a), labelOf(b)) ||
      byText(a.cell.dataset, b.cell.dataset) ||
      a.cell.seed - b.cell.seed ||
      byText(a.finishedAt, b.finishedAt),
  );
  return sorted.filter((record, index) => {
    const before = sorted[index - 1];
    if (before === undefined || !isSameCell(before, record)) return true;
    if (isSameRun(before, record)) return false;
    throw new ComparisonError(
      `two different records of one cell (${cellName(record)}): ${source(before, pathOf)} and ${source(record, pathOf)}; ` +
        "choosing between runs is choosing results: move one of them away",
    );
  });
}

/**
 * The label of a record's row: its method's own, and the method's name after it where several methods have that label, such as a
 * plug-in that was made from a built-in method.
 */
export function rowLabels(records: readonly RunRecord[]): (record: RunRecord) => string {
  const methods = new Map<string, Set<string>>();
  for (const { cell } of records)
    methods.set(cell.methodLabel, (methods.get(cell.methodLabel) ?? new Set()).add(cell.method));
  return ({ cell }) =>
    (methods.get(cell.methodLabel)?.size ?? 0) > 1 ? `${cell.methodLabel} (${cell.method})` : cell.methodLabel;
}

/** True for a run and a copy of its record, or a repetition that gave the same. */
export function isSameRun(a: RunRecord, b: RunRecord): boolean {
  return isSameCell(a, b) && a.identity === b.identity && isDeepStrictEqual(a.metrics, b.metrics);
}

function isSameCell({ cell: a }: RunRecord, { cell: b }: RunRecord): boolean {
  return a.method === b.method && a.methodLabel === b.methodLabel && a.dataset === b.dataset && a.seed === b.seed;
}

/** Order of texts by code unit, the same in every locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function cellName({ cell }: RunRecord): string {
  return `${printable(cell.methodLabel)} on ${printable(cell.dataset)}, seed ${cell.seed}`;
}

function source(record: RunRecord, pathOf: PathOf): string {
  const path = pathOf(record);
  return `${path === undefined ? "one" : printable(path)} (finished ${record.finishedAt})`;
}

interface Requirement {
  what: string;
  /** `undefined` values, which diverged records have for their metrics, agree with everything. */
  value: (record: RunRecord) => unknown;
  /** Records of different scopes may differ. */
  scope: (record: RunRecord) => string;
  pathOf: PathOf;
}

function requireOne(records: readonly RunRecord[], { what, value, scope, pathOf }: Requirement): void {
  const seen = new Map<string, { value: unknown; record: RunRecord }>();
  const quoted = (value: unknown, record: RunRecord) => {
    const path = pathOf(record);
    return `${printable(JSON.stringify(value))}${path === undefined ? "" : ` in ${printable(path)}`}`;
  };
  for (const record of records) {
    const current = value(record);
    if (current === undefined) continue;
    const key = scope(record);
    const known = seen.get(key);
    if (known === undefined) seen.set(key, { value: current, record });
    else if (!isDeepStrictEqual(known.value, current)) {
      throw new ComparisonError(
        `cannot compare runs with more than one ${what}${key}: ` +
          `${quoted(known.value, known.record)} and ${quoted(current, record)}; compare them in separate tables`,
      );
    }
  }
}
