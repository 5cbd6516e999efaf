// The network for sampling, at sizes where tensorflow.js has limits.

import { type DitConfig, ditModel } from "@dit-bench/dit";
import { attach, size } from "@dit-bench/method";
import bitfit from "@dit-bench/method-bitfit";
import { expect, it } from "vitest";
import { tinyConfig } from "../training/tiny-dit.test.data.ts";
import { mergedNetwork } from "./merged-network.ts";

it("merges a model of more than 2^24 different numbers", () => {
  const config: DitConfig = { ...tinyConfig(1), width: 1152, heads: 16 };
  const adapted = attach(bitfit, ditModel(config));
  let next = 1;
  const base = Object.fromEntries(
    adapted.model.weights.map(({ name, shape }) => {
      const values = new Float32Array(size(shape));
      for (let i = 0; i < values.length; i++) values[i] = 1 / next++;
      return [name, values];
    }),
  );
  expect(next).toBeGreaterThan(2 ** 24);
  const { values } = mergedNetwork(adapted, config, base, {});
  const name = "blocks.0.mlp.fc1.weight";
  expect(Buffer.compare(bytes(values[name]!), bytes(base[name]!))).toBe(0); // `toEqual` takes ten seconds for these
});

const bytes = (x: Float32Array) => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
