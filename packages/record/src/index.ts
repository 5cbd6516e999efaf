// The record that every run writes and the file of a sweep: their schemas, reading and writing.

export { describeProblem, parseJsonFile, RecordError, readRecord, writeRecord } from "./files.ts";
export { type DamagedRecord, type FoundRecord, type FoundRecords, findRecords } from "./find-records.ts";
export { type RunMetrics, type RunRecord, recordSchema, type Tuning, type TuningCriterion } from "./schema.ts";
export {
  type OptionValue,
  readSweep,
  type Sweep,
  type SweepFile,
  type SweepRun,
  type SweptMethod,
  type TriedValue,
  writeSweep,
} from "./sweep-file.ts";
