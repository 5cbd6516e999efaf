// bench vae as a user meets it, on a small autoencoder.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodePng } from "@dit-bench/images";
import { readSafetensors } from "@dit-bench/weights";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bench } from "./bench.test.data.ts";

const weights = fileURLToPath(new URL("../../autoencoder/src/fixtures", import.meta.url));
let place: string;
const go = (...args: string[]) => bench(["vae", ...args], { cwd: place });
const small = ["--weights", weights, "--threads", "1"];

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "bench-vae-"));
  mkdirSync(join(place, "pictures"));
  for (const [i, name] of ["a.png", "b.png"].entries()) {
    const pixels = Uint8Array.from({ length: 20 * 16 * 3 }, (_, p) => (p * (7 + i)) % 256);
    writeFileSync(join(place, "pictures", name), await encodePng({ width: 20, height: 16, pixels }));
  }
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe("bench vae", () => {
  it("encodes a folder, by mean or by draws, and decodes it again", async () => {
    const encoded = await go("encode", "pictures", ...small, "--output", "mean.safetensors", "--json");
    expect(encoded.code, encoded.stderr).toBe(0);
    expect(encoded.stdout).toContain("mean.safetensors: 2 latents of 4x4x5, means, times 0.18215");
    expect(encoded.json).toEqual({
      output: "mean.safetensors",
      count: 2,
      shape: [2, 4, 4, 5],
      scale: 0.18215,
      seed: null,
      skipped: 0,
      leftOut: [],
    });
    const drawn = await go(
      "encode",
      "pictures",
      ...small,
      "--output",
      "new/drawn.safetensors",
      "--sample",
      "--seed",
      "3",
    );
    expect(drawn.stdout).toContain("drawn with seed 3");
    const latents = (name: string) => readSafetensors(join(place, name)).tensors.get("latents")!.data;
    expect(latents("new/drawn.safetensors")).not.toEqual(latents("mean.safetensors"));

    const decoded = await go("decode", "mean.safetensors", ...small, "--output", "out", "--json");
    expect(decoded.code, decoded.stderr).toBe(0);
    expect(decoded.json).toEqual({ output: "out", count: 2, scale: 0.18215, files: ["out/a.png", "out/b.png"] });
  });

  it.each<[string, string[], string, number]>([
    ["another ending", ["encode", "pictures", ...small, "--output", "x.npz"], "ends in .safetensors", 2],
    ["a scale of none", ["encode", "pictures", ...small, "--output", "x.safetensors", "--scale", "0"], "--scale 0", 2],
    ["no folder", ["encode", "nowhere", ...small, "--output", "x.safetensors"], '"nowhere" does not exist', 4],
    ["no weights", ["decode", "mean.safetensors", "--weights", "nowhere", "--output", "x"], "no such file", 4],
  ])("says what is wrong with %s", async (_, args, message, code) => {
    const refused = await go(...args);
    expect(refused.stderr).toContain(message);
    expect(refused.code).toBe(code);
  });
});
