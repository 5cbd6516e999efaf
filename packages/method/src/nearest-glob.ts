// Suggests a glob in place of one that matches no path.

import { closestName } from "@dit-bench/text";
import { distance } from "fastest-levenshtein";
import { glob } from "./glob.ts";

/**
 * A glob close to `pattern` that matches at least one of the paths: with misspelt words corrected, numbers replaced by
 * `*`, or a segment added or removed at either end. `blocks.*.atn.qkv` gives `blocks.*.attn.qkv`. Undefined if none is
 * close.
 */
export function nearestGlob(pattern: string, paths: readonly string[]): string | undefined {
  const matches = (p: string) => paths.some(glob(p));
  const words = [...new Set(paths.flatMap((path) => path.match(WORD) ?? []))];
  const spelt = pattern.replaceAll(WORD, (word) => (words.includes(word) ? word : (closestName(word, words) ?? word)));
  for (const start of [pattern, spelt]) {
    const found = variants(start).find(matches);
    if (found !== undefined) return found;
  }
  const general = [...new Set(paths.map((path) => path.replaceAll(NUMBER, "*")))];
  const near = general.reduce((a, b) => (distance(pattern, b) < distance(pattern, a) ? b : a), general[0] ?? "");
  return distance(pattern, near) <= pattern.length / 2 ? near : undefined;
}

const WORD = /[A-Za-z_]\w*/g;
const NUMBER = /(?<=^|\.)\d+(?=\.|$)/g;

function variants(pattern: string): string[] {
  const anyBlock = pattern.replaceAll(NUMBER, "*");
  return [...new Set([pattern, anyBlock])].flatMap((p) => [
    p,
    p.replaceAll(/\*\*(?=[^.*])/g, "**."), // two stars within a segment are one
    `${p}.*`,
    p.replace(/\.(?:weight|bias)$/, ""),
    `**.${p}`,
    `**.${p}.*`,
    p.replace(/^[^.]+\./, ""),
  ]);
}
