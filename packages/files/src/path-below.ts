// Where a path is below a folder, with all links followed.

import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/**
 * The path from a folder to a path in it: empty for the folder itself, undefined for a path outside it. Both may be
 * links, or go through some, and neither need exist.
 */
export function pathBelow(folder: string, path: string): string | undefined {
  const below = relative(realPathOf(resolve(folder)), realPathOf(resolve(path)));
  const isOutside = below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below);
  return isOutside ? undefined : below;
}

/** The real path of `path`, or the one it would have if it existed. */
function realPathOf(path: string): string {
  if (existsSync(path) || path === dirname(path)) return realpathSync(path);
  return join(realPathOf(dirname(path)), path.slice(dirname(path).length));
}
