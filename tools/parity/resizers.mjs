// Compares resizing and cropping with Pillow, PyTorch and torch-fidelity.

import { join } from "node:path";
import {
  centerCrop,
  resizePillow8,
  resizePillowFloat,
  resizeTensorflow1Bilinear,
  resizeTorchBilinear,
} from "@dit-bench/images";
import { largestDifference, runPython, tensorsOf } from "./compare.mjs";

/** @import { FloatImage, RgbImage } from "@dit-bench/images" */
/** @import { Numbers } from "./compare.mjs" */
/** @import { Call, Row } from "./types.ts" */
/** @typedef {{ rgb: RgbImage, float: FloatImage, unit: FloatImage }} Forms one image; `unit` has values of 0 to 1 */

export const name = "resizers";

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size }) {
  runPython(python, "resizers.py", size, folder);
  const reference = tensorsOf(join(folder, `resizers-${size}.safetensors`));
  const images = reference.names.filter((name) => name.endsWith(".pixels")).map((name) => name.split(".")[0]);
  /** @type {[string, string, number, (forms: Forms, w: number, h: number) => Numbers][]} */
  const resizers = [
    ["Pillow's bicubic, float", "bicubic_float", 0, ({ float }, w, h) => resizePillowFloat(float, w, h).values],
    ["Pillow's bicubic, 8 bits", "bicubic_8bit", 0, ({ rgb }, w, h) => resizePillow8(rgb, w, h, "bicubic").pixels],
    ["Pillow's box, 8 bits", "box_8bit", 0, ({ rgb }, w, h) => resizePillow8(rgb, w, h, "box").pixels],
    ["PyTorch's bilinear, of 0 to 1", "bilinear", 1e-6, ({ unit }, w, h) => resizeTorchBilinear(unit, w, h).values],
    [
      "TensorFlow 1's bilinear by torch-fidelity, of 0 to 255",
      "tensorflow",
      1e-4,
      ({ float }, w, h) => resizeTensorflow1Bilinear(float, w, h).values,
    ],
    ["ADM's centre crop by Pillow", "crop", 0, ({ rgb }, w) => centerCrop(rgb, w).pixels],
  ];
  for (const [part, key, tolerance, resize] of resizers) {
    let worst = 0;
    for (const i of images) {
      const [height, width] = reference.shape(`${i}.pixels`);
      const pixels = Uint8Array.from(reference(`${i}.pixels`));
      const image = (/** @type {Float32Array} */ values) => ({ width, height, values });
      const forms = {
        rgb: { width, height, pixels },
        float: image(Float32Array.from(pixels)),
        unit: image(Float32Array.from(pixels, (v) => v / 255)),
      };
      const [h, w] = reference.shape(`${i}.${key}`);
      worst = Math.max(worst, largestDifference(resize(forms, w, h), reference(`${i}.${key}`)));
    }
    yield { part, size: `${images.length} images`, worst, tolerance };
  }
}
