// A checkpoint of either layout under the names of the other. Nothing is read before it is asked for.

import { recogniseLayout } from "./layout.ts";
import { diffusersPositions, officialPositions } from "./names.ts";
import { checkPositions, gridSide, positions } from "./positions.ts";
import { checkAlike, joined, joinedShape, rows, sameBytes } from "./rows.ts";
import { LayoutError, type RawTensor, type TensorInfo, type TensorSource, type TensorView } from "./tensor-source.ts";

/**
 * Under facebookresearch's names, which are this project's: q, k and v joined, one copy of each embedder, positions computed
 * where the file has none (for `side` tokens on a side, else as its config.json says). A copy that differs from the first
 * block's in any bit is a LayoutError when that embedder is read.
 */
export function asOfficial<T extends RawTensor>(source: TensorSource<T>, side?: number): TensorView<T> {
  const { layout, correspondences } = recogniseLayout(source);
  if (layout === "official") return source;
  const info = (name: string) => source.tensors.get(name)!;
  const byName = new Map(correspondences.map((c) => [c.official, c]));
  const tensors = new Map<string, TensorInfo>();
  for (const { official, diffusers, as } of correspondences) {
    checkAlike(
      source.source,
      diffusers.map((name) => [name, info(name)]),
    );
    const first = info(diffusers[0]!);
    tensors.set(official, {
      type: first.type,
      shape: as === "copied" ? first.shape : joinedShape(diffusers.map(info)),
    });
  }
  const [width, patch] = patchEmbedding(source);
  const kept = source.tensors.get(diffusersPositions);
  const grid = kept ? 0 : gridSide(source, patch, side);
  tensors.set(officialPositions, kept ?? { type: "F32", shape: [1, grid * grid, width] });
  return {
    source: source.source,
    tensors,
    read(name) {
      if (name === officialPositions)
        return kept ? source.read(diffusersPositions) : (positions(width, grid) as RawTensor as T);
      const from = correspondent(byName, name, source.source);
      return from.as === "copied"
        ? oneOf(source, from.diffusers)
        : joined(from.diffusers.map((part) => source.read(part)));
    },
  };
}

/**
 * Under diffusers' names: q, k and v apart, the embedders copied into every block, no positions. Positions other than the
 * sines and cosines that diffusers computes are a LayoutError.
 */
export function asDiffusers<T extends RawTensor>(source: TensorSource<T>): TensorView<T> {
  const { layout, correspondences } = recogniseLayout(source);
  if (layout === "diffusers") return source;
  checkPositions(source);
  const tensors = new Map<string, TensorInfo>();
  const places = new Map<string, { readonly from: string; readonly begin: number; readonly end: number }>();
  for (const { official, diffusers, as } of correspondences) {
    const { type, shape } = source.tensors.get(official)!;
    const parts = as === "copied" ? 1 : diffusers.length;
    const height = shape[0]! / parts;
    if (!Number.isInteger(height))
      throw new LayoutError(
        `${source.source}: '${official}' is [${shape}]: wanted rows for ${diffusers.length} equal parts`,
      );
    diffusers.forEach((name, i) => {
      const begin = as === "copied" ? 0 : i * height;
      tensors.set(name, { type, shape: [height, ...shape.slice(1)] });
      places.set(name, { from: official, begin, end: begin + height });
    });
  }
  return {
    source: source.source,
    tensors,
    read(name) {
      const { from, begin, end } = correspondent(places, name, source.source);
      return rows(source.read(from), begin, end);
    },
  };
}

/** Width of the model and side of a patch, from a convolution [D, C, P, P]. */
function patchEmbedding<T extends RawTensor>({ source, tensors }: TensorSource<T>): [number, number] {
  const { shape } = tensors.get("pos_embed.proj.weight")!;
  const [width, , patch, again] = shape;
  if (shape.length === 4 && patch === again && width! % 4 === 0 && width! > 0) return [width!, patch!];
  throw new LayoutError(
    `${source}: 'pos_embed.proj.weight' is [${shape}]: wanted [width, channels, patch, patch], the width a multiple of 4`,
  );
}

/** The one tensor that all of these are. */
function oneOf<T extends RawTensor>(source: TensorSource<T>, names: readonly string[]): T {
  const [firstName, ...others] = names as readonly [string, ...string[]];
  const first = source.read(firstName);
  for (const name of others)
    if (!sameBytes(first.data, source.read(name).data))
      throw new LayoutError(
        `${source.source}: '${name}' differs from '${firstName}': a DiT has one embedder, of which diffusers keeps a copy in every block; was it fine-tuned block by block?`,
      );
  return first;
}

function correspondent<V>(names: ReadonlyMap<string, V>, name: string, source: string): V {
  const found = names.get(name);
  if (found === undefined) throw new LayoutError(`${source}: it has no tensor '${name}'`);
  return found;
}
