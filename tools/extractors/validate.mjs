// Shows whether an extractor's Fréchet distance and KID follow what people see: for photographs that are damaged more
// and more, and for sets that lack classes or mix them. Prints one table in Markdown.
//
//     npm run build
//     node tools/extractors/validate.mjs FOLDER [--extractor efficientnet-lite0]
//
// FOLDER has one subfolder per class. Every second photograph of each class is the reference, and the others are the
// set that is changed, so the first row is the distance of two halves.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { normals } from "@dit-bench/random";
import sharp from "sharp";
import { runBench } from "../parity/compare.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { extractor: { type: "string", default: "efficientnet-lite0" } },
});
const [source] = positionals;
if (source === undefined) {
  process.stderr.write("usage: node tools/extractors/validate.mjs FOLDER [--extractor NAME]\n");
  process.exit(2);
}

const SIDE = 224;
const classes = readdirSync(source).sort();
const filesOf = (/** @type {string} */ name) => readdirSync(join(source, name)).sort();
/** @type {(parity: number) => { path: string, label: number, index: number }[]} */
const half = (parity) =>
  classes.flatMap((name, label) =>
    filesOf(name).flatMap((file, index) =>
      index % 2 === parity ? [{ path: join(source, name, file), label, index }] : [],
    ),
  );

/** @typedef {{ pixels: Buffer, label: number, index: number }} Photograph */
/** @type {(image: ReturnType<typeof half>[number]) => Promise<Photograph>} */
const load = async ({ path, label, index }) => ({
  pixels: await sharp(path).resize(SIDE, SIDE).toColourspace("srgb").removeAlpha().raw().toBuffer(),
  label,
  index,
});
const [reference, photographs] = await Promise.all([0, 1].map((parity) => Promise.all(half(parity).map(load))));
const raw = (/** @type {Buffer} */ pixels) => sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } });

/** @typedef {(photograph: Photograph, place: number) => Promise<Buffer>} Change from and to raw pixels */
/** @type {Change} */
const unchanged = async ({ pixels }) => pixels;
/** @type {(sigma: number) => Change} */
const blurred =
  (sigma) =>
  ({ pixels }) =>
    raw(pixels).blur(sigma).raw().toBuffer();
/** @type {(sigma: number) => Change} */
const noisy =
  (sigma) =>
  async ({ pixels }, place) => {
    const noise = normals(1, "validate extractor", place * pixels.length, pixels.length);
    return Buffer.from(Uint8ClampedArray.from(pixels, (x, i) => x + sigma * (noise[i] ?? 0)));
  };
/** @type {(quality: number) => Change} */
const compressed =
  (quality) =>
  async ({ pixels }) =>
    sharp(await raw(pixels).jpeg({ quality }).toBuffer())
      .raw()
      .toBuffer();
/** @type {(share: number) => Change} blends each photograph with one of another class */
const mixed =
  (share) =>
  async ({ pixels, label }, place) => {
    const others = photographs.filter((other) => other.label !== label);
    const other = others[(place * 7919) % others.length];
    return Buffer.from(Uint8Array.from(pixels, (x, i) => (1 - share) * x + share * (other?.pixels[i] ?? 0)));
  };
/** @type {(change: Change) => Change} leaves every second photograph of each class as it is */
const everySecond = (change) => (photograph, place) =>
  photograph.index % 4 === 1 ? change(photograph, place) : unchanged(photograph, place);

const all = () => true;
/** @type {{ name: string, change: Change, keep?: (photograph: Photograph) => boolean }[]} */
const sets = [
  { name: "unchanged", change: unchanged },
  ...[1, 2, 4].map((sigma) => ({ name: `blurred, σ ${sigma} pixels`, change: blurred(sigma) })),
  { name: "every second one blurred, σ 2", change: everySecond(blurred(2)) },
  ...[10, 25, 50].map((sigma) => ({ name: `noise, σ ${sigma} of 255`, change: noisy(sigma) })),
  ...[50, 20, 5].map((quality) => ({ name: `JPEG of quality ${quality}`, change: compressed(quality) })),
  ...[0.1, 0.3, 0.5].map((share) => ({ name: `blended with another class, ${100 * share} %`, change: mixed(share) })),
  ...[2, 4].flatMap((divisor) => [
    {
      name: `all classes, 1 of ${divisor} photographs`,
      change: unchanged,
      keep: (/** @type {Photograph} */ { index }) => ((index - 1) / 2) % divisor === 0,
    },
    {
      name: `1 of ${divisor} classes`,
      change: unchanged,
      keep: (/** @type {Photograph} */ { label }) => label % divisor === 0,
    },
  ]),
];

const folder = mkdtempSync(join(tmpdir(), "dit-bench-validate-"));
try {
  await write("reference", reference, unchanged);
  process.stdout.write("| set | images | Fréchet distance | KID |\n|---|--:|--:|--:|\n");
  for (const { name, change, keep = all } of sets) {
    const kept = photographs.filter(keep);
    await write("set", kept, change);
    const flags = ["--extractor", options.extractor];
    const { fid, kid } = runBench("fid", join(folder, "reference"), join(folder, "set"), ...flags);
    process.stdout.write(`| ${name} | ${kept.length} | ${fid.toFixed(2)} | ${kid.toFixed(4)} |\n`);
    rmSync(join(folder, "set"), { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * @param {string} name
 * @param {readonly Photograph[]} set
 * @param {Change} change
 */
async function write(name, set, change) {
  mkdirSync(join(folder, name));
  await Promise.all(
    set.map(async (photograph, place) => {
      const pixels = await change(photograph, place);
      await raw(pixels)
        .png({ compressionLevel: 1 })
        .toFile(join(folder, name, `${String(place).padStart(5, "0")}.png`));
    }),
  );
}
