// An autoencoder that runs: pictures to distributions over latents, latents to pictures. One at a time goes through the
// network, so that what comes out does not depend on which others there are. Large ones go in tiles.
//
// C, Z = image and latent channels, H, W = height and width in pixels, h, w = in latent cells

import {
  type AutoencoderConfig,
  cut,
  decode,
  decoderWeights,
  downsampling,
  encode,
  encoderWeights,
  joiner,
  type Plane,
  type Posterior,
  posterior,
  type Tiling,
  tilesAlong,
  tilingOf,
} from "@dit-bench/autoencoder";
import type { Compiled, Engine } from "@dit-bench/compiler";
import { BenchError } from "../errors.ts";
import type { AutoencoderFile } from "./open-autoencoder.ts";

export interface Codec {
  /** Pixels along a side of a latent cell. */
  readonly factor: number;
  /** Of pictures [C, H, W] in [-1, 1]: mean and logvar [Z, h, w] of each, not scaled. */
  encode(pictures: readonly Plane[], onTile?: OnTile): Promise<Posterior[]>;
  /** The pictures [C, H, W] of latents [Z, h, w], which are not scaled. */
  decode(latents: readonly Plane[], onTile?: OnTile): Promise<Plane[]>;
  dispose(): Promise<void>;
}

/** Called after each tile, or picture that is none; what it throws ends the work. */
export type OnTile = (done: number, total: number) => void;

export interface CodecOptions {
  /**
   * Side of a tile in pixels: what is larger is cut into overlapping tiles of it, as diffusers does with
   * `enable_tiling`, so that memory stays bounded. Unless told, pictures of 512 pixels a side and more are, into the
   * tiles of the autoencoder's own `sample_size`.
   */
  readonly tile?: number;
}

/**
 * How many pictures to give at a time where they are tiled: the networks of the tiles' sizes are compiled anew for each
 * call.
 */
export const CODEC_GROUP = 8;

/** As many as eight of 1024 x 1024 have; as numbers these take 100 MB, and the pieces of their tiles as much again. */
const MOST_PIXELS = CODEC_GROUP * 1024 * 1024;

/**
 * How many pictures of so many pixels to give at a time: `CODEC_GROUP`, and fewer large ones, which would not fit in
 * memory together.
 */
export const groupOf = (pixels: number): number => Math.max(1, Math.min(CODEC_GROUP, Math.floor(MOST_PIXELS / pixels)));

const TILED_FROM = 512;

type Kind = "encode" | "decode";

export function openCodec(file: AutoencoderFile, engine: Engine, { tile }: CodecOptions = {}): Codec {
  const { config, path } = file;
  const factor = downsampling(config);
  const network = networkOf(file, engine);

  /**
   * Every plane through a network, tile by tile, those of one size one after the other: one network is compiled at a
   * time.
   */
  const through = async (kind: Kind, planes: readonly Plane[], onTile?: OnTile): Promise<Plane[]> => {
    const joined = planes.map((x) => inTiles(kind, x, config, tile));
    const pieces = joined.flatMap(({ pieces }) => pieces);
    const sizes = [...new Set(pieces.map(({ size }) => size))];
    const first = sizes.indexOf(network.size(kind));
    if (first > 0) sizes.unshift(...sizes.splice(first, 1)); // the one at hand
    let done = 0;
    for (const size of sizes)
      for (const piece of pieces.filter((p) => p.size === size)) {
        piece.take(await network.run(kind, piece.cut()));
        onTile?.(++done, pieces.length);
      }
    return joined.map(({ result }) => result());
  };

  const check = (what: string, { channels, height, width }: Plane, wanted: number, multiple: number) => {
    if (channels !== wanted || height % multiple !== 0 || width % multiple !== 0 || height * width === 0)
      throw new BenchError(
        "usage",
        `${path}: it ${what} of ${wanted} channels with sides that are multiples of ${multiple}, not [${channels}, ` +
          `${height}, ${width}]`,
      );
  };
  return {
    factor,
    async encode(pictures, onTile) {
      for (const x of pictures) check("encodes pictures", x, config.imageChannels, factor);
      return (await through("encode", pictures, onTile)).map(({ data }) => posterior(data));
    },
    async decode(latents, onTile) {
      for (const z of latents) check("decodes latents", z, config.latentChannels, 1);
      return through("decode", latents, onTile);
    },
    dispose: network.dispose,
  };
}

