// Tests all miniatures: fixed pixels, variety within a class, differences between classes.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { drawImage, drawMiniature, type Miniature, miniatures, paperMiniatures, sourceDomain } from "./index.ts";

const allMiniatures = [...miniatures, sourceDomain];

/** SHA-256 of the first two images of each class with seed 1. The published base model and results depend on these. */
const golden: Record<string, string> = {
  food: "697a9f62fb2b6a123da7eb090c9e8a9ec35833c7b1351816318a755846d654b0",
  sun: "fef0e78ade9854e4a4ee9cfc6a7c8d3c1bafc2bc7f5a5692292885678455ef52",
  df20m: "76a103a8ab3f9baee0178c0f1b8edfea46421e57965e9d24f2081838ed54a87c",
  caltech: "5d52dfbb62a6a23836faf50769d090d6fbb2fd0eb5bb41a675e75a27e23623aa",
  cub: "4f8249e56d0de8f0bbc981ef7101a527385fab2095e86fce3e266fa3f3c1512e",
  artbench: "8a3d73500de3055c1dbdd6e9abbf8be8c44630176c9458dc2087d5824538567f",
  flowers: "1ee06e5fa9b51038e169590b50221144767e13e7d6b0d6bdea5bc4202e4cc28a",
  cars: "aae457be067f41e44785a606462d6d13a0b5ac2ad56d9371c6dc88e43e42185e",
  source: "3ac86f4a04668347b8643ca8fd65aadd417dca9583d1be99df40179bd9344610",
};

