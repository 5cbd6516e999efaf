// Tests of openCheckpoint with files of PyTorch, safetensors files, shards and folders.

import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { type Checkpoint, openCheckpoint, readSafetensors, writeSafetensors } from "./index.ts";

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/checkpoints/${name}`, import.meta.url));
const diffusers = fileURLToPath(new URL("../../dit/src/fixtures/diffusers/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dit-bench-checkpoints-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every tensor of a checkpoint, read one at a time. */
const contents = (c: Checkpoint) => new Map([...c.tensors.keys()].map((name) => [name, c.read(name)]));
const expected = (name: string, prefix = "") =>
  new Map(
    [...readSafetensors(fixture(name)).tensors].flatMap(([key, tensor]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), tensor] as const] : [],
    ),
  );

describe("openCheckpoint of a PyTorch file", () => {
  test.each(["numbers-zip.pt", "numbers-legacy.pt"])(
    "reads every type, view, tied tensor and parameter of %s",
    async (name) => {
      const c = await openCheckpoint(fixture(name));
      expect(c.format).toBe(name.includes("zip") ? "PyTorch zip" : "PyTorch legacy");
      expect(contents(c)).toEqual(expected("numbers.safetensors"));
      expect(c.tensors.get("transposed")).toMatchObject({ type: "F32", shape: [6, 4], count: 24 });
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  test.each([1, 3, 4, 5].flatMap((p) => [`protocol-${p}-zip.pt`, `protocol-${p}-legacy.pt`]))(
    "reads %s",
    async (name) => {
      const all = expected("numbers.safetensors");
      const storedTensors = ["f32", "transposed", "f16"].map((key) => [key, all.get(key)!] as const);
      expect(contents(await openCheckpoint(fixture(name)))).toEqual(new Map(storedTensors));
    },
  );

  test("refuses pickle protocol 0, which PyTorch writes but cannot load", async () => {
    await expect(openCheckpoint(fixture("protocol-0-legacy.pt"))).rejects.toThrow(/pickle protocol 0/);
  });

  test.each(["train-zip.pt", "train-legacy.pt"])("chooses the moving average in %s, with a note", async (name) => {
    const c = await openCheckpoint(fixture(name));
    expect(contents(c)).toEqual(expected("train.safetensors", "ema."));
    expect(c.notes[0]).toBe('tensors of "ema"; others are under model, opt');
    expect(c.metadata.get("args.model")).toBe("DiT-XL/2");
    expect(c.metadata.get("args.big")).toBe(String(2n ** 70n));
    const model = await openCheckpoint(fixture(name), { key: "model" });
    expect(contents(model)).toEqual(expected("train.safetensors", "model."));
    expect([...(await openCheckpoint(fixture(name), { key: "opt" })).tensors.keys()]).toContain("state.0.exp_avg_sq");
  });

  test("refuses a missing key and lists the valid ones", async () => {
    await expect(openCheckpoint(fixture("train-zip.pt"), { key: "ema_model" })).rejects.toThrow(
      /no tensors under the key "ema_model"; wanted one of model, ema, opt/,
    );
  });

  test.each(["module.pt", "script.pt"])("lists the module saved in %s by the names of its state dict", async (name) => {
    const c = await openCheckpoint(fixture(name));
    for (const [key, tensor] of expected("module.safetensors")) expect(c.read(key)).toEqual(tensor);
    expect(c.notes.join()).toMatch(/skipped objects, which are never run: .*Tiny/);
  });

  test("lists types without a typed array and refuses to read them", async () => {
    const c = await openCheckpoint(fixture("odd-types.pt"));
    const types = Object.fromEntries([...c.tensors].map(([name, { type }]) => [name, type]));
    expect(types).toEqual({ u16: "U16", c64: "C64", f8: "F8_E4M3", tagged: "F32", quantized: "QINT8" });
    expect(c.read("tagged").data).toEqual(new Float32Array([0, 1, 2]));
    expect(() => c.read("c64")).toThrow(/C64 \[1\]: can be listed, not read/);
  });

  test("lists a single tensor under the name 'tensor', and refuses a file without tensors", async () => {
    expect((await openCheckpoint(fixture("one-tensor.pt"))).read("tensor").data).toEqual(
      new Float32Array([0, 1, 2, 3]),
    );
    await expect(openCheckpoint(fixture("no-tensors.pt"))).rejects.toThrow(/holds no tensors/);
  });

  test("refuses a tensor that needs an unlisted global, with an error that names the global", async () => {
    await expect(openCheckpoint(fixture("sparse.pt"))).rejects.toThrow(
      expect.objectContaining({ name: "RefusedGlobalError", global: "torch._utils._rebuild_sparse_tensor" }),
    );
  });
});

describe("openCheckpoint", () => {
  test("reads a safetensors file with any name", async () => {
    const path = join(folder, "weights.pt");
    copyFileSync(fixture("numbers.safetensors"), path);
    const c = await openCheckpoint(path);
    expect(c.format).toBe("safetensors");
    expect(contents(c)).toEqual(expected("numbers.safetensors"));
    expect(c.float32("f16")).toEqual(new Float32Array([1.5, -65504, 2 ** -24]));
    expect(() => c.float32("i64")).toThrow(/"i64" holds I64: wanted floating-point/);
    expect(() => c.read("f33")).toThrow(/it has no tensor "f33"/);
  });

  test("reads a diffusers folder, with its settings as metadata", async () => {
    const c = await openCheckpoint(join(diffusers, "whole"));
    expect(c.metadata.get("config.num_attention_heads")).toBe("2");
    expect(c.tensors.get("proj_out_2.weight")).toMatchObject({ type: "F32", shape: [32, 8] });
  });

  test("reads shards in half precision, equal to the whole up to rounding", async () => {
    const [whole, shards] = [
      await openCheckpoint(join(diffusers, "whole")),
      await openCheckpoint(join(diffusers, "shards")),
    ];
    expect(shards.format).toBe("folder, 2 shards, safetensors");
    expect([...shards.tensors.keys()].sort()).toEqual([...whole.tensors.keys()].sort());
    for (const name of whole.tensors.keys()) {
      const a = whole.float32(name);
      const b = shards.float32(name);
      expect(Math.max(...a.map((v, i) => Math.abs(v - b[i]!)))).toBeLessThan(1e-3);
    }
  });

  test("reads the folder of a pipeline with a transformer folder", async () => {
    const pipeline = join(folder, "pipeline");
    cpSync(join(diffusers, "whole"), join(pipeline, "transformer"), { recursive: true });
    writeFileSync(join(pipeline, "model_index.json"), "{}");
    expect((await openCheckpoint(pipeline)).tensors.size).toBe(44);
  });

  test("reads a folder with a PyTorch file, as in the published DiT pipelines", async () => {
    const place = join(folder, "bin");
    mkdirSync(place);
    copyFileSync(fixture("numbers-zip.pt"), join(place, "diffusion_pytorch_model.bin"));
    const c = await openCheckpoint(place);
    expect(c.format).toBe("folder, PyTorch zip");
    expect(contents(c)).toEqual(expected("numbers.safetensors"));
  });

  test("refuses to read a tensor of a file that has changed since it was opened", async () => {
    const path = join(folder, "changing.safetensors");
    writeSafetensors(path, [["a", { type: "F32", shape: [1], data: new Float32Array([1]) }]]);
    const c = await openCheckpoint(path);
    writeSafetensors(path, [["b", { type: "F32", shape: [2], data: new Float32Array([1, 2]) }]]);
    expect(() => c.read("a")).toThrow(/changed since it was opened/);
  });

  test("passes on the system error for a missing file", async () => {
    await expect(openCheckpoint(join(folder, "missing"))).rejects.toThrow(expect.objectContaining({ code: "ENOENT" }));
  });
});
