// The layout of Caltech-101. The images are 101_ObjectCategories/CLASS/image_0001.jpg, in the archive
// caltech-101/101_ObjectCategories.tar.gz inside the zip file.

import { classFolder } from "../class-name.ts";
import { isImage, type Layout } from "../layout.ts";
import { imagesBelow } from "../unpacked-files.ts";

export const caltech: Layout = {
  files: [],
  archives: [
    {
      file: "caltech-101.zip",
      into: "caltech",
      select: (path) => path === "caltech-101/101_ObjectCategories.tar.gz",
      inner: {
        path: "caltech-101/101_ObjectCategories.tar.gz",
        select: (path) => /^101_ObjectCategories\/(?!BACKGROUND_Google\/)/.test(path) && isImage(path),
      },
    },
  ],
  *images({ unpacked }) {
    for (const { path, folders } of imagesBelow(unpacked, "caltech/inner/101_ObjectCategories"))
      yield { from: path, className: classFolder(folders.join("_")) };
  },
  note: "BACKGROUND_Google is left out: it is not a class",
};
