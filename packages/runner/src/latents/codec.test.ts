// The compiled autoencoder against diffusers' AutoencoderKL with random weights: tools/parity/autoencoder.py.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Plane, samplePosterior } from "@dit-bench/autoencoder";
import { createEngine, type Engine } from "@dit-bench/compiler";
import { decodeImage, encodePng } from "@dit-bench/images";
import { normals } from "@dit-bench/random";
import { openCheckpoint, readSafetensors, type StoredTensor, writeSafetensors } from "@dit-bench/weights";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Codec, openCodec } from "./codec.ts";
import { decodeLatents } from "./decode-latents.ts";
import { encodeImages } from "./encode-images.ts";
import { readLatents, writeLatents } from "./latent-file.ts";
import { type AutoencoderFile, openAutoencoder } from "./open-autoencoder.ts";
import { imageOf, planeOf } from "./planes.ts";

const folder = fileURLToPath(new URL("../../../autoencoder/src/fixtures", import.meta.url));
const { tensors: expected } = readSafetensors(join(folder, "expected.safetensors"));
const place = mkdtempSync(join(tmpdir(), "latents-"));
const tolerance = 1e-5;

let engine: Engine;
let file: AutoencoderFile;
let codec: Codec;
let compiled = 0;

beforeAll(async () => {
  const cpu = await createEngine("cpu", { threads: 1 });
  engine = {
    ...cpu,
    compile(...given) {
      compiled++;
      return cpu.compile(...given);
    },
  };
  file = await openAutoencoder(folder);
  codec = openCodec(file, engine);
});
afterAll(async () => {
  await codec.dispose();
  rmSync(place, { recursive: true });
});

function plane(name: string, i = 0): Plane {
  const { data, shape } = expected.get(name)!;
  const [, channels, height, width] = shape as [number, number, number, number];
  const each = channels * height * width;
  return { data: (data as Float32Array).slice(i * each, (i + 1) * each), channels, height, width };
}

function largestDifference(found: Float32Array, wanted: Plane): number {
  expect(found.length).toBe(wanted.data.length);
  return found.reduce((most, x, i) => Math.max(most, Math.abs(x - wanted.data[i]!)), 0);
}

describe("openCodec, against diffusers within 1e-5", () => {
  test("encodes each image to mean and logvar, and samples a latent with the same noise", async () => {
    const posteriors = await codec.encode([plane("x", 0), plane("x", 1)]);
    for (const [i, posterior] of posteriors.entries()) {
      expect(largestDifference(posterior.mean, plane("mean", i))).toBeLessThan(tolerance);
      expect(largestDifference(posterior.logvar, plane("logvar", i))).toBeLessThan(tolerance);
      expect(largestDifference(samplePosterior(posterior, plane("noise", i).data), plane("sample", i))).toBeLessThan(
        tolerance,
      );
    }
  });

  test("refuses results that are not finite: decoded, they would be black images", async () => {
    const { data, ...shape } = plane("x", 0);
    const infinite = codec.encode([{ data: data.map(() => Number.POSITIVE_INFINITY), ...shape }]);
    await expect(infinite).rejects.toThrow(/it encodes an image to values that are not finite \(NaN\), on engine cpu/);
    const { mean } = (await codec.encode([plane("x", 0)]))[0]!;
    const latent = { ...plane("mean", 0), data: mean.map(() => Number.NaN) };
    await expect(codec.decode([latent])).rejects.toThrow(/it decodes an image to values that are not finite/);
  });

  test("reads a single file with its config.json beside it, and refuses one without", async () => {
    const name = "diffusion_pytorch_model.safetensors";
    const alone = await openAutoencoder(join(folder, name));
    expect(alone.config).toEqual(file.config);
    expect(alone.sha256()).toBe(file.sha256());
    mkdirSync(join(place, "bare"));
    cpSync(join(folder, name), join(place, "bare", name));
    await expect(openAutoencoder(join(place, "bare", name))).rejects.toThrow("do not divide into 32 groups");
    writeFileSync(join(place, "bare", "config.json"), '{ "_class_name": "UNet2DModel", "norm_num_groups": 4 }');
    await expect(openAutoencoder(join(place, "bare", name))).rejects.toThrow("do not divide into 32 groups");
    writeFileSync(join(place, "bare", "config.json"), "{");
    await expect(openAutoencoder(join(place, "bare", name))).rejects.toThrow("config.json: it is not JSON");
  });

  test("decodes each latent to its image", async () => {
    const images = await codec.decode([plane("sample", 0), plane("sample", 1)]);
    for (const [i, image] of images.entries())
      expect(largestDifference(image.data, plane("decoded", i))).toBeLessThan(tolerance);
  });

  test("encodes and decodes in tiles, and compiles one network per tile size", async () => {
    const tiled = openCodec(file, engine, { tile: 32 });
    const before = compiled;
    const seen: string[] = [];
    const x = plane("tiled.x");
    const [first, second] = await tiled.encode([x, x], (done, total) => seen.push(`${done}/${total}`));
    expect([seen[0], seen.at(-1), seen.length]).toEqual(["1/18", "18/18", 18]);
    expect(compiled - before).toBe(4);
    expect(second).toEqual(first);
    expect(largestDifference(first!.mean, plane("tiled.mean"))).toBeLessThan(tolerance);
    expect(largestDifference(first!.logvar, plane("tiled.logvar"))).toBeLessThan(tolerance);
    await tiled.encode([x]); // starts with the network that is already compiled
    expect(compiled - before).toBe(4 + 3);
    const [image] = await tiled.decode([plane("tiled.mean")]);
    expect(largestDifference(image!.data, plane("tiled.decoded"))).toBeLessThan(tolerance);
    await tiled.dispose();
  });

  test("uses tiles by default from 512 pixels, and their result differs from that without tiles", async () => {
    const [whole] = await codec.encode([plane("tiled.x")]);
    expect(largestDifference(whole!.mean, plane("tiled.mean"))).toBeGreaterThan(1e-2);
    const before = compiled;
    let most = 0;
    const wide = { data: new Float32Array(3 * 512 * 8), channels: 3, height: 8, width: 512 };
    await codec.encode([wide], (_, total) => {
      most = total;
    });
    expect([most, compiled - before]).toEqual([22, 2]); // 21 tiles of 8 x 32 every 24, and one of 8 x 8
  });
});

