// The file of a sweep: written and read without loss; damage, other files and newer versions are named.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RecordError, readSweep, type Sweep, writeSweep } from "./index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sweep-"));
});
afterEach(() => rm(folder, { recursive: true }));

const run = { dataset: "flowers", exit: "finished", identity: "a", fid: 20, heldOutFid: null } as const;
const example: Sweep = {
  schema: 1,
  recipe: "mini",
  protocol: "mini/1",
  seed: 1000,
  criterion: "fid",
  datasets: [{ name: "flowers", title: "Oxford Flowers" }],
  methods: [
    {
      method: "lora",
      label: "LoRA-R8",
      option: "training.learningRate",
      options: { rank: 8, at: "blocks.*" },
      default: 0.01,
      runs: 2,
      values: [
        { value: 0.01, score: null, runs: [{ ...run, exit: "diverged", identity: null, fid: null }] },
        { value: 0.003, score: 20, runs: [run] },
      ],
      chosen: { value: 0.003, isDefault: false },
      edge: "lowest",
    },
  ],
};

const tried = (value: number) => ({ value, score: 20, runs: [run] });
/** The example with another choice. */
const edited = (chosen: object) => changed({ chosen });
const changed = (method: object) => JSON.stringify({ ...example, methods: [{ ...example.methods[0], ...method }] });

test("readSweep returns the sweep that was written, and its digest; equal sweeps have equal bytes", async () => {
  const [a, b] = [join(folder, "a", "sweep.json"), join(folder, "b.json")];
  await writeSweep(a, example);
  const { methods, ...rest } = example;
  await writeSweep(b, { methods, ...rest }); // another order of the keys
  const read = await readSweep(a);
  expect(read.sweep).toEqual(example);
  expect(read.digest).toMatch(/^[0-9a-f]{64}$/);
  expect((await readSweep(b)).digest).toBe(read.digest);
  expect(await readFile(b, "utf8")).toBe(await readFile(a, "utf8"));
  expect((await readdir(folder)).sort()).toEqual(["a", "b.json"]);
});

test.each<[what: string, content: string | undefined, message: RegExp]>([
  ["a file that does not exist", undefined, /there is no such file; 'bench sweep' writes one/],
  ["an empty file", "", /it is empty; write it again with 'bench sweep'/],
  ["a file that is not JSON", "{", /it is not JSON/],
  ["another JSON file", '{"a":1}', /is not a valid sweep: .*recipe/],
  ["a newer version", JSON.stringify({ ...example, schema: 2 }), /its schema is 2, this version reads 1/],
  ["a method with neither choice nor problem", changed({ chosen: undefined }), /either a chosen value or a problem/],
  ["a chosen value that was not tried", edited({ value: 0.1, isDefault: false }), /expected one of the values/],
  ["a chosen value that diverged", edited({ value: 0.01, isDefault: true }), /with the lowest score of all/],
  ["a learning rate that is none", changed({ values: [-1, 0.003].map(tried) }), /expected learning rates/],
  [
    "a method that is there twice",
    JSON.stringify({ ...example, methods: [...example.methods, ...example.methods] }),
    /expected each method once/,
  ],
  ["a value as the default that is not", edited({ value: 0.003, isDefault: true }), /expected true for the default/],
])("readSweep refuses %s and names the file", async (_, content, message) => {
  const path = join(folder, "sweep.json");
  if (content !== undefined) await writeFile(path, content);
  const error = await readSweep(path).then(
    () => undefined,
    (e: Error) => e,
  );
  expect(error).toBeInstanceOf(RecordError);
  expect(error!.message).toContain(path);
  expect(error!.message).toMatch(message);
});
