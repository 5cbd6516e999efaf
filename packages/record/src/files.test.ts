import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exampleRecord } from "./example.test.data.ts";
import { findRecords, RecordError, readRecord, writeRecord } from "./index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "record-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a record comes back from its file as it was", async () => {
  const path = join(folder, "a", "record.json");
  await writeRecord(path, exampleRecord());
  expect(await readRecord(path)).toEqual({ ...exampleRecord(), digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test("equal records make equal bytes, whatever the order of their keys", async () => {
  const reversed = reverseKeys(exampleRecord());
  expect(Object.keys(reversed)[0]).toBe("finishedAt");
  await writeRecord(join(folder, "a.json"), exampleRecord());
  await writeRecord(join(folder, "b.json"), reversed);
  const written = await readFile(join(folder, "a.json"), "utf8");
  expect(await readFile(join(folder, "b.json"), "utf8")).toBe(written);
  expect(Object.keys(JSON.parse(written)).slice(0, 5)).toEqual([
    "schema",
    "protocol",
    "identity",
    "recipe",
    "miniature",
  ]);
  expect(Object.keys(JSON.parse(written).settings)).toEqual(["sampling", "training"]);
  expect(written.startsWith('{\n  "schema": 1,\n')).toBe(true);
  expect(written.endsWith("}\n")).toBe(true);
});

test("writing leaves nothing but the file", async () => {
  await writeRecord(join(folder, "record.json"), exampleRecord());
  await writeRecord(join(folder, "record.json"), exampleRecord());
  expect(await readdir(folder)).toEqual(["record.json"]);
});

test("a number that JSON cannot hold is refused instead of written as null", async () => {
  const record = exampleRecord();
  record.metrics!.kid = Number.NaN;
  await expect(writeRecord(join(folder, "record.json"), record)).rejects.toThrow(/metrics\.kid/);
  const infinite = { ...exampleRecord(), settings: { lossScale: Number.POSITIVE_INFINITY } };
  await expect(writeRecord(join(folder, "record.json"), infinite)).rejects.toThrow(/settings/);
  expect(await readdir(folder)).toEqual([]);
});

test("a damaged record is an error that names the file and the field", async () => {
  const path = join(folder, "deep", "record.json");
  await writeRecord(path, exampleRecord());
  const content = (await readFile(path, "utf8")).replace(/,\n {2}"digest".*/, ""); // as older versions wrote it
  await writeFile(path, content);
  expect(await readRecord(path)).toEqual(exampleRecord());

  await writeFile(path, content.slice(0, content.length / 2));
  await expect(readRecord(path)).rejects.toThrow(RecordError);
  await expect(readRecord(path)).rejects.toThrow(/deep[/\\]record\.json.*no JSON.*; delete it and run the cell again/);

  await writeFile(path, "");
  await expect(readRecord(path)).rejects.toThrow(/record\.json: it is empty; delete it/);

  await writeFile(path, content.replace(/"fid": [\d.]+/, '"fid": "low"'));
  await expect(readRecord(path)).rejects.toThrow(/deep[/\\]record\.json.*metrics\.fid/);

  await writeFile(path, content.replace('"schema": 1', '"schema": 2'));
  await expect(readRecord(path)).rejects.toThrow(/its schema is 2, this program knows 1/);

  await writeFile(path, content.replace("LoRA-R8", "LoRA\\u0000"));
  await expect(readRecord(path)).rejects.toThrow(/record\.json.*without control characters.*cell\.methodLabel/);
});

test("a folder in the place of a record is named", async () => {
  await expect(readRecord(folder)).rejects.toThrow(`cannot read ${folder}: it is a folder, expected a file; delete it`);
});

test("a record whose content does not match its digest is refused, also one that was written again unchecked", async () => {
  const path = join(folder, "record.json");
  await writeRecord(path, exampleRecord());
  const content = await readFile(path, "utf8");
  await writeFile(path, content.replace('"fid": 23.5', '"fid": 22.5'));
  await expect(readRecord(path)).rejects.toThrow(
    `${path}: its content does not match its digest: the file was changed or damaged; delete it and run the cell again`,
  );
  // White space and the order of keys are no content.
  await writeFile(path, JSON.stringify(reverseKeys(JSON.parse(content))));
  expect(await readRecord(path)).toEqual(JSON.parse(content));
  // A record that was read and changed on purpose gets the digest of what is written.
  await writeRecord(path, { ...JSON.parse(content), recipe: "other" });
  expect((await readRecord(path)).recipe).toBe("other");
});

test("no flip of a bit gives another record: it is noticed, or the record is equal", async () => {
  const path = join(folder, "record.json");
  await writeRecord(path, { ...exampleRecord(), recipe: "größe 花" });
  const bytes = await readFile(path);
  const record = await readRecord(path);
  let noticed = 0;
  for (let flip = 0; flip < 400; flip++) {
    const bit = Math.imul(flip, 2_654_435_761) >>> 0; // Knuth's multiplicative hash, spread over the file
    const damaged = Buffer.from(bytes);
    const at = bit % bytes.length;
    damaged[at] = damaged[at]! ^ (1 << (flip % 8));
    await writeFile(path, damaged);
    try {
      expect(await readRecord(path), `bit ${flip % 8} of byte ${at}`).toEqual(record);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      noticed++;
    }
    // Below a folder the damaged file is named, too: no flip makes it pass for another program's.
    const { records, damaged: named } = await findRecords(folder);
    expect(records.length + named.length, `bit ${flip % 8} of byte ${at}`).toBe(1);
  }
  expect(noticed).toBeGreaterThan(350);
});

function reverseKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reverseKeys) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, reverseKeys(inner)]);
  return Object.fromEntries(entries.reverse());
}
