// Tests the preparation of datasets with labels that do not match the images or cannot be read.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeZip } from "@dit-bench/fetch/testing";
import { describe, expect, test } from "vitest";
import { DataError } from "../data-error.ts";
import { makeMat } from "../testing/make-mat.ts";
import { type Archives, car, cars, csv, df20m, flowers, image, listFiles, setUp, tgz } from "./archives.test.data.ts";
import { MatError } from "./mat/mat-error.ts";

/** DF20M with a different table of training images. */
const withTable = (body: string): Archives => ({
  ...df20m,
  "DF20M-metadata.zip": () => makeZip([{ name: "DF20M-train_metadata_PROD.csv", body }]),
});
/** CUB with the given lists and without images. */
const withLists = (images: string, split: string): Archives => ({
  "CUB_200_2011.tgz": () =>
    tgz([
      { name: "CUB_200_2011/images.txt", body: images },
      { name: "CUB_200_2011/train_test_split.txt", body: split },
    ]),
});
/** Food-101 with the given list of training images and without images. */
const withJson = (body: string): Archives => ({
  "food-101.tar.gz": () => tgz([{ name: "food-101/meta/train.json", body }]),
});

describe("prepareDataset with wrong labels", () => {
  test.each<[string, string, Archives, new (...args: never[]) => Error, RegExp]>([
    [
      "an image without a label is refused",
      "flowers",
      { ...flowers, "setid.mat": () => makeMat({ trnid: { numbers: [9] }, valid: { numbers: [1] } }) },
      DataError,
      /image 9 has no label/,
    ],
    [
      "a MATLAB file without the variable is refused",
      "flowers",
      { ...flowers, "imagelabels.mat": () => makeMat({ other: { numbers: [1] } }) },
      DataError,
      /has no numbers labels/,
    ],
    [
      "a web page in place of a label file is refused",
      "flowers",
      { ...flowers, "setid.mat": () => Buffer.from("<html>".repeat(50)) },
      MatError,
      /not a level 5 MAT-file/,
    ],
    [
      "a class without a name is refused",
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
      "a table without the columns is refused",
      "df20m",
      withTable("a,b\n1,2\n"),
      DataError,
      /no column scientificName and no column image_path/,
    ],
    [
      "a row with too few fields is refused",
      "df20m",
      withTable("image_path,scientificName\n1\n"),
      DataError,
      /PROD\.csv", line 2: 1 field, expected 2/,
    ],
    [
      "a path to a parent folder is refused",
      "df20m",
      withTable(csv([["../../x.JPG", "a b"]])),
      DataError,
      /not the path of an image/,
    ],
    [
      "a path to a parent folder is refused",
      "cub",
      withLists("1 ../x.jpg\n", "1 1\n"),
      DataError,
      /not the path of an image/,
    ],
    [
      "an image that is in no split is refused",
      "cub",
      withLists("1 a/x.jpg\n", "2 1\n"),
      DataError,
      /image 1 is in no split/,
    ],
    [
      "a missing list of images is refused",
      "food",
      { "food-101.tar.gz": () => tgz([image("food-101/images/a/1.jpg", 1)]) },
      DataError,
      /meta\/train\.json" is not in the dataset's archives/,
    ],
    [
      "a truncated list of images is refused",
      "food",
      withJson('{"a":["a/1"'),
      DataError,
      /train\.json": expected a JSON object of images by class/,
    ],
    [
      "a list of images that is not a JSON object is refused",
      "food",
      withJson("null"),
      DataError,
      /train\.json": expected a JSON object of images by class/,
    ],
    [
      "a missing list of splits is refused",
      "cub",
      { "CUB_200_2011.tgz": () => tgz([{ name: "CUB_200_2011/images.txt", body: "1 a/x.jpg\n" }]) },
      DataError,
      /train_test_split\.txt" is not in the dataset's archives/,
    ],
    [
      "a missing label file is refused",
      "cars",
      { ...cars, "car_devkit.tgz": () => tgz([{ name: "devkit/other.mat", body: "x" }]) },
      DataError,
      /cars_meta\.mat" is not in the dataset's archives/,
    ],
    [
      "a row with an empty path, which would be the folder of all images, is refused",
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
      /"" is not the path of an image/,
    ],
    ["an image id that is a path is refused", "food", withJson('{"a":["../../b"]}'), DataError, /is not an image/],
  ])("%s (%s)", async (_, name, archives, kind, message) => {
    const preparation = await setUp(name, archives);
    const error = await preparation.run().then(
      () => undefined,
      (e) => e,
    );
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
    expect(existsSync(preparation.to)).toBe(false);
  });

  test("reads the labels again after the archive was replaced", async () => {
    const bad = () =>
      tgz([{ name: "devkit/cars_meta.mat", body: makeMat({ class_names: { cell: [{ text: "x" }] } }) }]);
    const preparation = await setUp("cars", { ...cars, "car_devkit.tgz": bad });
    await expect(preparation.run()).rejects.toThrow(DataError);
    writeFileSync(join(preparation.folder, "car_devkit.tgz"), cars["car_devkit.tgz"]!());
    expect((await preparation.run()).images).toBe(3);
    expect(listFiles(preparation.to).length).toBe(3);
  });

  test("counts and names images that are listed but missing", async () => {
    const preparation = await setUp("food", {
      "food-101.tar.gz": () =>
        tgz([
          image("food-101/images/a/1.jpg", 1),
          image("food-101/images/b/2.jpg", 2),
          { name: "food-101/meta/train.json", body: '{"a":["a/1","a/9"],"b":["b/2"]}' },
        ]),
    });
    const { surprises, images } = await preparation.run();
    expect(images).toBe(2);
    expect(surprises.at(-1)).toBe("1 image listed but not in the archives, such as food/food-101/images/a/9.jpg");
  });
});
