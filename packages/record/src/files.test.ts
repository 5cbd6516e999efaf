// Tests that one record is read and written without loss, and that damage is detected.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordDigest } from "./digest.ts";
import { exampleRecord } from "./example.test.data.ts";
import { findRecords, RecordError, readRecord, writeRecord } from "./index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "record-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("readRecord returns the record that was written", async () => {
  const path = join(folder, "a", "record.json");
  await writeRecord(path, exampleRecord());
  expect(await readRecord(path)).toEqual({ ...exampleRecord(), digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test("writeRecord gives the same bytes for any order of keys", async () => {
  const reversedRecord = reverseKeys(exampleRecord());
  expect(Object.keys(reversedRecord)[0]).toBe("finishedAt");
  await writeRecord(join(folder, "a.json"), exampleRecord());
  await writeRecord(join(folder, "b.json"), reversedRecord);
  const writtenText = await readFile(join(folder, "a.json"), "utf8");
  expect(await readFile(join(folder, "b.json"), "utf8")).toBe(writtenText);
  expect(Object.keys(JSON.parse(writtenText)).slice(0, 5)).toEqual([
    "schema",
    "protocol",
    "identity",
    "recipe",
    "miniature",
  ]);
  expect(Object.keys(JSON.parse(writtenText).settings)).toEqual(["sampling", "training"]);
  expect(writtenText.startsWith('{\n  "schema": 1,\n')).toBe(true);
  expect(writtenText.endsWith("}\n")).toBe(true);
});

test("writeRecord leaves only the record file in its folder", async () => {
  await writeRecord(join(folder, "record.json"), exampleRecord());
  await writeRecord(join(folder, "record.json"), exampleRecord());
  expect(await readdir(folder)).toEqual(["record.json"]);
});

test("writeRecord refuses NaN and infinity instead of writing null", async () => {
  const record = exampleRecord();
  record.metrics!.kid = Number.NaN;
  await expect(writeRecord(join(folder, "record.json"), record)).rejects.toThrow(/metrics\.kid/);
  const infiniteRecord = { ...exampleRecord(), settings: { lossScale: Number.POSITIVE_INFINITY } };
  await expect(writeRecord(join(folder, "record.json"), infiniteRecord)).rejects.toThrow(/settings/);
  expect(await readdir(folder)).toEqual([]);
});

test("readRecord names the file and the field of a damaged record", async () => {
  const path = join(folder, "deep", "record.json");
  await writeRecord(path, exampleRecord());
  const content = (await readFile(path, "utf8")).replace(/,\n {2}"digest".*/, ""); // like records of older versions
  await writeFile(path, content);
  expect(await readRecord(path)).toEqual(exampleRecord());

  await writeFile(path, content.slice(0, content.length / 2));
  await expect(readRecord(path)).rejects.toThrow(RecordError);
  await expect(readRecord(path)).rejects.toThrow(/deep[/\\]record\.json.*not JSON.*; delete it and run the cell again/);

  await writeFile(path, "");
  await expect(readRecord(path)).rejects.toThrow(/record\.json: it is empty; delete it/);

  await writeFile(path, content.replace(/"fid": [\d.]+/, '"fid": "low"'));
  await expect(readRecord(path)).rejects.toThrow(/deep[/\\]record\.json.*metrics\.fid/);

  await writeFile(path, content.replace('"schema": 1', '"schema": 2'));
  await expect(readRecord(path)).rejects.toThrow(/its schema is 2, this version reads 1/);

  await writeFile(path, content.replace("LoRA-R8", "LoRA\\u0000"));
  await expect(readRecord(path)).rejects.toThrow(/record\.json.*without control characters.*cell\.methodLabel/);
});

test("readRecord refuses a folder", async () => {
  await expect(readRecord(folder)).rejects.toThrow(`cannot read ${folder}: it is a folder, expected a file; delete it`);
});

test("readRecord refuses content that does not match the digest", async () => {
  const path = join(folder, "record.json");
  await writeRecord(path, exampleRecord());
  const content = await readFile(path, "utf8");
  await writeFile(path, content.replace('"fid": 23.5', '"fid": 22.5'));
  await expect(readRecord(path)).rejects.toThrow(
    `${path}: its content does not match its digest: the file was changed or damaged; delete it and run the cell again`,
  );
  // White space and the order of keys do not matter.
  await writeFile(path, JSON.stringify(reverseKeys(JSON.parse(content))));
  expect(await readRecord(path)).toEqual(JSON.parse(content));
  // A changed record is written with its own digest.
  await writeRecord(path, { ...JSON.parse(content), recipe: "other" });
  expect((await readRecord(path)).recipe).toBe("other");
});

test("readRecord reports a record with a right digest and an unknown field as that of a newer version", async () => {
  const path = join(folder, "record.json");
  const future = { ...exampleRecord(), colour: "blue" };
  await writeFile(path, JSON.stringify({ ...future, digest: recordDigest(future) }));
  const error = await readRecord(path).catch((caught: RecordError) => caught);
  expect(error).toMatchObject({ newer: expect.stringMatching(/"colour".* its digest is right/) });
  expect((error as RecordError).message).toMatch(/; read it with a newer version$/);
  await writeFile(path, JSON.stringify(future)); // without a digest, a misspelt field is as likely
  await expect(readRecord(path)).rejects.toMatchObject({
    newer: undefined,
    message: expect.stringMatching(/delete it/),
  });
});

test("readRecord detects flipped bits that change the record", async () => {
  const path = join(folder, "record.json");
  await writeRecord(path, { ...exampleRecord(), recipe: "größe 花" });
  const bytes = await readFile(path);
  const record = await readRecord(path);
  let detectedCount = 0;
  for (let flip = 0; flip < 400; flip++) {
    const hash = Math.imul(flip, 2_654_435_761) >>> 0; // Knuth's multiplicative hash, spread over the file
    const flippedBytes = Buffer.from(bytes);
    const at = hash % bytes.length;
    flippedBytes[at] = flippedBytes[at]! ^ (1 << (flip % 8));
    await writeFile(path, flippedBytes);
    try {
      expect(await readRecord(path), `bit ${flip % 8} of byte ${at}`).toEqual(record);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      detectedCount++;
    }
    // findRecords reports the damaged file, too: no flip makes it look like a file of another program.
    const { records, damaged } = await findRecords(folder);
    expect(records.length + damaged.length, `bit ${flip % 8} of byte ${at}`).toBe(1);
  }
  expect(detectedCount).toBeGreaterThan(350);
});

function reverseKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reverseKeys) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, reverseKeys(inner)]);
  return Object.fromEntries(entries.reverse());
}

test("readRecord refuses JSON that is nested deeply enough to overflow the stack", async () => {
  const path = join(folder, "record.json");
  await writeFile(
    path,
    JSON.stringify(exampleRecord()).replace('"rank":8', `"rank":${"[".repeat(1e5)}${"]".repeat(1e5)}`),
  );
  await expect(readRecord(path)).rejects.toThrow(RecordError);
  await expect(readRecord(path)).rejects.toThrow("nested deeper than 100 levels");
});

test("readRecord shortens the message for a file that breaks the schema in many places", async () => {
  const path = join(folder, "record.json");
  const settings = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`unknown ${i}`, 1]));
  await writeFile(path, JSON.stringify({ ...exampleRecord(), ...settings }));
  const error = await readRecord(path).catch((thrown: Error) => thrown);
  expect(error).toBeInstanceOf(RecordError);
  expect((error as Error).message.length).toBeLessThan(1500);
});
