// Label files of datasets: MATLAB files, CSV, lists in JSON, and pairs of words.

import { DataError, MatError } from "@dit-bench/datasets";
import {
  readLabelLists,
  readLabelMat,
  readLabelPairs,
  readLabelText,
} from "../../../packages/datasets/dist/prepare/label-file.js";
import { readCsv } from "../../../packages/datasets/dist/prepare/read-csv.js";
import { mutateJson } from "../mutate-json.mjs";
import { seedsIn, writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

/** @type {Target} */
export const target = {
  name: "labels",
  errors: [DataError, MatError],
  // The reader of MATLAB files has limits of its own: 256 MB unpacked and 20 million values.
  limits: { seconds: 10, megabytes: 800 },
  seeds: () => [
    ...seedsIn("packages/datasets/src/prepare/mat/fixtures", /\.mat$/),
    Buffer.from('\ufeffname,path,x\r\nrose,"a,""b"".jpg",1\n\n"tulip",c.jpg,2\n'),
    Buffer.from('{"rose": [1, 2, "a.jpg"], "tulip": []}'),
    Buffer.from("1 001.rose/a.jpg\n2 002.tulip/b.jpg\n\n"),
  ],
  edit: (seed, numbers) => Buffer.from(mutateJson(seed.toString("latin1"), numbers), "latin1"),
  read(input, folder) {
    const path = writeInput(folder, "input", input);
    if (input.toString("latin1", 0, 6) === "MATLAB" || input.includes("IM")) return readLabelMat(path).size > 0;
    if (input.includes(",path")) return readCsv(readLabelText(path), path, ["name", "path"]);
    return input[0] === 0x7b ? readLabelLists(path) : readLabelPairs(path);
  },
};
