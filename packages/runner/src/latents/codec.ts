// A compiled autoencoder: encodes images to latent distributions and decodes latents to images. Images go through the
// network one at a time, so that a result does not depend on the other images. Large images are processed in tiles.
//
// C, Z = image and latent channels, H, W = height and width in pixels, h, w = in latent cells

import {
  type AutoencoderConfig,
  copyTile,
  createTileJoiner,
  decode,
  decoderWeights,
  downsampling,
  encode,
  encoderWeights,
  type Plane,
  type Posterior,
  posterior,
  type Tiling,
  tilesAlong,
  tilingOf,
} from "@dit-bench/autoencoder";
import type { Compiled, Engine } from "@dit-bench/compiler";
import { BenchError } from "../errors.ts";
import { firstNotFinite } from "../first-not-finite.ts";
import type { AutoencoderFile } from "./open-autoencoder.ts";

export interface Codec {
  /** Pixels along a side of a latent cell. */
  readonly factor: number;
  /** Encodes images [C, H, W] in [-1, 1] to mean and logvar [Z, h, w] each, not scaled. */
  encode(images: readonly Plane[], onTile?: OnTile): Promise<Posterior[]>;
  /** Decodes latents [Z, h, w], not scaled, to images [C, H, W]. */
  decode(latents: readonly Plane[], onTile?: OnTile): Promise<Plane[]>;
  dispose(): Promise<void>;
}

/** Called after each tile, or each image without tiles. It may throw to stop. */
export type OnTile = (done: number, total: number) => void;

export interface CodecOptions {
  /**
   * Side of a tile in pixels. Larger images are cut into overlapping tiles, like diffusers' `enable_tiling`, which
   * limits memory. Default: the autoencoder's own `sample_size` for images of 512 pixels a side and more; no tiles for
   * smaller ones.
   */
  readonly tile?: number;
}

/** Number of tiled images per call: the networks for the tile sizes are compiled once per call. */
export const CODEC_GROUP = 8;

/** The pixels of eight images of 1024 x 1024. As float32 these take 100 MB, and their tiles take as much again. */
const MOST_PIXELS = CODEC_GROUP * 1024 * 1024;

/** Number of images of this many pixels per call: `CODEC_GROUP`, and fewer if these would not fit in memory. */
export const groupOf = (pixels: number): number => Math.max(1, Math.min(CODEC_GROUP, Math.floor(MOST_PIXELS / pixels)));

const TILED_FROM = 512;

type Kind = "encode" | "decode";

export function openCodec(file: AutoencoderFile, engine: Engine, { tile }: CodecOptions = {}): Codec {
  const { config, path } = file;
  const factor = downsampling(config);
  const network = networkCache(file, engine);

  /**
   * Sends the planes through a network. Tiles of one size follow each other, so that one network is compiled at a time.
   */
  const runAll = async (kind: Kind, planes: readonly Plane[], onTile?: OnTile): Promise<Plane[]> => {
    const joined = planes.map((x) => splitIntoTiles(kind, x, config, tile));
    const pieces = joined.flatMap(({ pieces }) => pieces);
    const sizes = [...new Set(pieces.map(({ size }) => size))];
    const first = sizes.indexOf(network.size(kind));
    if (first > 0) sizes.unshift(...sizes.splice(first, 1)); // start with the size that is already compiled
    let done = 0;
    for (const size of sizes)
      for (const piece of pieces.filter((p) => p.size === size)) {
        piece.setResult(await network.run(kind, piece.cut()));
        onTile?.(++done, pieces.length);
      }
    return joined.map(({ result }) => result());
  };

  const check = (what: string, { channels, height, width }: Plane, wanted: number, multiple: number) => {
    if (channels !== wanted || height % multiple !== 0 || width % multiple !== 0 || height * width === 0)
      throw new BenchError(
        "usage",
        `${path}: it ${what} of ${wanted} channels with sides that are multiples of ${multiple}, ` +
          `not [${channels}, ${height}, ${width}]`,
      );
  };
  return {
    factor,
    async encode(images, onTile) {
      for (const x of images) check("encodes images", x, config.imageChannels, factor);
      return (await runAll("encode", images, onTile)).map(({ data }) => posterior(data));
    },
    async decode(latents, onTile) {
      for (const z of latents) check("decodes latents", z, config.latentChannels, 1);
      return runAll("decode", latents, onTile);
    },
    dispose: network.dispose,
  };
}

