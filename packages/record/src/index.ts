// The record that every run leaves: its schema, reading and writing.
export { RecordError, readRecord, readRecords, writeRecord } from "./files.ts";
export { type RunMetrics, type RunRecord, recordSchema } from "./schema.ts";
