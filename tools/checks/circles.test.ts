// Tests the search for circles, and that no source file of a package imports itself through other files.

import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { findCircles } from "./circles.ts";
import { top } from "./files.ts";
import { packageFolders, sourcesIn, specifiers } from "./packages.ts";

describe("findCircles", () => {
  it("finds two separate circles and a node that points at itself, and finds no circle in a chain", () => {
    const edges = new Map([
      ["a", ["b", "d"]],
      ["b", ["c"]],
      ["c", ["a"]],
      ["d", ["e"]],
      ["e", ["d"]],
      ["f", ["f", "a"]],
      ["g", ["f", "nowhere"]],
    ]);
    expect(findCircles(edges).sort()).toEqual([["a", "b", "c"], ["d", "e"], ["f"]]);
    const chain = new Map([
      ["a", ["b", "c"]],
      ["b", ["c"]],
    ]);
    expect(findCircles(chain)).toEqual([]);
  });
});

describe("source files", () => {
  it.each(packageFolders())("of %s have no circle of relative imports", (folder) => {
    const pathInRepository = (file: string) => relative(top, file).replaceAll("\\", "/");
    const edges = new Map(
      sourcesIn(`${folder}/src`).map((file) => [
        pathInRepository(file),
        specifiers(readFileSync(file, "utf8"))
          .filter((s) => s.startsWith("."))
          .map((s) => resolve(dirname(file), s))
          .filter((target) => target.endsWith(".ts") && existsSync(target))
          .map(pathInRepository),
      ]),
    );
    expect(edges.size).toBeGreaterThan(0);
    expect(findCircles(edges)).toEqual([]);
  });
});
