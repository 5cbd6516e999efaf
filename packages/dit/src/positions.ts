// Sin-cos positions in two dimensions, fixed: Peebles & Xie 2022 after Dosovitskiy et al. 2021 and He et al. 2021 (MAE).
//
// D = width, G = grid side, T = G² tokens

/**
 * The embedding of a G×G grid, [T, D] row-major, token = row · G + column. The first half of the columns encodes the grid's
 * column, the second its row; in each half sines stand before cosines, at frequencies 10000^(-k / (D/4)).
 * `spacing` is the distance between neighbours: 1/2 over a grid of twice the side keeps the base model's code book
 * (the DiffFit paper's trick for higher resolution: PE_512(i, j) = PE_256(i/2, j/2)).
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
