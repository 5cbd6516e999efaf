// The record that every run writes: its schema, reading and writing.
export { RecordError, readRecord, writeRecord } from "./files.ts";
export { type DamagedRecord, type FoundRecord, type FoundRecords, findRecords } from "./find-records.ts";
export { type RunMetrics, type RunRecord, recordSchema } from "./schema.ts";
