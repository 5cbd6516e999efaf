// The name that a person most likely meant by a misspelt one, for "did you mean" in error messages.

import { distance } from "fastest-levenshtein";

/**
 * Returns the candidate with the smallest edit distance to `name`, ignoring case. If one of the two begins with the
 * other, their distance is at most half an edit.
 *
 * @returns undefined if more than a third of the letters would change
 */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  const lowerName = name.toLowerCase();
  let closest: string | undefined;
  let fewestEdits = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const lowerCandidate = candidate.toLowerCase();
    const isBeginning =
      lowerName.length >= 2 && (lowerCandidate.startsWith(lowerName) || lowerName.startsWith(lowerCandidate));
    const edits = Math.min(distance(lowerName, lowerCandidate), isBeginning ? 0.5 : Number.POSITIVE_INFINITY);
    const maxEdits = Math.max(1, Math.floor(Math.max(lowerName.length, lowerCandidate.length) / 3));
    if (edits <= maxEdits && edits < fewestEdits) {
      closest = candidate;
      fewestEdits = edits;
    }
  }
  return closest;
}
