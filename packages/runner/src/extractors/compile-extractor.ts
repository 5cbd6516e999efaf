// Compiles an extractor and computes features of images with it.
//
// N = images, S = side, D = feature dimension

import type { Engine } from "@dit-bench/compiler";
import { extractorInput, type ImageBytes, type Resizer } from "@dit-bench/images";
import type { Values } from "@dit-bench/method";
import type { Extractor } from "@dit-bench/metrics";
import type * as tf from "@dit-bench/tfjs";
import { BenchError } from "../errors.ts";
import type { Listener } from "../events.ts";
import { firstNotFinite } from "../first-not-finite.ts";

export interface FeatureExtractor {
  readonly id: string;
  readonly dimension: number;
  /** Name of the resizer of its input images; `none` if they have its size. */
  readonly resizer: string;
  /** RGB bytes [N, S, S, 3] to features [N, D]. S is the side of its input, or `Resizing.from`. */
  features(pixels: ImageBytes, listener?: Listener): Promise<Float32Array>;
  /** Most images per call of `run`. */
  readonly batch: number;
  /**
   * At most `batch` images [N, S, S, 3], in the range that the extractor takes, to features [N, D]. One call at a time.
   * Throws BenchError if a feature is not finite.
   */
  run(x_NSSC: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** The resizing of images of another size to the extractor's input. */
export interface Resizing {
  /** Side of the images in pixels. */
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
  const countImages = (length: number, unit: string, side = S) => {
    const N = length / (side * side * 3);
    if (Number.isInteger(N)) return N;
    throw new Error(`${extractor.id}: ${length} ${unit} are not a whole number of ${side}x${side} RGB images`);
  };
  /** RGB bytes of one image, or of several if they need no resizing, as the network takes them. */
  const input = (pixels: Uint8Array): Float32Array =>
    resizing
      ? extractorInput({ width: resizing.from, height: resizing.from, pixels }, S, resizing.resize)
      : Float32Array.from(pixels, (x) => x / 127.5 - 1);
  const run = async (x_NSSC: Float32Array) => {
    const N = countImages(x_NSSC.length, "numbers");
    if (N > batch) throw new Error(`${extractor.id}: ${N} images at once, wanted at most ${batch}`);
    const x = N === batch ? x_NSSC : new Float32Array(batch * numbers);
    if (N < batch) x.set(x_NSSC);
    const { features } = await compiled.run({ x });
    const kept = (features as Float32Array).slice(0, N * D);
    const bad = firstNotFinite(kept);
    if (bad >= 0)
      throw new BenchError(
        "failure",
        `${extractor.id}: the features of an image are not finite (${kept[bad]}), on engine ${engine.name}; ` +
          "choose another --engine",
      );
    return kept;
  };
  return {
    id: extractor.id,
    dimension: D,
    resizer: resizing?.resize ?? "none",
    batch,
    run,
    async features(pixels, listener) {
      const side = resizing?.from ?? S;
      const N = countImages(pixels.length, "bytes", side);
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
