// Runs with chosen values: which settings a method gets, what its record states, and what is refused.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyMethod } from "@dit-bench/method";
import { type Sweep, type SweptMethod, writeSweep } from "@dit-bench/record";
import { loadMethods, loadRecipe } from "@dit-bench/runner";
import { describe, expect, it } from "vitest";
import { divideSettings } from "../method-settings.ts";
import { place } from "../tiny-place.test.data.ts";
import { keepRates, protocolNote, readRates, tuneMethod } from "./rates.ts";

const recipe = loadRecipe("mini");
const known = (await loadMethods()).map(({ method }) => method);
const loraOptions = { rank: 8, alpha: 1, at: "blocks.*.attn.qkv" };
const values = [0.001, 0.01, 0.1].map((value) => ({
  value,
  score: 1,
  runs: [{ dataset: "flowers", exit: "finished" as const, identity: "a", fid: 1, heldOutFid: null }],
}));
const swept = (changes: Partial<SweptMethod>): SweptMethod => ({
  method: "lora",
  label: "LoRA-R8",
  option: "training.learningRate",
  options: loraOptions,
  default: 0.01,
  runs: 3,
  values,
  ...changes,
});
/** A sweep of LoRA's rank over this one and 8, which chose this one. */
const sweptRank = (rank: number, changes: Partial<SweptMethod> = {}) => {
  const { rank: _rank, ...options } = loraOptions;
  return swept({
    option: "rank",
    options,
    default: 8,
    values: [rank, 8].map((value) => ({ ...values[0]!, value })),
    chosen: { value: rank, isDefault: false },
    ...changes,
  });
};
const sweep: Sweep = {
  schema: 1,
  recipe: "mini",
  protocol: recipe.protocol,
  seed: 1000,
  criterion: "fid",
  datasets: [{ name: "flowers", title: "Oxford Flowers" }],
  methods: [
    swept({ chosen: { value: 0.1, isDefault: false }, edge: "highest" }),
    swept({ method: "bitfit", label: "BitFit", options: {}, chosen: { value: 0.01, isDefault: true } }),
    swept({ method: "full", label: "Full", options: {}, problem: "every value diverged" }),
  ],
};
let files = 0;
async function tune(name: string, { set = [] as string[], of = sweep, used = recipe, all = known } = {}) {
  const path = join(place, `sweep-${files++}.json`);
  await writeSweep(path, of);
  const chosen = all.filter((method) => method.name === name);
  const rates = await readRates(path, [0, 1, 2]);
  const settings = divideSettings(set, chosen, all).methods.get(name)!;
  return { rates, tuned: tuneMethod(rates, chosen[0]!, used, settings, all) };
}

