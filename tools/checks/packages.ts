// Reads the packages of the repository: their folders, manifests, sources, and the imports in a source.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { top } from "./files.ts";

export interface Manifest {
  readonly name: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

/** Lists the names of the packages in a folder such as `packages/methods`. */
export const packagesIn = (folder: string): string[] =>
  readdirSync(join(top, folder)).filter((f) => existsSync(join(top, folder, f, "package.json")));

/** Folders of all packages of the program, relative to the repository. */
export const packageFolders = (): string[] => [
  ...packagesIn("packages").map((f) => `packages/${f}`),
  ...packagesIn("packages/methods").map((f) => `packages/methods/${f}`),
];

export const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(top, folder, "package.json"), "utf8"));

/** This project's packages that a manifest depends on, without the scope. */
export const ownDependencies = (m: Manifest): string[] =>
  Object.keys(m.dependencies ?? {}).flatMap((d) => (d.startsWith("@dit-bench/") ? [d.slice(11)] : []));

/** Absolute paths of the TypeScript files below a folder of the repository. */
export const sourcesIn = (folder: string): string[] =>
  existsSync(join(top, folder))
    ? readdirSync(join(top, folder), { recursive: true, encoding: "utf8" })
        .filter((f) => f.endsWith(".ts"))
        .map((f) => join(top, folder, f))
    : [];

/** True for a test and for a file that only tests import. */
export const isTestFile = (file: string): boolean => /\.test\.|[\\/](?:testing|fixtures?|reference)[\\/]/.test(file);

/** Returns the specifiers in a source as written: static imports, re-exports, and `import("...")` of a literal. */
export function specifiers(source: string): string[] {
  const matches = [
    ...source.matchAll(/^(?:import|export)\b[^"';]*?\bfrom "([^"]+)"/gm),
    ...source.matchAll(/^import "([^"]+)"/gm),
    ...source.matchAll(/\bimport\("([^"]+)"\)/g),
  ];
  return matches.map((m) => m[1]!);
}
