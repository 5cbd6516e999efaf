// Compares the autoencoder with diffusers' AutoencoderKL with the same random weights, at a small size and at the size
// of sd-vae-ft-ema.
//
// M images, F = 2 (the image and its mirror image), Z latent channels, h × w latent cells

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine } from "@dit-bench/compiler";
import { decodeImage } from "@dit-bench/images";
import { normals } from "@dit-bench/random";
import { loadRecipe, openAutoencoder, openCodec } from "@dit-bench/runner";
import { openSpace } from "@dit-bench/runner/parts";
import { largestDifference, lastLine, runBench, tensorsOf } from "./compare.mjs";

/** @import { EngineName } from "@dit-bench/compiler" */
/** @import { Call, Row } from "./types.ts" */
/** @import { Listener } from "@dit-bench/runner" */
/** @typedef {{ seconds: number, cpu: number }} Time */

export const name = "autoencoder";
export const usesEngine = true;

const tolerance = 1e-3;
const script = fileURLToPath(new URL("autoencoder.py", import.meta.url));

/**
 * Compares images in memory, then images in files. Prints times and peak memory to stderr.
 *
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size, engine: engineName }) {
  // Each engine has a folder of its own: latents of another engine would be taken from their cache.
  const target = join(folder, `autoencoder-${size}-${engineName}`);
  mkdirSync(target, { recursive: true });
  /** @type {{ times: Record<string, Time>, peakMB: number }} */
  const reference = JSON.parse(lastLine(execFileSync(python, [script, size, target], { encoding: "utf8" })));
  const expected = tensorsOf(join(target, "expected.safetensors"));
  /** Returns the first image of a tensor [N, C, H, W]. */
  const firstImage = (/** @type {string} */ tensor) => {
    const [, channels, height, width] = expected.shape(tensor);
    return { data: expected(tensor).slice(0, channels * height * width), channels, height, width };
  };
  const difference = (/** @type {Float32Array} */ found, /** @type {string} */ tensor) =>
    largestDifference(found, firstImage(tensor).data);
  /** @type {Record<string, Time>} */
  const ours = {};
  /** @type {<T>(what: string, f: () => Promise<T>) => Promise<T>} */
  const measureTime = async (operation, f) => {
    const [start, before] = [performance.now(), process.cpuUsage()];
    const result = await f();
    const { user, system } = process.cpuUsage(before);
    ours[operation] = { seconds: (performance.now() - start) / 1e3, cpu: (user + system) / 1e6 };
    return result;
  };

  const engine = await createEngine(engineName, { threads: 2 });
  const file = await openAutoencoder(target);
  const { widths } = file.config;
  const codec = openCodec(file, engine);
  const tiledCodec = openCodec(file, engine, { tile: file.config.tile });
  /** @type {(part: string, side: number, worst: number) => Row} */
  const row = (part, side, worst) => ({
    part: `Autoencoder, ${part}`,
    size: `${side}x${side} pixels, widths ${widths.join(" ")}`,
    worst,
    tolerance,
  });
  const x = firstImage("x");
  for (let i = 0; i < (size === "true" ? 2 : 1); i++) {
    // The first call also compiles. At the true size a second call replaces its time.
    const [{ mean, logvar }] = await measureTime("encode", () => codec.encode([x]));
    if (i === 0) yield row("mean", x.height, difference(mean, "mean"));
    if (i === 0) yield row("logvar", x.height, difference(logvar, "logvar"));
  }
  for (let i = 0; i < (size === "true" ? 2 : 1); i++) {
    const [{ data }] = await measureTime("decode", () => codec.decode([firstImage("sample")]));
    if (i === 0) yield row("image", x.height, difference(data, "decoded"));
  }
  await codec.dispose();
  const largeImage = firstImage("tiled.x");
  const [{ mean, logvar }] = await measureTime("tiled encode", () => tiledCodec.encode([largeImage]));
  yield row("mean, tiled", largeImage.height, difference(mean, "tiled.mean"));
  yield row("logvar, tiled", largeImage.height, difference(logvar, "tiled.logvar"));
  const [{ data }] = await measureTime("tiled decode", () => tiledCodec.decode([firstImage("tiled.mean")]));
  yield row("image, tiled", largeImage.height, difference(data, "tiled.decoded"));
  await tiledCodec.dispose();

  yield* measureFiles(target, engineName, row);

  const peakMB = (process.resourceUsage().maxRSS * 1024) / 1e6;
  const timeText = (/** @type {Time} */ { seconds, cpu }) => `${seconds.toFixed(2)} s (CPU time ${cpu.toFixed(2)} s)`;
  for (const [operation, time] of Object.entries(reference.times))
    process.stderr.write(`${operation}: ours ${timeText(ours[operation])}, diffusers ${timeText(time)}\n`);
  process.stderr.write(`peak memory: ours ${peakMB.toFixed(0)} MB, diffusers ${reference.peakMB.toFixed(0)} MB\n`);
}

