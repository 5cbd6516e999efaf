// Tests the layout of the repository: its top folder, the tree in the README, and a README in every package.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sourceExtensions, textOf, top, trackedFiles } from "./files.ts";
import { packageFolders, packagesIn } from "./packages.ts";

describe("the top folder", () => {
  it("contains the expected files and folders and no other ones", () => {
    const expected = [
      "CHANGELOG.md", // at the top by custom; GitHub does not look for it elsewhere
      "CITATION.cff", // GitHub offers "Cite this repository" only for a file at the top
      "LICENSE",
      "README.md",
      "benchmarks",
      "datasets.json",
      "docs",
      "examples",
      "package-lock.json",
      "package.json",
      "packages",
      "results",
      "tools",
      "tsconfig.json",
      "weights.json",
    ];
    const uncommitted = ["node_modules", "reliability.json", "runs", "sweeps", "tarballs"]; // made by commands
    const found = readdirSync(top).filter((f) => !f.startsWith(".") && !uncommitted.includes(f));
    expect(found.sort()).toEqual(expected.sort());
  });
});

describe("the README's tree", () => {
  const tree = /```tree\n([\s\S]*?)```/.exec(textOf("README.md"))?.[1] ?? "";
  const describedPaths = new Set<string>();

  it("names existing files and folders and describes each of them", () => {
    const parents: string[] = [];
    for (const line of tree.trimEnd().split("\n")) {
      const [, indent, name, phrase] = /^( *)(\S+)(?: {2,}(.+))?$/.exec(line) ?? [];
      const depth = indent!.length / 2;
      parents.splice(depth, parents.length, name!.replace(/\/$/, ""));
      const path = parents.join("/");
      expect(existsSync(join(top, path)), `the README names ${path}`).toBe(true);
      expect(statSync(join(top, path)).isDirectory(), path).toBe(name!.endsWith("/"));
      expect(phrase?.length ?? 0, `${path} has no phrase`).toBeGreaterThan(8);
      describedPaths.add(path);
    }
  });

  it("names every package and every other part of the repository", () => {
    for (const f of packagesIn("packages")) expect([...describedPaths]).toContain(`packages/${f}`);
    for (const f of ["packages/methods", "benchmarks", "results", "docs", "examples", "tools"])
      expect([...describedPaths]).toContain(f);
    for (const f of ["datasets.json", "weights.json"]) expect([...describedPaths]).toContain(f);
  });
});

describe("packages", () => {
  it.each([...packageFolders(), ...packagesIn("examples").map((f) => `examples/${f}`)])(
    "%s has a README that opens with its name and has a paragraph",
    (folder) => {
      const file = join(top, folder, "README.md");
      expect(existsSync(file), `${folder}/README.md`).toBe(true);
      const [heading, ...rest] = readFileSync(file, "utf8").split("\n");
      expect(heading).toMatch(/^# \S/);
      expect(rest.join(" ").trim().length).toBeGreaterThan(80);
    },
  );
});

describe("paths of files beside a module", () => {
  it("come from fileURLToPath, because the pathname of a URL has %20 for a space", () => {
    const found = trackedFiles(...sourceExtensions).flatMap((file) =>
      textOf(file)
        .split("\n")
        .flatMap((line, i) => (/import\.meta\.url\)\s*\.pathname/.test(line) ? [`${file}:${i + 1}`] : [])),
    );
    expect(found).toEqual([]);
  });
});
