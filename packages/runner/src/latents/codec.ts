// An autoencoder that runs: pictures to moments, latents to pictures, one at a time, so that what comes out does not depend on which others
// there are. Large ones go through in tiles.
//
// C, Z = image and latent channels, H, W = height and width in pixels, h, w = in latent cells

import {
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
  tilesAlong,
  tilingOf,
} from "@dit-bench/autoencoder";
import type { Compiled, Engine } from "@dit-bench/compiler";
import { BenchError } from "../errors.ts";
import type { AutoencoderFile } from "./open-autoencoder.ts";

export interface Codec {
  /** Of a picture [C, H, W] in [-1, 1]: mean and logvar [Z, h, w], not scaled. */
  encode(picture: Plane): Promise<Posterior>;
  /** The picture [C, H, W] of a latent [Z, h, w], which is not scaled. */
  decode(latent: Plane): Promise<Plane>;
  dispose(): Promise<void>;
}

export interface CodecOptions {
  /**
   * Side of a tile in pixels: what is larger is cut into overlapping tiles of it, as diffusers does with `enable_tiling`, so that memory stays
   * bounded. Unless told, pictures of 512 pixels a side and more are, into the tiles of the autoencoder's own `sample_size`.
   */
  readonly tile?: number;
}

const TILED_FROM = 512;

/** Whole and last tiles along two sides make four networks; they are kept of one kind, encoders or decoders. */
const NETWORKS = 4;

type Kind = "encode" | "decode";

export function openCodec(file: AutoencoderFile, engine: Engine, { tile }: CodecOptions = {}): Codec {
  const { config, path } = file;
  const factor = downsampling(config);
  const compiled = networks(file, engine);

  /** Runs a plane of `from` channels through a network, whole or in tiles of `most` pixels a side. */
  const through = async (kind: Kind, x: Plane): Promise<Plane> => {
    const [before, after] = kind === "encode" ? [1, factor] : [factor, 1]; // pixels to a cell
    const pixels = Math.max(x.height, x.width) * before;
    const side = tile ?? (pixels >= TILED_FROM ? config.tile : pixels);
    if (pixels <= side) return compiled.run(kind, x);
    checkTile(side, factor);
    const [given, made] = [tilingOf(side / before), tilingOf(side / after)];
    const channels = kind === "encode" ? 2 * config.latentChannels : config.imageChannels;
    const whole = joiner(channels, (x.height * before) / after, (x.width * before) / after, made);
    for (const [i, row] of tilesAlong(x.height, given).entries())
      for (const [j, column] of tilesAlong(x.width, given).entries())
        whole.add(await compiled.run(kind, cut(x, row.start, column.start, row.size, column.size)), i, j);
    return whole.result();
  };

  return {
    async encode(picture) {
      const { channels, height, width } = picture;
      if (channels !== config.imageChannels || height % factor !== 0 || width % factor !== 0)
        throw new BenchError(
          "usage",
          `${path}: it encodes pictures of ${config.imageChannels} channels whose sides are multiples of ${factor}, not [${channels}, ${height}, ${width}]`,
        );
      return posterior((await through("encode", picture)).data);
    },
    async decode(latent) {
      const { channels, height, width } = latent;
      if (channels !== config.latentChannels)
        throw new BenchError(
          "usage",
          `${path}: it decodes latents of ${config.latentChannels} channels, not [${channels}, ${height}, ${width}]`,
        );
      return through("decode", latent);
    },
    dispose: compiled.dispose,
  };
}

function checkTile(tile: number, factor: number): void {
  if (!(Number.isInteger(tile) && tile > 0 && tile % (4 * factor) === 0))
    throw new BenchError(
      "usage",
      `tiles of ${tile} pixels: wanted a multiple of ${4 * factor}, so that a quarter of a tile is whole latent cells`,
    );
}

/** Networks by kind and size, compiled when they are first wanted; the one not used for longest goes first. */
function networks(file: AutoencoderFile, engine: Engine) {
  const kept = new Map<string, Compiled>();
  const get = async (kind: Kind, { channels, height, width }: Plane): Promise<Compiled> => {
    const key = `${kind} ${height}x${width}`;
    const known = kept.get(key);
    if (known) {
      kept.delete(key);
      kept.set(key, known);
      return known;
    }
    const others = [...kept.keys()].filter((name) => !name.startsWith(kind));
    const surplus = others.length > 0 || kept.size < NETWORKS ? others : [...kept.keys()].slice(0, 1);
    for (const name of surplus) {
      await kept.get(name)!.dispose();
      kept.delete(name);
    }
    const { config } = file;
    const shapes = kind === "encode" ? encoderWeights(config) : decoderWeights(config);
    const values = file.read(shapes);
    const network = await engine.compile(
      ({ x, ...w }) => ({ y: (kind === "encode" ? encode : decode)(w, config, x!) }),
      {
        x: { shape: [1, channels, height, width] },
        ...Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape, value: values[name]! }])),
      },
      { name: `${kind} ${height}x${width}` },
    );
    kept.set(key, network);
    return network;
  };
  return {
    async run(kind: Kind, x: Plane): Promise<Plane> {
      const { config } = file;
      const network = await get(kind, x);
      const y = (await network.run({ x: x.data })).y as Float32Array;
      const factor = downsampling(config);
      return kind === "encode"
        ? { data: y, channels: 2 * config.latentChannels, height: x.height / factor, width: x.width / factor }
        : { data: y, channels: config.imageChannels, height: x.height * factor, width: x.width * factor };
    },
    async dispose(): Promise<void> {
      for (const network of kept.values()) await network.dispose();
      kept.clear();
    },
  };
}
