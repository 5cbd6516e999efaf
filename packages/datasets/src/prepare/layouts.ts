// The eight datasets as their authors publish them. Where each layout was read: docs/datasets.md.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../data-error.ts";
import { classFolder, numberedClass } from "./class-name.ts";
import { readLabelLists, readLabelMat, readLabelText } from "./label-file.ts";
import { isImage, type Layout } from "./layout.ts";
import type { MatValue } from "./mat/read-mat.ts";
import { readCsv } from "./read-csv.ts";

const wrong = (message: string) => new DataError("labels", message);

/** food-101/images/CLASS/ID.jpg; food-101/meta/train.json and test.json: class -> ["CLASS/ID"]. */
const food: Layout = {
  files: [],
  archives: [
    {
      file: "food-101.tar.gz",
      into: "food",
      select: (path) =>
        /^food-101\/(images\/|meta\/(train|test)\.json$)/.test(path) && (isImage(path) || path.endsWith(".json")),
    },
  ],
  *images({ unpacked, splits }) {
    for (const split of splits.includes("all") ? ["train", "test"] : splits) {
      const path = join(unpacked, "food/food-101/meta", `${split}.json`);
      for (const [className, ids] of readLabelLists(path)) {
        if (!Array.isArray(ids)) throw wrong(`"${path}": "${className}" has no list of images`);
        for (const id of ids as unknown[]) {
          if (typeof id !== "string" || !/^[\w-]+\/[\w-]+$/.test(id))
            throw wrong(`"${path}": ${JSON.stringify(id)} is no image`);
          yield { from: `food/food-101/images/${id}.jpg`, className: classFolder(className) };
        }
      }
    }
  },
};

