// Autoencoders whose weights were saved by another program, under other names or beside other weights.

import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSafetensors, type StoredTensor, writeSafetensors } from "@dit-bench/weights";
import { afterAll, describe, expect, it } from "vitest";
import { openAutoencoder } from "./open-autoencoder.ts";

const fixtures = fileURLToPath(new URL("../../../autoencoder/src/fixtures", import.meta.url));
const { tensors } = readSafetensors(join(fixtures, "diffusion_pytorch_model.safetensors"));
const place = mkdtempSync(join(tmpdir(), "dit-bench-autoencoder-"));
afterAll(() => rmSync(place, { recursive: true }));

/**
 * Writes the small autoencoder with a prefix before its names and with further tensors, and its config.json beside it.
 */
function writeAutoencoder(name: string, prefix: string, others: Readonly<Record<string, StoredTensor>> = {}): string {
  mkdirSync(join(place, name));
  const path = join(place, name, "autoencoder.safetensors");
  cpSync(join(fixtures, "config.json"), join(place, name, "config.json"));
  writeSafetensors(path, [
    ...[...tensors].map(([key, tensor]) => [prefix + key, tensor] as const),
    ...Object.entries(others),
  ]);
  return path;
}
const oneNumber: StoredTensor = { type: "F32", shape: [1], data: new Float32Array(1) };

describe("openAutoencoder", () => {
  it.each([
    ["module.", {}],
    ["_orig_mod.module.", {}],
    ["first_stage_model.", { "model.diffusion_model.out.bias": oneNumber, "cond_stage_model.x": oneNumber }],
    ["vae.", { "loss.discriminator.weight": oneNumber }],
  ])("reads weights with the prefix %j", async (prefix, others) => {
    const plain = await openAutoencoder(fixtures);
    expect(plain.notes).toEqual([]);
    const wrapped = await openAutoencoder(writeAutoencoder(prefix, prefix, others));
    expect(wrapped.sha256()).toBe(plain.sha256());
    expect(wrapped.notes[0]).toContain("names are read without their wrapper");
    expect(wrapped.notes.length).toBe(Object.keys(others).length > 0 ? 2 : 1);
  });

  it("refuses a file with two models", async () => {
    const copies = Object.fromEntries([...tensors].map(([key, tensor]) => [`ema.${key}`, tensor]));
    await expect(openAutoencoder(writeAutoencoder("two", "model.", copies))).rejects.toThrow(
      '2 models, under "ema.", under "model."',
    );
  });
});
