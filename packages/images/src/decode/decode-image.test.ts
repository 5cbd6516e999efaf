// Tests the formats that sharp decodes: colour conversion, orientation, JPEG warnings and damaged files.

import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { ImageError } from "../image-error.ts";
import { decodeImage } from "./decode-image.ts";

const width = 48;
const height = 32;
const rawOptions = { raw: { width, height, channels: 3 } } as const;
const ramp = Uint8Array.from(
  { length: width * height * 3 },
  (_, i) => [Math.floor(i / 3) % width, Math.floor(i / 3 / width), 128][i % 3] as number,
);

const png = () => sharp(ramp, rawOptions).png().toBuffer();

describe("decodeImage", () => {
  test("reads the exact pixels of a PNG", async () => {
    expect(await decodeImage(await png())).toMatchObject({ width, height, pixels: Buffer.from(ramp) });
  });

  test.each([
    ["JPEG", sharp(ramp, rawOptions).jpeg({ quality: 100, chromaSubsampling: "4:4:4" })],
    ["progressive JPEG", sharp(ramp, rawOptions).jpeg({ quality: 100, chromaSubsampling: "4:4:4", progressive: true })],
    ["WebP", sharp(ramp, rawOptions).webp({ lossless: true })],
    ["PNG with a palette", sharp(ramp, rawOptions).png({ palette: true, colours: 256, dither: 0 })],
  ])("reads %s with an error of at most 12 per channel", async (_, encoded) => {
    const { pixels } = await decodeImage(await encoded.toBuffer());
    expect(Math.max(...pixels.map((v, i) => Math.abs(v - (ramp[i] as number))))).toBeLessThanOrEqual(12);
  });

  test("repeats grayscale in three channels", async () => {
    const gray = Uint8Array.from({ length: width * height }, (_, i) => i % 256);
    const encoded = await sharp(gray, { raw: { width, height, channels: 1 } })
      .toColourspace("b-w")
      .png()
      .toBuffer();
    expect((await sharp(encoded).metadata()).channels).toBe(1);
    const { pixels } = await decodeImage(encoded);
    expect([...pixels.subarray(0, 9)]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
  });

  test("reduces 16 bits to the upper 8", async () => {
    const deep = Uint16Array.from(ramp, (v) => v * 256 + 255);
    const encoded = await sharp(deep, rawOptions).toColourspace("rgb16").png().toBuffer();
    expect((await sharp(encoded).metadata()).depth).toBe("ushort");
    expect((await decodeImage(encoded)).pixels).toEqual(Buffer.from(ramp));
  });

  test("clips 16-bit grayscale when read as stored, as Pillow's convert does", async () => {
    const deep = Uint16Array.from({ length: width * height }, (_, i) => (i % 3) * 200);
    const raw16 = { raw: { width, height, channels: 1 as const } };
    const encoded = await sharp(deep, raw16).toColourspace("grey16").png().toBuffer();
    expect(await sharp(encoded).metadata()).toMatchObject({ depth: "ushort", channels: 1 });
    expect([...(await decodeImage(encoded)).pixels.subarray(0, 9)]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1]);
    const { pixels } = await decodeImage(encoded, { asStored: true });
    expect([...pixels.subarray(0, 9)]).toEqual([0, 0, 0, 200, 200, 200, 255, 255, 255]);
  });

  test("ignores transparency and orientation when read as stored, as Pillow's convert does", async () => {
    const rgba = Uint8Array.from({ length: 20 * 16 * 4 }, (_, i) => (i % 4 < 3 ? i % 251 : 0));
    const encoded = await sharp(rgba, { raw: { width: 20, height: 16, channels: 4 } })
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    expect(await decodeImage(encoded)).toMatchObject({ width: 16, height: 20 });
    const stored = await decodeImage(encoded, { asStored: true });
    expect(stored).toMatchObject({ width: 20, height: 16 });
    expect([...stored.pixels]).toEqual([...rgba.filter((_, i) => i % 4 < 3)]);
  });

  test("blends transparency with white", async () => {
    const rgba = Uint8Array.from({ length: 16 * 16 * 4 }, (_, i) =>
      i % 4 < 3 ? 100 : ([0, 128, 255][Math.floor(i / 4) % 3] as number),
    );
    const encoded = await sharp(rgba, { raw: { width: 16, height: 16, channels: 4 } })
      .png()
      .toBuffer();
    expect([...(await decodeImage(encoded)).pixels.subarray(0, 9)]).toEqual([
      255, 255, 255, 177, 177, 177, 100, 100, 100,
    ]);
  });

  test("converts CMYK as Pillow does, without a colour profile", async () => {
    const inks = Uint8Array.from({ length: 16 * 16 * 4 }, (_, i) => [60, 120, 180, 51][i % 4] as number);
    const encoded = await sharp(inks, { raw: { width: 16, height: 16, channels: 4 } })
      .pipelineColourspace("cmyk")
      .toColourspace("cmyk")
      .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
      .toBuffer();
    const { space } = await sharp(encoded).metadata();
    expect(space).toBe("cmyk");
    const [red, green, blue] = (await decodeImage(encoded)).pixels;
    const stored = await sharp(encoded).pipelineColourspace("cmyk").toColourspace("cmyk").raw().toBuffer();
    const [c = 0, m = 0, y = 0, k = 0] = stored;
    expect([red, green, blue]).toEqual([c, m, y].map((ink) => 255 - k - Math.round((ink * (255 - k)) / 255)));
  });

  test("applies EXIF orientation", async () => {
    const rotateClockwise = 6;
    const encoded = await sharp(ramp, rawOptions).withMetadata({ orientation: rotateClockwise }).png().toBuffer();
    const rotated = await decodeImage(encoded);
    expect([rotated.width, rotated.height]).toEqual([height, width]);
    expect([...rotated.pixels.subarray(0, 3)]).toEqual([0, height - 1, 128]);
  });

  test("ignores an embedded colour profile", async () => {
    const encoded = await sharp(ramp, rawOptions).withIccProfile("p3").png().toBuffer();
    const { data } = await sharp(encoded, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
    expect((await sharp(encoded).metadata()).icc).toBeDefined();
    expect((await decodeImage(encoded)).pixels).toEqual(data);
  });

  test.each(["webp", "gif"] as const)("reads the first image of an animated %s", async (format) => {
    const frame = (background: string) =>
      sharp({ create: { width: 16, height: 16, channels: 3, background } })
        .png()
        .toBuffer();
    const frames = [await frame("red"), await frame("lime")];
    const encoded = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    expect((await sharp(encoded).metadata()).pages).toBe(2);
    const { pixels, ...size } = await decodeImage(encoded);
    expect(size).toEqual({ width: 16, height: 16 });
    expect((pixels[0] as number) > 240 && (pixels[1] as number) < 15).toBe(true);
  });
});

describe("decodeImage of JPEG files with warnings, which Pillow reads", () => {
  const jpeg = () => sharp(ramp, rawOptions).jpeg({ quality: 95 }).toBuffer();
  const scan = (bytes: Buffer) => bytes.indexOf(Buffer.from([0xff, 0xda]));

  test("reads spectral selection 0 to 0 in a sequential scan, as some Samsung phones write", async () => {
    const bytes = await jpeg();
    const expected = await decodeImage(bytes);
    const end = scan(bytes) + 2 + bytes.readUInt16BE(scan(bytes) + 2);
    bytes.fill(0, end - 3, end);
    expect(await decodeImage(bytes)).toEqual(expected);
  });

  test("reads stray bytes before a marker, as some cameras write", async () => {
    const bytes = await jpeg();
    const padded = Buffer.concat([bytes.subarray(0, scan(bytes)), Buffer.alloc(6), bytes.subarray(scan(bytes))]);
    expect(await decodeImage(padded)).toEqual(await decodeImage(bytes));
  });

  test("reads a CMYK file with Adobe transform 1", async () => {
    const inks = Uint8Array.from({ length: 16 * 16 * 4 }, (_, i) => (i * 7) % 256);
    const bytes = await sharp(inks, { raw: { width: 16, height: 16, channels: 4 } })
      .pipelineColourspace("cmyk")
      .toColourspace("cmyk")
      .jpeg()
      .toBuffer();
    const adobe = bytes.indexOf("Adobe");
    expect(bytes[adobe + 11]).not.toBe(1);
    bytes[adobe + 11] = 1;
    expect(await decodeImage(bytes)).toMatchObject({ width: 16, height: 16 });
  });

  test("reads a file with damaged coefficients", async () => {
    const noise = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251);
    const encoded = await sharp(noise, rawOptions).jpeg({ quality: 90 }).toBuffer();
    for (let i = 0; i < 40; i++) encoded[encoded.length - 200 - i] = 0xff;
    expect(await decodeImage(encoded)).toMatchObject({ width, height });
  });
});

