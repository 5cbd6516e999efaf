// Tests the schema of datasets.json, its content, and the search by name.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "./data-error.ts";
import { findDataset, loadRegistry, UnknownDatasetError } from "./registry.ts";

const path = fileURLToPath(new URL("../../../datasets.json", import.meta.url));
const datasets = loadRegistry(path);
const folder = mkdtempSync(join(tmpdir(), "dit-bench-registry-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("datasets.json", () => {
  test("holds the eight datasets of the DiffFit paper with their classes and images", () => {
    expect(datasets.map(({ name, classes, images }) => [name, classes, images])).toEqual([
      ["food", 101, 101_000],
      ["sun", 397, 108_754],
      ["df20m", 182, 36_393],
      ["caltech", 101, 8_677],
      ["cub", 200, 11_788],
      ["artbench", 10, 60_000],
      ["flowers", 102, 8_189],
      ["cars", 196, 16_185],
    ]);
  });

  test("has splits that add up, except for one image outside the random splits of SUN397", () => {
    for (const { name, images, splits } of datasets) {
      const counts = Object.values(splits);
      if (counts.length === 0 || counts.includes(null)) continue;
      const sum = counts.reduce<number>((total, count) => total + (count as number), 0);
      expect(images - sum, name).toBe(name === "sun" ? 1 : 0);
    }
  });

  test("prepares as many images as its splits have", () => {
    for (const { name, images, splits, prepared, classes } of datasets) {
      const sum = prepared.splits.reduce((total, split) => total + (split === "all" ? images : splits[split]!), 0);
      expect([name, prepared.images, prepared.classes]).toEqual([name, sum, classes]);
    }
  });

  test("names the source of every checksum, and has no checksum twice", () => {
    const downloads = datasets.flatMap((entry) => entry.downloads);
    for (const { file, md5, sha256, checksumsFrom } of downloads)
      expect(checksumsFrom === null, file).toBe(md5 === null && sha256 === null);
    const checksums = downloads.flatMap(({ md5, sha256 }) => [md5, sha256]).filter((checksum) => checksum !== null);
    expect(new Set(checksums).size).toBe(checksums.length);
  });
});

describe("findDataset", () => {
  test("finds a dataset by its name", () => {
    expect(findDataset(datasets, "flowers").title).toBe("Oxford Flowers-102");
  });

  test.each([
    ["flower", "flowers"],
    ["SUN397", "sun"],
    ["CUB-200-2011", "cub"],
    ["Stanford Cars", "cars"],
  ])("refuses the name %s and suggests %s", (given, closest) => {
    expect(() => findDataset(datasets, given)).toThrow(UnknownDatasetError);
    expect(() => findDataset(datasets, given)).toThrow(
      `unknown dataset "${given}": did you mean "${closest}"? available: food, sun, `,
    );
  });

  test("lists the datasets for a name that is close to none", () => {
    expect(() => findDataset(datasets, "imagenet")).toThrow('unknown dataset "imagenet": available: food, sun, df20m');
  });
});

describe("loadRegistry", () => {
  const registryContent = JSON.parse(readFileSync(path, "utf8"));
  test.each<[string, (content: typeof registryContent) => unknown, RegExp]>([
    [
      "with a checksum that is too short",
      (r) => (r.datasets[0].downloads[0].md5 = "85eeb1"),
      /32 hexadecimal digits[\s\S]*datasets\[0\]\.downloads\[0\]\.md5/,
    ],
    ["with an unknown field", (r) => (r.datasets[1].colour = "red"), /"colour"/],
    ["with a name that occurs twice", (r) => (r.datasets[1].name = "food"), /"food" occurs twice/],
    [
      "with more images in the splits than in total",
      (r) => (r.datasets[4].images = 11_787),
      /11788 images in the splits, but 11787 in total/,
    ],
    [
      "with a prepared split that does not exist",
      (r) => (r.datasets[4].prepared.splits = ["trian"]),
      /the prepared split "trian" does not exist/,
    ],
    [
      "with a file name that leads out of its folder",
      (r) => (r.datasets[0].downloads[0].file = "../x"),
      /a plain file name/,
    ],
    [
      "with an address that is not http or https",
      (r) => (r.datasets[0].downloads[0].urls[0] = "file:///etc/passwd"),
      /datasets\[0\]\.downloads\[0\]\.urls\[0\]/,
    ],
  ])("refuses a file %s, and names the file and the field", (name, change, message) => {
    const content = structuredClone(registryContent);
    change(content);
    const broken = join(folder, `${name}.json`);
    writeFileSync(broken, JSON.stringify(content));
    expect(() => loadRegistry(broken)).toThrow(DataError);
    expect(() => loadRegistry(broken)).toThrow(broken);
    expect(() => loadRegistry(broken)).toThrow(message);
  });

  test("accepts a dataset without a miniature", () => {
    const content = structuredClone(registryContent);
    delete content.datasets[0].miniature;
    const changed = join(folder, "no-miniature.json");
    writeFileSync(changed, JSON.stringify(content));
    expect(loadRegistry(changed)[0]).not.toHaveProperty("miniature");
  });

  test("refuses a file that is missing or not JSON", () => {
    expect(() => loadRegistry(join(folder, "none.json"))).toThrow(/none\.json": does not exist/);
    writeFileSync(join(folder, "text.json"), "hello");
    expect(() => loadRegistry(join(folder, "text.json"))).toThrow(/text\.json": .*JSON/);
  });
});