describe("tuneMethod", () => {
  it("gives the chosen rate, and states in the record how it was chosen", async () => {
    const { rates, tuned } = await tune("lora");
    expect(tuned).toMatchObject({ options: {}, learningRate: 0.1 });
    expect(tuned.tuning).toEqual({
      option: "training.learningRate",
      values: [0.001, 0.01, 0.1],
      runs: 3,
      datasets: ["flowers"],
      seed: 1000,
      criterion: "fid",
      protocol: recipe.protocol,
      sweep: rates.digest,
      defaultIsBest: [{ method: "bitfit", label: "BitFit", runs: 3 }],
    });
    expect(tuned.description).toBe(
      "lora: learning rate 0.1, the best of 3 values; it is the highest of them; higher ones may be better",
    );
  });

  it("changes nothing if the default was chosen, and tells the user so", async () => {
    const { tuned } = await tune("bitfit");
    expect(tuned.learningRate).toBeUndefined();
    expect(tuned.tuning).toBeUndefined();
    expect(tuned.description).toBe(
      "bitfit: learning rate 0.01, the default, was the best of 3 values: runs without change",
    );
  });

  it("compares a chosen value with the default of these runs, not with that of the sweep", async () => {
    // With a tenth of the recipe's factor the default rate is 0.001: 0.01 is no default any more, and 0.001 is one.
    const used = loadRecipe("mini", { "training.learningRateScale": 1 });
    const bitfit = await tune("bitfit", { used });
    expect(bitfit.tuned).toMatchObject({ learningRate: 0.01, tuning: { defaultIsBest: [] } });
    expect(bitfit.tuned.description).toBe(
      "bitfit: learning rate 0.01, the best of 3 values; it was the default of the sweep, that of these runs is 0.001",
    );
    const low = swept({ chosen: { value: 0.001, isDefault: false }, edge: "lowest" });
    const lora = await tune("lora", { of: { ...sweep, methods: [low] }, used });
    expect(lora.tuned).not.toHaveProperty("tuning");
    expect(lora.tuned.learningRate).toBeUndefined();
    expect(lora.tuned.description).toMatch(/^lora: learning rate 0\.001, the default, was the best of 3 values: runs/);
    // So the other methods, for which the record lists whether their default was the best.
    const both = {
      ...sweep,
      methods: [low, swept({ method: "bitfit", options: {}, chosen: sweep.methods[0]!.chosen! })],
    };
    const other = await tune("bitfit", { of: both, used });
    expect(other.tuned.tuning!.defaultIsBest.map(({ method }) => method)).toEqual(["lora"]);
    expect((await tune("bitfit", { of: both })).tuned.tuning!.defaultIsBest).toEqual([]);
  });

  it("states the same in the record, whether the plug-ins of other methods are loaded or not", async () => {
    const bitfit = known.find(({ name }) => name === "bitfit")!;
    const mine: AnyMethod = Object.create(bitfit, { name: { value: "mine" }, plugin: { value: "./mine.mjs" } });
    const ofMine = swept({ method: "mine", label: "Mine", options: {}, chosen: { value: 0.001, isDefault: false } });
    const usual = { ...ofMine, method: "other", label: "Other", chosen: { value: 0.01, isDefault: true } };
    const of = { ...sweep, methods: [...sweep.methods, ofMine, usual] };
    // With a tenth of the recipe's factor, 0.001 is the default of `mine`, and 0.01 is not that of `other`.
    const scaled = loadRecipe("mini", { "training.learningRateScale": 1 });
    for (const [used, listed] of [
      [recipe, ["bitfit", "other"]],
      [scaled, []],
    ] as const) {
      const alone = await tune("lora", { of, used });
      expect(alone.tuned.tuning!.defaultIsBest.map(({ method }) => method)).toEqual(listed);
      const all = [...known, mine, Object.create(mine, { name: { value: "other" } }) as AnyMethod];
      expect((await tune("lora", { of, used, all })).tuned.tuning).toEqual(alone.tuned.tuning);
    }
  });

  it("takes the default of an option from the method, too", async () => {
    const same = sweptRank(4, { default: 4, chosen: { value: 4, isDefault: true } });
    const { tuned } = await tune("lora", { of: { ...sweep, methods: [same] } });
    expect(tuned).toMatchObject({ options: { rank: 4 }, tuning: { option: "rank" } });
  });

  it("gives the chosen option beside the others, and keeps a rate of --set", async () => {
    const ranks = sweptRank(4, { learningRate: 0.5 });
    const { tuned } = await tune("lora", { of: { ...sweep, methods: [ranks] }, set: ["lr=0.5"] });
    expect(tuned).toMatchObject({ options: { rank: 4 }, learningRate: 0.5, tuning: { option: "rank" } });
    await expect(tune("lora", { of: { ...sweep, methods: [ranks] } })).rejects.toThrow(
      /at the learning rate 0\.5, this command has 0\.01; give --set lora\.learningRate=0\.5/,
    );
    // The same --set as to the sweep: the given rate equals the default one up to rounding.
    const used = loadRecipe("mini", { "training.learningRateScale": 1.3 });
    const rounded = { ...ranks, learningRate: 0.0013000000000000002 };
    const same = await tune("lora", { of: { ...sweep, methods: [rounded] }, set: ["lr=0.0013"], used });
    expect(same.tuned.options).toEqual({ rank: 4 });
  });

  it.each<[what: string, method: string, setup: Parameters<typeof tune>[1], message: RegExp]>([
    ["a method that was not swept", "vpt", {}, /it has no method 'vpt'; sweep it, too, or leave it out/],
    [
      "a method without a choice",
      "full",
      {},
      /it chose nothing for full \(every value diverged\); sweep it again with lower values: --values full\.learningRa/,
    ],
    ["another recipe", "lora", { of: { ...sweep, recipe: "paper" } }, /a sweep of recipe 'paper', not of 'mini'/],
    ["the swept option in --set", "lora", { set: ["lr=0.2"] }, /'training\.learningRate' of lora, and so does --set/],
    ["other options", "lora", { set: ["rank=4"] }, /with the options .*"rank":8.*, this command has .*"rank":4/],
  ])("refuses %s", async (_, method, setup, message) => {
    await expect(tune(method, setup)).rejects.toThrow(message);
  });

  it("refuses a value that does not fit the recipe's model, before the first run", async () => {
    const [at, other] = ["blocks.*.absent", "blocks.*.attn.qkv"];
    const ofLayers = swept({
      option: "at",
      options: { rank: 8, alpha: 1 },
      default: other,
      values: [at, other].map((value) => ({ ...values[0]!, value })),
      chosen: { value: at, isDefault: false },
    });
    await expect(tune("lora", { of: { ...sweep, methods: [ofLayers] } })).rejects.toThrow("blocks.*.absent");
  });

  it("refuses a value that the method refuses, before the first run", async () => {
    await expect(tune("lora", { of: { ...sweep, methods: [sweptRank(-4)] } })).rejects.toThrow(
      /option 'rank': .*\(given -4\)/,
    );
  });

  it("notes a sweep under another protocol, such as one with fewer steps", async () => {
    const { rates } = await tune("lora");
    expect(protocolNote(rates, recipe)).toBeUndefined();
    const { protocol } = recipe;
    expect(protocolNote(rates, loadRecipe("mini", { "training.steps": 100 }))).toContain(
      `chosen under protocol ${protocol}; these runs have ${protocol}+`,
    );
  });
});

describe("keepRates", () => {
  it("copies the file for the cells, and refuses one that has changed since it was checked", async () => {
    const { rates } = await tune("lora");
    const copy = await keepRates(rates, join(place, "kept"));
    expect((await readRates(copy, [0])).digest).toBe(rates.digest);
    await writeSweep(rates.path, { ...sweep, seed: 2000 });
    await expect(keepRates(rates, join(place, "kept"))).rejects.toThrow(/it changed while the grid was prepared/);
    expect((await readRates(copy, [0])).sweep.seed).toBe(1000);
  });
});

describe("readRates", () => {
  it("refuses the seed of the sweep as a seed of results", async () => {
    const { rates } = await tune("lora");
    await expect(readRates(rates.path, [999, 1000])).rejects.toThrow(/chosen by the runs of seed 1000, .* other seeds/);
  });

  it("refuses a file that is no sweep", async () => {
    const path = join(place, "other.json");
    writeFileSync(path, "{}");
    await expect(readRates(path, [0])).rejects.toThrow(/other\.json is not a valid sweep/);
  });
});
