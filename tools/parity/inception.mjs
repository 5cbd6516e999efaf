// Inception's features and FIDs against pytorch-fid on the same weights and images.

import { join } from "node:path";
import { createEngine } from "@dit-bench/compiler";
import { resizeTorchBilinear } from "@dit-bench/datasets";
import { loadExtractor } from "@dit-bench/runner";
import { readNpz } from "@dit-bench/weights";
import { bench, furthest, runPython, tensorsOf, top } from "./compare.mjs";

export const name = "inception";

const taps = ["64", "192", "768", "2048"];

export async function* measure({ python, folder, size }) {
  if (size === "tiny") {
    yield await narrow();
    return;
  }
  const place = join(folder, "inception");
  const distances = JSON.parse(runPython(python, "inception.py", place));
  const weights = ["--weights", join(place, "inception.pth")];
  const row = (part, worst, tolerance) => ({
    part: `Inception-v3, ${part}`,
    size: "12 images of 4 sizes",
    worst,
    tolerance,
  });
  for (const tap of taps) {
    const output = join(place, "ours.npz");
    bench("features", join(place, "a"), ...weights, "--tap", tap, "--output", output);
    const [ours, theirs] = [await readNpz(output), await readNpz(join(place, `a-${tap}.npz`))];
    yield row(`${tap} features`, furthest(ours.get("features").data, theirs.get("features").data), 1e-3);
  }
  const { fid } = bench("fid", join(place, "a"), join(place, "b"), ...weights);
  const theirs = [join(place, "a-2048.npz"), join(place, "b-2048.npz")];
  yield row(
    "FID of two folders, relative, by ours of its features",
    Math.abs(fid / bench("fid", ...theirs).fid - 1),
    1e-4,
  );
  yield row("FID of two folders, relative, by its matrix root", Math.abs(fid / distances[2048] - 1), 1e-4);
}

/** The whole network with every width divided by 16, on stored values of pytorch-fid. */
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
  const worst = furthest(await extractor.run(x), expected("features"));
  await extractor.dispose();
  return { part: "Inception-v3, features", size: "a sixteenth of its widths", worst, tolerance: 1e-4 };
}
