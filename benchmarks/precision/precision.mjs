// Writes the page that compares the FIDs of the same runs in two precisions:
//
//     node benchmarks/precision/precision.mjs [--float32 FOLDER] [--other FOLDER] [--out FILE.md] [--title TITLE]
//
// The folders hold records, such as the folders of `bench grid --out`. By default it makes results/precision/README.md
// from the published records again.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findRecords } from "@dit-bench/record";
import { page } from "./compare.mjs";

const published = fileURLToPath(new URL("../../results/precision", import.meta.url));
const text = (/** @type {string} */ value) => ({ type: /** @type {const} */ ("string"), default: value });
const { values } = parseArgs({
  options: {
    float32: text(`${published}/records/float32`),
    other: text(`${published}/records/bfloat16`),
    out: text(`${published}/README.md`),
    title: text("FID in bfloat16 and in float32"),
  },
});
const [float32, other] = await Promise.all(
  [values.float32, values.other].map(async (folder) => {
    const { records, damaged } = await findRecords(folder);
    for (const { reason } of damaged) console.error(reason);
    if (records.length === 0) throw new Error(`${folder} has no records: name the folder of a grid`);
    return records.map(({ record }) => record);
  }),
);
writeFileSync(values.out, page(float32, other, values.title));
console.log(values.out);
