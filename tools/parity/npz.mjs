// Statistics as .npz: NumPy's read, ours read by NumPy.

import { join } from "node:path";
import { readNpz, writeNpz } from "@dit-bench/weights";
import { furthest, runPython } from "./compare.mjs";

export const name = "npz";

export async function* measure({ python, folder, size }) {
  runPython(python, "npz.py", "write", size, folder);
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
  const apart = JSON.parse(runPython(python, "npz.py", "read", size, folder));
  yield row("NumPy's read and written again, read by NumPy", apart ?? Number.NaN);
  for (const [i, other] of others.entries()) {
    const worst = Math.max(...[...stored].map(([key, { data }]) => furthest(other.get(key).data, data)));
    yield row(["deflated", "stored by columns"][i], worst);
  }
}
