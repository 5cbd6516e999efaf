// Makes tiny archives in the layouts of the eight datasets, and prepares them in a temporary folder.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { makeTar, makeZip, type TarEntry } from "@dit-bench/fetch/testing";
import sharp from "sharp";
import { afterAll, beforeAll } from "vitest";
import { type DatasetEntry, findDataset, loadRegistry } from "../registry.ts";
import { type MatSource, makeMat } from "../testing/make-mat.ts";
import { prepareDataset } from "./prepare-dataset.ts";

export const registry = loadRegistry(fileURLToPath(new URL("../../../../datasets.json", import.meta.url)));
const place = mkdtempSync(join(tmpdir(), "prepare-"));
afterAll(() => rmSync(place, { recursive: true }));
let number = 0;

/** The path of a new folder, which does not exist yet. */
export const newFolder = () => join(place, String(number++));

/** JPEG files of different colours, so that a mix-up shows. */
const jpegs: Buffer[] = [];
export const jpeg = (n: number) => jpegs[n]!;
beforeAll(async () => {
  for (let n = 0; n < 24; n++) {
    const background = { r: 10 * n, g: 255 - 10 * n, b: 128 };
    jpegs.push(
      await sharp({ create: { width: 9, height: 8, channels: 3, background } })
        .jpeg()
        .toBuffer(),
    );
  }
});
export const tgz = (entries: TarEntry[]) => gzipSync(makeTar(entries));
export const image = (name: string, n: number) => ({ name, body: jpeg(n) });
const junk = { name: "x/._hidden.jpg", body: "no image" };

export type Archives = Record<string, () => Buffer>;

/** Writes the archives into a new folder. Each call of `run` prepares the dataset from them. */
export async function setUp(
  name: string,
  archives: Archives,
  change: Partial<DatasetEntry["prepared"]> = {},
  source?: (file: string) => string | undefined,
) {
  const folder = newFolder();
  mkdirSync(folder);
  for (const [file, make] of Object.entries(archives)) writeFileSync(join(folder, file), make());
  const known = findDataset(registry, name);
  const entry = { ...known, prepared: { ...known.prepared, ...change } };
  const to = join(folder, "prepared");
  const notes: string[] = [];
  const run = (options = {}) =>
    prepareDataset(entry, async (file) => source?.(file) ?? join(folder, file), to, {
      onNote: (n) => notes.push(n),
      ...options,
    });
  return { folder, to, notes, entry, run };
}

export const listFiles = (folder: string) =>
  (readdirSync(folder, { recursive: true, encoding: "utf8" }) as string[])
    .filter((f) => statSync(join(folder, f)).isFile() && !f.startsWith(".dit-bench"))
    .sort();

export const food: Archives = {
  "food-101.tar.gz": () =>
    tgz([
      image("food-101/images/apple_pie/11.jpg", 1),
      image("food-101/images/apple_pie/12.jpg", 2),
      image("food-101/images/waffles/13.jpg", 3),
      image("food-101/images/waffles/14.jpg", 4),
      {
        name: "food-101/meta/train.json",
        body: JSON.stringify({ apple_pie: ["apple_pie/11"], waffles: ["waffles/13"] }),
      },
      {
        name: "food-101/meta/test.json",
        body: JSON.stringify({ apple_pie: ["apple_pie/12"], waffles: ["waffles/14"] }),
      },
      { name: "food-101/README.txt", body: "text" },
      junk,
    ]),
};
export const sun: Archives = {
  "SUN397.tar.gz": () =>
    tgz([
      { name: "SUN397/ClassName.txt", body: "/a/abbey\n" },
      image("SUN397/a/abbey/sun_a.jpg", 1),
      image("SUN397/a/abbey/sun_b.jpg", 2),
      image("SUN397/c/church/indoor/sun_a.jpg", 3),
      image("SUN397/c/church/outdoor/sun_a.jpg", 4),
    ]),
};
/** A table of DF20M with the columns image_path and scientificName. */
export const csv = (rows: [string, string][]) =>
  [
    "countryCode,image_path,scientificName,Habitat",
    ...rows.map(([path, name]) => `DK,${path},"${name}","wood, ""old"""`),
    "",
  ].join("\n");
