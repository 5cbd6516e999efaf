// Computes FIDs of images, with pytorch-fid's network at a sixteenth of its widths.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine } from "@dit-bench/compiler";
import { type FloatImage, resizeTorchBilinear } from "@dit-bench/images";
import { inception } from "@dit-bench/metrics";
import { normals } from "@dit-bench/random";
import { readSafetensors, type StoredTensor, writeNpz, writeSafetensors } from "@dit-bench/weights";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileExtractor } from "../extractors/compile-extractor.ts";
import { compareSets } from "./compare-sets.ts";
import { checkFileSize, writeFeatureFile } from "./feature-file.ts";
import type { FeatureSet } from "./feature-set.ts";
import { imageFeatures } from "./image-features.ts";
import { type LoadedExtractor, loadExtractor } from "./load-extractor.ts";
import { openSet } from "./set-source.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../../metrics/src/fixtures/${name}`, import.meta.url));
const weights = fixture("inception_narrow_weights.safetensors");
const place = mkdtempSync(join(tmpdir(), "distance-"));
let extractor: LoadedExtractor;

beforeAll(async () => {
  extractor = await loadExtractor({ extractor: "inception", weights }, await createEngine("cpu", { threads: 1 }));
});
afterAll(async () => {
  await extractor.dispose();
  rmSync(place, { recursive: true });
});

describe("the compiled Inception", () => {
  const { tensors } = readSafetensors(fixture("inception_narrow_expected.safetensors"));
  const wanted = tensors.get("features")!.data as Float32Array;

  test("gives pytorch-fid's features to 1e-4", async () => {
    const found = await extractor.run(inputs());
    expect(largestDifference(found, wanted)).toBeLessThan(1e-4);
  });

  test("gives each image the same features in batches of any size, to 1e-5 of the largest", async () => {
    const x = inputs();
    const half = x.length / 2;
    const single = [await extractor.run(x.slice(0, half)), await extractor.run(x.slice(half))];
    const largest = Math.max(...wanted);
    expect(largestDifference(Float32Array.from(single.flatMap((part) => [...part])), await extractor.run(x))).toBe(0);
    const network = inception({ divisor: 16 });
    const names = Object.keys(network.checkpoint);
    const stored = readSafetensors(weights).tensors;
    const values = network.fold(Object.fromEntries(names.map((n) => [n, stored.get(n)!.data as Float32Array])));
    const alone = await compileExtractor(await createEngine("cpu", { threads: 1 }), network, values, 1);
    expect(largestDifference(await alone.run(x.slice(0, half)), single[0]!) / largest).toBeLessThan(1e-5);
    await alone.dispose();
  });

  /** The fixture's images as pytorch-fid resizes and scales them: [N, S, S, 3]. */
  function inputs(): Float32Array {
    const x_NCHW = tensors.get("input")!.data as Float32Array;
    const area = 40 * 40;
    const images = [0, 1].map((n): FloatImage => {
      const values = Float32Array.from(
        { length: 3 * area },
        (_, i) => x_NCHW[(n * 3 + (i % 3)) * area + (i - (i % 3)) / 3]!,
      );
      return resizeTorchBilinear({ width: 40, height: 40, values }, 299, 299);
    });
    return Float32Array.from(images.flatMap(({ values }) => [...values])).map((x) => 2 * x - 1);
  }
});

test("loadExtractor reads weights whose names have a wrapper's prefix", async () => {
  const path = join(place, "wrapped.safetensors");
  writeSafetensors(
    path,
    [...readSafetensors(weights).tensors].map(([name, tensor]) => [`module.${name}`, tensor]),
  );
  const wrapped = await loadExtractor(
    { extractor: "inception", weights: path },
    await createEngine("cpu", { threads: 1 }),
  );
  expect(wrapped.weights).toBe(extractor.weights);
  await wrapped.dispose();
});

