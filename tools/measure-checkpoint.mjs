// Measures memory and time for loading a checkpoint of the size of DiT-XL/2, tensor by tensor, in each format. It runs
// the built packages. The files are sparse and use no space on the disk.
//
//     npm run build
//     node tools/measure-checkpoint.mjs [safetensors|zip|legacy] …

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ditByName, ditModel } from "../packages/dit/dist/index.js";
import { openCheckpoint } from "../packages/weights/dist/index.js";
import { sparseLegacy, sparseSafetensors, sparseZip } from "../packages/weights/dist/sparse.test.data.js";

const formats = { safetensors: sparseSafetensors, zip: sparseZip, legacy: sparseLegacy };

if (process.argv[2] === "--load") {
  const start = performance.now();
  const checkpoint = await openCheckpoint(process.argv[3] ?? "");
  const weights = new Map();
  for (const name of checkpoint.tensors.keys()) weights.set(name, checkpoint.float32(name));
  const peak = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(JSON.stringify({ peak, seconds: (performance.now() - start) / 1000, tensors: weights.size }));
} else {
  const folder = mkdtempSync(join(tmpdir(), "dit-bench-measure-"));
  const chosenFormats = process.argv.slice(2);
  for (const [format, make] of Object.entries(formats)) {
    if (chosenFormats.length > 0 && !chosenFormats.includes(format)) continue;
    const path = join(folder, format);
    const weights = ditModel(ditByName("DiT-XL/2")).weights;
    make(
      path,
      weights.map(({ name, shape }) => ({ name, count: shape.reduce((a, b) => a * b, 1), first: 1 })),
    );
    const { size } = statSync(path);
    const thisFile = fileURLToPath(import.meta.url);
    const { peak, seconds, tensors } = JSON.parse(
      execFileSync(process.execPath, [thisFile, "--load", path], { encoding: "utf8" }),
    );
    const formatGB = (/** @type {number} */ bytes) => (bytes / 1e9).toFixed(2);
    console.log(
      `${format}: ${tensors} tensors, ${formatGB(size)} GB, peak ${formatGB(peak)} GB of the whole process, ` +
        `${(peak / size).toFixed(3)} times the file, ${seconds.toFixed(1)} s`,
    );
    rmSync(path);
  }
  rmSync(folder, { recursive: true });
}