describe("openCodec refuses", () => {
  test.each<[string, () => Promise<unknown>, string]>([
    [
      "a side that is not a multiple of the factor",
      () => codec.encode([{ ...plane("x"), width: 30 }]),
      "multiples of 4, not [3, 32, 30]",
    ],
    ["another number of image channels", () => codec.encode([plane("mean")]), "of 3 channels"],
    ["another number of latent channels", () => codec.decode([plane("x")]), "of 4 channels"],
    [
      "a tile size that is not a multiple of 16",
      () => openCodec(file, engine, { tile: 24 }).encode([plane("tiled.x")]),
      "wanted a multiple of 16",
    ],
    ["a missing file", () => openAutoencoder(join(place, "nothing")), "there is no such file or folder"],
    [
      "a file of other weights",
      () => openAutoencoder(join(folder, "expected.safetensors")),
      "so it holds no AutoencoderKL",
    ],
  ])("%s", async (_, go, message) => {
    await expect(go()).rejects.toThrow(message);
  });

  test("weights that are not finite", async () => {
    const checkpoint = await openCheckpoint(folder);
    const path = join(place, "diffusion_pytorch_model.safetensors");
    const damaged: [string, StoredTensor][] = [...checkpoint.tensors.keys()].map((name) => [
      name,
      checkpoint.read(name),
    ]);
    const bias = damaged.find(([name]) => name === "decoder.conv_in.bias")!;
    bias[1] = { ...bias[1], data: new Float32Array(16).fill(Number.NaN) };
    writeSafetensors(path, damaged);
    writeFileSync(join(place, "config.json"), readFileSync(join(folder, "config.json")));
    const broken = openCodec(await openAutoencoder(place), engine);
    await expect(broken.decode([plane("mean")])).rejects.toThrow("number 0 of 'decoder.conv_in.bias' is NaN");
  });
});

