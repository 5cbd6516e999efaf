// Tests the model card against an approved fixture, and for hostile names and further kinds of runs.

import type { RunRecord } from "@dit-bench/record";
import { expect, it } from "vitest";
import { type CardFacts, modelCard } from "./model-card.ts";
import { methods, syntheticRecords } from "./synthetic.test.data.ts";

const about: CardFacts = {
  library: "peft",
  use: "How to load it.",
  source: "Hu et al. 2021, https://arxiv.org/abs/2106.09685",
  base: { name: "base.safetensors of recipe mini" },
  recipe: "mini",
  changes: [],
};
const record: RunRecord = {
  ...syntheticRecords({ methods: [methods[2]!], datasets: ["food"], seeds: [0] })[0]!,
  settings: {
    about: "A text.",
    model: { name: "DiT-mini/4" },
    training: { steps: 300, batch: 16, betas: [0.9, 0.999] },
    sampling: { sampler: "ddim", respacing: "ddim20", guidance: 1.5 },
  },
};
const withCell = (cell: Partial<RunRecord["cell"]>): RunRecord => ({ ...record, cell: { ...record.cell, ...cell } });
/** The command of a card. */
const commandIn = (card: string) => /^ {4}(npx bench run .*)$/m.exec(card)?.[1];

it("modelCard writes the approved card", async () => {
  await expect(modelCard(record, about)).toMatchFileSnapshot("fixtures/model-card.md.txt");
});

it("modelCard names a base model of the hub and its licence, and no miniature where there is none", () => {
  const base = { name: "DiT", hub: "someone/dit", licence: "CC BY-NC 4.0" };
  const card = modelCard({ ...record, miniature: false }, { ...about, base });
  expect(card).toContain('\nbase_model: "someone/dit"\n');
  expect(card.replaceAll("\n", " ")).toContain("the licence of the base model, CC BY-NC 4.0, and on");
  expect(card).not.toMatch(/are miniatures|published one/);
  expect(modelCard(record, about)).not.toContain("base_model:");
});

it("modelCard's command repeats changed settings, precision and plug-in, and names what the reader replaces", () => {
  const changes = [
    ["training.steps", 5],
    ["sampling.respacing", "250"],
    ["recipe.base", "my base.pt"],
  ] as const;
  const own: RunRecord = {
    ...withCell({ methodSource: "./my method 1.0.0, SHA-256 0123", options: { at: "blocks.*", half: "true" } }),
    data: { ...record.data, source: "folder", fingerprint: "abc" },
    engine: { name: "cpu+bfloat16", threads: 1 },
    training: { ...record.training, learningRate: 0.003 },
  };
  const card = modelCard(own, { ...about, recipe: "RECIPE", changes });
  expect(commandIn(card)).toBe(
    "npx bench run --recipe RECIPE --method lora --data FOLDER --seed 0 --set 'lora.at=blocks.*' " +
      `--set 'lora.half="true"' --set lora.learningRate=0.003 --set training.steps=5 ` +
      `--set 'sampling.respacing="250"' --set 'recipe.base=my base.pt' --engine cpu+bfloat16 --plugin PLUGIN`,
  );
  expect(card).toContain("RECIPE stands for the folder of the recipe 'mini'.");
  expect(card).toContain("FOLDER stands for the images, fingerprint abc.");
  expect(card).toContain("PLUGIN stands for the method's package: ./my method 1.0.0, SHA-256 0123.");
});

it("modelCard escapes every name of a record", () => {
  const name = '<img src=x>|a`b`[c](http://d)\n# e\u202e"';
  const hostile: RunRecord = {
    ...withCell({ method: name, methodLabel: name, datasetTitle: name, dataset: name, options: { x: name } }),
    data: { ...record.data, classes: [name, ""] },
    settings: { ...record.settings, title: name },
    machine: { ...record.machine, cpu: name },
  };
  const card = modelCard(hostile, { ...about, source: name, base: { name, hub: name } });
  const [, front = "", rest = ""] = card.split(/^---$/m);
  const body = rest.replace(/^ {4}.*$/gm, ""); // a block of code, in which nothing is markup
  expect(body).not.toMatch(/[^\\]<img|[^\\]\[c|[^\\`]`b|\u202e/);
  expect(body.match(/^# /gm)).toHaveLength(1);
  expect(body).toContain("1 (no name)");
  const quoted = front.split("\n").flatMap((line) => /^(?: {2}- |\w+: )(".*")$/.exec(line)?.[1] ?? []);
  expect(quoted).toHaveLength(6);
  for (const text of quoted) expect(JSON.parse(text)).not.toMatch(/[\n\u202e]/);
});
