// `bench sample`: from finished runs on pixels and on latents, and from a small checkpoint of the official
// code.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSafetensors } from "@dit-bench/weights";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { benchInProcess } from "./bench-in-process.test.data.ts";
import { tinyRecipe } from "./tiny-recipe.test.data.ts";

const weights = fileURLToPath(new URL("../../dit/src/fixtures/dit_weights.safetensors", import.meta.url));
const autoencoder = fileURLToPath(new URL("../../autoencoder/src/fixtures", import.meta.url));
let place: string;
const go = (...args: string[]) => benchInProcess([...args, "--threads", "1", "--json"], { cwd: place });
/** The files of a folder that are not hidden. */
const visibleFiles = (folder: string) =>
  readdirSync(join(place, folder))
    .filter((file) => !file.startsWith("."))
    .sort();
const readBytes = (folder: string, file: string) => readFileSync(join(place, folder, file));

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "bench-sample-"));
  tinyRecipe(join(place, "pixels"));
  tinyRecipe(join(place, "latents"), { latents: true });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe("bench sample --run", () => {
  it.each(["pixels", "latents"])("samples classes of a run on %s, with equal images for equal seeds", async (kind) => {
    const run = await go("run", "--recipe", kind, "--method", "difffit", "--dataset", "flowers", "--out", kind);
    expect(run.code, run.stderr).toBe(0);
    const folder = join(String(run.json.record), "..");
    const sample = (output: string, ...args: string[]) =>
      go(
        "sample",
        "--run",
        folder,
        "--recipe",
        kind,
        "--output",
        output,
        "--classes",
        "rose,1",
        "--count",
        "2",
        ...args,
      );
    const made = await sample(`${kind}-a`);
    expect(made.code, made.stderr).toBe(0);
    const files = visibleFiles(`${kind}-a`);
    expect(files.length).toBe(4); // the contact sheet is outside, so that bench fid does not measure it
    expect(made.json.sheet).toBe(`${kind}-a-sheet.png`);
    expect(existsSync(join(place, `${kind}-a-sheet.png`))).toBe(true);
    expect(files.filter((file) => /rose-[01]\.png$/.test(file)).length).toBe(2);
    expect(await sharp(readBytes(`${kind}-a`, files[0]!)).metadata()).toMatchObject({ width: 32, height: 32 });

    expect((await sample(`${kind}-b`, "--run", String(run.json.record))).code).toBe(0); // the record, too, names a run
    for (const file of files)
      expect(readBytes(`${kind}-b`, file).equals(readBytes(`${kind}-a`, file)), file).toBe(true);
    expect((await sample(`${kind}-c`, "--seed", "1", "--steps", "4", "--guidance", "2")).code).toBe(0);
    expect(readBytes(`${kind}-c`, files[0]!).equals(readBytes(`${kind}-a`, files[0]!))).toBe(false);

    const record = JSON.parse(readFileSync(join(place, String(run.json.record)), "utf8"));
    record.weights.base = "0".repeat(64);
    delete record.digest; // earlier versions wrote records without digests
    writeFileSync(join(place, String(run.json.record)), JSON.stringify(record));
    const other = await sample(`${kind}-d`);
    expect(other.code).toBe(4);
    expect(other.stderr).toContain("it was trained from a base model of SHA-256 0000");
  });
});

describe("bench sample --weights", () => {
  const sample = (...args: string[]) => go("sample", "--weights", weights, "--heads", "4", "--steps", "3", ...args);

  it("writes latents, or images if an autoencoder is given", async () => {
    const latents = await sample("--output", "z", "--classes", "0,3", "--count", "2");
    expect(latents.code, latents.stderr).toBe(0);
    const { tensors } = readSafetensors(join(place, "z/latents.safetensors"));
    expect(tensors.get("latents")!.shape).toEqual([4, 4, 8, 8]);
    expect(latents.stdout).toContain("bench vae decode");

    const images = await sample("--output", "p", "--classes", "0,3", "--count", "2", "--autoencoder", autoencoder);
    expect(images.code, images.stderr).toBe(0);
    expect(visibleFiles("p").length).toBe(4);
    const decoded = await go("vae", "decode", "z/latents.safetensors", "--weights", autoencoder, "--output", "d");
    expect(decoded.code, decoded.stderr).toBe(0);
    for (const file of visibleFiles("d")) expect(readBytes("d", file).equals(readBytes("p", file)), file).toBe(true);
  });

  it.each([
    [["--classes", "11"], "wanted numbers from 0 to 10 (the null class)"],
    [["--guidance", "0.5"], "wanted a number of at least 1"],
    [["--steps", "2000"], "--steps 2000: "],
    [["--run", "x"], "wanted either --run"],
    [["--engine", "gpu"], "--engine 'gpu' is not known"],
  ])("refuses %j with exit code 2", async (args, message) => {
    const failed = await sample("--output", "refused", ...args);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain(message);
    expect(readdirSync(place).filter((file) => file.startsWith("refused-"))).toEqual([]);
  });

  it("refuses an output folder that cannot be made before it samples, with exit code 74", async () => {
    writeFileSync(join(place, "file"), "");
    const failed = await sample("--output", "file");
    expect(failed.stderr).toContain("the folder file cannot be made or written to");
    expect(failed.code).toBe(74);
  });
});
