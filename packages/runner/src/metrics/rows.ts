// Selects images from a matrix of features.
//
// N = images, M = selected images, D = feature dimension

/** Copies the rows with these indices, in their order. @param features_ND row-major @returns [M, D] */
export function selectRows(features_ND: Float32Array, D: number, indices_M: ArrayLike<number>): Float32Array {
  const rows_MD = new Float32Array(indices_M.length * D);
  for (let to = 0; to < indices_M.length; to++) {
    const from = indices_M[to]!;
    rows_MD.set(features_ND.subarray(from * D, (from + 1) * D), to * D);
  }
  return rows_MD;
}
