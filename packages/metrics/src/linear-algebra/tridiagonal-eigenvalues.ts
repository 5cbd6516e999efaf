// Eigenvalues of a symmetric tridiagonal matrix.

const MAX_SWEEPS = 60;

/**
 * Eigenvalues of the symmetric tridiagonal matrix with this diagonal and offDiagonal[i] at (i, i + 1), in no particular
 * order. Both arrays are overwritten; the result is the diagonal's array. QL with implicit shifts: Dubrulle, Martin and
 * Wilkinson, 1968, https://doi.org/10.1007/BF02165404.
 *
 * An off-diagonal element counts as zero below the rounding unit times the matrix's largest element, so the error of
 * each eigenvalue is a small multiple of that, whatever its own size.
 *
 * @param offDiagonal as long as the diagonal; its last element is not used
 * @throws if an eigenvalue does not converge in 60 sweeps, which happens only for values that are not finite
 */
export function tridiagonalEigenvalues(diagonal: Float64Array, offDiagonal: Float64Array): Float64Array {
  const d = diagonal;
  const e = offDiagonal;
  const n = d.length;
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(d[i]!), i < n - 1 ? Math.abs(e[i]!) : 0);
  const negligible = Number.EPSILON * largest;

  for (let first = 0; first < n; first++) {
    for (let sweep = 0; ; sweep++) {
      let last = first;
      while (last < n - 1 && Math.abs(e[last]!) > negligible) last++;
      if (last === first) break;
      if (sweep === MAX_SWEEPS)
        throw new Error(
          `eigenvalues: number ${first} of ${n} did not converge in ${MAX_SWEEPS} sweeps: wanted finite values`,
        );
      qlSweep(d, e, first, last);
    }
  }
  return d;
}

/**
 * One QL sweep over the unreduced block first..last, shifted by the eigenvalue of its leading 2 x 2 that is nearer to
 * the corner.
 */
function qlSweep(d: Float64Array, e: Float64Array, first: number, last: number): void {
  const half = (d[first + 1]! - d[first]!) / (2 * e[first]!);
  const root = Math.sqrt(half * half + 1);
  const shift = d[first]! - e[first]! / (half + (half >= 0 ? root : -root));
  let bulge = d[last]! - shift;
  let sine = 1;
  let cosine = 1;
  let carried = 0;
  for (let i = last - 1; i >= first; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    const r = Math.sqrt(f * f + bulge * bulge);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = d[i + 1]! - carried; // the block splits here; the next sweeps take the parts
      e[last] = 0;
      return;
    }
    sine = f / r;
    cosine = bulge / r;
    const rest = d[i + 1]! - carried;
    const t = (d[i]! - rest) * sine + 2 * cosine * b;
    carried = sine * t;
    d[i + 1] = rest + carried;
    bulge = cosine * t - b;
  }
  d[first] = d[first]! - carried;
  e[first] = bulge;
  e[last] = 0;
}
