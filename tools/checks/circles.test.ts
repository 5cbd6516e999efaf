// No source file of a package imports itself through others.

import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { circles } from "./circles.ts";
import { top } from "./files.ts";
import { packageFolders, sourcesIn, specifiers } from "./packages.ts";

describe("circles", () => {
  it("finds two separate circles, a node that points at itself, and no plain chain", () => {
    const edges = new Map([
      ["a", ["b", "d"]],
      ["b", ["c"]],
      ["c", ["a"]],
      ["d", ["e"]],
      ["e", ["d"]],
      ["f", ["f", "a"]],
      ["g", ["f", "nowhere"]],
    ]);
    expect(circles(edges).sort()).toEqual([["a", "b", "c"], ["d", "e"], ["f"]]);
    const chain = new Map([
      ["a", ["b", "c"]],
      ["b", ["c"]],
    ]);
    expect(circles(chain)).toEqual([]);
  });
});

describe("source files", () => {
  it.each(packageFolders())("%s has no circle of relative imports", (folder) => {
    const name = (file: string) => relative(top, file).replaceAll("\\", "/");
    const edges = new Map(
      sourcesIn(`${folder}/src`).map((file) => [
        name(file),
        specifiers(readFileSync(file, "utf8"))
          .filter((s) => s.startsWith("."))
          .map((s) => resolve(dirname(file), s))
          .filter((target) => target.endsWith(".ts") && existsSync(target))
          .map(name),
      ]),
    );
    expect(edges.size).toBeGreaterThan(0);
    expect(circles(edges)).toEqual([]);
  });
});
