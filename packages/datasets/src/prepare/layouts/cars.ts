// The layout of Stanford Cars. The images are cars_train/00001.jpg and cars_test/00001.jpg.
// devkit/cars_train_annos.mat and cars_test_annos_withlabels.mat have `class` and `fname` of each image.
// devkit/cars_meta.mat has the class_names.

import { join } from "node:path";
import { DataError } from "../../data-error.ts";
import { numberedClass } from "../class-name.ts";
import { numbersOf, readLabelMat } from "../label-file.ts";
import { type Layout, wantsSplit } from "../layout.ts";

export const cars: Layout = {
  files: ["cars_test_annos_withlabels.mat"],
  archives: [
    { file: "cars_train.tgz", into: "cars", select: (path) => /^cars_train\/\d+\.jpg$/.test(path) },
    { file: "cars_test.tgz", into: "cars_test", select: (path) => /^cars_test\/\d+\.jpg$/.test(path) },
    { file: "car_devkit.tgz", into: "devkit", select: (path) => /^devkit\/\w+\.mat$/.test(path) },
  ],
  *images(source) {
    const devkit = join(source.unpacked, "devkit/devkit");
    const classNames = readLabelMat(join(devkit, "cars_meta.mat")).get("class_names");
    if (classNames?.kind !== "cell") throw new DataError("labels", "cars_meta.mat has no cell class_names");
    const names = classNames.items.map((item) => (item.kind === "text" ? item.rows[0]! : ""));
    const splits = {
      train: { folder: "cars/cars_train", labels: () => join(devkit, "cars_train_annos.mat") },
      test: { folder: "cars_test/cars_test", labels: () => source.download("cars_test_annos_withlabels.mat") },
    };
    for (const [split, { folder, labels }] of Object.entries(splits)) {
      if (!wantsSplit(source, split)) continue;
      const path = labels();
      const annotations = readLabelMat(path).get("annotations");
      if (annotations?.kind !== "struct") throw new DataError("labels", `"${path}" has no struct annotations`);
      for (const item of annotations.items) {
        const [label] = numbersOf(item, "class", path);
        const file = item.get("fname");
        if (file?.kind !== "text" || !/^\d+\.jpg$/.test(file.rows[0] ?? ""))
          throw new DataError("labels", `"${path}": a row has no file name`);
        const name = names[label! - 1];
        if (!name)
          throw new DataError("labels", `"${path}": class ${label} of ${file.rows[0]} has no name in cars_meta.mat`);
        yield { from: `${folder}/${file.rows[0]}`, className: numberedClass(label!, names.length, name) };
      }
    }
  },
};
