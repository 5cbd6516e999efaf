// The layout of Danish Fungi 2020 Mini. The images are DF20M/FILE.JPG. Their classes are in
// DF20M-train_metadata_PROD.csv and DF20M-public_test_metadata_PROD.csv.

import { join } from "node:path";
import { DataError } from "../../data-error.ts";
import { classFolder } from "../class-name.ts";
import { readLabelText } from "../label-file.ts";
import { isImage, type Layout, wantsSplit } from "../layout.ts";
import { readCsv } from "../read-csv.ts";
import { findBelow, topFolder } from "../unpacked-files.ts";

const metadata = { train: "DF20M-train_metadata_PROD.csv", test: "DF20M-public_test_metadata_PROD.csv" };

export const df20m: Layout = {
  files: [],
  archives: [
    { file: "DF20M-images.tar.gz", into: "images", select: isImage },
    { file: "DF20M-metadata.zip", into: "metadata", select: (path) => /DF20M-\w+_metadata_PROD\.csv$/.test(path) },
  ],
  *images(source) {
    const folder = topFolder(join(source.unpacked, "images"), "DF20M");
    for (const [split, name] of Object.entries(metadata)) {
      if (!wantsSplit(source, split)) continue;
      const path = findBelow(join(source.unpacked, "metadata"), name);
      for (const { scientificName, image_path: image } of readCsv(readLabelText(path), path, [
        "scientificName",
        "image_path",
      ])) {
        if (scientificName.trim() === "") continue; // a specimen whose species is unknown
        if (!isImage(image) || image.includes("..") || image.startsWith("/"))
          throw new DataError("labels", `"${path}": ${JSON.stringify(image)} is not the path of an image`);
        yield { from: join("images", folder, image), className: classFolder(scientificName) };
      }
    }
  },
  note: "classes are scientific names; rows without one are left out",
};
