// Tests the decoders of this package (GIF, BMP and PNM), and special cases of TIFF and AVIF. The expected colours are
// those that Pillow gives.

import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { ImageError } from "../image-error.ts";
import { decodeImage } from "./decode-image.ts";
import { interlaceGif, moveToLocalPalette, placeOnScreen, writeBmp, writeGif } from "./formats.test.data.ts";

const width = 17;
const height = 12;
const index = (x: number, y: number) => (x + 2 * y) % 4;
const indices = Uint8Array.from({ length: width * height }, (_, i) => index(i % width, Math.floor(i / width)));
const colors = [10, 20, 30, 200, 0, 0, 0, 200, 0, 90, 90, 250];
const white = [255, 255, 255];
const colorOf = (i: number) => colors.slice(3 * i, 3 * i + 3);
const decodeAsStored = (bytes: Uint8Array) => decodeImage(bytes, { asStored: true });
const colorAt = ({ width, pixels }: { width: number; pixels: Uint8Array }, x: number, y: number) => [
  ...pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];
const pixelsOf = (color: (i: number) => number[]) => [...indices].flatMap(color);

describe("decodeImage of GIF files", () => {
  const plain = writeGif({ width, height, indices, colors });
  const transparent = writeGif({ width, height, indices, colors, transparent: 1 });

  test("gives transparent pixels their palette colour as stored, and white otherwise", async () => {
    expect([...(await decodeAsStored(transparent)).pixels]).toEqual(pixelsOf(colorOf));
    expect([...(await decodeImage(transparent)).pixels]).toEqual(pixelsOf((i) => (i === 1 ? white : colorOf(i))));
  });

  test.each<[string, Uint8Array]>([
    ["without interlacing", plain],
    ["interlaced", interlaceGif(plain, width, height, indices)],
    ["with a local palette besides the global one", moveToLocalPalette(plain)],
    ["without the trailer", plain.subarray(0, -1)],
  ])("reads a GIF %s", async (_, bytes) => {
    for (const decode of [decodeAsStored, decodeImage])
      expect([...(await decode(bytes)).pixels]).toEqual(pixelsOf(colorOf));
  });

  test("fills the screen around a frame with its transparent or first colour as stored, else with white", async () => {
    for (const [bytes, fillIndex] of [
      [plain, 0],
      [transparent, 1],
    ] as const) {
      const offset = placeOnScreen(bytes, { left: 5, top: 3, width: 40, height: 30 });
      const image = await decodeAsStored(offset);
      expect([image.width, image.height, colorAt(image, 0, 0), colorAt(image, 39, 29)]).toEqual([
        ...[40, 30],
        ...[colorOf(fillIndex), colorOf(fillIndex)],
      ]);
      expect(colorAt(image, 5 + 2, 3)).toEqual(colorOf(2));
      const opaque = await decodeImage(offset);
      expect([colorAt(opaque, 0, 0), colorAt(opaque, 5 + 2, 3)]).toEqual([white, colorOf(2)]);
    }
  });

  test("enlarges the screen to a frame that extends beyond it", async () => {
    const image = await decodeAsStored(placeOnScreen(plain, { left: 10, top: 4, width: 20, height: 10 }));
    expect([image.width, image.height]).toEqual([10 + width, 4 + height]);
  });

  test.each([false, true])("reads 256 colours and codes of every length (interlaced: %s)", async (progressive) => {
    const noise = Uint8Array.from({ length: 90 * 70 * 3 }, (_, i) => (i * i * 2654435761) >>> 24);
    const bytes = await sharp(noise, { raw: { width: 90, height: 70, channels: 3 } })
      .gif({ progressive, dither: 0 })
      .toBuffer();
    const expected = await sharp(bytes).removeAlpha().toColourspace("srgb").raw().toBuffer();
    expect(Buffer.from((await decodeAsStored(bytes)).pixels).equals(expected)).toBe(true);
  });

  test("refuses a first frame without pixels", async () => {
    const bytes = Buffer.from(plain);
    bytes.fill(0, 13 + 12 + 5, 13 + 12 + 9); // width and height of the frame, after the palette
    await expect(decodeImage(bytes)).rejects.toThrow("damaged GIF: its first frame has no pixels");
  });

  test("reads the first frame of an animation whose last frame is truncated", async () => {
    const frames = await Promise.all(
      ["red", "lime"].map((background) =>
        sharp({ create: { width: 16, height: 16, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const bytes = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect(colorAt(await decodeAsStored(bytes.subarray(0, -8)), 3, 3)).toEqual([255, 0, 0]);
  });
});

describe("decodeImage of BMP files", () => {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37) % 256);
  const reference = [...rgb];

  test.each([
    ["24 bits", writeBmp({ width, height, bits: 24, rgb })],
    ["24 bits from top to bottom", writeBmp({ width, height, bits: 24, rgb, topDown: true })],
    ["24 bits with a gap before the pixels", writeBmp({ width, height, bits: 24, rgb, gap: 6 })],
    ["24 bits with the header of OS/2", writeBmp({ width, height, bits: 24, rgb, core: true })],
    ["32 bits without alpha", writeBmp({ width, height, bits: 32, rgb })],
  ])("reads an image of %s", async (_, bytes) => {
    for (const decode of [decodeAsStored, decodeImage]) expect([...(await decode(bytes)).pixels]).toEqual(reference);
  });

  test.each([
    ["8 bits", writeBmp({ width, height, bits: 8, indices, colors })],
    ["4 bits with an odd width", writeBmp({ width, height, bits: 4, indices, colors })],
    ["8 bits with the header of OS/2", writeBmp({ width, height, bits: 8, indices, colors, core: true })],
    ["run-length encoded 8 bits", writeBmp({ width, height, bits: 8, indices, colors, runs: true })],
    ["run-length encoded 4 bits", writeBmp({ width, height, bits: 4, indices, colors, runs: true })],
  ])("reads a palette image of %s", async (_, bytes) => {
    expect([...(await decodeAsStored(bytes)).pixels]).toEqual(pixelsOf(colorOf));
  });

  test("reads a palette image of 1 bit", async () => {
    const bits = indices.map((i) => i & 1);
    const bytes = writeBmp({ width, height, bits: 1, indices: bits, colors: colors.slice(0, 6) });
    expect([...(await decodeAsStored(bytes)).pixels]).toEqual([...bits].flatMap(colorOf));
  });

  test("scales 16-bit colours, 5 bits per channel, to 8 bits as Pillow does", async () => {
    const bytes = writeBmp({ width, height, bits: 16, rgb });
    const five = (v: number) => Math.floor(((v >> 3) * 255) / 31);
    expect([...(await decodeAsStored(bytes)).pixels]).toEqual(reference.map(five));
  });

  test("blends an alpha mask with white, unless read as stored", async () => {
    const bytes = writeBmp({ width, height, bits: 32, rgb: rgb.map(() => 100), alpha: 128 });
    expect(colorAt(await decodeAsStored(bytes), 0, 0)).toEqual([100, 100, 100]);
    expect(colorAt(await decodeImage(bytes), 0, 0)).toEqual([177, 177, 177]);
  });

  test("ignores an alpha channel of zeros", async () => {
    const bytes = writeBmp({ width, height, bits: 32, rgb, alpha: 0 });
    expect([...(await decodeImage(bytes)).pixels]).toEqual(reference);
  });

  test("keeps white unchanged at every alpha value", async () => {
    for (let alpha = 0; alpha < 256; alpha++) {
      const bytes = writeBmp({ width, height, bits: 32, rgb: rgb.map(() => 255), alpha });
      expect(colorAt(await decodeImage(bytes), 0, 0), `alpha ${alpha}`).toEqual(white);
    }
  });
});

describe("decodeImage of PPM, PGM and PBM files", () => {
  const size = `${width} ${height}`;
  const text = (values: readonly number[]) => values.join(" ");
  const gray = Array.from({ length: width * height }, (_, i) => (i * 5) % 256);
  const rawFile = (head: string, values: readonly number[]) => Buffer.concat([Buffer.from(head), Buffer.from(values)]);
  const toBigEndian16 = (values: readonly number[]) => values.flatMap((v) => [v >> 8, v & 255]);
  const grayToRgb = (values: readonly number[]) => values.flatMap((v) => [v, v, v]);

  test.each([
    ["P5", rawFile(`P5\n# a comment\n${size}\n255\n`, gray), grayToRgb(gray)],
    ["P6", rawFile(`P6 ${size} 255\n`, grayToRgb(gray)), grayToRgb(gray)],
    ["P2", Buffer.from(`P2 ${size} 255 ${text(gray)}`), grayToRgb(gray)],
    ["P3", Buffer.from(`P3\n${size}\n255\n#\n${text(grayToRgb(gray))}\n`), grayToRgb(gray)],
    [
      "P5 with a largest value of 7",
      rawFile(
        `P5 ${size} 7\n`,
        gray.map((v) => v % 8),
      ),
      grayToRgb(gray.map((v) => Math.round(((v % 8) * 255) / 7))),
    ],
    ["P1", Buffer.from(`P1 ${size} ${gray.map((v) => v & 1).join("")}`), grayToRgb(gray.map((v) => (v & 1 ? 0 : 255)))],
  ])("reads a file of type %s", async (_, bytes, expected) => {
    expect([...(await decodeAsStored(bytes)).pixels]).toEqual(expected);
  });

  test("refuses a comment at the start of raw pixels, as Pillow does", async () => {
    await expect(decodeAsStored(rawFile(`P5 ${size} 255#x\n`, gray))).rejects.toThrow(
      "a comment where its pixels are expected",
    );
  });

  test("reads raw bits, with rows padded to a whole byte", async () => {
    const rows = Array.from({ length: height }, () => [0b10100000, 0, 0b10000000]).flat();
    const image = await decodeAsStored(rawFile(`P4 ${size}\n`, rows));
    expect([0, 1, 2, 16].map((x) => colorAt(image, x, 5)[0])).toEqual([0, 255, 0, 0]);
  });

  test("clips 16-bit gray when read as stored, and reduces it to the upper 8 bits otherwise", async () => {
    const bytes = rawFile(`P5 ${size} 65535\n`, toBigEndian16(gray.map((v) => 10 * v)));
    expect([...(await decodeAsStored(bytes)).pixels]).toEqual(grayToRgb(gray.map((v) => Math.min(255, 10 * v))));
    expect([...(await decodeImage(bytes)).pixels]).toEqual(grayToRgb(gray.map((v) => (10 * v) >> 8)));
  });
});

describe("decodeImage of TIFF and AVIF files", () => {
  const raw = { raw: { width, height, channels: 3 } } as const;
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 29) % 256);

  test.each(["none", "lzw", "deflate", "packbits"] as const)("reads TIFF with compression %s", async (compression) => {
    const bytes = await sharp(rgb, raw).tiff({ compression }).toBuffer();
    expect([...(await decodeAsStored(bytes)).pixels]).toEqual([...rgb]);
  });

  test("applies the orientation of a TIFF also when read as stored, as Pillow does", async () => {
    const bytes = await sharp(rgb, raw).tiff().withMetadata({ orientation: 6 }).toBuffer();
    expect(await decodeAsStored(bytes)).toMatchObject({ width: height, height: width });
  });

  test("reads AVIF with an error below 3 per channel", async () => {
    const flat = rgb.map((_, i) => [200, 100, 50][i % 3]!);
    const bytes = await sharp(flat, raw).avif({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer();
    for (const [c, v] of colorAt(await decodeAsStored(bytes), 8, 6).entries())
      expect(Math.abs(v - [200, 100, 50][c]!)).toBeLessThan(3);
  });

  test("refuses an uncompressed YCbCr TIFF", async () => {
    const bytes = await sharp(rgb, raw).tiff({ compression: "none" }).toBuffer();
    const directory = bytes.readUInt32LE(4);
    for (let i = 0; i < bytes.readUInt16LE(directory); i++) {
      const entry = directory + 2 + 12 * i;
      if (bytes.readUInt16LE(entry) === 262) bytes.writeUInt16LE(6, entry + 8);
    }
    await expect(decodeAsStored(bytes)).rejects.toThrow("TIFF image in YCbCr without JPEG compression");
  });
});

describe("decodeImage of other files", () => {
  const pad = (start: string) => Buffer.from(`${start}${"\x01".repeat(64)}`, "latin1");
  test.each([
    ["\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC image, which cannot be read here: convert it to PNG or JPEG first"],
    ["\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC image"],
    ["\xff\x0a", "JPEG XL image"],
    ["\0\0\0\x0cjP  \r\n", "JPEG 2000 image"],
    ['<?xml version="1.0"?><svg xmlns=', "SVG drawing"],
    ["8BPS", "Photoshop document"],
    ["II*\0\x10\0\0\0CR\x02\0", "RAW image of a camera"],
    ["%PDF-1.4", "PDF document"],
    ["<!DOCTYPE html><html>", "a web page, not an image"],
    ["version https://git-lfs.github.com/spec/v1", "a Git LFS pointer, not the image: run 'git lfs pull'"],
    ["PK\x03\x04", "a zip archive, not an image"],
    ["\x93NUMPY", "a NumPy array, not an image"],
    ["hello", "its content is none of JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or PPM/PGM/PBM"],
  ])("refuses a file that starts with %j and names its kind", async (start, reason) => {
    const error = await decodeImage(pad(start)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ImageError);
    expect((error as Error).message).toContain(reason);
  });

  test("refuses a file of zeros", async () => {
    await expect(decodeImage(Buffer.alloc(5000))).rejects.toThrow("a file of zeros");
  });
});

describe("decodeImage of damaged files", () => {
  const noise = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i * 2654435761) >>> 24);
  const samples = async (): Promise<Uint8Array[]> => [
    writeGif({ width, height, indices, colors, transparent: 1 }),
    placeOnScreen(writeGif({ width, height, indices, colors }), { left: 5, top: 3, width: 40, height: 30 }),
    writeBmp({ width, height, bits: 24, rgb: noise }),
    writeBmp({ width, height, bits: 8, indices, colors, runs: true }),
    writeBmp({ width, height, bits: 4, indices, colors, runs: true }),
    writeBmp({ width, height, bits: 4, indices, colors }),
    writeBmp({ width, height, bits: 32, rgb: noise, alpha: 7 }),
    Buffer.from(`P3 ${width} ${height} 255 ${[...noise].join(" ")}`),
    Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), noise]),
    await sharp(noise, { raw: { width, height, channels: 3 } })
      .tiff({ compression: "lzw" })
      .toBuffer(),
    await sharp(noise, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toBuffer(),
  ];

  test("refuses truncated files of each format", async () => {
    for (const whole of await samples()) {
      await decodeImage(whole);
      for (const share of [0.3, 0.6, 0.9])
        await expect(decodeImage(whole.subarray(0, whole.length * share))).rejects.toThrow(ImageError);
    }
  });

  test("reads or refuses files with changed bytes, and throws no error except ImageError", async () => {
    let seed = 1;
    const random = (n: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * n);
    };
    for (const whole of await samples())
      for (let i = 0; i < 60; i++) {
        const bytes = Buffer.from(whole);
        for (let n = 0; n <= i % 3; n++) bytes[random(i % 2 ? bytes.length : Math.min(80, bytes.length))] = random(256);
        const image = await decodeImage(bytes, { asStored: i % 2 === 0 }).catch((error: unknown) => {
          expect(error, `mutation ${i}`).toBeInstanceOf(ImageError);
        });
        if (image) expect(image.pixels.length).toBe(image.width * image.height * 3);
      }
  }, 60_000);

  test.each([
    [
      "GIF",
      () =>
        placeOnScreen(writeGif({ width, height, indices, colors }), { left: 0, top: 0, width: 65535, height: 65535 }),
    ],
    ["BMP", () => writeBmp({ width, height, bits: 24, rgb: noise, claim: [40_000, 40_000] })],
    ["PPM", () => Buffer.from("P6 30000 30000 255\n")],
  ])("refuses a small %s whose header claims 900 million pixels or more", async (_, bytes) => {
    await expect(decodeImage(bytes())).rejects.toThrow("at most 100 million are allowed");
  });
});
