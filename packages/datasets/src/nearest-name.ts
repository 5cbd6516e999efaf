/**
 * The candidate that was most likely meant by `name`: the one at the smallest edit distance, or the one it is the
 * beginning of; undefined where none is near (more than a third of the letters would change).
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const given = candidate.toLowerCase();
    const isBeginning = wanted.length >= 2 && (given.startsWith(wanted) || wanted.startsWith(given));
    const distance = Math.min(editDistance(wanted, given), isBeginning ? 0.5 : Number.POSITIVE_INFINITY);
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, given.length) / 3));
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and exchanges of neighbours (optimal string alignment) that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const exchanged =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, changed, exchanged));
    }
  }
  return at(a.length, b.length);
}
