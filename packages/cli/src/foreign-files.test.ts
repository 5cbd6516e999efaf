// The built program with files of other programs: samples in arrays, files in place of folders, prefixed names of
// weights, label tables without a null class, adapters, and output folders that hold other images.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeZip } from "@dit-bench/fetch/testing";
import { encodePng } from "@dit-bench/images";
import { normals } from "@dit-bench/random";
import { readSafetensors, type StoredTensor, writeNpz, writeSafetensors } from "@dit-bench/weights";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { benchInProcess } from "./bench-in-process.test.data.ts";

const fixture = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const dit = readSafetensors(fixture("dit/src/fixtures/dit_weights.safetensors")).tensors;
const labelTable = "y_embedder.embedding_table.weight";
let place: string;
const go = (...args: string[]) => benchInProcess([...args, "--threads", "1"], { cwd: place });
const readBytes = (...path: string[]) => readFileSync(join(place, ...path));
const zeros = (...shape: number[]): StoredTensor => ({
  ...{ type: "F32" as const, shape },
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "bench-foreign-"));
  const [N, S] = [6, 32];
  const samples = Uint8Array.from(normals(3, "foreign.test", 0, N * S * S * 3), (x) => 128 + 40 * x);
  mkdirSync(join(place, "real"));
  for (let i = 0; i < N; i++) {
    const pixels = samples.slice(i * S * S * 3, (i + 1) * S * S * 3);
    writeFileSync(join(place, "real", `${i}.png`), await encodePng({ width: S, height: S, pixels }));
  }
  writeNpz(join(place, "samples.npz"), [["arr_0", { type: "U8", shape: [N, S, S, 3], data: samples }]]);
  writeFileSync(join(place, "pics.zip"), makeZip([{ name: "1.png", body: "never read" }]));
  writeFileSync(join(place, "empty"), "");
  const withPrefix = (prefix: string) => [...dit].map(([name, tensor]) => [prefix + name, tensor] as const);
  writeSafetensors(join(place, "plain.safetensors"), withPrefix(""));
  writeSafetensors(join(place, "ddp.safetensors"), withPrefix("_orig_mod.module."));
  writeSafetensors(join(place, "two.safetensors"), [...withPrefix("model."), ...withPrefix("ema_model.")]);
  for (const [name, rows] of [
    ["uncond", 1],
    ["nodropout", 10],
  ] as const) {
    const { shape, data } = dit.get(labelTable)!;
    const cut = {
      type: "F32" as const,
      shape: [rows, shape[1]!],
      data: (data as Float32Array).slice(0, rows * shape[1]!),
    };
    writeSafetensors(
      join(place, `${name}.safetensors`),
      [...dit, [labelTable, cut] as const].filter(([n, t]) => n !== labelTable || t === cut),
    );
  }
  mkdirSync(join(place, "adapter"));
  const lora = [["base_model.model.qkv.lora_A.weight\u001b[31m", zeros(8, 64)]] as const;
  writeSafetensors(join(place, "adapter/adapter_model.safetensors"), lora);
  writeFileSync(join(place, "adapter/adapter_config.json"), '{"peft_type": "LORA", "r": 8}');
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe("samples in an array", () => {
  it("give the FID and features of a folder with the same images", async () => {
    const found = await go("fid", "samples.npz", "real", "--extractor", "mini");
    expect(found.stdout, found.stderr).toBe("0\n");
    const made = await go("features", "samples.npz", "--extractor", "mini", "--output", "f.npz");
    expect(made.stdout, made.stderr).toContain("f.npz: 6 images, 64 features each");
    expect((await go("fid", "f.npz", "real", "--extractor", "mini")).stdout).toBe("0\n");
    const again = await go("features", "f.npz", "--extractor", "mini", "--output", "g.npz");
    expect(again.stderr).toContain("f.npz: it holds features, not images");
    expect(again.code).toBe(2);
  });
});

describe("a file of another kind than expected", () => {
  it.each<[string[], string]>([
    [
      ["fid", "pics.zip", "real", "--extractor", "mini"],
      "pics.zip: a zip archive of images; unpack it and give the folder; wanted",
    ],
    [["features", "empty", "--output", "x.npz"], "empty: an empty file; was a download interrupted?"],
    [
      ["fid", "real", "real", "--extractor", "mini", "--weights", "pics.zip"],
      "pics.zip: a zip archive of images; unpack it and give the file",
    ],
    [["list-weights", "pics.zip"], "a zip archive of images; unpack it and give the file or folder of weights in it"],
    [["sample", "--weights", "real/0.png", "--output", "x"], "real/0.png: a PNG image; wanted a safetensors file"],
    [
      ["predict", "--weights", "plain.safetensors", "--inputs", "samples.npz", "--output", "x.safetensors"],
      "samples.npz: a NumPy archive (.npz); wanted a safetensors file",
    ],
    [
      ["vae", "encode", "pics.zip", "--weights", fixture("autoencoder/src/fixtures"), "--output", "x.safetensors"],
      "pics.zip: a zip archive of images; unpack it and give the folder; wanted an image",
    ],
    [
      ["run", "--method", "bitfit", "--dataset", "flowers", "--data", "pics.zip"],
      '"pics.zip" is a zip archive of images; unpack it and give the folder',
    ],
  ])("is named, with advice, by bench %j", async (args, message) => {
    const refused = await (args[0] === "list-weights" ? benchInProcess(args, { cwd: place }) : go(...args));
    expect(refused.stderr).toContain(message);
    expect(refused.code).toBe(4);
    expect(refused.stdout).toBe("");
  });
});

