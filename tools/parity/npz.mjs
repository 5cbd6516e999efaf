// Statistics in .npz files: those of NumPy read by us, ours read by NumPy.

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
  const [stored, ...others] = await Promise.all(
    ["stored", "deflated", "columns"].map((kind) => readNpz(join(folder, `${kind}-${size}.npz`))),
  );
  writeNpz(join(folder, `ours-${size}.npz`), stored);
  const difference = JSON.parse(runPython(python, "npz.py", "read", size, folder));
  yield row("NumPy's, read, written again and read by NumPy", difference ?? Number.NaN);
  for (const [i, other] of others.entries()) {
    const differences = [...stored].map(([key, { data }]) =>
      largestDifference(numbers(other.get(key)?.data ?? []), numbers(data)),
    );
    const worst = Math.max(...differences);
    yield row(["deflated", "stored by columns"][i], worst);
  }
}

/** @param {Iterable<number | bigint>} data */
const numbers = (data) => Float64Array.from(data, Number);
