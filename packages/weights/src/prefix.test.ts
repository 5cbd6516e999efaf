// Tests of tensor names with wrappers, of keys, of adapters, and of folders with several layouts.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { describeAdapter, openCheckpoint, stripWrappers, writeSafetensors } from "./index.ts";

const place = mkdtempSync(join(tmpdir(), "dit-bench-prefix-"));
afterAll(() => rmSync(place, { recursive: true }));

/** A file with one number for each name: its index. */
function file(name: string, names: readonly string[]): string {
  const path = join(place, name);
  mkdirSync(dirname(path), { recursive: true });
  writeSafetensors(
    path,
    names.map((key, i) => [key, { type: "F32", shape: [1], data: Float32Array.of(i) }]),
  );
  return path;
}
const anchors = ["x.proj.weight", "pos.proj.weight"];
const modelNames = ["x.proj.weight", "blocks.0.bias"];
const open = async (names: readonly string[]) =>
  stripWrappers(await openCheckpoint(file("m.safetensors", names)), anchors);

describe("stripWrappers", () => {
  it.each([
    "module.",
    "_orig_mod.",
    "model.",
    "_forward_module.",
    "net.",
    "ema_model.",
    "model.diffusion_model.",
    "_orig_mod.module.",
    "module.model._orig_mod.",
    "_fsdp_wrapped_module._orig_mod.net.",
  ])("removes %s", async (prefix) => {
    const c = await open(modelNames.map((name) => prefix + name));
    expect([...c.tensors.keys()].sort()).toEqual([...modelNames].sort());
    expect(c.float32("blocks.0.bias")).toEqual(Float32Array.of(1));
    expect(c.read("x.proj.weight").data).toEqual(Float32Array.of(0));
    expect(c.notes.join()).toMatch(/names are read without their wrapper: ".*" as ".*"$/);
  });

  it("removes wrappers inside names, as in compiled blocks", async () => {
    const c = await open(["x.proj.weight", "blocks.0._orig_mod._checkpoint_wrapped_module.bias"]);
    expect(c.float32("blocks.0.bias")).toEqual(Float32Array.of(1));
    expect(c.notes.at(-1)).toContain('"blocks.0._orig_mod._checkpoint_wrapped_module.bias" as "blocks.0.bias"');
  });

  it("removes a wrapper within the anchor", async () => {
    const c = await open(["net.x._orig_mod.proj.weight", "net.blocks.0.bias"]);
    expect([...c.tensors.keys()].sort()).toEqual([...modelNames].sort());
  });

  it("skips other tensors, with a note", async () => {
    const c = await open([...modelNames.map((name) => `model.${name}`), "loss_fn.weight", "epoch"]);
    expect(c.tensors.size).toBe(2);
    expect(c.notes.at(-1)).toBe('skipped 2 tensors outside "model.": "epoch", "loss_fn.weight"');
  });

  it("skips tensors that a moving average or DeepSpeed stores beside a wrapped model", async () => {
    const c = await open([...modelNames.map((name) => `module.${name}`), "n_averaged", "optimizer.state.0.exp_avg"]);
    expect([...c.tensors.keys()].sort()).toEqual([...modelNames].sort());
    expect(c.notes.at(-1)).toBe('skipped 2 tensors outside "module.": "n_averaged", "optimizer.state.0.exp_avg"');
  });

  it("keeps names without wrappers and names of other models", async () => {
    for (const names of [modelNames, ["weight", "bias"], ["module.weight"]]) {
      const c = await open(names);
      expect([...c.tensors.keys()].sort()).toEqual([...names].sort());
      expect(c.notes).toEqual([]);
    }
  });

  it("refuses a file with several models and describes how to choose one", async () => {
    const names = ["model.", "module.ema_model."].flatMap((prefix) => modelNames.map((name) => prefix + name));
    await expect(open(names)).rejects.toThrow(
      'it holds 2 models, under "model.", under "ema_model."; choose one with --key model or --key module.ema_model',
    );
    const path = file("two.safetensors", names);
    for (const [key, value] of [
      ["model", 0],
      ["module.ema_model", 2],
    ] as const) {
      const c = stripWrappers(await openCheckpoint(path, { key }), anchors);
      expect(c.float32("x.proj.weight")).toEqual(Float32Array.of(value));
    }
    await expect(openCheckpoint(path, { key: "ema" })).rejects.toThrow(
      'no tensors under the key "ema"; wanted one of model, module',
    );
    await expect(open([...modelNames, ...modelNames.map((name) => `ema.${name}`)])).rejects.toThrow(
      '2 models, under "ema.", without a prefix; choose one with --key ema, or save',
    );
  });
});