describe("decodeImage of unusable files", () => {
  test.each(["jpeg", "png", "webp"] as const)("refuses a truncated %s", async (format) => {
    const whole = await sharp(ramp, rawOptions).toFormat(format).toBuffer();
    for (let percent = 1; percent < 100; percent += 7) {
      const cut = whole.subarray(0, Math.floor((whole.length * percent) / 100));
      await expect(decodeImage(cut), `${percent} %`).rejects.toThrow(ImageError);
    }
  });

  test.each([
    ["an empty file", "", "empty file"],
    ["a web page", "<html><body>404</body></html>", "a web page, not an image"],
    [
      "an SVG drawing",
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
      "SVG drawing, which cannot be read here: convert it to PNG or JPEG first",
    ],
  ])("refuses %s", async (_, content, reason) => {
    await expect(decodeImage(Buffer.from(content))).rejects.toThrow(reason);
  });

  test.each([
    [1, 1],
    [7, 500],
  ])("refuses %i × %i pixels", async (width, height) => {
    const tiny = await sharp({ create: { width, height, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    await expect(decodeImage(tiny)).rejects.toThrow(`${width}×${height} pixels: the shorter side must have at least 8`);
  });

  test("refuses a small file whose header claims 900 million pixels, before decoding it", async () => {
    const bomb = await png();
    bomb.writeUInt32BE(30_000, 16); // width and height are at bytes 16 and 20 of a PNG
    bomb.writeUInt32BE(30_000, 20);
    bomb.writeInt32BE(crc32(bomb.subarray(12, 29)), 29);
    await expect(decodeImage(bomb)).rejects.toThrow(
      "30000×30000 pixels: at most 100 million are allowed: scale it down first",
    );
  });
});

/** The checksum of a PNG chunk (ISO 3309). */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}
