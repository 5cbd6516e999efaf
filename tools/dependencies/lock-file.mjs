// The packages in package-lock.json, on all platforms, and what is installed of them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const top = fileURLToPath(new URL("../../", import.meta.url));

/**
 * @typedef {object} LockedPackage
 * @property {string} path folder, relative to the repository
 * @property {string} name
 * @property {string} version
 * @property {string | undefined} licence from its installed package.json, else from the lock file
 * @property {boolean} isInstalled false for packages of other platforms
 * @property {boolean} isDevelopment
 */

/**
 * Every package from a registry. Packages of this repository are not among them.
 *
 * @returns {LockedPackage[]}
 */
export function lockedPackages(folder = top) {
  const { packages } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes("node_modules/") && !link)
    .map(([path, entry]) => {
      const manifest = readManifest(join(folder, path, "package.json"));
      return {
        path,
        name: entry.name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
        version: entry.version,
        licence: manifest ? licenceOf(manifest) : entry.license,
        isInstalled: manifest !== undefined,
        isDevelopment: entry.dev === true, // `devOptional` packages reach users, as optional dependencies
      };
    });
}

/** @param {string} path */
function readManifest(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * The licence of a manifest, in the present or one of the two older forms.
 *
 * @param {{ license?: unknown, licenses?: unknown }} manifest
 * @returns {string | undefined}
 */
function licenceOf({ license, licenses }) {
  const [text] = [license, ...(Array.isArray(licenses) ? licenses : [])].flatMap((item) =>
    typeof item === "string" ? item : typeof item?.type === "string" ? item.type : [],
  );
  return text;
}
