// Inception's features and FIDs against pytorch-fid, clean-fid and torch-fidelity, one for each resizer, with the same
// weights and images.

import { join } from "node:path";
import { createEngine } from "@dit-bench/compiler";
import { resizeTorchBilinear } from "@dit-bench/images";
import { uniforms } from "@dit-bench/random";
import { loadExtractor } from "@dit-bench/runner";
import { readNpz } from "@dit-bench/weights";
import { bench, largestDifference, runPython, tensorsOf, top } from "./compare.mjs";

/** @import { Call, Row } from "./types.ts" */

export const name = "inception";

const taps = ["64", "192", "768", "2048"];

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size }) {
  if (size === "tiny") {
    yield await narrow();
    return;
  }
  const target = join(folder, "inception");
  const fids = JSON.parse(runPython(python, "inception.py", target));
  const weights = ["--weights", join(target, "inception.pth")];
  /** @type {(part: string, worst: number, tolerance: number) => Row} */
  const row = (part, worst, tolerance) => ({
    part: `Inception-v3, ${part}`,
    size: "12 images of 4 sizes",
    worst,
    tolerance,
  });
  /**
   * Largest difference of the first folder's features from those that another program stored.
   *
   * @param {string} file
   * @param {string[]} more flags
   */
  const difference = async (file, ...more) => {
    const output = join(target, "ours.npz");
    bench("features", join(target, "a"), ...weights, ...more, "--output", output);
    const [ours, theirs] = [await readNpz(output), await readNpz(join(target, file))];
    return largestDifference(features(ours), features(theirs));
  };
  const fidOf = (/** @type {string[]} */ ...more) =>
    bench("fid", join(target, "a"), join(target, "b"), ...weights, ...more).fid;
  /** @type {(part: string, ours: number, theirs: number) => Row} */
  const relative = (part, ours, theirs) =>
    row(`${part}, FID of two folders, relative`, Math.abs(ours / theirs - 1), 1e-4);

  for (const tap of taps)
    yield row(`pytorch-fid, ${tap} features`, await difference(`a-${tap}.npz`, "--tap", tap), 1e-3);
  const fid = fidOf();
  const statistics = [join(target, "a-2048.npz"), join(target, "b-2048.npz")];
  yield relative("pytorch-fid's statistics, by our Fréchet distance", fid, bench("fid", ...statistics).fid);
  yield relative("pytorch-fid, by its matrix square root", fid, fids[2048]);

  yield row("clean-fid, 2048 features", await difference("clean-2048.npz", "--resize", "clean"), 1e-3);
  yield relative("clean-fid", fidOf("--resize", "clean"), fids.clean);

  const tensorflow = ["--resize", "tensorflow"];
  for (const tap of taps)
    yield row(
      `torch-fidelity, ${tap} features`,
      await difference(`tensorflow-${tap}.npz`, ...tensorflow, "--tap", tap),
      1e-3,
    );
  yield relative("torch-fidelity", fidOf(...tensorflow), fids.tensorflow);
  const spatial = [...tensorflow, "--tap", "spatial"];
  yield row("torch-fidelity, spatial features", await difference("tensorflow-spatial.npz", ...spatial), 1e-3);
  yield relative("torch-fidelity, sFID", fidOf(...spatial), fids.spatial);
  yield row(
    "an image alone against the same in a batch, 2048 features",
    await together(join(target, "inception.pth")),
    1e-5,
  );
}

/**
 * The largest difference between an image's features alone and in a batch.
 *
 * @param {string} weights path
 */
async function together(weights) {
  const extractor = await loadExtractor({ extractor: "inception", weights }, await createEngine("cpu"));
  const each = 299 * 299 * 3;
  const N = extractor.batch;
  const x = Float32Array.from(uniforms(1, "parity inception", 0, N * each), (u) => 2 * u - 1);
  const all = await extractor.run(x);
  let worst = 0;
  for (const n of [0, 7, N - 1]) {
    const alone = await extractor.run(x.slice(n * each, (n + 1) * each));
    worst = Math.max(
      worst,
      largestDifference(alone, all.slice(n * extractor.dimension, (n + 1) * extractor.dimension)),
    );
  }
  await extractor.dispose();
  return worst;
}

/**
 * The whole network with every width divided by 16, against stored values of pytorch-fid.
 *
 * @returns {Promise<Row>}
 */
async function narrow() {
  const fixtures = join(top, "packages/metrics/src/fixtures");
  const expected = tensorsOf(join(fixtures, "inception_narrow_expected.safetensors"));
  const engine = await createEngine("cpu");
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
