// Tests the preparation of a dataset from an unpacked folder in place of its archive.

import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { makeMat } from "../testing/make-mat.ts";
import { car, jpeg, listFiles, newFolder, setUp } from "./archives.test.data.ts";

describe("prepareDataset from an unpacked folder in place of an archive", () => {
  const writeFiles = (folder: string, files: Record<string, Buffer>) => {
    for (const [file, bytes] of Object.entries(files)) {
      mkdirSync(join(folder, file, ".."), { recursive: true });
      writeFileSync(join(folder, file), bytes);
    }
  };
  const meta = makeMat({
    class_names: { cell: [{ text: "Acura RL Sedan 2012" }, { text: "Ram C/V Cargo Van 2012" }] },
  });
  const train = makeMat({ annotations: { struct: [car(1, 2), car(2, 1), car(3, 2)] } });
  const images = () => Object.fromEntries([1, 2, 3].map((n) => [`0000${n}.jpg`, jpeg(n)]));

  test.each([
    ["that contains the archive's topmost folder", "cars_train/cars_train", "car_devkit/devkit"],
    ["that is the archive's topmost folder", "cars_train", "devkit"],
  ])("copies a folder %s and leaves it unchanged", async (_, imageFolder, devkit) => {
    const copy = newFolder();
    writeFiles(join(copy, imageFolder), images());
    writeFiles(join(copy, devkit), { "cars_meta.mat": meta, "cars_train_annos.mat": train });
    const top = (path: string) => join(copy, path.split("/")[0]!);
    const before = listFiles(copy);
    const preparation = await setUp("cars", {}, {}, (f) => (f === "cars_train.tgz" ? top(imageFolder) : top(devkit)));
    expect((await preparation.run()).images).toBe(3);
    expect(listFiles(preparation.to)).toContain("1.Acura_RL_Sedan_2012/00002.jpg");
    expect(listFiles(copy)).toEqual(before);
  });

  test("accepts a relative path", async () => {
    const copy = newFolder();
    writeFiles(join(copy, "cars_train"), images());
    writeFiles(join(copy, "devkit"), { "cars_meta.mat": meta, "cars_train_annos.mat": train });
    const from = (folder: string) => `./${relative(process.cwd(), join(copy, folder))}/`;
    const preparation = await setUp("cars", {}, {}, (f) => from(f === "cars_train.tgz" ? "cars_train" : "devkit"));
    expect((await preparation.run()).images).toBe(3);
  });

  test("ignores files that operating systems create", async () => {
    const copy = newFolder();
    writeFiles(join(copy, "cars_train"), {
      ...images(),
      "@eaDir/00001.jpg": jpeg(1),
      "lost+found/x": Buffer.from("x"),
    });
    writeFiles(join(copy, "devkit"), { "cars_meta.mat": meta, "cars_train_annos.mat": train });
    if (process.platform === "linux") writeFileSync(Buffer.from(`${copy}/cars_train/caf\xe9.jpg`, "latin1"), jpeg(1));
    const preparation = await setUp("cars", {}, {}, (f) =>
      join(copy, f === "cars_train.tgz" ? "cars_train" : "devkit"),
    );
    expect((await preparation.run()).images).toBe(3);
  });

  test("refuses a folder with none of the expected files", async () => {
    const copy = newFolder();
    writeFiles(copy, { "readme.txt": Buffer.from("x") });
    const preparation = await setUp("sun", {}, {}, () => copy);
    await expect(preparation.run()).rejects.toThrow(/holds 1 file, none of them at the expected paths/);
  });
});
