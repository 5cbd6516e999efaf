// Tests that an output cannot overwrite an input, and that one that cannot be written is refused before the inputs are
// read.

import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { features } from "./commands/features.ts";
import { predict } from "./commands/predict.ts";
import { pretrain } from "./commands/pretrain.ts";
import { run } from "./commands/run.ts";
import { sample } from "./commands/sample.ts";
import { table } from "./commands/table.ts";
import { vaeDecode, vaeEncode } from "./commands/vae.ts";
import { prepareGrid } from "./grid/plan.ts";
import { checkOutputFile, checkOutputFolder, protectInputs } from "./outputs.ts";

const place = mkdtempSync(join(tmpdir(), "dit-bench-inputs-"));
afterAll(() => rmSync(place, { recursive: true }));

it("refuses an output file that is an input by the same path, another path or a link", () => {
  const input = join(place, "a.safetensors");
  writeFileSync(input, "x");
  symlinkSync(input, join(place, "link.safetensors"));
  for (const output of [input, join(place, ".", "x", "..", "a.safetensors"), join(place, "link.safetensors")])
    expect(() => protectInputs(output, { "--weights": join(place, "b"), "--inputs": input })).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining("it is the file of --inputs, which") }),
    );
  protectInputs(join(place, "c.safetensors"), { "--inputs": input });
  writeFileSync(join(place, "d.safetensors"), "y");
  protectInputs(join(place, "d.safetensors"), { "--inputs": input, "--weights": "sd-vae-ft-ema" });
});

it("checks a folder without making it, and the folder of a file", () => {
  writeFileSync(join(place, "file"), "x");
  mkdirSync(join(place, "folder"));
  checkOutputFolder(join(place, "new", "deep"));
  checkOutputFile(join(place, "new", "f.npz"));
  expect(existsSync(join(place, "new"))).toBe(false);
  const blocked = { exitCode: 74, message: expect.stringMatching(/cannot be made or written to .* with --to$/) };
  expect(() => checkOutputFolder(join(place, "file", "deep"), "--to")).toThrow(expect.objectContaining(blocked));
  expect(() => checkOutputFile(join(place, "file", "f.npz"), "--to")).toThrow(expect.objectContaining(blocked));
  expect(() => checkOutputFile(join(place, "folder"))).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining("it is a folder; wanted the name of a") }),
  );
});

// The inputs of these commands do not exist: an error about them would show that they are read first.
const nowhere = join(place, "nowhere");
const blocked = join(place, "file", "out");
it.each<[string, () => Promise<unknown>]>([
  ["features", () => features(nowhere, { output: `${blocked}/f.npz` } as never)],
  ["predict", () => predict({ weights: nowhere, inputs: nowhere, output: `${blocked}/o.safetensors` } as never)],
  ["sample", () => sample({ weights: nowhere, output: blocked } as never)],
  ["vae encode", () => vaeEncode(nowhere, { weights: nowhere, output: `${blocked}/l.safetensors` } as never)],
  ["vae decode", () => vaeDecode(nowhere, { weights: nowhere, output: blocked } as never)],
  ["table", () => table({ from: nowhere, out: blocked } as never)],
  ["pretrain", () => pretrain({ recipe: "mini", to: blocked, out: place } as never)],
  ["run", () => run({ method: "none", dataset: "flowers", tensorboard: blocked } as never)],
  ["grid", () => prepareGrid({ seeds: 1, tensorboard: blocked } as never)],
])("bench %s refuses an output that cannot be written before it reads anything", async (_, command) => {
  writeFileSync(join(place, "file"), "x");
  await expect(command()).rejects.toThrow(/^the folder .* cannot be made or written to .*ENOTDIR/);
});