interface Piece {
  /** Height and width, for grouping. */
  readonly size: string;
  cut(): Plane;
  setResult(result: Plane): void;
}

/** Cuts a plane into the pieces for the network. `result` joins their results. */
function splitIntoTiles(
  kind: Kind,
  x: Plane,
  config: AutoencoderConfig,
  tile: number | undefined,
): { pieces: Piece[]; result(): Plane } {
  const factor = downsampling(config);
  const pixelsPerCell = kind === "encode" ? 1 : factor;
  const pixels = Math.max(x.height, x.width) * pixelsPerCell;
  const side = tile ?? (pixels >= TILED_FROM ? config.tile : pixels);
  if (pixels <= side) {
    let made: Plane | undefined;
    const setResult = (y: Plane) => {
      made = y;
    };
    return { pieces: [{ size: `${x.height}x${x.width}`, cut: () => x, setResult }], result: () => made! };
  }
  checkTile(side, factor);
  const given = tilingOf(side / pixelsPerCell);
  const rows = tilesAlong(x.height, given);
  const columns = tilesAlong(x.width, given);
  const made: Plane[] = [];
  const pieces = rows.flatMap((row) =>
    columns.map(
      (column): Omit<Piece, "setResult"> => ({
        size: `${row.size}x${column.size}`,
        cut: () => copyTile(x, row.start, column.start, row.size, column.size),
      }),
    ),
  );
  const after: Tiling = tilingOf(kind === "encode" ? side / factor : side);
  const scaled = (length: number) => (kind === "encode" ? length / factor : length * factor);
  return {
    pieces: pieces.map((piece, n) => ({
      ...piece,
      setResult: (y) => {
        made[n] = y;
      },
    })),
    result() {
      const whole = createTileJoiner(made[0]!.channels, scaled(x.height), scaled(x.width), after);
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

/** Compiles encoder or decoder for one size at a time, and keeps the last one. */
function networkCache(file: AutoencoderFile, engine: Engine) {
  const { config } = file;
  const factor = downsampling(config);
  let compiledFor = "";
  let compiled: Compiled | undefined;
  const dispose = async () => {
    compiledFor = "";
    await compiled?.dispose();
    compiled = undefined;
  };
  const get = async (kind: Kind, { channels, height, width }: Plane): Promise<Compiled> => {
    const name = `${kind} ${height}x${width}`;
    if (compiled && name === compiledFor) return compiled;
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
    compiledFor = name;
    return compiled;
  };
  return {
    /** The size of the compiled network, as "HxW", if it is of this kind. */
    size: (kind: Kind): string => (compiledFor.startsWith(kind) ? compiledFor.slice(kind.length + 1) : ""),
    async run(kind: Kind, x: Plane): Promise<Plane> {
      const y = (await (await get(kind, x)).run({ x: x.data })).y as Float32Array;
      const bad = firstNotFinite(y);
      if (bad >= 0)
        throw new BenchError(
          "failure",
          `${file.path}: it ${kind}s an image to values that are not finite (${y[bad]}), on engine ${engine.name}; ` +
            "choose another --engine, and check the scale of the latents",
        );
      return kind === "encode"
        ? { data: y, channels: 2 * config.latentChannels, height: x.height / factor, width: x.width / factor }
        : { data: y, channels: config.imageChannels, height: x.height * factor, width: x.width * factor };
    },
    dispose,
  };
}
