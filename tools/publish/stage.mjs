// Writes the packages as they are published: a folder and a tarball each.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundledManifest, bundledPackages, publishedManifest } from "./manifest.mjs";

/** @import { Manifest } from "./manifest.mjs" */

const repository = fileURLToPath(new URL("../..", import.meta.url));
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

/** What the package `dit-bench` has from the repository. */
const projectFiles = [
  ...["benchmarks/mini", "benchmarks/high-resolution", "benchmarks/paper", "benchmarks/extractors"],
  "results/mini",
];

/**
 * Stages all packages below `out`, each in a folder of its own. Needs the built program.
 *
 * @param {string} out an empty folder
 * @param {{ url?: string }} [facts] the URL of the repository
 * @returns {string[]} the folders, `dit-bench` last
 */
export function stagePackages(out, { url } = {}) {
  const { version } = readJson(join(repository, "package.json"));
  const bundledManifests = Object.fromEntries(
    Object.values(bundledPackages)
      .flat()
      .map((name) => [name, readJson(join(folderOf(name), "package.json"))]),
  );
  const facts = { version, repository: url, bundledManifests };
  if (!existsSync(join(repository, "packages/cli/dist/start.js")))
    throw new Error("the program is not built: run npm run build");
  const raw = join(out, "raw");
  mkdirSync(raw, { recursive: true });
  const sources = publishedFolders();
  const packed = pack(sources, raw);
  const folders = packed.map((/** @type {{ name: string, filename: string }} */ { name, filename }) => {
    const folder = join(out, "packages", name.replace("@dit-bench/", ""));
    mkdirSync(folder, { recursive: true });
    execFileSync("tar", ["-xzf", join(raw, filename), "-C", folder, "--strip-components", "1"]);
    const manifest = readJson(join(folder, "package.json"));
    writeJson(join(folder, "package.json"), publishedManifest(manifest, facts));
    rmSync(join(folder, "dist", ".tsbuildinfo"), { force: true }); // of the compiler
    cpSync(join(repository, "LICENSE"), join(folder, "LICENSE"));
    if (name === "dit-bench") copyProjectFiles(folder);
    for (const inside of bundledPackages[name] ?? []) copyBundled(inside, join(folder, "node_modules", inside));
    return folder;
  });
  rmSync(raw, { recursive: true });
  return folders;
}

/**
 * Packs staged folders.
 *
 * @param {readonly string[]} folders
 * @param {string} out
 * @returns {{ name: string, path: string, size: number, files: string[] }[]} sizes in bytes
 */
export function packFolders(folders, out) {
  mkdirSync(out, { recursive: true });
  const packed = pack(folders, out);
  return packed.map((/** @type {any} */ { name, filename, size, files }) => ({
    name,
    path: join(out, filename),
    size,
    files: files.map((/** @type {{ path: string }} */ { path }) => path),
  }));
}

/**
 * Packs folders with npm, and returns what it reports about them, in the same order.
 *
 * @param {readonly string[]} folders relative to the repository, or absolute
 * @param {string} out
 * @returns {any[]}
 */
function pack(folders, out) {
  const args = ["pack", "--json", "--loglevel=error", "--ignore-scripts", "--pack-destination", out, ...folders];
  const output = execFileSync(npm, args, {
    cwd: repository,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(output);
}

/** Folders of the packages that are published, relative to the repository. */
function publishedFolders() {
  const { workspaces } = readJson(join(repository, "package.json"));
  const folders = workspaces.flatMap((/** @type {string} */ pattern) => {
    if (!pattern.endsWith("/*")) return [pattern];
    const above = pattern.slice(0, -2);
    return readdirSync(join(repository, above)).map((name) => `${above}/${name}`);
  });
  const published = folders.filter((/** @type {string} */ folder) => {
    const manifest = join(repository, folder, "package.json");
    return existsSync(manifest) && readJson(manifest).private !== true;
  });
  return [...published.sort(), "tools/publish/dit-bench"].map((folder) => `./${folder}`);
}

/** @param {string} folder the staged package `dit-bench` */
function copyProjectFiles(folder) {
  for (const path of projectFiles) cpSync(join(repository, path), join(folder, path), { recursive: true });
  for (const file of ["benchmarks/recipe.schema.json", "datasets.json", "weights.json"])
    cpSync(join(repository, file), join(folder, file));
}

/**
 * Copies an installed package without what it installed for itself.
 *
 * @param {string} name
 * @param {string} to
 */
function copyBundled(name, to) {
  const from = folderOf(name);
  const downloads = readdirSync(from, { recursive: true, encoding: "utf8" }).filter((file) =>
    /providers_(cuda|tensorrt)/.test(file),
  );
  if (downloads.length > 0)
    throw new Error(`${name} has files that were downloaded here, such as ${downloads[0]}: run npm ci again`);
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from))
    if (entry !== "node_modules") cpSync(join(from, entry), join(to, entry), { recursive: true });
  writeJson(join(to, "package.json"), bundledManifest(readJson(join(to, "package.json"))));
}

/** The folder of an installed package. @param {string} name */
function folderOf(name) {
  const require = createRequire(join(repository, "packages/report/package.json"));
  const path = require.resolve
    .paths(name)
    ?.map((folder) => join(folder, name))
    .find(existsSync);
  if (path === undefined) throw new Error(`${name} is not installed: run npm ci`);
  return path;
}

/** @param {string} path @returns {Manifest} */
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/** @param {string} path @param {unknown} content */
function writeJson(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
}
