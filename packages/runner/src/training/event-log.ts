// Writes the steps of a training as an event file of TensorBoard. The format: tensorflow/core/lib/io/record_writer.cc
// (records), tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto (field numbers below).
//
// A resumed training opens a second file, whose first event tells TensorBoard to drop the steps of the first file that
// are done again. Nothing is written twice and no file is changed.

import { closeSync, openSync, readdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeFolders } from "@dit-bench/files";
import { BenchError } from "../errors.ts";
import type { OpenStepLog, StepLine } from "./step-log.ts";

/** The names of the curves, by field of a line. */
const tags = {
  loss: "train/loss",
  fixedBatchLoss: "train/fixed_batch_loss",
  learningRate: "train/learning_rate",
  stepMilliseconds: "train/step_milliseconds",
} as const satisfies Partial<Record<keyof StepLine, string>>;

/**
 * Opens an event file in `folder`, which is one run in TensorBoard. The steps that are done are written, too, if the
 * folder has no event file yet, or has those of another training, which this one replaces from the start.
 *
 * @param now milliseconds since 1970
 */
export function eventLog(folder: string, now: () => number = Date.now): OpenStepLog {
  return (done) => {
    const last = done.at(-1)?.step ?? 0;
    const { file, isFirst } = openNext(folder, now());
    const write = (event: Uint8Array) => void writeSync(file, record(event));
    const append = (line: StepLine) => {
      for (const event of scalars(line, now() / 1e3)) write(event);
    };
    write(concatenate(wallTime(now() / 1e3), text(3, "brain.Event:2"))); // Event.file_version
    const next = last === 0 ? 0 : last + 1; // step 0 is the state before training
    // Event.session_log with SessionLog.status START: the events from this step on in earlier files do not count.
    if (!isFirst) write(concatenate(wallTime(now() / 1e3), number(2, next), bytes(7, number(1, 1))));
    if (isFirst || next === 0) done.forEach(append);
    return { append, close: () => closeSync(file) };
  };
}

/** Makes the folder and the next file in it. TensorBoard reads the files of a folder in the order of their names. */
function openNext(folder: string, ms: number): { file: number; isFirst: boolean } {
  try {
    makeFolders(folder);
    const count = readdirSync(folder).filter((name) => name.includes("tfevents")).length;
    const name = `events.out.tfevents.${Math.floor(ms / 1e3)}.dit-bench.${String(count).padStart(6, "0")}`;
    return { file: openSync(join(folder, name), "wx"), isFirst: count === 0 };
  } catch (error) {
    throw new BenchError(
      "io",
      `TensorBoard's files cannot be written to ${folder} (${(error as Error).message}); ` +
        "choose another folder with --tensorboard",
      { cause: error },
    );
  }
}

/** One event for each curve that has a point at this step. */
function scalars(line: StepLine, seconds: number): Uint8Array[] {
  return (Object.keys(tags) as (keyof typeof tags)[]).flatMap((field) => {
    const value = line[field];
    if (value === undefined || value === null) return [];
    const summaryValue = concatenate(text(1, tags[field]), float(2, value)); // Summary.Value.tag, .simple_value
    const summary = bytes(1, summaryValue); // Summary.value
    return [concatenate(wallTime(seconds), number(2, line.step), bytes(5, summary))]; // Event.step, .summary
  });
}

/** Event.wall_time, in seconds. */
function wallTime(seconds: number): Uint8Array {
  const field = new Uint8Array(9);
  field[0] = (1 << 3) | 1; // field 1, 64 bits
  new DataView(field.buffer).setFloat64(1, seconds, true);
  return field;
}

// Protocol buffers, https://protobuf.dev/programming-guides/encoding: a key, `field << 3 | wire type`, then the value.

function number(field: number, value: number): Uint8Array {
  return Uint8Array.from([(field << 3) | 0, ...varint(value)]);
}

function float(field: number, value: number): Uint8Array {
  const encoded = new Uint8Array(5);
  encoded[0] = (field << 3) | 5;
  new DataView(encoded.buffer).setFloat32(1, value, true);
  return encoded;
}

function text(field: number, value: string): Uint8Array {
  return bytes(field, Buffer.from(value));
}

function bytes(field: number, value: Uint8Array): Uint8Array {
  return concatenate(Uint8Array.from([(field << 3) | 2, ...varint(value.length)]), value);
}

/** A whole number from 0, seven bits a byte, lowest first. */
function varint(value: number): number[] {
  const low = value % 128;
  return value < 128 ? [low] : [low | 128, ...varint(Math.floor(value / 128))];
}

function concatenate(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

/** A record: length (64 bits), checksum of the length, data, checksum of the data. */
function record(data: Uint8Array): Uint8Array {
  const framed = Buffer.alloc(data.length + 16);
  framed.writeBigUInt64LE(BigInt(data.length));
  framed.writeUInt32LE(maskedChecksum(framed.subarray(0, 8)), 8);
  framed.set(data, 12);
  framed.writeUInt32LE(maskedChecksum(data), 12 + data.length);
  return framed;
}

/** The masked CRC-32C of TFRecord: rotated by 15 bits, plus a constant. */
function maskedChecksum(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** CRC-32C (RFC 3720), with the reversed Castagnoli polynomial, byte by byte. */
function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = crcTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
