// The files of a plug-in: its entry, its version and the digest of its source.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseJson } from "@dit-bench/text";
import { BenchError } from "../errors.ts";

/**
 * The file that a folder's package.json names, or the file itself. Throws BenchError (usage) if there is none.
 *
 * @param given the path as the user wrote it
 */
export function entryOf(path: string, given: string): string {
  const makeError = (problem: string) => new BenchError("usage", `plug-in ${given}: ${problem}`);
  if (!existsSync(path)) throw makeError("there is no such file or folder, and no package of this name is installed");
  if (!statSync(path).isDirectory()) return path;
  const file = join(path, "package.json");
  if (!existsSync(file)) {
    const sources = readdirSync(path).filter((name) => /\.[cm]?js$/.test(name));
    const instead = sources[0] === undefined ? "" : `, or give the file: --plugin ${join(given, sources[0])}`;
    throw makeError(`the folder has no package.json; add one with "type": "module" and "main"${instead}`);
  }
  const manifest = readManifest(file, makeError);
  const entryName = fromExports(manifest.exports) ?? manifest.main ?? "index.js";
  if (typeof entryName !== "string") throw makeError(`package.json names no entry; wanted "main": "index.js"`);
  const entry = join(path, entryName);
  if (!existsSync(entry) || statSync(entry).isDirectory())
    throw makeError(
      `its package.json names the entry '${entryName}', but there is no such file; correct "exports" or "main"`,
    );
  return entry;
}

/** The version in the package.json nearest above a file; `unversioned` if it is not short printable text. */
export function versionOf(file: string): string {
  for (let folder = resolve(file, ".."); folder !== resolve(folder, ".."); folder = resolve(folder, "..")) {
    const manifest = join(folder, "package.json");
    if (!existsSync(manifest)) continue;
    try {
      const { version } = parseJson(readFileSync(manifest, "utf8")) as { version?: unknown };
      if (typeof version === "string" && /^[\x21-\x7e]{1,40}$/.test(version)) return version;
    } catch {
      // the manifest is no valid JSON
    }
    return "unversioned";
  }
  return "unversioned";
}

/** The folder of an installed package, resolved as for a module in `from`; undefined if it is not installed. */
export function packageFolder(specifier: string, from: string): string | undefined {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", name);
    if (existsSync(join(found, "package.json"))) return realpathSync(found);
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * SHA-256 of a plug-in's source with the files' names: the file, or every source file below the folder, and the files
 * elsewhere that these import by relative paths. Installed packages do not count.
 */
export function hashOfCode(path: string): string {
  const own = statSync(path).isDirectory() ? sourceFiles(path) : [path];
  const imported = withImports(own).slice(own.length).sort();
  const hash = createHash("sha256");
  for (const file of [...own, ...imported]) {
    const bytes = readFileSync(file);
    hash.update(`${relative(path, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

/** These files and those that they import by relative paths, in breadth-first order. */
export function withImports(files: readonly string[]): string[] {
  const found = new Set(files);
  for (const file of found) {
    if (!/\.[cm]?[jt]s$/.test(file)) continue;
    const names = readFileSync(file, "utf8").matchAll(/(?:from|import|require)\s*\(?\s*["'](\.[^"']+)["']/g);
    for (const [, name] of names) {
      const path = resolve(dirname(file), name!);
      const target = ["", ".js", ".cjs", ".json", "/index.js"].map((ending) => path + ending).find(isFile);
      if (target !== undefined) found.add(target);
    }
  }
  return [...found];
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

const SOURCE_FILE = /\.(?:[cm]?[jt]s|json)$/;

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return entry.name === "node_modules" || entry.name.startsWith(".") ? [] : sourceFiles(path);
      // `isFile` follows links to files, and is false for names that are not UTF-8, which cannot be imported.
      return SOURCE_FILE.test(entry.name) && isFile(path) ? [path] : [];
    });
}

function readManifest(file: string, makeError: (problem: string) => Error): { exports?: unknown; main?: unknown } {
  let parsed: unknown;
  try {
    parsed = parseJson(readFileSync(file, "utf8"));
  } catch (error) {
    throw makeError(`its package.json cannot be read (${(error as Error).message}); correct it`);
  }
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed))
    throw makeError("its package.json is not an object; correct it");
  return parsed;
}

/** The package's main entry, by the conditions under which Node imports it. */
function fromExports(exports: unknown): string | undefined {
  if (typeof exports === "string") return exports;
  if (exports === null || typeof exports !== "object") return undefined;
  const conditions = exports as Record<string, unknown>;
  for (const key of [".", "node", "import", "module-sync", "default"]) {
    const found = fromExports(conditions[key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
