// The folders of this package are layers. A file imports only from its own folder, from folders earlier in the list,
// and from files next to this one. So folders do not depend on each other in a circle. The entries of the package
// (index, names, parts) import from all.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const layers = [
  "storage",
  "assets",
  "extractors",
  "metrics",
  "recipe",
  "methods",
  "training",
  "latents",
  "sampling",
  "feature-sets",
  "plan",
  "cell",
  "export",
  "launch",
];

const top = import.meta.dirname;
const sources = readdirSync(top, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts") && !/\.test\.|^(?:index|names|parts)\.ts$/.test(file));

/** Relative imports and exports of a file, static and dynamic, as paths below `src`. */
const importsOf = (file: string): string[] =>
  [...readFileSync(join(top, file), "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)].map(([, path]) =>
    relative(top, join(top, dirname(file), path!)).replaceAll("\\", "/"),
  );

const layerOf = (file: string): string => (file.includes("/") ? file.slice(0, file.indexOf("/")) : "");

describe("packages/runner", () => {
  it("lists every folder with sources as a layer", () => {
    expect([...new Set(sources.map(layerOf))].filter((layer) => layer !== "").sort()).toEqual([...layers].sort());
  });

  it("imports only from layers earlier in the list", () => {
    const wrongImports = sources.flatMap((file) =>
      importsOf(file)
        .filter((path) => layerOf(path) !== "" && layers.indexOf(layerOf(path)) > layers.indexOf(layerOf(file)))
        .map((path) => `${file} imports ${path}`),
    );
    expect(wrongImports).toEqual([]);
  });

  it("has no circular imports between files", () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" imports "));
      if (done.has(file)) return;
      done.add(file);
      for (const next of importsOf(file)) visit(next, [...path, file]);
    };
    for (const file of sources) visit(file, []);
    expect(circles).toEqual([]);
  });
});
