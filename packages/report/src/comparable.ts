/** Which records may share a table. */
import { isDeepStrictEqual } from "node:util";
import type { RunRecord } from "@dit-bench/record";

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

/**
 * The records in table order (label, dataset, seed); of a cell that was run twice with the same result, the first.
 * Throws an error that quotes both values if two records cannot stand in one table: other protocol, base model,
 * extractor, resizer, data under one dataset's name, number of scored images, or another method under one label.
 */
export function comparableRecords(records: readonly RunRecord[]): RunRecord[] {
  if (records.length === 0)
    throw new Error("nothing to compare: there are no records; wanted at least one finished run");
  const one = (what: string, value: (record: RunRecord) => unknown, scope: (record: RunRecord) => string = () => "") =>
    requireOne(records, what, value, scope);
  const ofDataset = (record: RunRecord) => ` of ${record.cell.dataset}`;

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
    (record) => ` labelled ${record.cell.methodLabel}`,
  );

  const sorted = [...records].sort(
    (a, b) =>
      byText(a.cell.methodLabel, b.cell.methodLabel) ||
      byText(a.cell.dataset, b.cell.dataset) ||
      a.cell.seed - b.cell.seed ||
      byText(a.finishedAt, b.finishedAt),
  );
  return sorted.filter((record, index) => {
    const before = sorted[index - 1];
    if (before === undefined || cellName(before) !== cellName(record)) return true;
    if (before.identity === record.identity && isDeepStrictEqual(before.metrics, record.metrics)) return false;
    throw new Error(
      `two different records of one cell: ${cellName(record)}, finished ${before.finishedAt} and ${record.finishedAt}; ` +
        "wanted one record per cell, because choosing between runs is choosing results; remove one of them",
    );
  });
}

/** Order of texts by code unit, the same in every locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function cellName({ cell }: RunRecord): string {
  return `${cell.methodLabel} on ${cell.dataset}, seed ${cell.seed}`;
}

/** `undefined` values, which diverged records have for their metrics, agree with everything. */
function requireOne(
  records: readonly RunRecord[],
  what: string,
  value: (record: RunRecord) => unknown,
  scope: (record: RunRecord) => string,
): void {
  const seen = new Map<string, unknown>();
  for (const record of records) {
    const current = value(record);
    if (current === undefined) continue;
    const key = scope(record);
    const known = seen.get(key);
    if (known === undefined) seen.set(key, current);
    else if (!isDeepStrictEqual(known, current)) {
      throw new Error(
        `cannot compare runs with more than one ${what}${key}: ` +
          `${JSON.stringify(known)} and ${JSON.stringify(current)}; compare them in separate tables`,
      );
    }
  }
}
