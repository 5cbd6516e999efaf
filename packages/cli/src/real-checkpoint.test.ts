// Whole runs on tiny files in the formats of other programs: a DiT as in diffusers, an Inception as in pytorch-fid.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { asDiffusers, diffusersConfig } from "@dit-bench/dit";
import { normals } from "@dit-bench/random";
import { openCheckpoint, readSafetensors, type StoredTensor, writeSafetensors } from "@dit-bench/weights";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { benchInProcess } from "./bench-in-process.test.data.ts";
import { tinyRecipe } from "./tiny-recipe.test.data.ts";

const fixtures = (name: string) => fileURLToPath(new URL(`../../${name}/src/fixtures`, import.meta.url));
const inception = fileURLToPath(
  new URL("../../metrics/src/fixtures/inception_narrow_weights.safetensors", import.meta.url),
);
let place: string;
const run = (...args: string[]) =>
  benchInProcess(["run", "--method", "difffit", "--dataset", "flowers", "--threads", "1", "--json", ...args], {
    cwd: place,
  });

/**
 * Writes the tiny recipe a second time, with a base model in diffusers' layout and with an Inception that has a
 * sixteenth of the channels.
 */
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "bench-real-"));
  process.env.DIT_BENCH_HOME = join(place, "home");
  process.env.HF_HUB_CACHE = join(place, "hub");
  const own = tinyRecipe(join(place, "own"));
  const recipe = JSON.parse(readFileSync(join(own, "recipe.json"), "utf8"));
  const folder = join(place, "others");
  mkdirSync(join(folder, "dit"), { recursive: true });
  const { pretraining: _, ...rest } = recipe;
  const changed = {
    ...rest,
    name: "others",
    protocol: "others/1",
    base: "dit",
    extractor: { name: "inception", weights: "inception.safetensors", resize: "pytorch" },
    sampling: { ...recipe.sampling, sampler: "ddpm", respacing: "3", guidedChannels: "three" },
  };
  writeFileSync(join(folder, "recipe.json"), JSON.stringify(changed));
  cpSync(inception, join(folder, "inception.safetensors"));
  const view = asDiffusers<StoredTensor>(await openCheckpoint(join(own, recipe.base)));
  writeSafetensors(
    join(folder, "dit", "diffusion_pytorch_model.safetensors"),
    [...view.tensors].map(([name, { type, shape }]) => [name, { type, shape, read: () => view.read(name) }]),
  );
  writeFileSync(join(folder, "dit", "config.json"), JSON.stringify(diffusersConfig(recipe.model)));
});