describe("checkpoints of other programs", () => {
  const sample = (weights: string, ...args: string[]) =>
    go("sample", "--weights", weights, "--heads", "4", "--steps", "2", "--count", "1", ...args);

  it("give the same samples with prefixed names as with plain names, and a note", async () => {
    await sample("plain.safetensors", "--classes", "0", "--output", "plain");
    const prefixed = await sample("ddp.safetensors", "--classes", "0", "--output", "prefixed");
    expect(prefixed.code, prefixed.stderr).toBe(0);
    expect(prefixed.stderr).toMatch(/names are read without their wrapper: "_orig_mod\.module\.[\w.]+" as/);
    expect(readBytes("prefixed/latents.safetensors").equals(readBytes("plain/latents.safetensors"))).toBe(true);
    const several = await sample("two.safetensors", "--output", "x");
    expect(several.stderr).toContain("choose one with --key ema_model or --key model");
    expect(several.code).toBe(4);
    const chosen = await sample("two.safetensors", "--key", "ema_model", "--classes", "0", "--output", "chosen");
    expect(chosen.code, chosen.stderr).toBe(0);
    expect(readBytes("chosen/latents.safetensors").equals(readBytes("plain/latents.safetensors"))).toBe(true);
  });

  it("are sampled with --no-null-class and without guidance if they have no null class", async () => {
    const one = await sample("uncond.safetensors", "--output", "u");
    expect(one.stderr).toContain("its label table has one row");
    expect(one.stderr).toContain("say so with --no-null-class");
    expect(one.code).toBe(2);
    const made = await sample("uncond.safetensors", "--no-null-class", "--output", "u", "--json");
    expect(made.code, made.stderr).toBe(0);
    expect(made.json.guidance).toBe(1);

    const assumed = await sample("nodropout.safetensors", "--classes", "9", "--output", "assumed");
    expect(assumed.stderr).toContain("10 rows: read as 9 classes and the null class, label 9");
    const all = await sample("nodropout.safetensors", "--no-null-class", "--classes", "9", "--output", "all");
    expect(all.code, all.stderr).toBe(0);
    expect(all.stderr).not.toContain("read as 9 classes");
    const beyond = await sample("nodropout.safetensors", "--no-null-class", "--classes", "10", "--output", "x");
    expect(beyond.stderr).toContain("--classes 10: wanted numbers from 0 to 9, or names");
    const guided = await sample("nodropout.safetensors", "--no-null-class", "--guidance", "2", "--output", "x");
    expect(guided.stderr).toContain("--guidance 2: this model has no null class");
    expect([beyond.code, guided.code]).toEqual([2, 2]);
  });

  it("are listed by list-weights and refused by sample if they are adapters", async () => {
    const listed = await benchInProcess(["list-weights", "adapter"], { cwd: place });
    expect(listed.code, listed.stderr).toBe(0);
    expect(listed.stderr).toContain("this is a LoRA adapter: it changes a base model and is not a model by itself");
    expect(listed.stdout).toContain("lora_A.weight\\x1b[31m");
    expect(listed.stdout).toContain("1 tensor, 512 numbers");
    const refused = await sample("adapter", "--output", "x");
    expect(refused.stderr).toContain("adapter: it holds a LoRA adapter, not a whole DiT");
    expect(refused.code).toBe(4);
  });
});

describe("an output folder of images", () => {
  it("is refused if it holds other images, and is replaced only with --overwrite", async () => {
    const args = [
      "--weights",
      "plain.safetensors",
      "--heads",
      "4",
      "--steps",
      "2",
      "--autoencoder",
      fixture("autoencoder/src/fixtures"),
    ];
    const sample = (...more: string[]) => go("sample", ...args, "--output", "s", ...more);
    expect((await sample("--count", "2", "--classes", "0")).stdout).toContain("s: 2 images");
    const other = await sample("--count", "1", "--classes", "0", "--seed", "5");
    expect(other.stderr).toContain("--output s: it holds 2 files or folders, such as 0000-class-0-0.png of an earlier");
    expect(other.code).toBe(2);
    expect((await sample("--count", "2", "--classes", "0")).code).toBe(0);
    const replaced = await sample("--count", "1", "--classes", "0", "--seed", "5", "--overwrite");
    expect(replaced.stdout, replaced.stderr).toContain("s: 1 image\n");
    expect(readdirSync(join(place, "s")).sort()).toEqual([".bench-sample.json", "0000-class-0-0.png"]);

    const decode = await go(
      ...[
        "vae",
        "decode",
        "plain/latents.safetensors",
        "--weights",
        fixture("autoencoder/src/fixtures"),
        "--output",
        "real",
      ],
    );
    expect(decode.stderr).toContain("such as 0.png, which 'bench vae decode' did not write; choose another --output");
    expect(decode.code).toBe(2);
  });
});
