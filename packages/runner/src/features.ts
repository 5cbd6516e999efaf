// Features of images by a compiled extractor.
//
// N = images, S = side, D = feature dimension

import type { Engine } from "@dit-bench/compiler";
import type { Values } from "@dit-bench/method";
import type { Extractor } from "@dit-bench/metrics";
import type * as tf from "@tensorflow/tfjs";
import type { Listener } from "./events.ts";

export interface FeatureExtractor {
  readonly id: string;
  readonly dimension: number;
  /** RGB bytes [N, S, S, 3] to features [N, D]. */
  features(pixels: Uint8Array, listener?: Listener): Promise<Float32Array>;
  dispose(): Promise<void>;
}

const BATCH = 64;

export async function compileExtractor(
  engine: Engine,
  extractor: Extractor,
  values: Values,
): Promise<FeatureExtractor> {
  const { imageSize: S, dimension: D } = extractor;
  const names = Object.keys(extractor.weights);
  const compiled = await engine.compile(
    (given) => {
      const weights = Object.fromEntries(names.map((name) => [name, given[`w.${name}`]!]));
      return { features: extractor.features(weights, given.x as tf.Tensor4D) };
    },
    {
      x: { shape: [BATCH, S, S, 3] },
      ...Object.fromEntries(
        names.map((name) => [`w.${name}`, { shape: extractor.weights[name]!, value: values[name]! }]),
      ),
    },
    { name: extractor.id },
  );
  return {
    id: extractor.id,
    dimension: D,
    async features(pixels, listener) {
      const numbers = S * S * 3;
      const N = pixels.length / numbers;
      if (!Number.isInteger(N))
        throw new Error(`${extractor.id}: ${pixels.length} bytes are no whole number of ${S}x${S} RGB images`);
      const out = new Float32Array(N * D);
      const x = new Float32Array(BATCH * numbers);
      for (let first = 0; first < N; first += BATCH) {
        const kept = Math.min(BATCH, N - first);
        const from = pixels.subarray(first * numbers, (first + kept) * numbers);
        for (let i = 0; i < from.length; i++) x[i] = from[i]! / 127.5 - 1;
        const { features } = await compiled.run({ x });
        out.set((features as Float32Array).subarray(0, kept * D), first * D);
        listener?.progress?.(first + kept, N);
      }
      return out;
    },
    dispose: () => compiled.dispose(),
  };
}
