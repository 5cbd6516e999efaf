// Writes the frozen matrices of VeRA (packages/methods/vera), which are computed from a seed, for peft_methods.py.
//
//     node tools/torch/vera-matrices.mjs RANK I O FILE.safetensors

import { uniform } from "@dit-bench/method";
import { writeSafetensors } from "@dit-bench/weights";

const [R, I, O] = process.argv.slice(2, 5).map(Number);
const file = process.argv[5];

/**
 * @param {string} name
 * @param {number} rows
 * @param {number} columns
 */
function matrix(name, rows, columns) {
  const init = uniform(Math.sqrt(6 / columns), rows, columns);
  const data = init.values({ seed: 0, name: `vera ${name} ${rows}x${columns}`, base: () => new Float32Array() });
  return /** @type {const} */ ([name, { type: "F32", shape: [rows, columns], data }]);
}

writeSafetensors(file, [matrix("A", R, I), matrix("B", O, R)]);
