import type { RunRecord } from "@dit-bench/record";
import { stringify } from "csv-stringify/sync";
import type { Comparison } from "./comparison.ts";

/** Columns of the CSV, in order. An empty field is a value that does not exist, never zero. */
const columns: [name: string, value: (record: RunRecord) => string | number | boolean | null | undefined][] = [
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
  ["trainable_parameters", (r) => r.parameters.trainable],
  ["class_embedding_parameters", (r) => r.parameters.classEmbedding],
  ["model_parameters", (r) => r.parameters.model],
  ["training_steps", (r) => r.training.steps],
  ["batch", (r) => r.training.batch],
  ["step_milliseconds", (r) => r.stepMilliseconds],
  ["train_seconds", (r) => r.times.train],
  ["sample_seconds", (r) => r.times.sample],
  ["total_seconds", (r) => r.times.total],
  ["peak_memory_mb", (r) => r.peakMemoryMB],
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
 * The comparison in long form: one line per run, every number as it was recorded, so that any other table can be made
 * from it. Texts that a spreadsheet would run as a formula are led by an apostrophe.
 */
export function toCsv({ records }: Comparison): string {
  return stringify(
    records.map((record) => columns.map(([, value]) => value(record))),
    {
      header: true,
      columns: columns.map(([name]) => ({ key: name, header: name })),
      cast: { boolean: String }, // the default writes true as 1 and false as nothing
      escape_formulas: true,
      record_delimiter: "unix",
    },
  );
}
