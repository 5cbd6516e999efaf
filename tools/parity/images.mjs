// Compares images decoded as stored with Pillow's `convert("RGB")`, which pytorch-fid uses.

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
  const reference = tensorsOf(join(target, "expected.safetensors"));
  for (const file of reference.names) {
    const { pixels } = await decodeImage(readFileSync(join(target, file)), { asStored: true });
    const [height, width] = reference.shape(file);
    const isLossy = /jpeg|webp$/.test(file) && !file.includes("without loss");
    yield {
      part: `Decoding, ${file.replace(/\.\w+$/, "")}`,
      size: `${width}x${height} pixels`,
      worst: largestDifference(pixels, reference(file)),
      tolerance: isLossy ? 1 : 0,
      unit: "of 255",
    };
  }
}
