// Images decoded as stored, against Pillow's `convert("RGB")`, which pytorch-fid reads them with.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeImage } from "@dit-bench/images";
import { largestDifference, runPython, tensorsOf } from "./compare.mjs";

/** @import { Call, Row } from "./types.ts" */

export const name = "images";

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size }) {
  if (size !== "tiny") return; // images have no true size
  const target = join(folder, "images");
  runPython(python, "images.py", target);
  const theirs = tensorsOf(join(target, "expected.safetensors"));
  for (const file of theirs.names) {
    const { pixels } = await decodeImage(readFileSync(join(target, file)), { asStored: true });
    const [height, width] = theirs.shape(file);
    const lossy = /jpeg|webp$/.test(file) && !file.includes("without loss");
    yield {
      part: `Decoding, ${file.replace(/\.\w+$/, "")}`,
      size: `${width}x${height} pixels`,
      worst: largestDifference(pixels, theirs(file)),
      tolerance: lossy ? 1 : 0,
      unit: "of 255",
    };
  }
}
