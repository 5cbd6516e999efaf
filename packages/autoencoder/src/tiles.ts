// Splits large images into overlapping tiles, and joins tiles by blending them over the overlap. Sizes and blending are
// those of diffusers' AutoencoderKL with `enable_tiling`.
//
// C = channels, H, W = height and width

/** The tiling of a side: a tile of length `tile` starts every `stride`, and neighbours are blended over `blend`. */
export interface Tiling {
  readonly tile: number;
  readonly stride: number;
  readonly blend: number;
}

/**
 * The tiling of a side before or after the network. A quarter of each tile overlaps the next.
 *
 * @param tile a multiple of 4
 */
export const tilingOf = (tile: number): Tiling => ({ tile, stride: tile - tile / 4, blend: tile / 4 });

/** Start and length of every tile along a side; the last one may be shorter. */
export function tilesAlong(
  side: number,
  { tile, stride }: Tiling,
): { readonly start: number; readonly size: number }[] {
  return Array.from({ length: Math.ceil(side / stride) }, (_, i) => ({
    start: i * stride,
    size: Math.min(tile, side - i * stride),
  }));
}

/** One image or latent, [C, H, W] row-major. */
export interface Plane {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** A copy of the part of a plane that a tile covers. */
export function copyTile(
  { data, channels, height, width }: Plane,
  top: number,
  left: number,
  h: number,
  w: number,
): Plane {
  const out = new Float32Array(channels * h * w);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < h; y++) {
      const from = (c * height + top + y) * width + left;
      out.set(data.subarray(from, from + w), (c * h + y) * w);
    }
  return { data: out, channels, height: h, width: w };
}

/**
 * Joins tiles that are added row by row. A tile's first rows are blended linearly with the tile above, its first
 * columns with the tile to the left; both neighbours are blended already. The overlap with the next tile is cut off.
 * Two rows of tiles are in memory at a time.
 *
 * @param tiling the tiling of the result's sides
 */
export function createTileJoiner(channels: number, height: number, width: number, tiling: Tiling) {
  const data = new Float32Array(channels * height * width);
  let above: Plane[] = [];
  let row: Plane[] = [];
  return {
    /** Adds the tile of row i and column j. Its data are blended in place. */
    add(tile: Plane, i: number, j: number): void {
      if (j === 0) {
        above = row;
        row = [];
      }
      if (i > 0) blendRows(above[j]!, tile, tiling.blend);
      if (j > 0) blendColumns(row[j - 1]!, tile, tiling.blend);
      row.push(tile);
      const [top, left] = [i * tiling.stride, j * tiling.stride];
      const columns = Math.min(tiling.stride, tile.width);
      for (let c = 0; c < channels; c++)
        for (let y = 0; y < Math.min(tiling.stride, tile.height); y++) {
          const from = (c * tile.height + y) * tile.width;
          data.set(tile.data.subarray(from, from + columns), (c * height + top + y) * width + left);
        }
    },
    result: (): Plane => ({ data, channels, height, width }),
  };
}

function blendRows(a: Plane, b: Plane, blend: number): void {
  const extent = Math.min(a.height, b.height, blend);
  for (let c = 0; c < b.channels; c++)
    for (let y = 0; y < extent; y++) {
      const share = y / extent;
      const from = (c * a.height + a.height - extent + y) * a.width;
      const to = (c * b.height + y) * b.width;
      for (let x = 0; x < b.width; x++) b.data[to + x] = a.data[from + x]! * (1 - share) + b.data[to + x]! * share;
    }
}

function blendColumns(a: Plane, b: Plane, blend: number): void {
  const extent = Math.min(a.width, b.width, blend);
  for (let c = 0; c < b.channels; c++)
    for (let y = 0; y < b.height; y++) {
      const from = (c * a.height + y) * a.width + a.width - extent;
      const to = (c * b.height + y) * b.width;
      for (let x = 0; x < extent; x++) {
        const share = x / extent;
        b.data[to + x] = a.data[from + x]! * (1 - share) + b.data[to + x]! * share;
      }
    }
}