/** SUN397/a/abbey/sun_*.jpg and SUN397/c/church/outdoor/sun_*.jpg: a letter, then one or two folders of the class. */
const sun: Layout = {
  files: [],
  archives: [{ file: "SUN397.tar.gz", into: "sun", select: (path) => /^SUN397\/[a-z]\//.test(path) && isImage(path) }],
  *images({ unpacked }) {
    for (const { path, folders } of filesBelow(unpacked, "sun/SUN397"))
      yield { from: path, className: folders.slice(1).map(classFolder).join("_") };
  },
  note: "classes in two folders, such as church/outdoor, become one: church_outdoor",
};

/** DF20M/FILE.JPG; the class of each in DF20M-train_metadata_PROD.csv and DF20M-public_test_metadata_PROD.csv. */
const df20m: Layout = {
  files: [],
  archives: [
    { file: "DF20M-images.tar.gz", into: "images", select: isImage },
    { file: "DF20M-metadata.zip", into: "metadata", select: (path) => /DF20M-\w+_metadata_PROD\.csv$/.test(path) },
  ],
  *images({ unpacked, splits }) {
    const names = { train: "DF20M-train_metadata_PROD.csv", test: "DF20M-public_test_metadata_PROD.csv" };
    const folder = onlyFolder(join(unpacked, "images"), "DF20M");
    for (const [split, name] of Object.entries(names)) {
      if (!splits.includes("all") && !splits.includes(split)) continue;
      const path = findBelow(join(unpacked, "metadata"), name);
      for (const row of readCsv(readLabelText(path), path)) {
        const species = row.get("scientificName");
        const image = row.get("image_path");
        if (species === undefined || image === undefined)
          throw wrong(`"${path}" has no columns scientificName and image_path`);
        if (species.trim() === "") continue; // a find that nobody could name
        if (!isImage(image) || image.includes("..") || image.startsWith("/"))
          throw wrong(`"${path}": ${JSON.stringify(image)} is no image's path`);
        yield { from: join("images", folder, image), className: classFolder(species) };
      }
    }
  },
  note: "classes are scientific names; rows without one are left out",
};

/** caltech-101/101_ObjectCategories.tar.gz in the zip; in it 101_ObjectCategories/CLASS/image_0001.jpg. */
const caltech: Layout = {
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
    for (const { path, folders } of filesBelow(unpacked, "caltech/inner/101_ObjectCategories"))
      yield { from: path, className: classFolder(folders.join("_")) };
  },
  note: "BACKGROUND_Google, which is no class, is left out",
};

/** CUB_200_2011/images/001.Black_footed_Albatross/*.jpg; images.txt: "ID PATH"; train_test_split.txt: "ID 1" for training. */
const cub: Layout = {
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
  *images({ unpacked, splits }) {
    const folder = join(unpacked, "cub/CUB_200_2011");
    const training = new Map(pairs(join(folder, "train_test_split.txt")));
    for (const [id, path] of pairs(join(folder, "images.txt"))) {
      const mark = training.get(id);
      if (mark !== "0" && mark !== "1") throw wrong(`image ${id} is in no split of train_test_split.txt`);
      const [className, file, ...more] = path.split("/");
      if (!className || !file || more.length > 0 || path.includes(".."))
        throw wrong(`images.txt: ${JSON.stringify(path)} is no image's path`);
      if (splits.includes("all") || splits.includes(mark === "1" ? "train" : "test"))
        yield { from: `cub/CUB_200_2011/images/${path}`, className: classFolder(className) };
    }
  },
};

/** artbench-10-imagefolder-split/train/CLASS/*.jpg and test/CLASS/*.jpg. */
const artbench: Layout = {
  files: [],
  archives: [
    {
      file: "artbench-10-imagefolder-split.tar",
      into: "artbench",
      select: (path) => /(^|\/)(train|test)\/[^/]+\/[^/]+$/.test(path) && isImage(path),
    },
  ],
  *images({ unpacked, splits }) {
    for (const { path, folders } of filesBelow(unpacked, "artbench")) {
      const [split, className] = folders.slice(-2);
      if (className && (splits.includes("all") || splits.includes(split!)))
        yield { from: path, className: classFolder(className) };
    }
  },
};

/** jpg/image_00001.jpg …; imagelabels.mat: the class of each, 1 to 102; setid.mat: numbers of images per split. */
const flowers: Layout = {
  files: ["imagelabels.mat", "setid.mat"],
  archives: [{ file: "102flowers.tgz", into: "flowers", select: (path) => /^jpg\/image_\d{5}\.jpg$/.test(path) }],
  *images({ download, splits }) {
    const labels = numbersOf(readLabelMat(download("imagelabels.mat")), "labels", "imagelabels.mat");
    const sets = { train: "trnid", validation: "valid", test: "tstid" };
    const ids = readLabelMat(download("setid.mat"));
    const count = Math.max(...labels);
    for (const [split, variable] of Object.entries(sets)) {
      if (!splits.includes("all") && !splits.includes(split)) continue;
      for (const id of numbersOf(ids, variable, "setid.mat")) {
        const label = labels[id - 1];
        if (label === undefined || !(label >= 1)) throw wrong(`setid.mat: image ${id} has no label in imagelabels.mat`);
        yield { from: `flowers/jpg/image_${String(id).padStart(5, "0")}.jpg`, className: numberedClass(label, count) };
      }
    }
  },
  note: "classes are numbers, as in imagelabels.mat, which names none",
};

/** cars_train/00001.jpg …; devkit/cars_train_annos.mat: class and fname of each; devkit/cars_meta.mat: class_names. */
const cars: Layout = {
  files: ["cars_test_annos_withlabels.mat"],
  archives: [
    { file: "cars_train.tgz", into: "cars", select: (path) => /^cars_train\/\d+\.jpg$/.test(path) },
    { file: "cars_test.tgz", into: "cars_test", select: (path) => /^cars_test\/\d+\.jpg$/.test(path) },
    { file: "car_devkit.tgz", into: "devkit", select: (path) => /^devkit\/\w+\.mat$/.test(path) },
  ],
  *images({ unpacked, download, splits }) {
    const devkit = join(unpacked, "devkit/devkit");
    const meta = readLabelMat(join(devkit, "cars_meta.mat")).get("class_names");
    if (meta?.kind !== "cell") throw wrong("cars_meta.mat has no cell class_names");
    const names = meta.items.map((item) => (item.kind === "text" ? item.rows[0]! : ""));
    const parts = {
      train: { folder: "cars/cars_train", labels: () => join(devkit, "cars_train_annos.mat") },
      test: { folder: "cars_test/cars_test", labels: () => download("cars_test_annos_withlabels.mat") },
    };
    for (const [split, { folder, labels }] of Object.entries(parts)) {
      if (!splits.includes("all") && !splits.includes(split)) continue;
      const annotations = readLabelMat(labels()).get("annotations");
      if (annotations?.kind !== "struct") throw wrong(`"${labels()}" has no struct annotations`);
      for (const item of annotations.items) {
        const [label] = numbersOf(item, "class", labels());
        const file = item.get("fname");
        if (file?.kind !== "text" || !/^\d+\.jpg$/.test(file.rows[0] ?? ""))
          throw wrong(`"${labels()}": a row without a file's name`);
        const name = names[label! - 1];
        if (!name) throw wrong(`"${labels()}": class ${label} of ${file.rows[0]} has no name in cars_meta.mat`);
        yield { from: `${folder}/${file.rows[0]}`, className: numberedClass(label!, names.length, name) };
      }
    }
  },
};

/** By the names of datasets.json. */
export const layouts: Readonly<Record<string, Layout>> = { food, sun, df20m, caltech, cub, artbench, flowers, cars };

/** Files below a folder with the folders that lead to each, by name. */
function* filesBelow(root: string, start: string): Generator<{ path: string; folders: string[] }> {
  const walk = function* (folders: string[]): Generator<{ path: string; folders: string[] }> {
    const here = join(start, ...folders);
    const entries = readdirSync(join(root, here), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.isDirectory()) yield* walk([...folders, entry.name]);
      else if (isImage(entry.name)) yield { path: join(here, entry.name), folders };
    }
  };
  if (existsSync(join(root, start))) yield* walk([]);
}

/** The file of this name, wherever below `folder` it lies. */
function findBelow(folder: string, name: string): string {
  const found = (readdirSync(folder, { recursive: true, encoding: "utf8" }) as string[]).find(
    (path) => path === name || path.endsWith(`/${name}`),
  );
  if (found === undefined) throw wrong(`"${folder}" holds no ${name}`);
  return join(folder, found);
}

/** The folder that an archive's images lie in: of that name, or the archive's top. */
const onlyFolder = (folder: string, name: string): string => (existsSync(join(folder, name)) ? name : ".");

function pairs(path: string): [string, string][] {
  return readLabelText(path)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, i) => {
      const [first, second, ...more] = line.trim().split(/\s+/);
      if (first === undefined || second === undefined || more.length > 0)
        throw wrong(`"${path}", line ${i + 1}: ${JSON.stringify(line)}`);
      return [first, second];
    });
}

function numbersOf(values: ReadonlyMap<string, MatValue>, name: string, where: string): number[] {
  const value = values.get(name);
  if (value?.kind !== "numbers") throw wrong(`"${where}" has no numbers ${name}`);
  return [...value.values];
}
