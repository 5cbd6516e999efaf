// Features of images by a compiled extractor.
//
// N = images, S = side, D = feature dimension

import type { Engine } from "@dit-bench/compiler";
import { extractorInput, type PictureBytes, type Resizer } from "@dit-bench/images";
import type { Values } from "@dit-bench/method";
import type { Extractor } from "@dit-bench/metrics";
import type * as tf from "@tensorflow/tfjs";
import type { Listener } from "../events.ts";

export interface FeatureExtractor {
  readonly id: string;
  readonly dimension: number;
  /** How pictures come to its size; `none` where they are made at it. */
  readonly resizer: string;
  /** RGB bytes [N, S, S, 3] to features [N, D]; S is the extractor's own, or the one it resizes from. */
  features(pixels: PictureBytes, listener?: Listener): Promise<Float32Array>;
  /** Images a call of `run` takes at most. */
  readonly batch: number;
  /** At most `batch` images [N, S, S, 3], in the range that the extractor takes, to features [N, D]. One call at a time. */
  run(x_NSSC: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Pictures of another size than the extractor's. */
export interface Resizing {
  /** Their side. */
  readonly from: number;
  readonly resize: Resizer;
}

const BATCH = 64;

export async function compileExtractor(
  engine: Engine,
  extractor: Extractor,
  values: Values,
  batch = BATCH,
  resizing?: Resizing,
): Promise<FeatureExtractor> {
  const { imageSize: S, dimension: D } = extractor;
  const names = Object.keys(extractor.weights);
  const compiled = await engine.compile(
    (given) => {
      const weights = Object.fromEntries(names.map((name) => [name, given[`w.${name}`]!]));
      return { features: extractor.features(weights, given.x as tf.Tensor4D) };
    },
    {
      x: { shape: [batch, S, S, 3] },
      ...Object.fromEntries(
        names.map((name) => [`w.${name}`, { shape: extractor.weights[name]!, value: values[name]! }]),
      ),
    },
    { name: extractor.id },
  );
  const numbers = S * S * 3;
  const count = (length: number, unit: string, side = S) => {
    const N = length / (side * side * 3);
    if (Number.isInteger(N)) return N;
    throw new Error(`${extractor.id}: ${length} ${unit} are no whole number of ${side}x${side} RGB images`);
  };
  /** RGB bytes of a picture or, where they need no resizing, of several. */
  const input = (pixels: Uint8Array): Float32Array =>
    resizing
      ? extractorInput({ width: resizing.from, height: resizing.from, pixels }, S, resizing.resize)
      : Float32Array.from(pixels, (x) => x / 127.5 - 1);
  const run = async (x_NSSC: Float32Array) => {
    const N = count(x_NSSC.length, "numbers");
    if (N > batch) throw new Error(`${extractor.id}: ${N} images at once, wanted at most ${batch}`);
    const x = N === batch ? x_NSSC : new Float32Array(batch * numbers);
    if (N < batch) x.set(x_NSSC);
    const { features } = await compiled.run({ x });
    return (features as Float32Array).slice(0, N * D);
  };
  return {
    id: extractor.id,
    dimension: D,
    resizer: resizing?.resize ?? "none",
    batch,
    run,
    async features(pixels, listener) {
      const side = resizing?.from ?? S;
      const N = count(pixels.length, "bytes", side);
      const bytes = side * side * 3;
      const out = new Float32Array(N * D);
      for (let first = 0; first < N; first += batch) {
        const kept = Math.min(batch, N - first);
        const x = new Float32Array(kept * numbers);
        for (let i = 0; i < kept; i++)
          x.set(input(pixels.subarray((first + i) * bytes, (first + i + 1) * bytes)), i * numbers);
        out.set(await run(x), first * D);
        listener?.progress?.(first + kept, N);
      }
      return out;
    },
    dispose: () => compiled.dispose(),
  };
}
