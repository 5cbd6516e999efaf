// Tests the preparation of every dataset from small archives in its layout.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ArchiveError, FetchError } from "@dit-bench/fetch";
import { describe, expect, test } from "vitest";
import { loadFolder } from "../folder/load-folder.ts";
import { findDataset } from "../registry.ts";
import {
  type Archives,
  artbench,
  caltech,
  cars,
  cub,
  df20m,
  flowers,
  food,
  image,
  jpeg,
  listFiles,
  registry,
  setUp,
  sun,
  tgz,
} from "./archives.test.data.ts";
import { layouts } from "./layouts/index.ts";
import { neededDownloads, preparedMark } from "./prepare-dataset.ts";

const firstHalf = (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1);

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

describe.each(cases)("the dataset %s", (name, archives, expected, otherSplits) => {
  test("is prepared as an image folder of its chosen split, which loadFolder reads", async () => {
    const preparation = await setUp(name, archives);
    for (const file of Object.keys(archives))
      if (!neededDownloads(preparation.entry).some((d) => d.file === file)) rmSync(join(preparation.folder, file));
    const result = await preparation.run();
    expect(listFiles(preparation.to)).toEqual(Object.keys(expected).sort());
    for (const [file, n] of Object.entries(expected))
      expect(readFileSync(join(preparation.to, file)).equals(jpeg(n)), file).toBe(true);
    const classes = new Set(Object.keys(expected).map((f) => f.split("/")[0]));
    expect(result).toMatchObject({
      folder: preparation.to,
      classes: classes.size,
      images: Object.keys(expected).length,
    });
    expect(result.surprises).toEqual([
      `found ${classes.size} classes, expected ${preparation.entry.prepared.classes}`,
      `found ${result.images} images, expected ${preparation.entry.prepared.images}`,
    ]);
    expect(JSON.parse(readFileSync(join(preparation.to, preparedMark), "utf8"))).toMatchObject({
      dataset: name,
      images: result.images,
    });
    expect(existsSync(`${preparation.to}.preparing`)).toBe(false);
    const set = await loadFolder(preparation.to, { size: 8, strict: true });
    expect(set.classes).toEqual([...classes].sort());
    expect(set.skipped).toEqual([]);
  });

  test("is prepared with all splits on request", async () => {
    const preparation = await setUp(name, archives, { splits: ["all"] });
    await preparation.run();
    const all = Object.keys({ ...expected, ...otherSplits });
    expect(listFiles(preparation.to)).toEqual(all.sort());
  });

  test("reports no surprises when the counts are the expected ones", async () => {
    const classes = new Set(Object.keys(expected).map((f) => f.split("/")[0])).size;
    const preparation = await setUp(name, archives, { classes, images: Object.keys(expected).length });
    expect((await preparation.run()).surprises).toEqual([]);
  });

  test("continues after a stop, with the same result", async () => {
    const preparation = await setUp(name, archives);
    for (let stops = 1; stops <= 2; stops++) {
      const stop = new AbortController();
      const onProgress = (step: string, done: number) => step === "sorting" && done === stops - 1 && stop.abort();
      if (stops === 1) stop.abort();
      await expect(preparation.run({ signal: stop.signal, onProgress })).rejects.toThrow(FetchError);
      expect(existsSync(preparation.to)).toBe(false);
    }
    expect((await preparation.run()).images).toBe(Object.keys(expected).length);
    expect(listFiles(preparation.to)).toEqual(Object.keys(expected).sort());
  });

  test.each<[string, (list: Buffer) => Buffer | string]>([
    [
      "has a changed bit",
      (list) => {
        list[list.length >> 1]! ^= 1;
        return list;
      },
    ],
    ["overflows the stack", () => `{"images":${"[".repeat(200_000)}${"]".repeat(200_000)}}`],
  ])("starts again when the list of an interrupted call %s", async (_, damage) => {
    const preparation = await setUp(name, archives);
    const stop = new AbortController();
    const onProgress = (step: string, done: number) => step === "sorting" && done === 1 && stop.abort();
    await expect(preparation.run({ signal: stop.signal, onProgress })).rejects.toThrow(FetchError);
    const list = `${preparation.to}.preparing/images.json`;
    writeFileSync(list, damage(readFileSync(list)));
    await expect(preparation.run()).rejects.toThrow("is damaged: its folder is deleted");
    expect((await preparation.run()).images).toBe(Object.keys(expected).length);
  });

  test("leaves no prepared folder when an archive is damaged or not the expected one", async () => {
    const [first] = neededDownloads(findDataset(registry, name));
    const other = await setUp(name, { ...archives, [first!.file]: () => tgz([image("elsewhere/1.txt", 1)]) });
    await expect(other.run()).rejects.toThrow(
      /holds 1 file, none of them at the expected paths: it is another archive/,
    );
    expect(existsSync(other.to)).toBe(false);
    const cut = await setUp(name, { ...archives, [first!.file]: () => firstHalf(archives[first!.file]!()) });
    await expect(cut.run()).rejects.toThrow(ArchiveError);
    expect(existsSync(cut.to)).toBe(false);
  });
});

test("prepareDataset does not touch an existing folder", async () => {
  const preparation = await setUp("food", food);
  mkdirSync(preparation.to);
  await expect(preparation.run()).rejects.toThrow(/exists, but was not prepared by bench fetch: move it away/);
  expect(readdirSync(preparation.to)).toEqual([]);
});

test("every dataset has a layout, and datasets.json lists its downloads", () => {
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
