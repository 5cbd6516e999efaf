// The autoencoder against diffusers' AutoencoderKL with the same random weights, at a small size and at that of sd-vae-ft-ema.
//
// Needs `npm run build`, and a Python with torch and diffusers.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine } from "@dit-bench/compiler";
import { decodeImage } from "@dit-bench/images";
import { normals } from "@dit-bench/random";
import { loadRecipe, openAutoencoder, openCodec } from "@dit-bench/runner";
import { openSpace } from "@dit-bench/runner/parts";
import { readSafetensors } from "@dit-bench/weights";
import { bench, furthest, tensorsOf } from "./compare.mjs";

export const name = "autoencoder";

const tolerance = 1e-3;
const script = fileURLToPath(new URL("autoencoder.py", import.meta.url));

/** Rows `{ part, size, worst, tolerance }`; seconds and megabytes go to stderr. */
export async function* measure({ python, folder, size }) {
  const place = join(folder, `autoencoder-${size}`);
  mkdirSync(place, { recursive: true });
  const theirs = JSON.parse(
    execFileSync(python, [script, size, place], { encoding: "utf8" }).trim().split("\n").at(-1),
  );
  const { tensors } = readSafetensors(join(place, "expected.safetensors"));
  const plane = (tensor, i = 0) => {
    const { data, shape } = tensors.get(tensor);
    const [, channels, height, width] = shape;
    const each = channels * height * width;
    return { data: data.slice(i * each, (i + 1) * each), channels, height, width };
  };
  const apart = (found, tensor, i = 0) => {
    const wanted = plane(tensor, i).data;
    if (found.length !== wanted.length) throw new Error(`${tensor}: ${found.length} numbers, wanted ${wanted.length}`);
    return found.reduce((most, x, j) => Math.max(most, Math.abs(x - wanted[j])), 0);
  };
  const ours = {};
  const timed = async (what, f) => {
    const [start, before] = [performance.now(), process.cpuUsage()];
    const result = await f();
    const { user, system } = process.cpuUsage(before);
    ours[what] = { seconds: (performance.now() - start) / 1e3, processor: (user + system) / 1e6 };
    return result;
  };

  const engine = await createEngine("cpu", { threads: 2 });
  const file = await openAutoencoder(place);
  const { widths } = file.config;
  const codec = openCodec(file, engine);
  const tiled = openCodec(file, engine, { tile: file.config.tile });
  const row = (part, side, worst) => ({
    part: `Autoencoder, ${part}`,
    size: `${side}x${side} pixels, widths ${widths.join(" ")}`,
    worst,
    tolerance,
  });
  const x = plane("x");
  for (let i = 0; i < (size === "true" ? 2 : 1); i++) {
    // The first call compiles.
    const [{ mean, logvar }] = await timed("encode", () => codec.encode([x]));
    if (i === 0) yield row("mean", x.height, apart(mean, "mean"));
    if (i === 0) yield row("logvar", x.height, apart(logvar, "logvar"));
  }
  for (let i = 0; i < (size === "true" ? 2 : 1); i++) {
    const [{ data }] = await timed("decode", () => codec.decode([plane("sample")]));
    if (i === 0) yield row("picture", x.height, apart(data, "decoded"));
  }
  await codec.dispose();
  const large = plane("tiled.x");
  const [{ mean, logvar }] = await timed("tiled encode", () => tiled.encode([large]));
  yield row("mean, tiled", large.height, apart(mean, "tiled.mean"));
  yield row("logvar, tiled", large.height, apart(logvar, "tiled.logvar"));
  const [{ data }] = await timed("tiled decode", () => tiled.decode([plane("tiled.mean")]));
  yield row("picture, tiled", large.height, apart(data, "tiled.decoded"));
  await tiled.dispose();

  yield* stored(place, row);

  const peakMB = (process.resourceUsage().maxRSS * 1024) / 1e6;
  const told = ({ seconds, processor }) => `${seconds.toFixed(2)} s (of the processor ${processor.toFixed(2)} s)`;
  for (const [what, time] of Object.entries(theirs.times))
    process.stderr.write(`${what}: ours ${told(ours[what])}, diffusers ${told(time)}\n`);
  process.stderr.write(`peak memory: ours ${peakMB.toFixed(0)} MB, diffusers ${theirs.peakMB.toFixed(0)} MB\n`);
}

/** Pictures in files: `bench vae encode`, the cache of a dataset's latents with its mirror images, `bench vae decode`. */
async function* stored(place, row) {
  const theirs = tensorsOf(join(place, "pictures.safetensors"));
  const [M, F, Z, h, w] = theirs.shape("mean");
  const n = Z * h * w;
  const [mean, std] = [theirs("mean"), theirs("std")];
  const side = theirs.shape("decoded")[1];
  const pictures = join(place, "pictures");
  const encoded = (...more) => {
    const output = join(place, "latents.safetensors");
    bench("vae", "encode", pictures, "--weights", place, "--output", output, "--scale", "0.18215", ...more);
    return Float32Array.from(tensorsOf(output)("latents"), (v) => v / 0.18215);
  };
  const unmirrored = (values) =>
    Float32Array.from({ length: M * n }, (_, i) => values[Math.floor(i / n) * F * n + (i % n)]);
  yield row("`bench vae encode`, over its scale", side, furthest(encoded(), unmirrored(mean)));
  const noise = Float32Array.from(
    Array.from({ length: M }, (_, i) => Array.from(normals(3, "posterior", i, n))).flat(),
  );
  const drawn = unmirrored(mean).map((m, i) => m + unmirrored(std)[i] * noise[i]);
  yield row(
    "`bench vae encode --sample`, by their mean and deviation",
    side,
    furthest(encoded("--sample", "--seed", "3"), drawn),
  );

  encoded();
  const { files } = bench(
    "vae",
    "decode",
    join(place, "latents.safetensors"),
    "--weights",
    place,
    "--output",
    join(place, "decoded"),
  );
  const made = await Promise.all(
    files.map((file) => decodeImage(readFileSync(join(place, "decoded", basename(file))))),
  );
  const pixels = Buffer.concat(made.map((picture) => picture.pixels));
  yield {
    ...row("`bench vae decode` of these", side, furthest(pixels, theirs("decoded"))),
    tolerance: 1,
    unit: "levels",
  };

  const recipe = loadRecipe("paper");
  const settings = {
    ...recipe.settings,
    model: { ...recipe.settings.model, inputSize: h },
    autoencoder: { weights: place, scale: 0.18215 },
  };
  const engine = await createEngine("cpu", { threads: 2 });
  const space = await openSpace({ ...recipe, settings }, { engine, out: place, listener: {} });
  const images = await Promise.all([0, 1].map(async (i) => decodeImage(readFileSync(join(pictures, `${i}.png`)))));
  const data = {
    name: "pictures",
    fingerprint: "parity",
    pixels: Buffer.concat(images.map((image) => image.pixels)),
    labels: Int32Array.of(0, 1),
    size: side,
  };
  (await space.training(data)).close();
  const [cache] = readdirSync(join(place, "latents"));
  const moments = tensorsOf(join(place, "latents", cache))("moments");
  const part = (k) =>
    Float32Array.from({ length: M * F * n }, (_, i) => moments[(2 * Math.floor(i / n) + k) * n + (i % n)]);
  yield row("latent cache, means of pictures and mirror images", side, furthest(part(0), mean));
  yield row("latent cache, deviations", side, furthest(part(1), std));
}
