// `bench vae`, on a small autoencoder.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodePng } from "@dit-bench/images";
import { readSafetensors } from "@dit-bench/weights";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { benchInProcess } from "./bench-in-process.test.data.ts";

const weights = fileURLToPath(new URL("../../autoencoder/src/fixtures", import.meta.url));
let place: string;
const go = (...args: string[]) => benchInProcess(["vae", ...args], { cwd: place });
const smallFlags = ["--weights", weights, "--threads", "1"];

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "bench-vae-"));
  mkdirSync(join(place, "images"));
  for (const [i, name] of ["a.png", "b.png"].entries()) {
    const pixels = Uint8Array.from({ length: 20 * 16 * 3 }, (_, p) => (p * (7 + i)) % 256);
    writeFileSync(join(place, "images", name), await encodePng({ width: 20, height: 16, pixels }));
  }
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe("bench vae", () => {
  it("encodes a folder to means or to samples, and decodes it again", async () => {
    const encoded = await go("encode", "images", ...smallFlags, "--output", "mean.safetensors", "--json");
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
    const sampled = await go(
      "encode",
      "images",
      ...smallFlags,
      "--output",
      "new/sampled.safetensors",
      "--sample",
      "--seed",
      "3",
    );
    expect(sampled.stdout).toContain("sampled with seed 3");
    const latents = (name: string) => readSafetensors(join(place, name)).tensors.get("latents")!.data;
    expect(latents("new/sampled.safetensors")).not.toEqual(latents("mean.safetensors"));

    const decoded = await go("decode", "mean.safetensors", ...smallFlags, "--output", "out", "--json");
    expect(decoded.code, decoded.stderr).toBe(0);
    expect(decoded.json).toEqual({ output: "out", count: 2, scale: 0.18215, files: ["out/a.png", "out/b.png"] });
  });

  it.each<[string, string[], string, number]>([
    [
      "an output file of another format",
      ["encode", "images", ...smallFlags, "--output", "x.npz"],
      "ends in .safetensors",
      2,
    ],
    [
      "a scale of 0",
      ["encode", "images", ...smallFlags, "--output", "x.safetensors", "--scale", "0"],
      "--scale is '0'",
      2,
    ],
    [
      "a folder that does not exist",
      ["encode", "nowhere", ...smallFlags, "--output", "x.safetensors"],
      '"nowhere" does not exist',
      4,
    ],
    [
      "weights that do not exist",
      ["decode", "mean.safetensors", "--weights", "nowhere", "--output", "x"],
      "no such file",
      4,
    ],
  ])("refuses %s", async (_, args, message, code) => {
    const refused = await go(...args);
    expect(refused.stderr).toContain(message);
    expect(refused.code).toBe(code);
  });
});
