// Compares the autoencoder with diffusers' AutoencoderKL, a small form of sd-vae-ft-ema with random weights.
// tools/parity/autoencoder.py makes the fixtures.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as tf from "@dit-bench/tfjs";
import { openCheckpoint, readSafetensors } from "@dit-bench/weights";
import { beforeAll, describe, expect, test } from "vitest";
import { decode, encode } from "./autoencoder.ts";
import { groupNorm, type Weights } from "./blocks.ts";
import { stableDiffusion } from "./config.ts";
import { decoderWeights, encoderWeights } from "./layout.ts";
import { posterior, samplePosterior } from "./posterior.ts";
import { type RecognisedAutoencoder, recogniseAutoencoder } from "./recognise.ts";

const folder = fileURLToPath(new URL("fixtures/", import.meta.url));
const names: Record<string, string> = JSON.parse(readFileSync(`${folder}compvis-names.json`, "utf8"));
const { tensors: expected } = readSafetensors(`${folder}expected.safetensors`);
const checkpoint = await openCheckpoint(folder);
const shapes = new Map([...checkpoint.tensors].map(([name, { shape }]) => [name, { shape }]));

beforeAll(() => tf.setBackend("cpu"));

describe("recogniseAutoencoder and the layout", () => {
  test("have 83,653,863 numbers for sd-vae-ft-ema, 34,163,664 of them in the encoder", () => {
    const numbers = (shapes: Readonly<Record<string, readonly number[]>>) =>
      Object.values(shapes).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
    const encoder = numbers(encoderWeights(stableDiffusion));
    expect(encoder).toBe(34_163_592 + 72); // diffusers' encoder, and its quant_conv
    expect(encoder + numbers(decoderWeights(stableDiffusion))).toBe(83_653_863);
  });

  test("read the configuration from shapes, and from config.json where shapes do not show it", () => {
    const { config, weights } = recogniseAutoencoder(shapes, checkpoint.metadata);
    expect(config).toEqual({
      ...stableDiffusion,
      widths: [8, 16, 16],
      layers: 1,
      groups: 4,
      tile: 32,
    });
    expect(weights.size).toBe(shapes.size);
  });

  test("read diffusers' former names and CompVis's as diffusers' own converter does", () => {
    const { config, weights } = recogniseAutoencoder(shapes, checkpoint.metadata);
    const renamed = (rename: (name: string) => string, ones: readonly number[] = []) =>
      new Map(
        [...shapes].map(([name, { shape }]) => [
          rename(name),
          { shape: /to_\w+(\.0)?\.weight$/.test(name) ? [...shape, ...ones] : shape },
        ]),
      );
    const formerNames: Record<string, string> = { to_q: "query", to_k: "key", to_v: "value", "to_out.0": "proj_attn" };
    const formerShapes = renamed((name) => name.replace(/to_q|to_k|to_v|to_out\.0/, (part) => formerNames[part]!));
    const compvisShapes = renamed((name) => `first_stage_model.${names[name]}`, [1, 1]);
    compvisShapes.set("model.diffusion_model.out.2.bias", { shape: [4] });
    for (const form of [formerShapes, compvisShapes]) {
      const read = recogniseAutoencoder(form, checkpoint.metadata);
      expect(read.config).toEqual(config);
      expect([...read.weights.keys()]).toEqual([...weights.keys()]);
    }
    const stored = recogniseAutoencoder(compvisShapes, checkpoint.metadata).weights;
    for (const [name, { stored: file }] of stored) expect(file).toBe(`first_stage_model.${names[name]}`);
  });

  test.each<[string, (t: Map<string, { shape: readonly number[] }>, m: Map<string, string>) => void, string]>([
    ["another network", (t) => t.clear(), "no tensor is named 'encoder.down_blocks.…'"],
    ["a missing weight", (t) => t.delete("decoder.conv_in.bias"), "it has no weight 'decoder.conv_in.bias'"],
    ["half of the network", (t) => t.delete("decoder.conv_in.weight"), "it has no weight 'decoder.conv_in.weight'"],
    ["another shape", (t) => t.set("quant_conv.bias", { shape: [9] }), "'quant_conv.bias' is [9], wanted [8]"],
    [
      "attention in another block",
      (t) => t.set("encoder.down_blocks.1.attentions.0.to_q.weight", { shape: [16, 16] }),
      "'encoder.down_blocks.1.attentions.0.to_q.weight' is not in the layout",
    ],
    [
      "a layer number out of range",
      (t) => t.set("encoder.down_blocks.0.resnets.300000000.conv1.bias", { shape: [8] }),
      "'encoder.down_blocks.0.resnets.300000000.conv1.bias' would be one of 300000001 levels or layers: at most 16",
    ],
    [
      "a level number out of range, under CompVis's name",
      (t) => t.set(`encoder.down.${"9".repeat(400)}.block.0.conv1.bias`, { shape: [8] }),
      "would be one of Infinity levels or layers: at most 16",
    ],
    [
      "an unknown number of groups",
      (_, m) => m.delete("config.norm_num_groups"),
      "widths 8, 16, 16 do not divide into 32 groups",
    ],
    ["another activation", (_, m) => m.set("config.act_fn", "gelu"), "act_fn gelu: only silu is read"],
    ["shifted latents", (_, m) => m.set("config.shift_factor", "0.1"), "shift_factor 0.1: only 0 is read"],
    ["another class", (_, m) => m.set("config._class_name", "VQModel"), "_class_name VQModel"],
    [
      "a scaling factor that is no number",
      (_, m) => m.set("config.scaling_factor", "nan"),
      "scaling_factor nan: wanted a positive number",
    ],
  ])("refuse a checkpoint with %s", (_, change, message) => {
    const [tensors, metadata] = [new Map(shapes), new Map(checkpoint.metadata)];
    change(tensors, metadata);
    expect(() => recogniseAutoencoder(tensors, metadata)).toThrow(message);
  });
});