/**
 * Compares `bench vae encode`, `bench vae decode` and the cache of a dataset's latents with its mirror images.
 *
 * @param {string} folder with the model and the images
 * @param {EngineName} engineName
 * @param {(part: string, side: number, worst: number) => Row} row
 * @returns {AsyncGenerator<Row>}
 */
async function* measureFiles(folder, engineName, row) {
  const reference = tensorsOf(join(folder, "images.safetensors"));
  const [M, F, Z, h, w] = reference.shape("mean");
  const n = Z * h * w;
  const [mean, std] = [reference("mean"), reference("std")];
  const side = reference.shape("decoded")[1];
  const imageFolder = join(folder, "images");
  const encodeImages = (/** @type {string[]} */ ...flags) => {
    const output = join(folder, "latents.safetensors");
    const weights = ["--weights", folder, "--engine", engineName];
    runBench("vae", "encode", imageFolder, ...weights, "--output", output, "--scale", "0.18215", ...flags);
    return Float32Array.from(tensorsOf(output)("latents"), (v) => v / 0.18215);
  };
  const withoutMirrorImages = (/** @type {Float32Array} */ values) =>
    Float32Array.from({ length: M * n }, (_, i) => values[Math.floor(i / n) * F * n + (i % n)]);
  yield row(
    "`bench vae encode`, divided by the scale",
    side,
    largestDifference(encodeImages(), withoutMirrorImages(mean)),
  );
  const noise = Float32Array.from(
    Array.from({ length: M }, (_, i) => Array.from(normals(3, "posterior", i, n))).flat(),
  );
  const sampledLatents = withoutMirrorImages(mean).map((m, i) => m + withoutMirrorImages(std)[i] * noise[i]);
  yield row(
    "`bench vae encode --sample`, with the mean and standard deviation of the reference",
    side,
    largestDifference(encodeImages("--sample", "--seed", "3"), sampledLatents),
  );

  encodeImages();
  const { files } = runBench(
    "vae",
    "decode",
    join(folder, "latents.safetensors"),
    "--engine",
    engineName,
    "--weights",
    folder,
    "--output",
    join(folder, "decoded"),
  );
  const decodedImages = await Promise.all(
    files.map((/** @type {string} */ file) => decodeImage(readFileSync(join(folder, "decoded", basename(file))))),
  );
  const pixels = Buffer.concat(decodedImages.map((image) => image.pixels));
  yield {
    ...row("`bench vae decode` of these latents", side, largestDifference(pixels, reference("decoded"))),
    tolerance: 1,
    unit: "of 255",
  };

  const recipe = loadRecipe("paper");
  const settings = {
    ...recipe.settings,
    model: { ...recipe.settings.model, inputSize: h },
    autoencoder: { weights: folder, scale: 0.18215 },
  };
  const engine = await createEngine(engineName, { threads: 2 });
  const space = await openSpace(
    { ...recipe, settings },
    { engine, out: folder, listener: /** @type {Listener} */ ({}) },
  );
  const images = await Promise.all([0, 1].map(async (i) => decodeImage(readFileSync(join(imageFolder, `${i}.png`)))));
  const data = {
    name: "images",
    fingerprint: "parity",
    pixels: Buffer.concat(images.map((image) => image.pixels)),
    labels: Int32Array.of(0, 1),
    size: side,
  };
  (await space.training(data)).close();
  const [cache] = readdirSync(join(folder, "latents"));
  const moments = tensorsOf(join(folder, "latents", cache))("moments");
  const momentsOf = (/** @type {number} */ k) =>
    Float32Array.from({ length: M * F * n }, (_, i) => moments[(2 * Math.floor(i / n) + k) * n + (i % n)]);
  yield row("latent cache, means of images and mirror images", side, largestDifference(momentsOf(0), mean));
  yield row("latent cache, standard deviations", side, largestDifference(momentsOf(1), std));
}