describe("files of latents", () => {
  const folderOfImages = join(place, "images");
  test("hold the scaled posterior mean or a sample, and are decoded to PNG files of the same names", async () => {
    mkdirSync(join(folderOfImages, "deeper"), { recursive: true });
    const images = ["a.png", "b.png", "deeper/c.png"].map((name, i) => {
      const pixels = Uint8Array.from(normals(i, "codec.test", 0, 32 * 24 * 3), (z) => 128 + 40 * z);
      return { name, width: 32, height: 24, pixels };
    });
    for (const image of images) writeFileSync(join(folderOfImages, image.name), await encodePng(image));
    writeFileSync(join(folderOfImages, "b0.jpg"), "not an image");
    const notes: string[] = [];
    const listener = { note: (text: string) => void notes.push(text) };
    const task = { images: folderOfImages, autoencoder: file, codec, scale: 0.5, listener };
    const made = await encodeImages(task);
    expect(made).toMatchObject({ shape: [3, 4, 6, 8], scale: 0.5, files: ["a.png", "b.png", "deeper/c.png"] });
    expect(notes).toEqual([
      `left out ${folderOfImages}/b0.jpg: its content is none of JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or PPM/PGM/PBM`,
    ]);
    const [, , third] = await codec.encode(images.map((image) => planeOf(image)));
    expect(made.latents.slice(2 * 192)).toEqual(third!.mean.map((v) => v * 0.5));
    await expect(encodeImages({ ...task, strict: true })).rejects.toThrow("b0.jpg");

    const sampled = await encodeImages({ ...task, seed: 5 });
    const noise = normals(5, "posterior", 3, 192); // the fourth file of the folder, counting the skipped one
    expect(sampled.latents.slice(2 * 192)).toEqual(samplePosterior(third!, noise).map((v) => v * 0.5));
    expect(await encodeImages({ ...task, seed: 5 })).toEqual(sampled);
    const single = await encodeImages({ ...task, images: join(folderOfImages, "deeper/c.png") });
    expect(single.latents).toEqual(made.latents.slice(2 * 192));

    const path = join(place, "latents.safetensors");
    writeLatents(path, made, { weights: file.sha256(), seed: null });
    const latents = await readLatents(path);
    const { leftOut: _, ...stored } = made;
    expect(latents).toEqual(stored);
    const output = join(place, "decoded");
    const written = await decodeLatents({ latents, codec, scale: 0.5, output });
    expect(written).toEqual(["a.png", "b.png", "deeper/c.png"].map((name) => join(output, name)));
    const [wanted] = await codec.decode([{ data: third!.mean, channels: 4, height: 6, width: 8 }]);
    const { width, height, pixels } = await decodeImage(readFileSync(written[2]!));
    expect({ width, height, pixels: [...pixels] }).toEqual({
      ...imageOf(wanted!),
      pixels: [...imageOf(wanted!).pixels],
    });
  });

  test("need a size where the images have several", async () => {
    writeFileSync(
      join(folderOfImages, "large.png"),
      await encodePng({ width: 40, height: 40, pixels: new Uint8Array(4800) }),
    );
    const task = { images: folderOfImages, autoencoder: file, codec, scale: 1 };
    await expect(encodeImages(task)).rejects.toThrow("large.png has 40x40 pixels");
    expect((await encodeImages({ ...task, size: 16 })).shape).toEqual([4, 4, 4, 4]);
    await expect(encodeImages({ ...task, size: 18 })).rejects.toThrow("--size 18: wanted a multiple of 4");
    await expect(encodeImages({ ...task, size: 16, listener: { stopping: () => true } })).rejects.toThrow(
      "stopped after 0 of 5 images",
    );
  });

  test("of other programs may have any tensor of four axes, and their names cannot leave the folder", async () => {
    const path = join(place, "other.safetensors");
    const data = new Float32Array(4 * 4 * 4).fill(0.1);
    const z: StoredTensor = { type: "F32", shape: [1, 4, 4, 4], data };
    writeSafetensors(path, [["z", z]], { files: JSON.stringify(["../../escaped.png"]) });
    const latents = await readLatents(path);
    expect(latents.scale).toBeUndefined();
    const output = join(place, "inside");
    expect(await decodeLatents({ latents, codec, scale: 1, output })).toEqual([join(output, "000000.png")]);
    expect(existsSync(join(place, "../escaped.png"))).toBe(false);

    for (const [tensors, message] of [
      [[["z", { ...z, shape: [64] }]], "it has no tensors of four axes"],
      [
        [
          ["y", z],
          ["z", z],
        ],
        "it has 2 tensors of four axes and none is 'latents'",
      ],
    ] as [[string, StoredTensor][], string][]) {
      writeSafetensors(path, tensors);
      await expect(readLatents(path)).rejects.toThrow(message);
    }
  });
});