describe("encode, posterior and decode", () => {
  const { config, weights } = recogniseAutoencoder(shapes, checkpoint.metadata);
  const tensor = (name: string) => tf.tensor(expected.get(name)!.data as Float32Array, [...expected.get(name)!.shape]);

  test("give the means, logvars and sampled latents of diffusers to 1e-5", () => {
    tf.tidy(() => {
      const moments = encode(read(encoderWeights(config), weights), config, tensor("x"));
      const posteriors = tf.unstack(moments).map((m) => posterior(m.dataSync() as Float32Array));
      expect(largestDifference(Float32Array.from(posteriors.flatMap(({ mean }) => [...mean])), "mean")).toBeLessThan(
        1e-5,
      );
      expect(
        largestDifference(Float32Array.from(posteriors.flatMap(({ logvar }) => [...logvar])), "logvar"),
      ).toBeLessThan(1e-5);
      const noise = expected.get("noise")!.data as Float32Array;
      const Z = noise.length / posteriors.length;
      const samples = posteriors.flatMap((p, i) => [...samplePosterior(p, noise.subarray(i * Z, (i + 1) * Z))]);
      expect(largestDifference(Float32Array.from(samples), "sample")).toBeLessThan(1e-5);
    });
  });

  test("give the images of diffusers to 1e-5", () => {
    tf.tidy(() => {
      const decoded = decode(read(decoderWeights(config), weights), config, tensor("sample"));
      expect(decoded.shape).toEqual(expected.get("decoded")!.shape);
      expect(largestDifference(decoded.dataSync() as Float32Array, "decoded")).toBeLessThan(1e-5);
    });
  });

  function read(wanted: Readonly<Record<string, readonly number[]>>, from: RecognisedAutoencoder["weights"]): Weights {
    return Object.fromEntries(
      Object.entries(wanted).map(([name, shape]) => [
        name,
        tf.tensor(checkpoint.float32(from.get(name)!.stored), [...shape]),
      ]),
    );
  }

  function largestDifference(actual: Float32Array, name: string): number {
    const values = expected.get(name)!.data as Float32Array;
    expect(actual.length).toBe(values.length);
    return actual.reduce((most, x, i) => Math.max(most, Math.abs(x - values[i]!)), 0);
  }
});

test("groupNorm does not depend on the mean of a group, and posterior clamps the log variance", () => {
  tf.tidy(() => {
    const x = tf.tensor([0, 1, 2, 3, 8, 6, 4, 2], [1, 2, 2, 2]);
    const [weight, bias] = [tf.tensor1d([2, 3]), tf.tensor1d([1, -1])];
    const near = groupNorm(x, 2, weight, bias).arraySync();
    expect(near).toEqual(groupNorm(tf.add(x, 4096), 2, weight, bias).arraySync());
    const s = 1 / Math.sqrt(1.25 + 1e-6);
    expect((near as number[][][][])[0]![0]![0]![0]).toBeCloseTo(1 - 2 * 1.5 * s, 5);
  });
  const { mean, logvar } = posterior(Float32Array.of(-99, 99, 5, -5, -99, 99, 5, -5));
  expect([...mean]).toEqual([-99, 99, 5, -5]);
  expect([...logvar]).toEqual([-30, 20, 5, -5]);
});
