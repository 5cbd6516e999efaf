// Labels that do not fit the images, or cannot be read.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeZip } from "@dit-bench/fetch/testing";
import { describe, expect, test } from "vitest";
import { DataError } from "../data-error.ts";
import { makeMat } from "../testing/make-mat.ts";
import { type Archives, car, cars, csv, df20m, files, flowers, image, prepare, tgz } from "./archives.test.data.ts";
import { MatError } from "./mat/mat-error.ts";

/** DF20M with another table of the training images. */
const withTable = (body: string): Archives => ({
  ...df20m,
  "DF20M-metadata.zip": () => makeZip([{ name: "DF20M-train_metadata_PROD.csv", body }]),
});
/** CUB with other lists, and no images. */
const withLists = (images: string, split: string): Archives => ({
  "CUB_200_2011.tgz": () =>
    tgz([
      { name: "CUB_200_2011/images.txt", body: images },
      { name: "CUB_200_2011/train_test_split.txt", body: split },
    ]),
});
/** Food-101 with another list of the training images, and no images. */
const withJson = (body: string): Archives => ({
  "food-101.tar.gz": () => tgz([{ name: "food-101/meta/train.json", body }]),
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
    ["no columns", "df20m", withTable("a,b\n1,2\n"), DataError, /no columns scientificName and image_path/],
    [
      "a row that is too short",
      "df20m",
      withTable("image_path,scientificName\n1\n"),
      DataError,
      /a row of 1 fields, wanted 2/,
    ],
    ["a path that climbs", "df20m", withTable(csv([["../../x.JPG", "a b"]])), DataError, /no image's path/],
    ["a path that climbs", "cub", withLists("1 ../x.jpg\n", "1 1\n"), DataError, /no image's path/],
    ["an image in no split", "cub", withLists("1 a/x.jpg\n", "2 1\n"), DataError, /image 1 is in no split/],
    [
      "a list of images that is missing",
      "food",
      { "food-101.tar.gz": () => tgz([image("food-101/images/a/1.jpg", 1)]) },
      DataError,
      /its archives hold no .*meta\/train\.json/,
    ],
    [
      "a list of images that is cut short",
      "food",
      withJson('{"a":["a/1"'),
      DataError,
      /train\.json": no list of images by class/,
    ],
    [
      "a list of images that is another thing",
      "food",
      withJson("null"),
      DataError,
      /train\.json": no list of images by class/,
    ],
    [
      "a list of splits that is missing",
      "cub",
      { "CUB_200_2011.tgz": () => tgz([{ name: "CUB_200_2011/images.txt", body: "1 a/x.jpg\n" }]) },
      DataError,
      /its archives hold no .*train_test_split\.txt/,
    ],
    [
      "a label file that is missing",
      "cars",
      { ...cars, "car_devkit.tgz": () => tgz([{ name: "devkit/other.mat", body: "x" }]) },
      DataError,
      /its archives hold no .*cars_meta\.mat/,
    ],
    [
      "a row without an image, which would be the folder of them all",
      "df20m",
      {
        ...df20m,
        "DF20M-metadata.zip": () =>
          makeZip([
            {
              name: "DF20M-train_metadata_PROD.csv",
              body: csv([
                ["", "a b"],
                ["220-0.JPG", "c d"],
              ]),
            },
          ]),
      },
      DataError,
      /"" is no image's path/,
    ],
    ["an id that is a path", "food", withJson('{"a":["../../b"]}'), DataError, /is no image/],
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

  test("are read anew once the archive with them was put right", async () => {
    const bad = () =>
      tgz([{ name: "devkit/cars_meta.mat", body: makeMat({ class_names: { cell: [{ text: "x" }] } }) }]);
    const p = await prepare("cars", { ...cars, "car_devkit.tgz": bad });
    await expect(p.again()).rejects.toThrow(DataError);
    writeFileSync(join(p.folder, "car_devkit.tgz"), cars["car_devkit.tgz"]!());
    expect((await p.again()).images).toBe(3);
    expect(files(p.to).length).toBe(3);
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
    expect(surprises.at(-1)).toBe("listed and not in the archives: 1 image, such as food/food-101/images/a/9.jpg");
  });
});
