import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ArchiveError, FetchError, MatError } from "@dit-bench/fetch";
import { type MatSource, makeMat, makeTar, makeZip, type TarEntry } from "@dit-bench/fetch/testing";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DataError } from "../data-error.ts";
import { loadFolder } from "../load-folder.ts";
import { type DatasetEntry, findDataset, loadRegistry } from "../registry.ts";
import { layouts } from "./layouts.ts";
import { neededDownloads, prepareDataset, preparedMark } from "./prepare-dataset.ts";

const registry = loadRegistry(new URL("../../../../datasets.json", import.meta.url).pathname);
const place = mkdtempSync(join(tmpdir(), "prepare-"));
afterAll(() => rmSync(place, { recursive: true }));
let number = 0;

/** A picture of its own for every name, so that a mix-up shows. */
let pictures: Map<string, Buffer>;
const picture = (n: number) => pictures.get(String(n))!;
beforeAll(async () => {
  pictures = new Map();
  for (let n = 0; n < 24; n++) {
    const background = { r: 10 * n, g: 255 - 10 * n, b: 128 };
    pictures.set(
      String(n),
      await sharp({ create: { width: 9, height: 8, channels: 3, background } })
        .jpeg()
        .toBuffer(),
    );
  }
});
const tgz = (entries: TarEntry[]) => gzipSync(makeTar(entries));
const image = (name: string, n: number) => ({ name, body: picture(n) });
const junk = { name: "x/._hidden.jpg", body: "no image" };

type Archives = Record<string, () => Buffer>;

async function prepare(
  name: string,
  archives: Archives,
  change: Partial<DatasetEntry["prepared"]> = {},
  source?: (file: string) => string | undefined,
) {
  const folder = join(place, String(number++));
  mkdirSync(folder);
  for (const [file, make] of Object.entries(archives)) writeFileSync(join(folder, file), make());
  const known = findDataset(registry, name);
  const entry = { ...known, prepared: { ...known.prepared, ...change } };
  const to = join(folder, "prepared");
  const notes: string[] = [];
  const again = (options = {}) =>
    prepareDataset(entry, async (file) => source?.(file) ?? join(folder, file), to, {
      onNote: (n) => notes.push(n),
      ...options,
    });
  return { folder, to, notes, entry, again };
}

const half = (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1);

const files = (folder: string) =>
  (readdirSync(folder, { recursive: true, encoding: "utf8" }) as string[])
    .filter((f) => statSync(join(folder, f)).isFile() && !f.startsWith(".dit-bench"))
    .sort();

