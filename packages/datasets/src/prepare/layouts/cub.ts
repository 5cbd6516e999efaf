// The layout of CUB-200-2011. The images are CUB_200_2011/images/001.Black_footed_Albatross/*.jpg. A line of images.txt
// is "ID PATH". A line of train_test_split.txt is "ID 1" for a training image, "ID 0" for a test image.

import { join } from "node:path";
import { DataError } from "../../data-error.ts";
import { classFolder } from "../class-name.ts";
import { readLabelPairs } from "../label-file.ts";
import { isImage, type Layout, wantsSplit } from "../layout.ts";

export const cub: Layout = {
  files: [],
  archives: [
    {
      file: "CUB_200_2011.tgz",
      into: "cub",
      select: (path) =>
        /^CUB_200_2011\/(images\.txt|train_test_split\.txt)$/.test(path) ||
        (/^CUB_200_2011\/images\//.test(path) && isImage(path)),
    },
  ],
  *images(source) {
    const folder = join(source.unpacked, "cub/CUB_200_2011");
    const isTraining = new Map(readLabelPairs(join(folder, "train_test_split.txt")));
    for (const [id, path] of readLabelPairs(join(folder, "images.txt"))) {
      const mark = isTraining.get(id);
      if (mark !== "0" && mark !== "1")
        throw new DataError("labels", `image ${id} is in no split of train_test_split.txt`);
      const [className, file, ...more] = path.split("/");
      if (!className || !file || more.length > 0 || path.includes(".."))
        throw new DataError("labels", `images.txt: ${JSON.stringify(path)} is not the path of an image`);
      if (wantsSplit(source, mark === "1" ? "train" : "test"))
        yield { from: `cub/CUB_200_2011/images/${path}`, className: classFolder(className) };
    }
  },
};
