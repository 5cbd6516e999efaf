// The folders of this package are rooms: a file imports from its own room, from rooms further up in the list, and from
// files beside this one. So there is no circle of rooms, and a room can be read without those below it.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const rooms = [
  "storage",
  "assets",
  "extractors",
  "recipe",
  "methods",
  "training",
  "latents",
  "sampling",
  "feature-sets",
  "plan",
  "cell",
  "launch",
];

const top = import.meta.dirname;
const sources = readdirSync(top, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts") && !/\.test\.|^(?:index|parts)\.ts$/.test(file));

/** Relative imports and exports of a file, static and dynamic, as paths below `src`. */
const importsOf = (file: string): string[] =>
  [...readFileSync(join(top, file), "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)].map(([, path]) =>
    relative(top, join(top, dirname(file), path!)).replaceAll("\\", "/"),
  );

const roomOf = (file: string): string => (file.includes("/") ? file.slice(0, file.indexOf("/")) : "");

describe("packages/runner", () => {
  it("has a line here for each of its folders that has sources", () => {
    expect([...new Set(sources.map(roomOf))].filter((room) => room !== "").sort()).toEqual([...rooms].sort());
  });

  it("imports only from rooms further up in the list", () => {
    const upwards = sources.flatMap((file) =>
      importsOf(file)
        .filter((path) => roomOf(path) !== "" && rooms.indexOf(roomOf(path)) > rooms.indexOf(roomOf(file)))
        .map((path) => `${file} imports ${path}`),
    );
    expect(upwards).toEqual([]);
  });

  it("has no circle of imports between files", () => {
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
