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

  test("has splits that add up, but for the one image that the random split of SUN397 leaves out", () => {
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

  test("says where every checksum is from, and gives none twice", () => {
    const downloads = datasets.flatMap((entry) => entry.downloads);
    for (const { file, md5, sha256, checksumsFrom } of downloads)
      expect(checksumsFrom === null, file).toBe(md5 === null && sha256 === null);
    const checksums = downloads.flatMap(({ md5, sha256 }) => [md5, sha256]).filter((checksum) => checksum !== null);
    expect(new Set(checksums).size).toBe(checksums.length);
  });
});

describe("a name", () => {
  test("gives its dataset", () => {
    expect(findDataset(datasets, "flowers").title).toBe("Oxford Flowers-102");
  });

  test.each([
    ["flower", "flowers"],
    ["SUN397", "sun"],
    ["CUB-200-2011", "cub"],
    ["Stanford Cars", "cars"],
  ])("%s that is not quite right gives an error that suggests %s", (given, meant) => {
    expect(() => findDataset(datasets, given)).toThrow(UnknownDatasetError);
    expect(() => findDataset(datasets, given)).toThrow(
      `unknown dataset "${given}": did you mean "${meant}"? known are food, sun, `,
    );
  });

  test("that is like none gives an error that lists them", () => {
    expect(() => findDataset(datasets, "imagenet")).toThrow('unknown dataset "imagenet": known are food, sun, df20m');
  });
});

describe("a registry that cannot be used is refused with its path and the field", () => {
  const whole = JSON.parse(readFileSync(path, "utf8"));
  test.each<[string, (content: typeof whole) => unknown, RegExp]>([
    [
      "a checksum too short",
      (r) => (r.datasets[0].downloads[0].md5 = "85eeb1"),
      /32 hexadecimal digits[\s\S]*datasets\[0\]\.downloads\[0\]\.md5/,
    ],
    ["an unknown field", (r) => (r.datasets[1].colour = "red"), /"colour"/],
    ["a name given twice", (r) => (r.datasets[1].name = "food"), /"food" is there twice/],
    [
      "more images in the splits than in all",
      (r) => (r.datasets[4].images = 11_787),
      /11788 images in the splits, 11787 in all/,
    ],
    [
      "a split that is to be prepared and is not there",
      (r) => (r.datasets[4].prepared.splits = ["trian"]),
      /the split "trian" is to be prepared, but is not there/,
    ],
    [
      "a file name that leads out of its folder",
      (r) => (r.datasets[0].downloads[0].file = "../x"),
      /a plain file name/,
    ],
    [
      "an address of another kind",
      (r) => (r.datasets[0].downloads[0].urls[0] = "file:///etc/passwd"),
      /datasets\[0\]\.downloads\[0\]\.urls\[0\]/,
    ],
  ])("%s", (name, change, message) => {
    const content = structuredClone(whole);
    change(content);
    const broken = join(folder, `${name}.json`);
    writeFileSync(broken, JSON.stringify(content));
    expect(() => loadRegistry(broken)).toThrow(DataError);
    expect(() => loadRegistry(broken)).toThrow(broken);
    expect(() => loadRegistry(broken)).toThrow(message);
  });

  test("one that is not there, and one that is not JSON", () => {
    expect(() => loadRegistry(join(folder, "none.json"))).toThrow(/none\.json": does not exist/);
    writeFileSync(join(folder, "text.json"), "hello");
    expect(() => loadRegistry(join(folder, "text.json"))).toThrow(/text\.json": .*JSON/);
  });
});
