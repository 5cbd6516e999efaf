// A DiT that is small enough to run eagerly, with no weight equal to zero, and images to train it on.

import { type DitConfig, initialDit } from "@dit-bench/dit";
import { normals } from "@dit-bench/random";

export const tinyConfig = (depth: number): DitConfig => ({
  name: "tiny",
  inputSize: 8,
  patchSize: 4,
  channels: 3,
  width: 16,
  depth,
  heads: 2,
  mlpRatio: 4,
  classes: 3,
  learnSigma: true,
});

export const tinyWeights = (config: DitConfig): Record<string, Float32Array> =>
  Object.fromEntries(
    Object.entries(initialDit(config, 0, "unit")).map(([name, v]) => {
      const z = normals(1, name, 0, v.length);
      return [name, name === "pos_embed" ? v : v.map((x, i) => x + 0.1 * z[i]!)];
    }),
  );

export const tinyImages = {
  pixels: Uint8Array.from(normals(0, "pixels", 0, 12 * 192), (z) => Math.min(255, Math.max(0, 128 + 60 * z))),
  labels: Int32Array.from({ length: 12 }, (_, i) => i % 3),
  size: 8,
};