interface Piece {
  /** Height and width, for grouping. */
  readonly size: string;
  cut(): Plane;
  take(made: Plane): void;
}

/** The pieces that a plane goes through the network in, and what their results make together. */
function inTiles(
  kind: Kind,
  x: Plane,
  config: AutoencoderConfig,
  tile: number | undefined,
): { pieces: Piece[]; result(): Plane } {
  const factor = downsampling(config);
  const before = kind === "encode" ? 1 : factor; // pixels to a number along a side
  const pixels = Math.max(x.height, x.width) * before;
  const side = tile ?? (pixels >= TILED_FROM ? config.tile : pixels);
  if (pixels <= side) {
    let made: Plane | undefined;
    const take = (y: Plane) => {
      made = y;
    };
    return { pieces: [{ size: `${x.height}x${x.width}`, cut: () => x, take }], result: () => made! };
  }
  checkTile(side, factor);
  const given = tilingOf(side / before);
  const rows = tilesAlong(x.height, given);
  const columns = tilesAlong(x.width, given);
  const made: Plane[] = [];
  const pieces = rows.flatMap((row) =>
    columns.map(
      (column): Omit<Piece, "take"> => ({
        size: `${row.size}x${column.size}`,
        cut: () => cut(x, row.start, column.start, row.size, column.size),
      }),
    ),
  );
  const after: Tiling = tilingOf(kind === "encode" ? side / factor : side);
  const scaled = (length: number) => (kind === "encode" ? length / factor : length * factor);
  return {
    pieces: pieces.map((piece, n) => ({
      ...piece,
      take: (y) => {
        made[n] = y;
      },
    })),
    result() {
      const whole = joiner(made[0]!.channels, scaled(x.height), scaled(x.width), after);
      for (const [n, y] of made.entries()) whole.add(y, Math.floor(n / columns.length), n % columns.length);
      return whole.result();
    },
  };
}

function checkTile(tile: number, factor: number): void {
  if (!(Number.isInteger(tile) && tile > 0 && tile % (4 * factor) === 0))
    throw new BenchError(
      "usage",
      `tiles of ${tile} pixels: wanted a multiple of ${4 * factor}, so that a quarter of a tile is whole latent cells`,
    );
}

/** The network that was last wanted, compiled for one kind and size. */
function networkOf(file: AutoencoderFile, engine: Engine) {
  const { config } = file;
  const factor = downsampling(config);
  let at = "";
  let compiled: Compiled | undefined;
  const dispose = async () => {
    at = "";
    await compiled?.dispose();
    compiled = undefined;
  };
  const get = async (kind: Kind, { channels, height, width }: Plane): Promise<Compiled> => {
    const name = `${kind} ${height}x${width}`;
    if (compiled && name === at) return compiled;
    await dispose();
    const shapes = kind === "encode" ? encoderWeights(config) : decoderWeights(config);
    const values = file.read(shapes);
    compiled = await engine.compile(
      ({ x, ...w }) => ({ y: (kind === "encode" ? encode : decode)(w, config, x!) }),
      {
        x: { shape: [1, channels, height, width] },
        ...Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape, value: values[name]! }])),
      },
      { name },
    );
    at = name;
    return compiled;
  };
  return {
    /** Height and width that it is compiled for, if it is of this kind. */
    size: (kind: Kind): string => (at.startsWith(kind) ? at.slice(kind.length + 1) : ""),
    async run(kind: Kind, x: Plane): Promise<Plane> {
      const y = (await (await get(kind, x)).run({ x: x.data })).y as Float32Array;
      return kind === "encode"
        ? { data: y, channels: 2 * config.latentChannels, height: x.height / factor, width: x.width / factor }
        : { data: y, channels: config.imageChannels, height: x.height * factor, width: x.width * factor };
    },
    dispose,
  };
}
