// The layout of Food-101. The images are food-101/images/CLASS/ID.jpg. food-101/meta/train.json and test.json have the
// splits, as { CLASS: ["CLASS/ID"] }.

import { join } from "node:path";
import { DataError } from "../../data-error.ts";
import { classFolder } from "../class-name.ts";
import { readLabelLists } from "../label-file.ts";
import { isImage, type Layout, wantsSplit } from "../layout.ts";

export const food: Layout = {
  files: [],
  archives: [
    {
      file: "food-101.tar.gz",
      into: "food",
      select: (path) =>
        /^food-101\/(images\/|meta\/(train|test)\.json$)/.test(path) && (isImage(path) || path.endsWith(".json")),
    },
  ],
  *images(source) {
    for (const split of ["train", "test"]) {
      if (!wantsSplit(source, split)) continue;
      const path = join(source.unpacked, "food/food-101/meta", `${split}.json`);
      for (const [className, ids] of readLabelLists(path)) {
        if (!Array.isArray(ids)) throw new DataError("labels", `"${path}": "${className}" has no list of images`);
        for (const id of ids as unknown[]) {
          if (typeof id !== "string" || !/^[\w-]+\/[\w-]+$/.test(id))
            throw new DataError("labels", `"${path}": ${JSON.stringify(id)} is not an image`);
          yield { from: `food/food-101/images/${id}.jpg`, className: classFolder(className) };
        }
      }
    }
  },
};
