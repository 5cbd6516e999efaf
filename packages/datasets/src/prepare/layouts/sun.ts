// The layout of SUN397. The images are SUN397/a/abbey/sun_*.jpg and SUN397/c/church/outdoor/sun_*.jpg: below a folder
// for the first letter, a class has one folder or two.

import { classFolder } from "../class-name.ts";
import { isImage, type Layout } from "../layout.ts";
import { imagesBelow } from "../unpacked-files.ts";

export const sun: Layout = {
  files: [],
  archives: [{ file: "SUN397.tar.gz", into: "sun", select: (path) => /^SUN397\/[a-z]\//.test(path) && isImage(path) }],
  *images({ unpacked }) {
    for (const { path, folders } of imagesBelow(unpacked, "sun/SUN397"))
      yield { from: path, className: folders.slice(1).map(classFolder).join("_") };
  },
  note: "classes in two folders, such as church/outdoor, become one: church_outdoor",
};
