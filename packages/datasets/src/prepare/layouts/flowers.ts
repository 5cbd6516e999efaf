// The layout of Oxford Flowers-102. The images are jpg/image_00001.jpg and so on. imagelabels.mat has the class of each
// image, 1 to 102. setid.mat has the image numbers of each split.

import { DataError } from "../../data-error.ts";
import { numberedClass } from "../class-name.ts";
import { numbersOf, readLabelMat } from "../label-file.ts";
import { type Layout, wantsSplit } from "../layout.ts";

/** The variable of setid.mat for each split. */
const variables = { train: "trnid", validation: "valid", test: "tstid" };

export const flowers: Layout = {
  files: ["imagelabels.mat", "setid.mat"],
  archives: [{ file: "102flowers.tgz", into: "flowers", select: (path) => /^jpg\/image_\d{5}\.jpg$/.test(path) }],
  *images(source) {
    const labels = numbersOf(readLabelMat(source.download("imagelabels.mat")), "labels", "imagelabels.mat");
    const ids = readLabelMat(source.download("setid.mat"));
    const count = Math.max(...labels);
    for (const [split, variable] of Object.entries(variables)) {
      if (!wantsSplit(source, split)) continue;
      for (const id of numbersOf(ids, variable, "setid.mat")) {
        const label = labels[id - 1];
        if (label === undefined || !(label >= 1))
          throw new DataError("labels", `setid.mat: image ${id} has no label in imagelabels.mat`);
        yield { from: `flowers/jpg/image_${String(id).padStart(5, "0")}.jpg`, className: numberedClass(label, count) };
      }
    }
  },
  note: "classes are numbers: imagelabels.mat has no names",
};
