// Compares the bilinear resizing of TensorFlow 1 with TensorFlow's own kernel. It is not in the part `resizers`,
// because TensorFlow and PyTorch crash in one process, and because TensorFlow may be missing.

import { join } from "node:path";
import { resizeTensorflow1Bilinear } from "@dit-bench/images";
import { largestDifference, runPython, tensorsOf } from "./compare.mjs";

/** @import { Call, Row } from "./types.ts" */

export const name = "resizers-tensorflow";

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size }) {
  runPython(python, "resizers_tensorflow.py", size, folder);
  const reference = tensorsOf(join(folder, `resizers-tensorflow-${size}.safetensors`));
  const images = reference.names.filter((name) => name.endsWith(".pixels")).map((name) => name.split(".")[0]);
  let worst = 0;
  for (const i of images) {
    const [height, width] = reference.shape(`${i}.pixels`);
    const [h, w] = reference.shape(`${i}.resized`);
    const { values } = resizeTensorflow1Bilinear(
      { width, height, values: Float32Array.from(reference(`${i}.pixels`)) },
      w,
      h,
    );
    worst = Math.max(worst, largestDifference(values, reference(`${i}.resized`)));
  }
  const part = "TensorFlow 1's bilinear by TensorFlow, of 0 to 255";
  yield { part, size: `${images.length} images`, worst, tolerance: 1e-4 };
}