describe("loadExtractor", () => {
  const load = (choice: { extractor: string; weights?: string; tap?: string }) =>
    createEngine("cpu", { threads: 1 }).then((engine) => loadExtractor(choice, engine));
  const without = (name: string, other?: StoredTensor) => {
    const path = join(place, "wrong.safetensors");
    const { tensors } = readSafetensors(weights);
    writeSafetensors(
      path,
      [...tensors].flatMap(([n, t]) => (n === name ? (other ? [[n, other] as const] : []) : [[n, t]])),
    );
    return path;
  };

  test.each<[string, () => Parameters<typeof load>[0], string, number]>([
    [
      "an extractor that is not known",
      () => ({ extractor: "vgg" }),
      "--extractor vgg: wanted efficientnet-lite0, inception, mini",
      2,
    ],
    [
      "weights that are not here",
      () => ({ extractor: "inception" }),
      "get them with 'bench fetch inception-v3-fid'",
      4,
    ],
    [
      "a tap that it does not have",
      () => ({ extractor: "inception", weights, tap: "7" }),
      "--tap 7: wanted 64, 192",
      2,
    ],
    ["a path without a file", () => ({ extractor: "inception", weights: "nowhere.pth" }), "there is no such file", 4],
    [
      "a file without one of the weights",
      () => ({ extractor: "inception", weights: without("Mixed_7c.branch1x1.bn.bias") }),
      "has no weight 'Mixed_7c.branch1x1.bn.bias'",
      4,
    ],
    [
      "a weight of another shape",
      () => ({
        extractor: "inception",
        weights: without("Mixed_7c.branch1x1.bn.bias", { type: "F32", shape: [1], data: new Float32Array(1) }),
      }),
      "is [1], wanted [20]",
      4,
    ],
  ])("refuses %s", async (_, choice, message, exitCode) => {
    await expect(load(choice())).rejects.toThrow(message);
    await expect(load(choice())).rejects.toMatchObject({ exitCode });
  });
});

describe("imageFeatures", () => {
  test("gives features in the order of the images, and skips and names files that are no images", async () => {
    const folder = await images("seven", 7, 1);
    writeFileSync(join(folder, "00.png"), "not an image");
    const notes: string[] = [];
    const listener = { note: (text: string) => void notes.push(text) };
    const set = await imageFeatures({ folder, extractor, resizer: "clean", listener });
    expect(set).toMatchObject({ count: 6, dimension: 128, about: { extractor: extractor.id, resizer: "clean" } });
    expect(notes).toEqual([
      `left out ${folder}/00.png: its content is none of JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or PPM/PGM/PBM`,
    ]);
    await expect(imageFeatures({ folder, extractor, resizer: "clean", strict: true })).rejects.toMatchObject({
      exitCode: 4,
    });
    const stopping = () => true;
    await expect(imageFeatures({ folder, extractor, resizer: "clean", listener: { stopping } })).rejects.toThrow(
      "stopped after 0 of 7 images",
    );
  });

  test("gives different features for different resizers", async () => {
    const folder = await images("resized", 2, 2);
    const found: Float32Array[] = [];
    for (const resizer of ["pytorch", "clean", "tensorflow"] as const)
      found.push((await imageFeatures({ folder, extractor, resizer })).features!);
    const [pytorch, clean, tensorflow] = found;
    expect(largestDifference(pytorch!, clean!)).toBeGreaterThan(1e-3);
    expect(largestDifference(pytorch!, tensorflow!)).toBeGreaterThan(1e-3);
  });
});

