// Finds the names that misspelt ones stand for.

import { expect, test } from "vitest";
import { closestName } from "./index.ts";

const names = ["food", "sun", "df20m", "caltech", "cub", "artbench", "flowers", "cars"];

test.each([
  ["flower", "flowers"],
  ["flwoers", "flowers"],
  ["Flowers102", "flowers"],
  ["food101", "food"],
  ["FOOD", "food"],
  ["caltec", "caltech"],
  ["df20", "df20m"],
  ["art", "artbench"],
  ["cup", "cub"],
  ["car", "cars"],
])("%s is read as %s", (given, meant) => {
  expect(closestName(given, names)).toBe(meant);
});

test.each(["imagenet", "x", "", "coco", "zzzzzzz"])("finds no close name for %j", (given) => {
  expect(closestName(given, names)).toBeUndefined();
});

test("prefers the exact name to one that begins with it", () => {
  expect(closestName("lora", ["lora-plus", "lora"])).toBe("lora");
});
