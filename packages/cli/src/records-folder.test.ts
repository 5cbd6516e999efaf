// Tests where tables and pages are written.

import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { outputFolder } from "./records-folder.ts";

const clone = resolve("clone");
const installed = resolve("project", "node_modules", "dit-bench");
const published = (project: string) => join(project, "results", "mini");
const given = { recipe: "mini", from: undefined, out: undefined };

test.each([
  { what: "published records of a clone", options: given, project: clone, folder: published(clone) },
  { what: "those of an installed package", options: given, project: installed, folder: resolve("results", "mini") },
  { what: "a chosen folder", options: { ...given, out: "mine" }, project: installed, folder: resolve("mine") },
])("of $what, they go beside the records, and never into an installed package", ({ options, project, folder }) => {
  expect(outputFolder(options, published(project), project)).toBe(folder);
});

test("of own records, they go beside these, in an installed package, too", () => {
  expect(outputFolder({ ...given, from: "runs" }, resolve("runs"), installed)).toBe(resolve("runs"));
});