describe("feature files", () => {
  const set = randomSet("a", 9, 4, 1);
  const readFeatureFile = async (path: string): Promise<FeatureSet> => {
    const source = await openSet(path);
    return source.kind === "features" ? source.read() : Promise.reject(new Error(`${source.kind}, not features`));
  };

  test.each(["npz", "safetensors"])("as .%s give back what was written, and the same FID", async (ending) => {
    const path = join(place, `a.${ending}`);
    writeFeatureFile(path, set);
    const read = await readFeatureFile(path);
    expect(read).toMatchObject({ source: path, count: 9, dimension: 4, features: set.features, about: set.about });
    expect(compareSets(read, set)).toMatchObject({ fid: 0, counts: [9, 9], extractor: "x", resizer: "clean" });
  });

  test("need only statistics for a FID, in float32 and in either order of axes", async () => {
    const path = join(place, "statistics.npz");
    const sigma = Float32Array.of(2, 0.5, 0.5, 1);
    writeNpz(path, [
      ["sigma", { type: "F32", shape: [2, 2], data: sigma }],
      ["mu", { type: "F32", shape: [2], data: Float32Array.of(1, 2) }],
    ]);
    const read = await readFeatureFile(path);
    expect(read).toEqual({
      source: path,
      dimension: 2,
      statistics: {
        dimension: 2,
        count: Number.NaN,
        mean: Float64Array.of(1, 2),
        covariance: Float64Array.from(sigma),
      },
    });
    const itself = compareSets(read, read, { pairwise: true, resamples: 20 });
    expect(itself).toMatchObject({ fid: 0, kid: null, precision: null, interval: null, counts: [null, null] });
    expect(itself).toMatchObject({ recall: null, density: null, coverage: null });
  });

  const f64 = (...shape: number[]): StoredTensor => ({
    type: "F64",
    shape,
    data: new Float64Array(shape.reduce((a, b) => a * b, 1)),
  });
  test.each<[string, Record<string, StoredTensor>, string]>([
    ["no feature or statistic", { other: f64(2) }, "it holds other [2] F64; wanted a folder of images"],
    ["a mean but no covariance", { mu: f64(2) }, "it holds mu"],
    ["a covariance that is not square", { mu: f64(2), sigma: f64(2, 3) }, "'sigma' is [2,3] for 2 features"],
    ["flat features", { features: f64(4) }, "'features' is [4]"],
    [
      "a mean of another dimension",
      { features: f64(2, 3), mu: f64(2), sigma: f64(2, 2) },
      "'mu' is [2] for 3 features",
    ],
    ["whole numbers", { sigma: f64(1, 1), mu: { type: "I32", shape: [1], data: Int32Array.of(1) } }, "'mu' holds I32"],
  ])("with %s are refused", async (_, tensors, message) => {
    const path = join(place, "wrong.npz");
    writeNpz(path, Object.entries(tensors));
    await expect(readFeatureFile(path)).rejects.toThrow(message);
    await expect(readFeatureFile(path)).rejects.toMatchObject({ exitCode: 4 });
  });

  test("are refused when the text that names their extractor is too long", async () => {
    const [mu, sigma] = [f64(2), f64(2, 2)];
    const note = new Uint8Array(70_000).fill(0x20);
    const path = join(place, "note");
    writeNpz(`${path}.npz`, Object.entries({ mu, sigma, about: { type: "U8", shape: [note.length], data: note } }));
    await expect(readFeatureFile(`${path}.npz`)).rejects.toThrow(
      'zip entry "about.npy" takes 70128 bytes: at most 65536',
    );
    writeSafetensors(`${path}.safetensors`, Object.entries({ mu, sigma }), { about: " ".repeat(70_000) });
    await expect(readFeatureFile(`${path}.safetensors`)).rejects.toThrow("'about' has 70000 characters");
  });

  test("that would be too large as .npz are refused before the first image is measured", async () => {
    checkFileSize("a.npz", 250_000, 2048);
    checkFileSize("a.safetensors", 1e9, 2048);
    expect(() => checkFileSize("a.npz", 262_144, 2048)).toThrow(
      "--output a.npz: 262144 images of 2048 features take 2181185536 bytes, a .npz file holds at most 2147483648; " +
        "give it a name that ends in .safetensors",
    );
    const unused: LoadedExtractor = { ...extractor, run: () => Promise.reject(new Error("it was measured")) };
    const onCount = (images: number, dimension: number) => checkFileSize("a.npz", images * 1e7, dimension);
    await expect(
      imageFeatures({ folder: await images("many", 3, 1), extractor: unused, resizer: "clean", onCount }),
    ).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining("30000000 images of 128 features") });
  });

  test("with another extension are refused", () => {
    expect(() => writeFeatureFile(join(place, "a.csv"), set)).toThrow(
      "wanted a name that ends in .npz or .safetensors",
    );
  });
});

