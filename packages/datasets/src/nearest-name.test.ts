import { expect, test } from "vitest";
import { nearest } from "./nearest-name.ts";

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
])("%s was meant as %s", (given, meant) => {
  expect(nearest(given, names)).toBe(meant);
});

test.each(["imagenet", "x", "", "coco", "zzzzzzz"])("nothing is near %j", (given) => {
  expect(nearest(given, names)).toBeUndefined();
});

test("the exact name wins over one that begins with it", () => {
  expect(nearest("lora", ["lora-plus", "lora"])).toBe("lora");
});
