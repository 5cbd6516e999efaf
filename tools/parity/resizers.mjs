// Resizing and cropping against Pillow, PyTorch and torch-fidelity.

import { join } from "node:path";
import {
  centerCrop,
  resizePillow8,
  resizePillowFloat,
  resizeTensorflow1Bilinear,
  resizeTorchBilinear,
} from "@dit-bench/images";
import { furthest, runPython, tensorsOf } from "./compare.mjs";

export const name = "resizers";

export async function* measure({ python, folder, size }) {
  runPython(python, "resizers.py", size, folder);
  const theirs = tensorsOf(join(folder, `resizers-${size}.safetensors`));
  const images = theirs.names.filter((name) => name.endsWith(".pixels")).map((name) => name.split(".")[0]);
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
      const [height, width] = theirs.shape(`${i}.pixels`);
      const pixels = Uint8Array.from(theirs(`${i}.pixels`));
      const picture = (values) => ({ width, height, values });
      const forms = {
        rgb: { width, height, pixels },
        float: picture(Float32Array.from(pixels)),
        unit: picture(Float32Array.from(pixels, (v) => v / 255)),
      };
      const [h, w] = theirs.shape(`${i}.${key}`);
      worst = Math.max(worst, furthest(resize(forms, w, h), theirs(`${i}.${key}`)));
    }
    yield { part, size: `${images.length} pictures`, worst, tolerance };
  }
}
