// The folder for PEFT: its names, shapes and fields, and its tensors put into PEFT's own formula.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sinCosPositions } from "@dit-bench/dit";
import { readSafetensors, type StoredTensor } from "@dit-bench/weights";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { TrainedRun } from "../cell/open-run.ts";
import { mergedValues } from "../sampling/merged-network.ts";
import { peft } from "./peft.ts";
import { config, trainedRun } from "./trained-run.test.data.ts";

const place = mkdtempSync(join(tmpdir(), "dit-bench-peft-"));
afterAll(() => rmSync(place, { recursive: true }));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(place, "export-"));
});

/** Writes the files of the run, and reads them back. */
function exported(run: TrainedRun) {
  for (const { name, write } of peft.make(run, undefined).files) write(join(folder, name));
  const { tensors, metadata } = readSafetensors(join(folder, "adapter_model.safetensors"));
  return { tensors, metadata, settings: JSON.parse(readFileSync(join(folder, "adapter_config.json"), "utf8")) };
}

describe("a LoRA as a folder for PEFT", () => {
  it("has PEFT's names, shapes and fields", async () => {
    const { tensors, settings, metadata } = exported(await trainedRun("lora", { rank: 4, alpha: 6 }));
    expect(Object.fromEntries([...tensors].map(([name, { type, shape }]) => [name, `${type} ${shape}`]))).toEqual({
      "base_model.model.blocks.0.attn.qkv.lora_A.weight": "F32 4,16",
      "base_model.model.blocks.0.attn.qkv.lora_B.weight": "F32 48,4",
      "base_model.model.blocks.1.attn.qkv.lora_A.weight": "F32 4,16",
      "base_model.model.blocks.1.attn.qkv.lora_B.weight": "F32 48,4",
      "base_model.model.y_embedder.embedding_table.weight": "F32 4,16",
    });
    expect(settings).toEqual({
      auto_mapping: null,
      base_model_name_or_path: null,
      bias: "none",
      fan_in_fan_out: false,
      inference_mode: true,
      init_lora_weights: true,
      lora_alpha: 6,
      lora_dropout: 0,
      modules_to_save: ["y_embedder.embedding_table"],
      peft_type: "LORA",
      r: 4,
      revision: null,
      target_modules: ["blocks.0.attn.qkv", "blocks.1.attn.qkv"],
      task_type: null,
      use_dora: false,
      use_rslora: false,
    });
    expect(metadata).toMatchObject({ format: "pt", method: "lora", base: "base.safetensors of recipe mini" });
  });

  it("adapts the patch embedding as a convolution", async () => {
    const { tensors } = exported(await trainedRun("lora", { rank: 2, at: "x_embedder.proj" }));
    expect(tensors.get("base_model.model.x_embedder.proj.lora_A.weight")!.shape).toEqual([2, 3, 4, 4]);
    expect(tensors.get("base_model.model.x_embedder.proj.lora_B.weight")!.shape).toEqual([16, 2, 1, 1]);
  });

  it("gives the merged model when PEFT's formula is applied to the base model", async () => {
    const at = "{blocks.*.attn.*,blocks.*.adaLN_modulation.1,x_embedder.proj,t_embedder.mlp.0}";
    const run = await trainedRun("lora", { rank: 3, alpha: 5, at });
    const { adapted, base, trained } = run;
    const wanted = mergedValues(adapted, { ...base, ...trained });
    const { tensors, settings } = exported(run);
    const made = applyPeft(base, tensors, settings);
    for (const { name } of adapted.model.weights)
      expect(largestDifference(made[name]!, wanted[name]!), name).toBeLessThanOrEqual(1e-6);
    expect(largestDifference(base["x_embedder.proj.weight"]!, wanted["x_embedder.proj.weight"]!)).toBeGreaterThan(1e-2);
  });
});

describe("--format peft is refused", () => {
  it("for a method that PEFT does not have, with the methods that it has", async () => {
    const run = await trainedRun("difffit");
    expect(() => peft.check!(run)).toThrow(
      "--format peft: method difffit has no form in PEFT here; methods that have one: lora, dora, lokr, oft, ia3; " +
        "use --format merged or --format safetensors",
    );
  });

  it("for a base model that no other program has", async () => {
    const run = await trainedRun("lora", {}, { base: { random: "unit" } });
    expect(() => peft.make(run, undefined)).toThrow("the base model is initial weights, which no other program has");
  });

  it("for positions that facebookresearch/DiT does not compute", async () => {
    const run = await trainedRun("lora", {}, { baseInputSize: 4, positions: "interpolated" });
    expect(() => peft.make(run, undefined)).not.toThrow(); // its positions are the usual ones
    const other = Float32Array.from(sinCosPositions(config.width, 2, 1 / 2));
    expect(() => peft.make({ ...run, base: { ...run.base, pos_embed: other } }, undefined)).toThrow(
      "the recipe gives the model positions that facebookresearch/DiT does not compute",
    );
  });
});

/** W + (lora_alpha / r) B A for each module of target_modules, by hand; modules_to_save replace those of the base. */
function applyPeft(
  base: Readonly<Record<string, Float32Array>>,
  tensors: ReadonlyMap<string, StoredTensor>,
  settings: { r: number; lora_alpha: number; target_modules: string[]; modules_to_save: string[] },
): Record<string, Float32Array> {
  const made: Record<string, Float32Array> = { ...base };
  const read = (name: string) => tensors.get(`base_model.model.${name}`)?.data as Float32Array | undefined;
  const { r: R, lora_alpha: alpha, target_modules, modules_to_save } = settings;
  for (const path of target_modules) {
    const [a, b] = [read(`${path}.lora_A.weight`)!, read(`${path}.lora_B.weight`)!];
    const [O, I] = [b.length / R, a.length / R];
    made[`${path}.weight`] = base[`${path}.weight`]!.map((value, at) => {
      const [o, i] = [Math.floor(at / I), at % I];
      let sum = 0;
      for (let r = 0; r < R; r++) sum += b[o * R + r]! * a[r * I + i]!;
      return value + (alpha / R) * sum;
    });
    expect(made[`${path}.weight`]).toHaveLength(O * I);
  }
  for (const name of Object.keys(base))
    if (modules_to_save.some((path) => name.startsWith(`${path}.`))) made[name] = read(name)!;
  return made;
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
