// Large pictures in overlapping tiles, blended over the overlap: as diffusers' AutoencoderKL does with `enable_tiling`, so that the numbers agree.
//
// C = channels, H, W = height and width

/** How far a side is cut: tiles begin every `stride`, have `tile` or what is left, and pass over into each other along `blend`. */
export interface Tiling {
  readonly tile: number;
  readonly stride: number;
  readonly blend: number;
}

/** One side's tiling, before or after the network; a quarter of each tile lies over the next. @param tile a multiple of 4 */
export const tilingOf = (tile: number): Tiling => ({ tile, stride: tile - tile / 4, blend: tile / 4 });

/** Where tiles begin along a side and how long each is; the last may be short. */
export function tilesAlong(
  side: number,
  { tile, stride }: Tiling,
): { readonly start: number; readonly size: number }[] {
  return Array.from({ length: Math.ceil(side / stride) }, (_, i) => ({
    start: i * stride,
    size: Math.min(tile, side - i * stride),
  }));
}

/** Numbers [C, H, W]. */
export interface Plane {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** The part of a plane that a tile covers, by copy. */
export function cut({ data, channels, height, width }: Plane, top: number, left: number, h: number, w: number): Plane {
  const out = new Float32Array(channels * h * w);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < h; y++) {
      const from = (c * height + top + y) * width + left;
      out.set(data.subarray(from, from + w), (c * h + y) * w);
    }
  return { data: out, channels, height: h, width: w };
}

/**
 * Puts a whole together from tiles that come row by row. A tile's first rows pass linearly from the tile above into it, its first columns from
 * the tile to the left, both as they were blended before; what a tile leaves to the next is cut off. Holds two rows of tiles.
 *
 * @param tiling of the result's side
 */
export function joiner(channels: number, height: number, width: number, tiling: Tiling) {
  const data = new Float32Array(channels * height * width);
  let above: Plane[] = [];
  let row: Plane[] = [];
  return {
    /** Takes a tile's data over: it is blended in place. */
    add(tile: Plane, i: number, j: number): void {
      if (j === 0) {
        above = row;
        row = [];
      }
      if (i > 0) blendRows(above[j]!, tile, tiling.blend);
      if (j > 0) blendColumns(row[j - 1]!, tile, tiling.blend);
      row.push(tile);
      const [top, left] = [i * tiling.stride, j * tiling.stride];
      const kept = Math.min(tiling.stride, tile.width);
      for (let c = 0; c < channels; c++)
        for (let y = 0; y < Math.min(tiling.stride, tile.height); y++) {
          const from = (c * tile.height + y) * tile.width;
          data.set(tile.data.subarray(from, from + kept), (c * height + top + y) * width + left);
        }
    },
    result: (): Plane => ({ data, channels, height, width }),
  };
}

function blendRows(a: Plane, b: Plane, most: number): void {
  const extent = Math.min(a.height, b.height, most);
  for (let c = 0; c < b.channels; c++)
    for (let y = 0; y < extent; y++) {
      const share = y / extent;
      const from = (c * a.height + a.height - extent + y) * a.width;
      const to = (c * b.height + y) * b.width;
      for (let x = 0; x < b.width; x++) b.data[to + x] = a.data[from + x]! * (1 - share) + b.data[to + x]! * share;
    }
}

function blendColumns(a: Plane, b: Plane, most: number): void {
  const extent = Math.min(a.width, b.width, most);
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
