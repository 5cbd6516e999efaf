// Finds files in the folders that archives were unpacked into.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../data-error.ts";
import { isImage } from "./layout.ts";

/**
 * Yields the images below the folder `start` of `root`, sorted by name, with the folders from `start` to each image.
 * Yields nothing if `start` does not exist.
 */
export function* imagesBelow(root: string, start: string): Generator<{ path: string; folders: string[] }> {
  const walk = function* (folders: string[]): Generator<{ path: string; folders: string[] }> {
    const here = join(start, ...folders);
    const entries = readdirSync(join(root, here), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.isDirectory()) yield* walk([...folders, entry.name]);
      else if (isImage(entry.name)) yield { path: join(here, entry.name), folders };
    }
  };
  if (existsSync(join(root, start))) yield* walk([]);
}

/** The path of the file of this name in `folder` or below it. Throws DataError (labels) if there is none. */
export function findBelow(folder: string, name: string): string {
  const found = (readdirSync(folder, { recursive: true, encoding: "utf8" }) as string[]).find(
    (path) => path === name || path.endsWith(`/${name}`),
  );
  if (found === undefined) throw new DataError("labels", `"${folder}" has no file ${name}`);
  return join(folder, found);
}

/** The topmost folder of an archive: `name`, or "." for an archive without it. */
export const topFolder = (folder: string, name: string): string => (existsSync(join(folder, name)) ? name : ".");
