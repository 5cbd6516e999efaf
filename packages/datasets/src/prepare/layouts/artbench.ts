// The layout of ArtBench-10. The images are artbench-10-imagefolder-split/train/CLASS/*.jpg and test/CLASS/*.jpg.

import { classFolder } from "../class-name.ts";
import { isImage, type Layout, wantsSplit } from "../layout.ts";
import { imagesBelow } from "../unpacked-files.ts";

export const artbench: Layout = {
  files: [],
  archives: [
    {
      file: "artbench-10-imagefolder-split.tar",
      into: "artbench",
      select: (path) => /(^|\/)(train|test)\/[^/]+\/[^/]+$/.test(path) && isImage(path),
    },
  ],
  *images(source) {
    for (const { path, folders } of imagesBelow(source.unpacked, "artbench")) {
      const [split, className] = folders.slice(-2);
      if (className && wantsSplit(source, split!)) yield { from: path, className: classFolder(className) };
    }
  },
};
