// Tests the imports between packages: the arrows go one way, and manifests name every imported package.

import { readFileSync } from "node:fs";
import { builtinMethods } from "@dit-bench/runner";
import { describe, expect, it } from "vitest";
import { findCircles } from "./circles.ts";
import {
  isTestFile,
  manifestOf,
  ownDependencies,
  packageFolders,
  packagesIn,
  sourcesIn,
  specifiers,
} from "./packages.ts";

/** The packages that each package may import, without a circle. Tests may import any package. */
const arrows: Record<string, string[]> = {
  random: [],
  text: [],
  tfjs: [],
  ops: ["tfjs"],
  files: ["text"],
  weights: ["files", "text"],
  fetch: ["files"],
  record: ["files", "text"],
  wasm: [],
  compiler: ["files", "random", "tfjs", "wasm"],
  method: ["ops", "random", "text", "tfjs"],
  dit: ["method", "ops", "random", "tfjs"],
  autoencoder: ["ops", "tfjs"],
  diffusion: ["ops", "tfjs"],
  images: ["files", "text"],
  miniatures: ["random"],
  datasets: ["fetch", "files", "images", "text"],
  metrics: ["ops", "random", "tfjs", "wasm"],
  conformance: ["compiler", "dit", "method", "random", "tfjs"],
  runner: [
    "autoencoder",
    "compiler",
    "datasets",
    "diffusion",
    "dit",
    "fetch",
    "files",
    "images",
    "method",
    "method-*",
    "metrics",
    "miniatures",
    "random",
    "record",
    "report", // draws the sheets of images: it has the fonts and the canvas
    "text",
    "tfjs",
    "weights",
  ],
  report: ["files", "record", "text"],
  cli: [
    "compiler",
    "conformance",
    "dit",
    "fetch",
    "files",
    "images",
    "method",
    "random",
    "record",
    "report",
    "runner",
    "text",
    "weights",
  ],
};

describe("dependencies between packages", () => {
  const isAllowed = (name: string, rule: readonly string[]) =>
    rule.includes(name) || (name.startsWith("method-") && rule.includes("method-*"));

  it("have no circle in the table of arrows", () => {
    expect(findCircles(new Map(Object.entries(arrows)))).toEqual([]);
  });

  it.each(packagesIn("packages"))("packages/%s depends only on packages that its arrows name", (name) => {
    expect(arrows[name], `packages/${name} has no arrows: add a line`).toBeDefined();
    for (const d of ownDependencies(manifestOf(`packages/${name}`)))
      expect(isAllowed(d, arrows[name]!), `${name} -> ${d}`).toBe(true);
  });

  it.each(packagesIn("packages/methods"))(
    "packages/methods/%s depends only on the package method, the contract",
    (name) => {
      expect(ownDependencies(manifestOf(`packages/methods/${name}`))).toEqual(["method"]);
    },
  );

  it.each(packagesIn("packages/methods"))(
    "packages/methods/%s is a dependency of the runner, and so a built-in method",
    (name) => {
      expect(
        builtinMethods,
        `add "@dit-bench/method-${name}" to the dependencies in packages/runner/package.json`,
      ).toContain(manifestOf(`packages/methods/${name}`).name);
    },
  );

  it.each(packageFolders())("%s imports only packages that its manifest names", (folder) => {
    const manifest = manifestOf(folder);
    for (const file of sourcesIn(`${folder}/src`)) {
      const allowedImports = {
        ...manifest.dependencies,
        ...manifest.peerDependencies,
        ...(isTestFile(file) ? { vitest: "", ...manifest.devDependencies, "fast-check": "" } : {}),
      };
      for (const specifier of specifiers(readFileSync(file, "utf8"))) {
        if (specifier.startsWith(".") || specifier.startsWith("node:")) continue;
        const name = specifier
          .split("/")
          .slice(0, specifier.startsWith("@") ? 2 : 1)
          .join("/");
        expect(Object.keys(allowedImports), `${file} imports ${name}`).toContain(name);
      }
    }
  });
});
