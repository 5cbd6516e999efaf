// Compares Inception's features and FIDs with pytorch-fid, clean-fid and torch-fidelity, one program for each resizer,
// with the same weights and images.

import { join } from "node:path";
import { createEngine } from "@dit-bench/compiler";
import { resizeTorchBilinear } from "@dit-bench/images";
import { uniforms } from "@dit-bench/random";
import { loadExtractor } from "@dit-bench/runner";
import { readNpz } from "@dit-bench/weights";
import { largestDifference, runBench, runPython, tensorsOf, top } from "./compare.mjs";

/** @import { EngineName } from "@dit-bench/compiler" */
/** @import { Call, Row } from "./types.ts" */

export const name = "inception";
export const usesEngine = true;

const taps = ["64", "192", "768", "2048"];

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size, engine: engineName }) {
  if (size === "tiny") {
    yield await measureNarrowNetwork(engineName);
    return;
  }
  const target = join(folder, "inception");
  const fids = JSON.parse(runPython(python, "inception.py", target));
  const weights = ["--weights", join(target, "inception.pth"), "--engine", engineName];
  /** @type {(part: string, worst: number, tolerance: number) => Row} */
  const row = (part, worst, tolerance) => ({
    part: `Inception-v3, ${part}`,
    size: "12 images of 4 sizes",
    worst,
    tolerance,
  });
  /**
   * Returns the largest difference between our features of the first folder and another program's features in `file`.
   *
   * @param {string} file
   * @param {string[]} flags
   */
  const difference = async (file, ...flags) => {
    const output = join(target, "ours.npz");
    runBench("features", join(target, "a"), ...weights, ...flags, "--output", output);
    const [ours, reference] = [await readNpz(output), await readNpz(join(target, file))];
    return largestDifference(features(ours), features(reference));
  };
  const fidOf = (/** @type {string[]} */ ...flags) =>
    runBench("fid", join(target, "a"), join(target, "b"), ...weights, ...flags).fid;
  /** @type {(part: string, ours: number, theirs: number) => Row} */
  const relativeRow = (part, ours, reference) =>
    row(`${part}, FID of two folders, relative`, Math.abs(ours / reference - 1), 1e-4);

  for (const tap of taps)
    yield row(`pytorch-fid, ${tap} features`, await difference(`a-${tap}.npz`, "--tap", tap), 1e-3);
  const fid = fidOf();
  const statistics = [join(target, "a-2048.npz"), join(target, "b-2048.npz")];
  yield relativeRow("pytorch-fid's statistics, by our Fréchet distance", fid, runBench("fid", ...statistics).fid);
  yield relativeRow("pytorch-fid, by its matrix square root", fid, fids[2048]);

  yield row("clean-fid, 2048 features", await difference("clean-2048.npz", "--resize", "clean"), 1e-3);
  yield relativeRow("clean-fid", fidOf("--resize", "clean"), fids.clean);

  const tensorflowFlags = ["--resize", "tensorflow"];
  for (const tap of taps)
    yield row(
      `torch-fidelity, ${tap} features`,
      await difference(`tensorflow-${tap}.npz`, ...tensorflowFlags, "--tap", tap),
      1e-3,
    );
  yield relativeRow("torch-fidelity", fidOf(...tensorflowFlags), fids.tensorflow);
  const spatialFlags = [...tensorflowFlags, "--tap", "spatial"];
  yield row("torch-fidelity, spatial features", await difference("tensorflow-spatial.npz", ...spatialFlags), 1e-3);
  yield relativeRow("torch-fidelity, sFID", fidOf(...spatialFlags), fids.spatial);
  yield row(
    "an image alone against the same in a batch, 2048 features",
    await measureBatching(join(target, "inception.pth"), engineName),
    1e-5,
  );
}

/**
 * Returns the largest difference between the features of an image that is computed alone and in a batch.
 *
 * @param {string} weights path
 * @param {EngineName} engineName
 */
async function measureBatching(weights, engineName) {
  const extractor = await loadExtractor({ extractor: "inception", weights }, await createEngine(engineName));
  const imageSize = 299 * 299 * 3;
  const N = extractor.batch;
  const x = Float32Array.from(uniforms(1, "parity inception", 0, N * imageSize), (u) => 2 * u - 1);
  const batchFeatures = await extractor.run(x);
  let worst = 0;
  for (const n of [0, 7, N - 1]) {
    const singleFeatures = await extractor.run(x.slice(n * imageSize, (n + 1) * imageSize));
    worst = Math.max(
      worst,
      largestDifference(singleFeatures, batchFeatures.slice(n * extractor.dimension, (n + 1) * extractor.dimension)),
    );
  }
  await extractor.dispose();
  return worst;
}

/**
 * Compares the whole network, with every width divided by 16, with stored values of pytorch-fid.
 *
 * @param {EngineName} engineName
 * @returns {Promise<Row>}
 */
async function measureNarrowNetwork(engineName) {
  const fixtures = join(top, "packages/metrics/src/fixtures");
  const expected = tensorsOf(join(fixtures, "inception_narrow_expected.safetensors"));
  const engine = await createEngine(engineName);
  const weights = join(fixtures, "inception_narrow_weights.safetensors");
  const extractor = await loadExtractor({ extractor: "inception", weights }, engine);
  const [N, C, H, W] = expected.shape("input");
  const input = expected("input");
  const x = new Float32Array(N * 299 * 299 * 3);
  for (let n = 0; n < N; n++) {
    const values = new Float32Array(H * W * C);
    for (let c = 0; c < C; c++) for (let p = 0; p < H * W; p++) values[p * C + c] = input[(n * C + c) * H * W + p];
    const resized = resizeTorchBilinear({ width: W, height: H, values }, 299, 299).values;
    x.set(
      resized.map((v) => 2 * v - 1),
      n * 299 * 299 * 3,
    );
  }
  const worst = largestDifference(await extractor.run(x), expected("features"));
  await extractor.dispose();
  return { part: "Inception-v3, features", size: "a sixteenth of its widths", worst, tolerance: 1e-4 };
}

/** @param {Awaited<ReturnType<typeof readNpz>>} arrays */
const features = (arrays) => Float64Array.from(arrays.get("features")?.data ?? [], Number);