describe("openCheckpoint with a key", () => {
  const train = fileURLToPath(new URL("fixtures/checkpoints/train-zip.pt", import.meta.url));
  it("selects tensors below an entry", async () => {
    const whole = await openCheckpoint(train, { key: "opt" });
    const part = await openCheckpoint(train, { key: "opt.state" });
    expect([...part.tensors.keys()].map((name) => `state.${name}`)).toEqual([...whole.tensors.keys()]);
    await expect(openCheckpoint(train, { key: "opt.nothing" })).rejects.toThrow('under the key "nothing"');
  });
});

describe("describeAdapter", () => {
  it.each<[string[], string | undefined]>([
    [["base_model.model.blocks.0.attn.qkv.lora_A.weight"], "a LoRA adapter"],
    [["transformer.blocks.0.lora.up.weight", "unet.x.to_q_lora.up.weight"], "a LoRA adapter"],
    [["lora_unet_blocks_0.lora_down.weight"], "a LoRA adapter"],
    [["lora_unet_blocks_0.hada_w1_a"], "a LoHa adapter"],
    [["base_model.model.k.ia3_l"], "an IA³ adapter"],
    [["m.qkv.base_layer.weight", "m.qkv.lora_A.default.weight"], "a model with a LoRA adapter that is not merged"],
    [["blocks.0.attn.qkv.weight", "floral.weight"], undefined],
  ])("describes the tensors %j as %s", (names, kind) => {
    expect(describeAdapter(names)).toBe(kind);
  });

  it("describes the adapter in a folder of PEFT or diffusers", async () => {
    file("adapter/adapter_model.safetensors", ["base_model.model.qkv.lora_A.weight"]);
    writeFileSync(join(place, "adapter/adapter_config.json"), '{"peft_type": "LORA", "r": 8}');
    const adapter = await openCheckpoint(join(place, "adapter"));
    expect(adapter.tensors.size).toBe(1);
    expect(adapter.metadata.get("config.r")).toBe("8");
    file("pipe/pytorch_lora_weights.safetensors", ["transformer.qkv.lora_A.weight"]);
    expect((await openCheckpoint(join(place, "pipe"))).format).toBe("folder, safetensors");
  });
});

describe("openCheckpoint of a folder", () => {
  const refusal = (name: string) => openCheckpoint(join(place, name)).then(String, (error: Error) => error.message);
  it("with one file of weights opens that file", async () => {
    const c = await openCheckpoint(dirname(file("one/0050000.safetensors", modelNames)));
    expect(c.notes.at(-1)).toContain("read from");
    expect(c.tensors.size).toBe(2);
  });

  it("with several files, shards without an index, or only subfolders lists them in its error", async () => {
    for (const name of ["a.safetensors", "b.safetensors"]) file(`several/${name}`, modelNames);
    expect(await refusal("several")).toContain(
      "2 files of weights, none with a known name: a.safetensors, b.safetensors; give one of them",
    );
    for (const i of [1, 2]) file(`shards/model-0000${i}-of-00002.safetensors`, modelNames);
    expect(await refusal("shards")).toContain("without their index, a file such as model.safetensors.index.json");
    for (const name of ["unet", "vae"]) file(`pipeline/${name}/diffusion_pytorch_model.safetensors`, modelNames);
    expect(await refusal("pipeline")).toContain("with subfolders that have some: unet/, vae/; give one of them");
    mkdirSync(join(place, "nothing"));
    copyFileSync(file("x.safetensors", modelNames), join(place, "nothing/notes.txt"));
    expect(await refusal("nothing")).toContain("a folder without weights: wanted");
  });
});
