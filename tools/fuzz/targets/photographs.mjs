// JPEG, PNG, WebP, AVIF and TIFF files, which libvips decodes: it must neither crash nor hang, and its errors must
// become ours.

import { equal } from "node:assert/strict";
import { crc32 } from "node:zlib";
import { decodeImage, ImageError } from "@dit-bench/images";
import sharp from "sharp";
import { mutate, pick } from "../mutate.mjs";

/** @import { Target } from "../types.ts" */

const [width, height] = [19, 16];
const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 29) % 256);
const image = () => sharp(rgb, { raw: { width, height, channels: 3 } });

/** The chunks of a PNG after its signature. @param {Buffer} png */
function chunksOf(png) {
  const chunks = [];
  for (let at = 8; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.subarray(at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

/** @param {{ type: Buffer, data: Buffer }} chunk */
function encodeChunk({ type, data }) {
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(Buffer.concat([type, data])));
  return Buffer.concat([length, type, data, sum]);
}

/** @type {Target} */
export const target = {
  name: "photographs",
  errors: [ImageError],
  // An image of 100 million pixels is accepted: 300 MB, and copies of it inside libvips.
  limits: { seconds: 60, megabytes: 2000 },
  seeds: () =>
    Promise.all([
      image().png().toBuffer(),
      image().png({ palette: true, dither: 0 }).toBuffer(),
      image().toColourspace("rgb16").png().toBuffer(),
      image().jpeg().withMetadata({ orientation: 6 }).toBuffer(),
      image().jpeg({ progressive: true }).toBuffer(),
      image().toColourspace("cmyk").jpeg().toBuffer(),
      image().webp({ lossless: true }).toBuffer(),
      image().webp().toBuffer(),
      image().avif({ effort: 0 }).toBuffer(),
      image().tiff({ compression: "lzw" }).toBuffer(),
    ]),
  /** Chunks of a PNG changed, repeated or left out, with right checksums. */
  edit(seed, numbers) {
    if (seed[0] !== 0x89) return mutate(seed, [seed], numbers);
    const chunks = chunksOf(seed);
    const at = numbers.integer(chunks.length);
    const chosen = chunks[at];
    const kind = numbers.integer(4);
    if (kind === 0) chunks.splice(at, 1);
    else if (kind === 1) chunks.splice(numbers.integer(chunks.length), 0, chosen);
    else if (kind === 2) chunks[at] = { ...chosen, type: pick(chunks, numbers).type };
    else chunks[at] = { ...chosen, data: mutate(chosen.data, [chosen.data], numbers) };
    return Buffer.concat([seed.subarray(0, 8), ...chunks.map(encodeChunk)]);
  },
  async read(input) {
    for (const asStored of [false, true]) {
      const decoded = await decodeImage(input, { asStored });
      equal(decoded.pixels.length, decoded.width * decoded.height * 3);
    }
  },
};
