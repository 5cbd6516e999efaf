// Sampling: batches, seeds, guidance, progress, merged networks.

import { createEngine } from "@dit-bench/compiler";
import { samplerNames } from "@dit-bench/diffusion";
import { ditModel } from "@dit-bench/dit";
import { attach } from "@dit-bench/method";
import { normals } from "@dit-bench/random";
import { describe, expect, it } from "vitest";
import { NotFiniteSamples } from "../errors.ts";
import { loadMethod } from "../methods/methods.ts";
import { toPixels } from "../training/batches.ts";
import { tinyConfig, tinyWeights } from "../training/tiny-dit.test.data.ts";
import { mergedNetwork } from "./merged-network.ts";
import { sample } from "./sample.ts";

const config = tinyConfig(6);
const base = tinyWeights(config);
const settings = {
  sampler: "ddim",
  respacing: "ddim5",
  guidance: 1.5,
  guidedChannels: "all",
  clipDenoised: true,
  images: 6,
  batch: 4,
} as const;
const network = { config, infos: ditModel(config).weights, values: base };
const labels = Int32Array.of(0, 1, 2, 0, 1, 2);
const go = async (change: object = {}, given: Partial<Parameters<typeof sample>[0]> = {}) => {
  const engine = await createEngine("cpu", { threads: 1 });
  const task = { engine, network, settings: { ...settings, ...change }, seed: 0, labels, listener: {}, ...given };
  return toPixels((await sample(task)).x, config.inputSize);
};

describe.each(samplerNames)("sampling by %s", (sampler) => {
  const respacing = "5";
  it("does not depend on how the images are split into batches", async () => {
    const whole = await go({ sampler, respacing, batch: 6 });
    const split = await go({ sampler, respacing, batch: 4 });
    // Equal except for rounding: GEMMs of other sizes may sum in another order.
    const off = [...whole].filter((v, i) => Math.abs(v - split[i]!) > 1).length;
    expect(off).toBe(0);
  });

  it("depends on seed and index alone", async () => {
    const first = await go({ sampler, respacing });
    expect(await go({ sampler, respacing })).toEqual(first);
    expect(await go({ sampler, respacing }, { seed: 1 })).not.toEqual(first);
  });
});

describe("sampling", () => {
  it("changes with the guidance scale", async () => {
    const plain = await go({ guidance: 1 });
    expect(await go({ guidance: 4 })).not.toEqual(plain);
  });

  it("ignores guidance for the null class", async () => {
    const none = labels.map(() => config.classes);
    expect(await go({ guidance: 4 }, { labels: none })).toEqual(await go({ guidance: 1 }, { labels: none }));
  });

  it("reports progress, and stops when the listener asks", async () => {
    const seen: number[] = [];
    await go({}, { listener: { progress: (done) => void seen.push(done) } });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await expect(go({}, { listener: { stopping: () => true } })).rejects.toThrow("stopped while sampling");
  });

  it("is an error if a value is not finite, which would be a black pixel", async () => {
    const values = Object.fromEntries(
      Object.entries(base).map(([name, v]) => [name, name.startsWith("final_layer") ? v.map(() => 3e38) : v]),
    );
    const error = go({ clipDenoised: false }, { network: { ...network, values } });
    await expect(error).rejects.toThrow(NotFiniteSamples);
    await expect(error).rejects.toThrow(/image \d of 6 has (NaN|-?Infinity), on engine cpu/);
  });

  it.each(["difffit", "lora", "vpt"])(
    "gives the same images with the wrapped and the merged network of %s",
    async (name) => {
      const { method } = await loadMethod(name);
      const adapted = attach(method, ditModel(config));
      const start = adapted.initial(base, 0);
      const trained = Object.fromEntries(
        Object.entries(start).map(([n, v]) => {
          const z = normals(2, n, 0, v.length);
          return [n, v.map((x, i) => x + 0.05 * z[i]!)];
        }),
      );
      const merged = mergedNetwork(adapted, config, base, trained);
      expect(merged.call === undefined).toBe(adapted.merges);
      const wrapped = {
        config,
        infos: [...adapted.frozen, ...adapted.trainable],
        values: { ...base, ...trained },
        call: adapted.call,
      };
      const [a, b] = [await go({}, { network: merged }), await go({}, { network: wrapped })];
      expect(Math.max(...a.map((v, i) => Math.abs(v - b[i]!)))).toBeLessThanOrEqual(1);
    },
  );
});
