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
])("closestName reads %s as %s", (given, meant) => {
  expect(closestName(given, names)).toBe(meant);
});

test.each(["imagenet", "x", "", "coco", "zzzzzzz"])("closestName returns undefined for %j", (given) => {
  expect(closestName(given, names)).toBeUndefined();
});

test("closestName prefers the exact name to a name that begins with it", () => {
  expect(closestName("lora", ["lora-plus", "lora"])).toBe("lora");
});