describe("the miniatures", () => {
  it("include the eight datasets of the paper in its order, with six classes each", () => {
    expect(paperMiniatures.map((m) => m.name)).toEqual([
      "food",
      "sun",
      "df20m",
      "caltech",
      "cub",
      "artbench",
      "flowers",
      "cars",
    ]);
    for (const m of paperMiniatures) expect(new Set(m.classes).size).toBe(6);
    expect(new Set(sourceDomain.classes).size).toBe(16);
  });

  it.each([...paperMiniatures, sourceDomain])("draws the published pixels of $name", (m) => {
    const hash = createHash("sha256").update(drawMiniature(m, { perClass: 2, seed: 1 }).pixels);
    expect(hash.digest("hex")).toBe(golden[m.name]);
  });

  it("use no Math function whose last bits depend on the JavaScript engine", () => {
    const folder = import.meta.dirname;
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((f) => /(?<!\.test)\.ts$/.test(f));
    expect(files.length).toBeGreaterThan(50);
    const exact = ["sqrt", "floor", "abs", "min", "max", "imul", "PI"].map((f) => `Math.${f}`);
    for (const file of files) {
      const code = readFileSync(join(folder, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
      const used = code.match(/\bMath\.\w+|\*\*/g) ?? [];
      expect(
        used.filter((f) => !exact.includes(f)),
        file,
      ).toEqual([]);
    }
  });
});

describe("drawImage", () => {
  it("depends only on miniature, class, seed and index", () => {
    const [m, other] = [miniatures[6]!, miniatures[0]!];
    const alone = drawImage(m, 3, 7, 5);
    drawImage(other, 1, 7, 5);
    drawImage(m, 2, 7, 5);
    expect(drawImage(m, 3, 7, 5)).toEqual(alone);
    const set = drawMiniature(m, { perClass: 2, seed: 5, first: 6 });
    expect(set.pixels.slice(7 * 3072, 8 * 3072)).toEqual(alone);
    for (const changed of [drawImage(m, 3, 8, 5), drawImage(m, 3, 7, 6), drawImage(m, 2, 7, 5)])
      expect(changed).not.toEqual(alone);
  });

  it("draws the same scene at 64 pixels in a higher resolution", () => {
    for (const m of miniatures) {
      const small = drawImage(m, 0, 0, 1);
      const large = drawImage(m, 0, 0, 1, 64);
      expect(large.length).toBe(64 * 64 * 3);
      expect(difference(small, halved(large))).toBeLessThan(8);
    }
  });

  it("refuses a class that does not exist, and lists the classes", () => {
    expect(() => drawImage(miniatures[7]!, 6, 0, 1)).toThrow(
      "miniature cars: class 6 does not exist, expected 0 to 5 (sedan, suv, sports car, convertible, pickup, van)",
    );
  });
});

describe("drawMiniature", () => {
  it("draws the classes in order with their labels, and other images from another range of indices", () => {
    const m = miniatures[1]!;
    const set = drawMiniature(m, { perClass: 2, seed: 1 });
    expect([...set.labels]).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect(set.pixels.length).toBe(12 * 32 * 32 * 3);
    const held = drawMiniature(m, { perClass: 2, seed: 1, first: 2 });
    expect(held.pixels.slice(0, 3072)).toEqual(drawImage(m, 0, 2, 1));
  });

  it.each(allMiniatures)("draws different images within each class of $name", (m) => {
    const n = 10;
    for (let c = 0; c < m.classes.length; c++) {
      const images = Array.from({ length: n }, (_, i) => image(m, c, i));
      const pairs = images.flatMap((a, i) => images.slice(i + 1).map((b) => difference(a, b)));
      const mean = pairs.reduce((s, d) => s + d, 0) / pairs.length;
      expect(mean, m.classes[c]).toBeGreaterThan(25);
      expect(Math.min(...pairs), m.classes[c]).toBeGreaterThan(9);
    }
  });

  // Measured with 20 training and 8 test images per class: cars 0.50, source 0.53, the other miniatures 0.81 to 1.00.
  it.each(allMiniatures)(
    "draws classes of $name that a nearest-neighbour classifier separates far above chance",
    (m) => {
      const minimum = m.name === "cars" ? 0.3 : m === sourceDomain ? 0.3 : 0.65;
      expect(accuracy(samples(m, 0, 14), samples(m, 14, 20))).toBeGreaterThan(minimum);
    },
  );

  it("draws miniatures that a nearest-neighbour classifier tells apart", () => {
    const among = (first: number, end: number): Sample[] =>
      miniatures.flatMap((m, label) => samples(m, first, end).map((s) => ({ ...s, label })));
    expect(accuracy(among(0, 9), among(14, 17))).toBeGreaterThan(0.75);
  });
});

/** An image with seed 4, cached for all tests. */
function image(m: Miniature, c: number, index: number): Uint8Array {
  const key = `${m.name}/${c}/${index}`;
  const known = cache.get(key) ?? drawImage(m, c, index, 4);
  cache.set(key, known);
  return known;
}

const cache = new Map<string, Uint8Array>();

interface Sample {
  readonly image: Uint8Array;
  readonly label: number;
}

function samples(m: Miniature, first: number, end: number): Sample[] {
  return m.classes.flatMap((_, label) =>
    Array.from({ length: end - first }, (_, i) => ({ label, image: image(m, label, first + i) })),
  );
}

/** Share of the test samples whose nearest training sample, mirrored or not, has their label. */
function accuracy(train: readonly Sample[], test: readonly Sample[]): number {
  const known = train.flatMap(({ image, label }) =>
    [false, true].map((mirrored) => ({ label, features: edges(image, mirrored) })),
  );
  const correct = test.filter(({ image, label }) => {
    const query = edges(image, false);
    let best = -1;
    let found = -1;
    for (const k of known) {
      let similarity = 0;
      for (let i = 0; i < query.length; i++) similarity += query[i]! * k.features[i]!;
      if (similarity > best) [best, found] = [similarity, k.label];
    }
    return found === label;
  });
  return correct.length / test.length;
}

/** Features: square roots of the summed positive and negative gradients along x and y in 8 x 8 cells, of length 1. */
function edges(image: Uint8Array, mirrored: boolean): Float64Array {
  const gray = (x: number, y: number): number => {
    const p = (y * 32 + (mirrored ? 31 - x : x)) * 3;
    return image[p]! + image[p + 1]! + image[p + 2]!;
  };
  const out = new Float64Array(256);
  for (let y = 1; y < 31; y++)
    for (let x = 1; x < 31; x++) {
      const cell = ((y >> 2) * 8 + (x >> 2)) * 4;
      const gx = gray(x + 1, y) - gray(x - 1, y);
      const gy = gray(x, y + 1) - gray(x, y - 1);
      out[cell + (gx > 0 ? 0 : 1)]! += Math.abs(gx);
      out[cell + (gy > 0 ? 2 : 3)]! += Math.abs(gy);
    }
  const length = Math.sqrt(out.reduce((s, v) => s + v, 0));
  return out.map((v) => Math.sqrt(v) / length);
}

/** Mean absolute difference of two images, in steps of 1/255. */
function difference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}

/** A 64 x 64 image averaged to 32 x 32. */
function halved(image: Uint8Array): Uint8Array {
  const out = new Uint8Array(32 * 32 * 3);
  for (let y = 0; y < 32; y++)
    for (let x = 0; x < 32; x++)
      for (let c = 0; c < 3; c++) {
        const at = (dy: number, dx: number): number => image[((2 * y + dy) * 64 + 2 * x + dx) * 3 + c]!;
        out[(y * 32 + x) * 3 + c] = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1) + 2) / 4;
      }
  return out;
}