export const df20m: Archives = {
  "DF20M-images.tar.gz": () => tgz([0, 1, 2, 3, 4].map((n) => image(`DF20M/22${n}-${n}.JPG`, n))),
  "DF20M-metadata.zip": () =>
    makeZip([
      {
        name: "DF20M-train_metadata_PROD.csv",
        body: csv([
          ["220-0.JPG", "Amanita muscaria (L.) Lam., 1783"],
          ["221-1.JPG", "Clitocybe nebularis (Batsch) Quél."],
          ["222-2.JPG", "Amanita muscaria (L.) Lam., 1783"],
          ["223-3.JPG", ""],
        ]),
      },
      { name: "DF20M-public_test_metadata_PROD.csv", body: csv([["224-4.JPG", "Boletus edulis Bull., 1782"]]) },
      { name: "__MACOSX/._x.csv", body: "junk" },
    ]),
};
export const caltech: Archives = {
  "caltech-101.zip": () =>
    makeZip([
      {
        name: "caltech-101/101_ObjectCategories.tar.gz",
        method: 0,
        body: tgz([
          image("101_ObjectCategories/accordion/image_0001.jpg", 1),
          image("101_ObjectCategories/Faces/image_0001.jpg", 2),
          image("101_ObjectCategories/Faces_easy/image_0001.jpg", 3),
          image("101_ObjectCategories/BACKGROUND_Google/image_0001.jpg", 4),
          { name: "101_ObjectCategories/BACKGROUND_Google/tmp", body: "x" },
        ]),
      },
      { name: "caltech-101/Annotations.tar", body: "x" },
      { name: "__MACOSX/caltech-101/._Annotations.tar", body: "x" },
    ]),
};
export const cub: Archives = {
  "CUB_200_2011.tgz": () =>
    tgz([
      { name: "./attributes.txt", body: "x" },
      image("CUB_200_2011/images/001.Black_footed_Albatross/a.jpg", 1),
      image("CUB_200_2011/images/001.Black_footed_Albatross/b.jpg", 2),
      image("CUB_200_2011/images/002.Laysan_Albatross/c.jpg", 3),
      {
        name: "CUB_200_2011/images.txt",
        body: "1 001.Black_footed_Albatross/a.jpg\n2 001.Black_footed_Albatross/b.jpg\n3 002.Laysan_Albatross/c.jpg\n",
      },
      { name: "CUB_200_2011/train_test_split.txt", body: "1 0\n2 1\n3 1\n" },
    ]),
};
export const artbench: Archives = {
  "artbench-10-imagefolder-split.tar": () =>
    makeTar([
      image("artbench-10-imagefolder-split/train/baroque/a.jpg", 1),
      image("artbench-10-imagefolder-split/train/ukiyo_e/a.jpg", 2),
      image("artbench-10-imagefolder-split/test/baroque/b.jpg", 3),
      { name: "artbench-10-imagefolder-split/train/baroque/._a.jpg", body: "x" },
    ]),
};
export const flowers: Archives = {
  "102flowers.tgz": () => tgz([1, 2, 3, 4, 5].map((n) => image(`jpg/image_0000${n}.jpg`, n))),
  "imagelabels.mat": () => makeMat({ labels: { numbers: [77, 2, 77, 102, 2], as: "uint8" } }),
  "setid.mat": () => makeMat({ trnid: { numbers: [5, 1] }, valid: { numbers: [3] }, tstid: { numbers: [2, 4] } }),
};
export const car = (n: number, label: number): Record<string, MatSource> => ({
  bbox_x1: { numbers: [1] },
  class: { numbers: [label], as: "uint8" },
  fname: { text: `0000${n}.jpg` },
});
export const cars: Archives = {
  "cars_train.tgz": () => tgz([1, 2, 3].map((n) => image(`cars_train/0000${n}.jpg`, n))),
  "cars_test.tgz": () => tgz([image("cars_test/00001.jpg", 4)]),
  "car_devkit.tgz": () =>
    tgz([
      {
        name: "devkit/cars_meta.mat",
        body: makeMat({ class_names: { cell: [{ text: "Acura RL Sedan 2012" }, { text: "Ram C/V Cargo Van 2012" }] } }),
      },
      {
        name: "devkit/cars_train_annos.mat",
        body: makeMat({ annotations: { struct: [car(1, 2), car(2, 1), car(3, 2)] } }),
      },
      { name: "devkit/README.txt", body: "x" },
    ]),
  "cars_test_annos_withlabels.mat": () => makeMat({ annotations: { struct: [car(1, 1)] } }),
};
