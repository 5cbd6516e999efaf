// Writes the comparison as CSV for programs: one line per run.

import type { RunRecord } from "@dit-bench/record";
import { stringify } from "csv-stringify/sync";
import type { Comparison, MethodRow } from "./comparison.ts";
import { wasUnderLoad } from "./load.ts";
import { csvName, type Metric, metrics } from "./metrics.ts";
import { type TuningState, tuningStates } from "./tuned-rows.ts";

type Value = string | number | boolean | null | undefined;
type CsvColumn = [name: string, value: (record: RunRecord, row: MethodRow, state: TuningState) => Value];

/** Columns that every CSV has, in order. A value that does not exist is an empty field, never zero. */
const commonColumns: CsvColumn[] = [
  ["protocol", (r) => r.protocol],
  ["recipe", (r) => r.recipe],
  ["miniature", (r) => r.miniature],
  ["method", (r) => r.cell.method],
  ["label", (r) => r.cell.methodLabel],
  ["options", (r) => JSON.stringify(r.cell.options)],
  ["dataset", (r) => r.cell.dataset],
  ["dataset_title", (r) => r.cell.datasetTitle],
  ["seed", (r) => r.cell.seed],
  ["exit", (r) => r.exit],
  ["extractor", (r) => r.metrics?.extractor],
  ["resizer", (r) => r.metrics?.resizer],
  ["generated", (r) => r.metrics?.generated],
  ["real", (r) => r.metrics?.real],
  ["fid", (r) => r.metrics?.fid],
  ["fid_low", (r) => r.metrics?.fidInterval[0]],
  ["fid_high", (r) => r.metrics?.fidInterval[1]],
  ["interval_level", (r) => r.metrics?.intervalLevel],
  ["kid", (r) => r.metrics?.kid],
  ["base_fid", (r) => r.metrics?.baseFid],
  ["base_fid_low", (r) => r.metrics?.baseFidInterval[0]],
  ["base_fid_high", (r) => r.metrics?.baseFidInterval[1]],
  ["base_kid", (r) => r.metrics?.baseKid],
  ["base_generated", (r) => r.metrics?.baseGenerated],
  ["average_fid", (_, row) => row.average?.mean],
  ["average_fid_low", (_, row) => row.average?.interval?.[0]],
  ["average_fid_high", (_, row) => row.average?.interval?.[1]],
  ["average_interval_basis", (_, row) => row.average?.basis],
  ["class_embedding_parameters", (r) => r.parameters.classEmbedding],
  ["model_parameters", (r) => r.parameters.model],
  ["training_steps", (r) => r.training.steps],
  ["batch", (r) => r.training.batch],
  ["learning_rate", (r) => r.training.learningRate],
  ["tuned", (r, _, state) => (r.tuning !== undefined ? true : state === "default" ? "default" : false)],
  ...metrics.filter(({ kind }) => kind === "cost").map((metric): CsvColumn => [csvName(metric), metric.value]),
  ["sample_seconds", (r) => r.times.sample],
  ["total_seconds", (r) => r.times.total],
  ["other_load", (r) => r.otherLoad],
  ["under_load", (r) => (r.otherLoad === undefined ? null : wasUnderLoad(r))],
  ["engine", (r) => r.engine.name],
  ["threads", (r) => r.engine.threads],
  ["cpu", (r) => r.machine.cpu],
  ["gpu", (r) => r.machine.gpu],
  ["version", (r) => r.code.version],
  ["commit", (r) => r.code.commit],
  ["clean", (r) => r.code.clean],
  ["identity", (r) => r.identity],
];

/**
 * One line per run with every number as recorded, so that other tables can be computed from it. The columns `average_…`
 * belong to the run's method; the other intervals belong to the run and reflect its finite number of samples. Texts
 * that a spreadsheet would run as a formula start with an apostrophe; texts with any kind of line break are quoted.
 */
export function toCsv({ records, rows }: Comparison): string {
  const columns = [...commonColumns, ...scoreColumns(records), ...variantColumn(records)];
  const rowOf = new Map(rows.flatMap((row) => row.records.map((record) => [record, row] as const)));
  const stateOf = tuningStates(rows);
  const states = new Map(rows.map((row) => [row, stateOf(row)]));
  return stringify(
    records.map((record) => {
      const row = rowOf.get(record)!;
      return columns.map(([, value]) => value(record, row, states.get(row)!));
    }),
    {
      header: true,
      columns: columns.map(([name]) => ({ key: name, header: name })),
      cast: { boolean: String }, // the default writes true as 1 and false as nothing
      escape_formulas: true,
      quoted_match: /[\r\n\u0085\u2028\u2029]/, // the default quotes "\n" only; other programs break lines at the rest
      record_delimiter: "unix",
    },
  );
}

/** The variant of the recipe, if at least one record has one. */
function variantColumn(records: readonly RunRecord[]): CsvColumn[] {
  return records.some(({ cell }) => cell.variant) ? [["variant", ({ cell }) => cell.variant?.name]] : [];
}

/** The scores that at least one record has, beyond those that every record has. They follow the other columns. */
function scoreColumns(records: readonly RunRecord[]): CsvColumn[] {
  const known = new Set(commonColumns.map(([name]) => name));
  const hasValue = (metric: Metric) => records.some((record) => metric.value(record) !== undefined);
  return metrics
    .filter((metric) => !known.has(csvName(metric)) && hasValue(metric))
    .flatMap((metric): CsvColumn[] => [
      [csvName(metric), metric.value],
      ...(metric.interval === undefined
        ? []
        : [
            [`${csvName(metric)}_low`, (record) => metric.interval!(record)?.[0]] satisfies CsvColumn,
            [`${csvName(metric)}_high`, (record) => metric.interval!(record)?.[1]] satisfies CsvColumn,
          ]),
    ]);
}
