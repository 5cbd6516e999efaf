// The fixed sin-cos positional embedding in two dimensions of Peebles & Xie 2022 (https://arxiv.org/abs/2212.09748),
// whose code takes it from MAE (He et al. 2021, https://arxiv.org/abs/2111.06377).
//
// D = width, G = grid side, T = G² tokens

/**
 * The embedding of a G×G grid, [T, D] row-major, with token = row · G + column. The first D/2 values encode the column
 * of the grid, the others its row. Each half has sines, then cosines, at frequencies 10000^(-k / (D/4)).
 *
 * @param spacing distance between neighbouring tokens. 1/2 on a grid with twice the side reuses the coordinates of the
 *   base model: PE_512(i, j) = PE_256(i/2, j/2) (DiffFit, https://arxiv.org/abs/2304.06648, for higher resolution).
 */
export function sinCosPositions(D: number, G: number, spacing = 1): Float64Array {
  const quarter = D / 4;
  const out = new Float64Array(G * G * D);
  for (let token = 0; token < G * G; token++) {
    const coordinates = [token % G, Math.floor(token / G)];
    coordinates.forEach((coordinate, half) => {
      for (let k = 0; k < quarter; k++) {
        const angle = coordinate * spacing * 10000 ** (-k / quarter);
        const at = token * D + (half * D) / 2 + k;
        out[at] = Math.sin(angle);
        out[at + quarter] = Math.cos(angle);
      }
    });
  }
  return out;
}
