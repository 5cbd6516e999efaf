// The name that a person most likely meant by a misspelt one, for "did you mean" in error messages.

import { distance } from "fastest-levenshtein";

/**
 * The candidate at the smallest edit distance from `name`, without regard to case. A candidate that begins with `name`,
 * or is a beginning of it, counts as half an edit away.
 *
 * @returns undefined if more than a third of the letters would change
 */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let closest: string | undefined;
  let fewestEdits = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const given = candidate.toLowerCase();
    const isBeginning = wanted.length >= 2 && (given.startsWith(wanted) || wanted.startsWith(given));
    const edits = Math.min(distance(wanted, given), isBeginning ? 0.5 : Number.POSITIVE_INFINITY);
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, given.length) / 3));
    if (edits <= allowed && edits < fewestEdits) {
      closest = candidate;
      fewestEdits = edits;
    }
  }
  return closest;
}
