// Reads statistics in .npz files of NumPy, and lets NumPy read the .npz files of dit-bench.

import { join } from "node:path";
import { readNpz, writeNpz } from "@dit-bench/weights";
import { largestDifference, runPython } from "./compare.mjs";

/** @import { Call, Row } from "./types.ts" */

export const name = "npz";

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size }) {
  runPython(python, "npz.py", "write", size, folder);
  /** @type {(part: string, worst: number) => Row} */
  const row = (part, worst) => ({
    part: `.npz, ${part}`,
    size: `${size === "true" ? "2,048" : "16"} dimensions`,
    worst,
    tolerance: 0,
  });
  const [storedArrays, ...otherFiles] = await Promise.all(
    ["stored", "deflated", "columns"].map((kind) => readNpz(join(folder, `${kind}-${size}.npz`))),
  );
  writeNpz(join(folder, `ours-${size}.npz`), storedArrays);
  const difference = JSON.parse(runPython(python, "npz.py", "read", size, folder));
  yield row("NumPy's, read, written again and read by NumPy", difference ?? Number.NaN);
  for (const [i, other] of otherFiles.entries()) {
    const differences = [...storedArrays].map(([key, { data }]) =>
      largestDifference(numbers(other.get(key)?.data ?? []), numbers(data)),
    );
    const worst = Math.max(...differences);
    yield row(["deflated", "stored by columns"][i], worst);
  }
}

/** @param {Iterable<number | bigint>} data */
const numbers = (data) => Float64Array.from(data, Number);
