// Files of other programs: images in one array get the features of a folder; other files are named in an error.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine } from "@dit-bench/compiler";
import { encodePng } from "@dit-bench/images";
import { normals } from "@dit-bench/random";
import { type StoredTensor, WeightFileError, writeNpz, writeSafetensors } from "@dit-bench/weights";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BenchError } from "../errors.ts";
import { arrayFeatures } from "./image-array.ts";
import { imageFeatures } from "./image-features.ts";
import { type LoadedExtractor, loadExtractor } from "./load-extractor.ts";
import { openSet } from "./set-source.ts";

const place = mkdtempSync(join(tmpdir(), "dit-bench-sets-"));
let extractor: LoadedExtractor;
beforeAll(async () => {
  extractor = await loadExtractor({ extractor: "mini" }, await createEngine("cpu", { threads: 1 }));
});
afterAll(async () => {
  await extractor.dispose();
  rmSync(place, { recursive: true });
});

const [N, H, W] = [70, 20, 24]; // more than a batch of the miniature's extractor
const noise = (...shape: number[]): StoredTensor => {
  const count = shape.reduce((a, b) => a * b, 1);
  return { type: "U8", shape, data: Uint8Array.from(normals(1, "sets.test", 0, count), (x) => 128 + 50 * x) };
};
const zeros = (type: "F32" | "F64" | "I64" | "U8", ...shape: number[]): StoredTensor => {
  const count = shape.reduce((a, b) => a * b, 1);
  const numbers = { F32: Float32Array, F64: Float64Array, I64: BigInt64Array, U8: Uint8Array };
  return { type, shape, data: new numbers[type](count) };
};
function npz(name: string, arrays: Record<string, StoredTensor>): string {
  writeNpz(join(place, name), Object.entries(arrays));
  return join(place, name);
}
/** One array as NumPy's `save` writes it: the only entry of an archive that stores it. */
function npy(name: string, array: StoredTensor): string {
  const { type, shape, data } = array;
  const descr = { U8: "|u1", F32: "<f4", F64: "<f8", I64: "<i8" }[type as "U8"];
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.map((n) => `${n},`).join(" ")}), }`;
  const header = Buffer.from(`\x93NUMPY\x01\0\x76\0${text.padEnd(117)}\n`, "latin1");
  writeFileSync(
    join(place, name),
    Buffer.concat([header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
  );
  return join(place, name);
}
async function folderOf(name: string, { shape, data }: StoredTensor): Promise<string> {
  const folder = join(place, name);
  mkdirSync(folder);
  const [count = 0, height = 0, width = 0] = shape;
  const bytes = height * width * 3;
  for (let i = 0; i < count; i++) {
    const pixels = (data as Uint8Array).slice(i * bytes, (i + 1) * bytes);
    writeFileSync(join(folder, `${String(i).padStart(3, "0")}.png`), await encodePng({ width, height, pixels }));
  }
  return folder;
}
async function featuresOf(path: string, resizer: "pytorch" | "clean" = "pytorch") {
  const source = await openSet(path);
  if (source.kind !== "images") throw new Error(`${path}: ${source.kind}`);
  return arrayFeatures({ images: source.images, extractor, resizer });
}

describe("arrayFeatures", () => {
  const images = noise(N, H, W, 3);

  test.each(["pytorch", "clean"] as const)(
    "gives the features of a folder with the same images, equal to the bit, resized as %s",
    async (resizer) => {
      const folder = await folderOf(`folder-${resizer}`, images);
      const wanted = await imageFeatures({ folder, extractor, resizer });
      for (const path of [
        npz("samples.npz", { arr_0: images }),
        npz("labelled.npz", { arr_0: images, arr_1: zeros("I64", N) }),
        npy("samples.npy", images),
      ]) {
        const found = await featuresOf(path, resizer);
        expect(found).toMatchObject({ count: N, dimension: wanted.dimension, about: wanted.about });
        expect(found.features).toEqual(wanted.features);
      }
    },
  );

  test("takes images of one channel as gray, with or without an axis for the channel", async () => {
    const gray = noise(4, H, W);
    const three = {
      ...gray,
      shape: [4, H, W, 3],
      data: Uint8Array.from({ length: 3 * gray.data.length }, (_, i) => Number(gray.data[Math.floor(i / 3)])),
    };
    const wanted = await featuresOf(npy("three.npy", three));
    for (const shape of [
      [4, H, W],
      [4, H, W, 1],
    ])
      expect((await featuresOf(npy("gray.npy", { ...gray, shape }))).features).toEqual(wanted.features);
  });

  test("stops when asked, and refuses a number of images that is too small or that onCount refuses", async () => {
    const source = await openSet(npy("stop.npy", images));
    if (source.kind !== "images") throw new Error(source.kind);
    const task = { images: source.images, extractor, resizer: "clean" } as const;
    await expect(arrayFeatures({ ...task, listener: { stopping: () => true } })).rejects.toThrow(
      `stopped after 0 of ${N} images`,
    );
    const refuse = (count: number) => {
      throw new RangeError(`${count}`);
    };
    await expect(arrayFeatures({ ...task, onCount: refuse })).rejects.toThrow(new RangeError(`${N}`));
    const one = await openSet(npy("one.npy", noise(1, H, W, 3)));
    if (one.kind !== "images") throw new Error(one.kind);
    await expect(arrayFeatures({ ...task, images: one.images })).rejects.toThrow(
      "it holds 1 image, expected at least 2",
    );
  });
});

describe("openSet", () => {
  test("prefers statistics to images, which ADM's reference batches have too, and notes that", async () => {
    const arrays = { arr_0: noise(N, H, W, 3), mu: zeros("F64", 4), sigma: zeros("F64", 4, 4) };
    const source = await openSet(npz("adm.npz", arrays));
    expect(source).toMatchObject({ kind: "features", note: expect.stringContaining("its images, arr_0, are not") });
    expect(source.kind === "features" && (await source.read()).dimension).toBe(4);
  });

  test.each(["F32", "F64"] as const)("reads %s features from a .npy, and from a .npz without names", async (type) => {
    for (const path of [
      npy("f.npy", zeros(type, 5, 3)),
      npz("f.npz", { arr_0: zeros(type, 5, 3), arr_1: zeros("I64", 5) }),
    ]) {
      const source = await openSet(path);
      expect(source.kind === "features" && (await source.read())).toMatchObject({ count: 5, dimension: 3 });
    }
  });
});

describe("openSet of a file that is no set of images", () => {
  test.each<[string, () => string, string]>([
    [
      "floats",
      () => npz("a.npz", { arr_0: zeros("F32", 2, H, W, 3) }),
      "arr_0 [2, 20, 24, 3] F32; images of floating-point numbers: save them as uint8",
    ],
    [
      "whole numbers",
      () => npy("a.npy", zeros("I64", 2, H, W, 3)),
      "it holds an array [2, 20, 24, 3] I64; images of whole numbers: save x.astype('uint8')",
    ],
    ["channels first", () => npy("b.npy", zeros("U8", 2, 3, H, W)), "channels first: save x.transpose(0, 2, 3, 1)"],
    [
      "floats, channels first",
      () => npy("c.npy", zeros("F32", 2, 3, H, W)),
      "channels first: save x.transpose(0, 2, 3, 1) as uint8",
    ],
    ["transparency", () => npy("d.npy", zeros("U8", 2, H, W, 4)), "with transparency: save x[..., :3]"],
    ["seven channels", () => npy("e.npy", zeros("U8", 2, H, W, 7)), "images of 7 channels"],
    ["one image", () => npy("f.npy", zeros("U8", H, W, 3)), "one image: save it as a PNG file in a folder"],
    [
      "tiny images",
      () => npy("g.npy", zeros("U8", 2, 4, 9, 3)),
      "images of 9×4 pixels: the shorter side must have at least 8",
    ],
    [
      "two arrays of images",
      () => npz("b.npz", { a: zeros("U8", 2, H, W, 3), b: zeros("U8", 2, H, W, 3) }),
      "several arrays of images",
    ],
    [
      "labels without images",
      () => npz("c.npz", { arr_1: zeros("I64", 3) }),
      "it holds arr_1 [3] I64; wanted a folder of images",
    ],
    [
      "a name with a terminal's control sequence",
      () => npz("d.npz", { "\u001b[31m": zeros("I64", 3) }),
      "it holds \\x1b[31m [3] I64",
    ],
    ["a pickle", () => file("e.bin", "\x80\x02}."), "e.bin: a Python pickle; save its statistics with numpy.savez"],
    [
      "an image file",
      () => file("1.npz", "\x89PNG\r\n\x1a\n"),
      "1.npz: a PNG image; give the folder that it is in; wanted a folder",
    ],
    ["an empty file", () => file("empty.npz", ""), "empty.npz: an empty file; was a download interrupted?"],
    ["a path without a file", () => join(place, "nowhere.npz"), "nowhere.npz: there is no such file or folder"],
  ])("names the problem of %s", async (_, path, message) => {
    await expect(openSet(path())).rejects.toThrow(message);
    await expect(openSet(path())).rejects.toMatchObject({ exitCode: 4 });
  });
  const file = (name: string, content: string) => {
    writeFileSync(join(place, name), Buffer.from(content, "latin1"));
    return join(place, name);
  };

  test("refuses an array that claims more images than memory holds features for, before it reads any", async () => {
    const source = await openSet(npz("few.npz", { arr_0: noise(3, 9, 8, 3) }));
    if (source.kind !== "images") throw new Error("expected images");
    const images = { ...source.images, count: 1e12 };
    await expect(arrayFeatures({ images, extractor, resizer: "clean" })).rejects.toThrow(
      /few\.npz: 1000000000000 images of \d+ features take \d+ bytes, more than this machine can hold; measure fewer /,
    );
  });

  test("recognises safetensors by their content, whatever the file is called", async () => {
    const path = join(place, "weights.bin");
    writeSafetensors(path, [["mu", zeros("F64", 2)]]);
    const source = await openSet(path);
    await expect(source.kind === "features" ? source.read() : undefined).rejects.toThrow(
      "it holds mu; wanted features",
    );
  });

  test("measures each of 400 mutated files, or refuses it with a typed error", { timeout: 120_000 }, async () => {
    const originals = [
      npz("o.npz", { arr_0: noise(3, 9, 8, 3), arr_1: zeros("I64", 3) }),
      npy("o.npy", noise(3, 9, 8, 3)),
    ];
    const contents = originals.map((path) => readFileSync(path));
    let [read, refused] = [0, 0];
    const quick = {
      ...extractor,
      run: async (x: Float32Array) => new Float32Array((x.length / 3072) * 64),
    } as LoadedExtractor;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...contents),
        fc.array(fc.tuple(fc.oneof(fc.nat(2000), fc.nat(150)), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        async (content, changes) => {
          const changed = Buffer.from(content);
          for (const [at, value] of changes) changed[at % changed.length] = value;
          writeFileSync(join(place, "mutated"), changed);
          try {
            const source = await openSet(join(place, "mutated"));
            if (source.kind === "images")
              await arrayFeatures({ images: source.images, extractor: { ...quick, dimension: 64 }, resizer: "clean" });
            else if (source.kind === "features") await source.read();
            read++;
          } catch (error) {
            if (!(error instanceof WeightFileError || error instanceof BenchError)) throw error;
            refused++;
          }
        },
      ),
      { numRuns: 400, seed: 26, endOnFailure: true },
    );
    expect(read).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(100);
  });
});