const food: Archives = {
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
const sun: Archives = {
  "SUN397.tar.gz": () =>
    tgz([
      { name: "SUN397/ClassName.txt", body: "/a/abbey\n" },
      image("SUN397/a/abbey/sun_a.jpg", 1),
      image("SUN397/a/abbey/sun_b.jpg", 2),
      image("SUN397/c/church/indoor/sun_a.jpg", 3),
      image("SUN397/c/church/outdoor/sun_a.jpg", 4),
    ]),
};
const csv = (rows: [string, string][]) =>
  `countryCode,image_path,scientificName,Habitat\n${rows.map(([path, name]) => `DK,${path},"${name}","wood, ""old"""`).join("\n")}\n`;
const df20m: Archives = {
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
const caltech: Archives = {
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
const cub: Archives = {
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
const artbench: Archives = {
  "artbench-10-imagefolder-split.tar": () =>
    makeTar([
      image("artbench-10-imagefolder-split/train/baroque/a.jpg", 1),
      image("artbench-10-imagefolder-split/train/ukiyo_e/a.jpg", 2),
      image("artbench-10-imagefolder-split/test/baroque/b.jpg", 3),
      { name: "artbench-10-imagefolder-split/train/baroque/._a.jpg", body: "x" },
    ]),
};
const flowers: Archives = {
  "102flowers.tgz": () => tgz([1, 2, 3, 4, 5].map((n) => image(`jpg/image_0000${n}.jpg`, n))),
  "imagelabels.mat": () => makeMat({ labels: { numbers: [77, 2, 77, 102, 2], as: "uint8" } }),
  "setid.mat": () => makeMat({ trnid: { numbers: [5, 1] }, valid: { numbers: [3] }, tstid: { numbers: [2, 4] } }),
};
const car = (n: number, label: number): Record<string, MatSource> => ({
  bbox_x1: { numbers: [1] },
  class: { numbers: [label], as: "uint8" },
  fname: { text: `0000${n}.jpg` },
});
const cars: Archives = {
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

const amanita = "Amanita_muscaria_L._Lam._1783";
const cases: [string, Archives, Record<string, number>, Record<string, number>][] = [
  ["food", food, { "apple_pie/11.jpg": 1, "waffles/13.jpg": 3 }, { "apple_pie/12.jpg": 2, "waffles/14.jpg": 4 }],
  [
    "sun",
    sun,
    { "abbey/sun_a.jpg": 1, "abbey/sun_b.jpg": 2, "church_indoor/sun_a.jpg": 3, "church_outdoor/sun_a.jpg": 4 },
    {},
  ],
  [
    "df20m",
    df20m,
    { [`${amanita}/220-0.JPG`]: 0, [`${amanita}/222-2.JPG`]: 2, "Clitocybe_nebularis_Batsch_Quel/221-1.JPG": 1 },
    { "Boletus_edulis_Bull._1782/224-4.JPG": 4 },
  ],
  [
    "caltech",
    caltech,
    { "Faces/image_0001.jpg": 2, "Faces_easy/image_0001.jpg": 3, "accordion/image_0001.jpg": 1 },
    {},
  ],
  [
    "cub",
    cub,
    { "001.Black_footed_Albatross/b.jpg": 2, "002.Laysan_Albatross/c.jpg": 3 },
    { "001.Black_footed_Albatross/a.jpg": 1 },
  ],
  ["artbench", artbench, { "baroque/a.jpg": 1, "ukiyo_e/a.jpg": 2 }, { "baroque/b.jpg": 3 }],
  [
    "flowers",
    flowers,
    { "002/image_00005.jpg": 5, "077/image_00001.jpg": 1, "077/image_00003.jpg": 3 },
    { "002/image_00002.jpg": 2, "102/image_00004.jpg": 4 },
  ],
  [
    "cars",
    cars,
    {
      "1.Acura_RL_Sedan_2012/00002.jpg": 2,
      "2.Ram_C_V_Cargo_Van_2012/00001.jpg": 1,
      "2.Ram_C_V_Cargo_Van_2012/00003.jpg": 3,
    },
    { "1.Acura_RL_Sedan_2012/00001.jpg": 4 },
  ],
];

describe.each(cases)("%s", (name, archives, expected, others) => {
  test("becomes an image folder of the split that is set down, which the loader reads", async () => {
    const p = await prepare(name, archives);
    for (const file of Object.keys(archives))
      if (!neededDownloads(p.entry).some((d) => d.file === file)) rmSync(join(p.folder, file)); // so nothing else is read
    const done = await p.again();
    expect(files(p.to)).toEqual(Object.keys(expected).sort());
    for (const [file, n] of Object.entries(expected))
      expect(readFileSync(join(p.to, file)).equals(picture(n)), file).toBe(true);
    const classes = new Set(Object.keys(expected).map((f) => f.split("/")[0]));
    expect(done).toMatchObject({ folder: p.to, classes: classes.size, images: Object.keys(expected).length });
    expect(done.surprises).toEqual([
      `${classes.size} classes were found, ${p.entry.prepared.classes} are expected`,
      `${done.images} images were found, ${p.entry.prepared.images} are expected`,
    ]);
    expect(JSON.parse(readFileSync(join(p.to, preparedMark), "utf8"))).toMatchObject({
      dataset: name,
      images: done.images,
    });
    expect(existsSync(`${p.to}.preparing`)).toBe(false);
    const set = await loadFolder(p.to, { size: 8, strict: true });
    expect(set.classes).toEqual([...classes].sort());
    expect(set.skipped).toEqual([]);
  });

  test("has the other splits as well, and all of them", async () => {
    const p = await prepare(name, archives, { splits: ["all"] });
    await p.again();
    const all = Object.keys({ ...expected, ...others });
    expect(files(p.to)).toEqual(all.sort());
  });

  test("says nothing when the counts are right", async () => {
    const classes = new Set(Object.keys(expected).map((f) => f.split("/")[0])).size;
    const p = await prepare(name, archives, { classes, images: Object.keys(expected).length });
    expect((await p.again()).surprises).toEqual([]);
  });

  test("goes on after a stop at any image, and comes out the same", async () => {
    const p = await prepare(name, archives);
    for (let stops = 1; stops <= 2; stops++) {
      const stop = new AbortController();
      const onProgress = (step: string, done: number) => step === "sorting" && done === stops - 1 && stop.abort();
      if (stops === 1) stop.abort();
      await expect(p.again({ signal: stop.signal, onProgress })).rejects.toThrow(FetchError);
      expect(existsSync(p.to)).toBe(false);
    }
    expect((await p.again()).images).toBe(Object.keys(expected).length);
    expect(files(p.to)).toEqual(Object.keys(expected).sort());
  });

  test("with an archive that is another one, or damaged, leaves nothing under its name", async () => {
    const [first] = neededDownloads(findDataset(registry, name));
    const other = await prepare(name, { ...archives, [first!.file]: () => tgz([image("elsewhere/1.txt", 1)]) });
    await expect(other.again()).rejects.toThrow(/holds 1 files, none of them where they are wanted: it is another one/);
    expect(existsSync(other.to)).toBe(false);
    const cut = await prepare(name, { ...archives, [first!.file]: () => half(archives[first!.file]!()) });
    await expect(cut.again()).rejects.toThrow(ArchiveError);
    expect(existsSync(cut.to)).toBe(false);
  });
});

describe("an unpacked copy in place of an archive", () => {
  const put = (folder: string, files: Record<string, Buffer>) => {
    for (const [file, bytes] of Object.entries(files)) {
      mkdirSync(join(folder, file, ".."), { recursive: true });
      writeFileSync(join(folder, file), bytes);
    }
  };
  const meta = makeMat({
    class_names: { cell: [{ text: "Acura RL Sedan 2012" }, { text: "Ram C/V Cargo Van 2012" }] },
  });
  const train = makeMat({ annotations: { struct: [car(1, 2), car(2, 1), car(3, 2)] } });
  const images = () => Object.fromEntries([1, 2, 3].map((n) => [`0000${n}.jpg`, picture(n)]));

  test.each([
    ["with the archive's topmost folder in it", "cars_train/cars_train", "car_devkit/devkit"],
    ["without it", "cars_train", "devkit"],
  ])("is taken %s, and stays as it is", async (_, imageFolder, devkit) => {
    const copy = join(place, `copy${number++}`);
    put(join(copy, imageFolder), images());
    put(join(copy, devkit), { "cars_meta.mat": meta, "cars_train_annos.mat": train });
    const top = (path: string) => join(copy, path.split("/")[0]!);
    const before = files(copy);
    const p = await prepare("cars", {}, {}, (f) => (f === "cars_train.tgz" ? top(imageFolder) : top(devkit)));
    expect((await p.again()).images).toBe(3);
    expect(files(p.to)).toContain("1.Acura_RL_Sedan_2012/00002.jpg");
    expect(files(copy)).toEqual(before);
  });

  test("that holds something else is told", async () => {
    const copy = join(place, `copy${number++}`);
    put(copy, { "readme.txt": Buffer.from("x") });
    const p = await prepare("sun", {}, {}, () => copy);
    await expect(p.again()).rejects.toThrow(/holds 1 files, none of them where they are wanted/);
  });
});

test("a folder that somebody else made is not touched", async () => {
  const p = await prepare("food", food);
  mkdirSync(p.to);
  await expect(p.again()).rejects.toThrow(/is there, but was not prepared here: move it away/);
  expect(readdirSync(p.to)).toEqual([]);
});

test("every dataset has a layout, whose downloads datasets.json has", () => {
  for (const entry of registry) {
    const layout = layouts[entry.name]!;
    const known = entry.downloads.map((d) => d.file);
    for (const file of [...layout.archives.map((a) => a.file), ...layout.files])
      expect(known, entry.name).toContain(file);
  }
  const needed = Object.fromEntries(registry.map((e) => [e.name, neededDownloads(e).map((d) => d.file)]));
  expect(needed).toMatchObject({
    caltech: ["caltech-101.zip"],
    flowers: ["102flowers.tgz", "imagelabels.mat", "setid.mat"],
    cars: ["cars_train.tgz", "car_devkit.tgz"],
    sun: ["SUN397.tar.gz"],
  });
});

describe("labels that do not fit", () => {
  test.each<[string, string, Archives, new (...args: never[]) => Error, RegExp]>([
    [
      "an image without a label",
      "flowers",
      { ...flowers, "setid.mat": () => makeMat({ trnid: { numbers: [9] }, valid: { numbers: [1] } }) },
      DataError,
      /image 9 has no label/,
    ],
    [
      "no such variable",
      "flowers",
      { ...flowers, "imagelabels.mat": () => makeMat({ other: { numbers: [1] } }) },
      DataError,
      /has no numbers labels/,
    ],
    [
      "a label file that is a page",
      "flowers",
      { ...flowers, "setid.mat": () => Buffer.from("<html>".repeat(50)) },
      MatError,
      /not a MAT-file/,
    ],
    [
      "a class without a name",
      "cars",
      {
        ...cars,
        "car_devkit.tgz": () =>
          tgz([
            { name: "devkit/cars_meta.mat", body: makeMat({ class_names: { cell: [{ text: "x" }] } }) },
            { name: "devkit/cars_train_annos.mat", body: makeMat({ annotations: { struct: [car(1, 2)] } }) },
          ]),
      },
      DataError,
      /class 2 of 00001.jpg has no name/,
    ],
    [
      "no columns",
      "df20m",
      {
        ...df20m,
        "DF20M-metadata.zip": () => makeZip([{ name: "DF20M-train_metadata_PROD.csv", body: "a,b\n1,2\n" }]),
      },
      DataError,
      /no columns scientificName and image_path/,
    ],
    [
      "a row that is too short",
      "df20m",
      {
        ...df20m,
        "DF20M-metadata.zip": () =>
          makeZip([{ name: "DF20M-train_metadata_PROD.csv", body: "image_path,scientificName\n1\n" }]),
      },
      DataError,
      /a row of 1 fields, wanted 2/,
    ],
    [
      "a path that climbs",
      "df20m",
      {
        ...df20m,
        "DF20M-metadata.zip": () =>
          makeZip([{ name: "DF20M-train_metadata_PROD.csv", body: csv([["../../x.JPG", "a b"]]) }]),
      },
      DataError,
      /no image's path/,
    ],
    [
      "a path that climbs",
      "cub",
      {
        "CUB_200_2011.tgz": () =>
          tgz([
            { name: "CUB_200_2011/images.txt", body: "1 ../x.jpg\n" },
            { name: "CUB_200_2011/train_test_split.txt", body: "1 1\n" },
          ]),
      },
      DataError,
      /no image's path/,
    ],
    [
      "an image in no split",
      "cub",
      {
        "CUB_200_2011.tgz": () =>
          tgz([
            { name: "CUB_200_2011/images.txt", body: "1 a/x.jpg\n" },
            { name: "CUB_200_2011/train_test_split.txt", body: "2 1\n" },
          ]),
      },
      DataError,
      /image 1 is in no split/,
    ],
    [
      "an id that is a path",
      "food",
      { "food-101.tar.gz": () => tgz([{ name: "food-101/meta/train.json", body: '{"a":["../../b"]}' }]) },
      DataError,
      /is no image/,
    ],
  ])("%s: %s", async (_, name, archives, kind, message) => {
    const p = await prepare(name, archives);
    const error = await p.again().then(
      () => undefined,
      (e) => e,
    );
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
    expect(existsSync(p.to)).toBe(false);
  });

  test("images that are listed and not there are counted and named", async () => {
    const p = await prepare("food", {
      "food-101.tar.gz": () =>
        tgz([
          image("food-101/images/a/1.jpg", 1),
          image("food-101/images/b/2.jpg", 2),
          { name: "food-101/meta/train.json", body: '{"a":["a/1","a/9"],"b":["b/2"]}' },
        ]),
    });
    const { surprises, images } = await p.again();
    expect(images).toBe(2);
    expect(surprises.at(-1)).toBe("1 images are listed and not in the archives: food/food-101/images/a/9.jpg");
  });
});
