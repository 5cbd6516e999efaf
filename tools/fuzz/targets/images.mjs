// Images of the formats that packages/images decodes itself: GIF, BMP and PNM; and the tags of TIFF files.

import { equal } from "node:assert/strict";
import { decodeImage, ImageError } from "@dit-bench/images";
import { checkTiff } from "../../../packages/images/dist/decode/check-tiff.js";
import {
  interlaceGif,
  placeOnScreen,
  writeBmp,
  writeGif,
} from "../../../packages/images/dist/decode/formats.test.data.js";

/** @import { Target } from "../types.ts" */

const [width, height] = [11, 9];
const indices = Uint8Array.from({ length: width * height }, (_, i) => i % 4);
const colors = [10, 20, 30, 200, 0, 0, 0, 200, 0, 90, 90, 250];
const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37) % 256);
const gif = () => writeGif({ width, height, indices, colors, transparent: 1 });
const size = `${width} ${height}`;

/** The header of a TIFF with these tags, each a short number. @param {Record<number, number>} tags */
function tiff(tags) {
  const entries = Object.entries(tags).map(([tag, value]) => {
    const entry = Buffer.alloc(12);
    entry.writeUInt16LE(Number(tag), 0);
    entry.writeUInt16LE(3, 2);
    entry.writeUInt32LE(1, 4);
    entry.writeUInt16LE(value, 8);
    return entry;
  });
  return Buffer.concat([Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, entries.length, 0]), ...entries, Buffer.alloc(4)]);
}

/** @type {Target} */
export const target = {
  name: "images",
  errors: [ImageError],
  // An image of 100 million pixels is accepted: 300 MB, and as much again for its alpha channel and palette indices.
  limits: { seconds: 20, megabytes: 900 },
  seeds: () => [
    gif(),
    interlaceGif(gif(), width, height, indices),
    placeOnScreen(gif(), { left: 3, top: 2, width: 30, height: 20 }),
    writeBmp({ width, height, bits: 24, rgb }),
    writeBmp({ width, height, bits: 16, rgb }),
    writeBmp({ width, height, bits: 32, rgb, alpha: 7 }),
    writeBmp({ width, height, bits: 8, indices, colors, runs: true }),
    writeBmp({ width, height, bits: 4, indices, colors, runs: true }),
    writeBmp({ width, height, bits: 1, indices: indices.map((i) => i & 1), colors: colors.slice(0, 6) }),
    writeBmp({ width, height, bits: 8, indices, colors, core: true }),
    Buffer.from(`P1 ${size} # comment\n${[...indices].map((i) => i & 1).join(" ")}`),
    Buffer.from(`P3 ${size} 255\n${[...rgb].join(" ")}`),
    Buffer.concat([Buffer.from(`P4 ${size}\n`), Buffer.alloc(2 * height, 0x5a)]),
    Buffer.concat([Buffer.from(`P5 ${size} 65535\n`), rgb.subarray(0, 2 * width * height)]),
    Buffer.concat([Buffer.from(`P6 ${size} 255\n`), rgb]),
    tiff({ 256: width, 257: height, 259: 1, 262: 2 }),
  ],
  async read(input) {
    if (input.subarray(0, 2).toString() === "II" || input.subarray(0, 2).toString() === "MM") {
      // libtiff, which decodes the rest, is a target of its own authors.
      try {
        return checkTiff(input);
      } catch (error) {
        if (error instanceof RangeError) return false; // decodeImage reports it as the end of the data
        throw error;
      }
    }
    for (const asStored of [false, true]) {
      const image = await decodeImage(input, { asStored });
      equal(image.pixels.length, image.width * image.height * 3);
    }
  },
};