/** Writes two classes of noise. */
beforeAll(async () => {
  const raw = { width: 20, height: 18, channels: 3 } as const;
  for (const name of ["a", "b"]) {
    mkdirSync(join(place, "photos", name), { recursive: true });
    for (let i = 0; i < 6; i++) {
      const noise = Uint8Array.from(normals(0, name, i, 20 * 18 * 3), (x) => 128 + 40 * x);
      writeFileSync(join(place, "photos", name, `${i}.png`), await sharp(noise, { raw }).png().toBuffer());
    }
  }
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe("bench run on files in the formats of other programs", () => {
  it("trains bit-identical weights from both layouts of a DiT, and measures with Inception", async () => {
    const own = await run("--recipe", "own", "--out", "a");
    expect(own.code, own.stderr).toBe(0);
    const made = await run("--recipe", "others", "--out", "b");
    expect(made.code, made.stderr).toBe(0);
    const trained = (run: typeof made) => readSafetensors(join(place, String(run.json.weights))).tensors;
    expect(trained(made)).toEqual(trained(own));
    const record = JSON.parse(readFileSync(join(place, String(made.json.record)), "utf8"));
    expect(record.metrics).toMatchObject({
      extractor: "inception-2015-12-05/2048 narrowed 16 times",
      resizer: "pytorch",
      dimension: 128,
      generated: 20,
    });
    expect(made.json.fid).toSatisfy(Number.isFinite);
  });

  // The recipe is that of the paper, except for sizes and images: a DiT with learned variance on an autoencoder's
  // latents, guidance on three channels, Inception.
  it.each([
    ["the official code's training checkpoint", "dit_train_checkpoint.pt", { width: 16, depth: 1 }, "bitfit"],
    ["diffusers' folder", "diffusers/whole", { width: 8, depth: 2 }, "difffit"],
  ])("runs a cell on latents from %s", async (_, base, size, method) => {
    const folder = join(place, method);
    mkdirSync(join(folder, "autoencoder"), { recursive: true });
    for (const name of ["config.json", "diffusion_pytorch_model.safetensors"])
      cpSync(join(fixtures("autoencoder"), name), join(folder, "autoencoder", name));
    const others = JSON.parse(readFileSync(join(place, "others/recipe.json"), "utf8"));
    const recipe = {
      ...others,
      miniature: false,
      model: { ...others.model, ...size, inputSize: 4, patchSize: 2, channels: 4, heads: 2, classes: 3 },
      base: join(fixtures("dit"), base),
      autoencoder: { weights: "autoencoder", scale: 0.18215 },
      extractor: { ...others.extractor, weights: inception },
      data: { flip: true },
      sampling: { ...others.sampling, clipDenoised: false },
    };
    writeFileSync(join(folder, "recipe.json"), JSON.stringify(recipe));
    const made = await run("--recipe", method, "--method", method, "--data", "photos", "--out", "c");
    expect(made.code, made.stderr).toBe(0);
    const record = JSON.parse(readFileSync(join(place, String(made.json.record)), "utf8"));
    expect(record).toMatchObject({ data: { size: 16, source: "folder", images: 12 }, exit: "finished" });
    expect(record.weights.autoencoder).toMatch(/^[0-9a-f]{64}$/);
    expect(made.json.fid).toSatisfy(Number.isFinite);
    expect(existsSync(join(place, String(made.json.sheet)))).toBe(true);
  });

  it("adapts a base model at twice its resolution, with interpolated positions", async () => {
    const recipe = JSON.parse(readFileSync(join(place, "bitfit/recipe.json"), "utf8"));
    const larger = { ...recipe, baseInputSize: 4, model: { ...recipe.model, inputSize: 8 } };
    mkdirSync(join(place, "larger"));
    cpSync(join(place, "bitfit/autoencoder"), join(place, "larger/autoencoder"), { recursive: true });
    writeFileSync(join(place, "larger/recipe.json"), JSON.stringify(larger));
    const made = await run("--recipe", "larger", "--method", "bitfit", "--data", "photos", "--out", "d");
    expect(made.code, made.stderr).toBe(0);
    const record = JSON.parse(readFileSync(join(place, String(made.json.record)), "utf8"));
    expect(record.data.size).toBe(32);
  });

  it("reports a missing file and the setting that names another, with exit code 4", async () => {
    for (const [setting, name] of [
      ["recipe.base", "none.pt"],
      ["extractor.weights", "none.pth"],
    ] as const) {
      const failed = await run("--recipe", "others", "--set", `${setting}=${name}`);
      expect(failed.code).toBe(4);
      expect(failed.stderr).toContain(`'${name}'`);
      expect(failed.stderr).toContain(`with --set ${setting}=PATH`);
    }
  });

  it("refuses a checkpoint of another model than the recipe's", async () => {
    const failed = await run("--recipe", "others", "--set", "model.depth=3");
    expect(failed.code).toBe(4);
    expect(failed.stderr).toContain("it is a model of depth 2, recipe others wants 3");
  });
});

describe("bench run --dry-run", () => {
  const dry = (...args: string[]) => run("--dry-run", ...args);

  it("prints what recipe paper would download and need, with the published counts, and does nothing", async () => {
    const made = await dry("--recipe", "paper", "--dataset", "food");
    expect(made.code, made.stderr).toBe(4); // the exit code of the run, because files are missing
    expect(made.stderr).toContain("bench fetch dit-xl-2-256");
    expect(made.json).toMatchObject({
      protocol: "paper/1",
      parameters: { trainable: 835_232, classEmbedding: 102 * 1152 },
      files: [
        { what: "base model" },
        { what: "autoencoder" },
        { what: "extractor" },
        { what: "dataset", name: "food", bytes: expect.any(Number) },
      ],
    });
    for (const line of ["nothing is done", "GFLOP/s", "bench fetch food"]) expect(made.stdout).toContain(line);
    expect(existsSync(join(place, "runs"))).toBe(false);
  });

  it("reports that a batch needs more memory than this machine has", async () => {
    const made = await dry("--recipe", "paper", "--method", "full", "--set", "training.batch=65536");
    expect(made.stdout).toContain("more than this machine has: use a smaller --set training.batch");
    expect((made.json as { memory: { training: number } }).memory.training).toBeGreaterThan(2 ** 40);
  });

  it("reports a file with the name of a published one but another size, as a run does", async () => {
    const folder = join(place, "home/weights/dit-xl-2-256");
    mkdirSync(folder, { recursive: true });
    cpSync(join(fixtures("dit"), "dit_train_checkpoint.pt"), join(folder, "DiT-XL-2-256x256.pt"));
    const made = await dry("--recipe", "paper");
    const { files } = made.json as { files: { path?: string }[] };
    expect(files[0]!.path).toBe(join(folder, "DiT-XL-2-256x256.pt"));
    const message = /DiT-XL-2-256x256\.pt is not the published file: its length is \d+, wanted 2700611775 bytes/;
    expect(made.stdout.replaceAll(/\s+/g, " ")).toMatch(message); // the message is wrapped to the screen's width
    const localFiles = [
      "--set",
      `extractor.weights=${inception}`,
      "--set",
      `autoencoder.weights=${fixtures("autoencoder")}`,
    ];
    const failed = await run("--recipe", "paper", "--data", "photos", ...localFiles);
    expect(failed.code).toBe(4);
    expect(failed.stderr).toMatch(message);
    expect(failed.stderr).toContain("get it with 'bench fetch dit-xl-2-256'");
    rmSync(folder, { recursive: true });
    const own = `recipe.base=${join(fixtures("dit"), "dit_train_checkpoint.pt")}`; // a path may name any file
    const another = await run("--recipe", "paper", "--data", "photos", "--set", own, ...localFiles);
    expect(another.code).toBe(4);
    expect(another.stderr).toContain("recipe paper wants 32 (DiT-XL/2)");
  });

  it("finds all files of a recipe that has them", async () => {
    const made = await dry("--recipe", "own");
    expect(made.code, made.stderr).toBe(0);
    const { files, seconds } = made.json as { files: { path?: string }[]; seconds: Record<string, number> };
    expect(files.map(({ path }) => existsSync(String(path)))).toEqual([true, true]);
    expect(seconds.train).toBeGreaterThan(0);
  });

  it("reports all missing files of recipe paper in one message, with exit code 4, when it is run", async () => {
    const failed = await run("--recipe", "paper");
    expect(failed.code).toBe(4);
    expect(failed.stderr).toContain("bench fetch dit-xl-2-256 sd-vae-ft-ema inception-v3-fid flowers");
  });
});