describe("compareSets", () => {
  test("computes all metrics, with equal results each time", () => {
    const [a, b] = [randomSet("a", 60, 4, 1), randomSet("b", 50, 4, 2)];
    const found = compareSets(a, b, { pairwise: true, resamples: 20 });
    expect(compareSets(a, b, { pairwise: true, resamples: 20 })).toEqual(found);
    expect(found).toMatchObject({ counts: [60, 50], pairwiseCounts: [60, 50], dimension: 4, neighbours: 3 });
    expect(found.interval!.low).toBeLessThan(found.fid);
    expect(found.interval!.high).toBeGreaterThan(found.fid);
    for (const share of [found.precision, found.recall, found.coverage])
      expect(share).toSatisfy((x: number) => x > 0.5 && x <= 1);
    expect(found.density).toBeGreaterThan(0.5);
    expect(Math.abs(found.kid!)).toBeLessThan(0.5);
    expect(found).not.toHaveProperty("copyRate");
  });

  test("has no score of neighbours for sets with fewer images than it takes neighbours", () => {
    const found = compareSets(randomSet("a", 9, 4, 1), randomSet("b", 5, 4, 2), { pairwise: true });
    expect(found).toMatchObject({ density: null, coverage: null });
    expect(found.precision).not.toBeNull();
  });

  test("refuses features of another extractor, another resizer and another dimension", () => {
    const a = randomSet("a", 9, 4, 1);
    const about = { ...a.about!, resizer: "pytorch" };
    expect(() => compareSets(a, { ...a, source: "b", about })).toThrow("resizer of a is clean, of b pytorch");
    expect(() => compareSets(a, { ...a, source: "b", about: { ...about, extractor: "y" } })).toThrow(
      "extractor of a is x",
    );
    expect(() => compareSets(a, randomSet("b", 9, 5, 1))).toThrow("a has 4 features an image, b 5");
  });

  test("notes a set of too few images, and refuses values that are not finite, with the set's name", () => {
    const notes: string[] = [];
    compareSets(randomSet("a", 4, 4, 1), randomSet("b", 9, 4, 1), {
      listener: { note: (text) => void notes.push(text) },
    });
    expect(notes).toEqual([expect.stringContaining("a: 4 images do not span 4 features")]);
    const bad = randomSet("bad", 9, 4, 1);
    bad.features![5] = Number.NaN;
    expect(() => compareSets(bad, randomSet("b", 9, 4, 1))).toThrow("bad: statistics: row 1, column 1 is NaN");
  });
});

function randomSet(source: string, n: number, dimension: number, seed: number): FeatureSet {
  const features = normals(seed, "distance.test", 0, n * dimension);
  return { source, dimension, count: n, features, about: { extractor: "x", weights: "w", resizer: "clean" } };
}

async function images(name: string, n: number, seed: number): Promise<string> {
  const folder = join(place, name);
  mkdirSync(folder);
  const raw = { width: 40, height: 30, channels: 3 } as const;
  for (let i = 0; i < n; i++) {
    const noise = Uint8Array.from(normals(seed, "distance.test.images", i, 40 * 30 * 3), (x) => 128 + 40 * x);
    writeFileSync(join(folder, `0${i}.png`), await sharp(noise, { raw }).png().toBuffer());
  }
  return folder;
}

/** The largest absolute difference. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}
