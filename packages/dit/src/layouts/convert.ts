// Views of a checkpoint in the other layout's names and shapes. A view reads a tensor only when it is asked for.

import { recogniseLayout } from "./layout.ts";
import { diffusersPositions, officialPositions } from "./names.ts";
import { checkPositions, gridSide, positions } from "./positions.ts";
import { checkSameShape, joinedShape, joinRows, sameBytes, sliceRows } from "./rows.ts";
import { LayoutError, type RawTensor, type TensorInfo, type TensorSource, type TensorView } from "./tensor-source.ts";

/**
 * The checkpoint in the official layout, which this project uses: q, k and v are one tensor, and there is one copy of
 * each embedder. Positions are computed if the file has none.
 *
 * @param side tokens on a side; by default what config.json gives
 * @throws LayoutError if the checkpoint is not a whole DiT; on reading an embedder whose copies differ in any bit
 */
export function asOfficial<T extends RawTensor>(source: TensorSource<T>, side?: number): TensorView<T> {
  const { layout, correspondences } = recogniseLayout(source);
  if (layout === "official") return source;
  const info = (name: string) => source.tensors.get(name)!;
  const byName = new Map(correspondences.map((c) => [c.official, c]));
  const tensors = new Map<string, TensorInfo>();
  for (const { official, diffusers, as } of correspondences) {
    checkSameShape(
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
  const stored = source.tensors.get(diffusersPositions);
  const grid = stored ? 0 : gridSide(source, patch, side);
  tensors.set(officialPositions, stored ?? { type: "F32", shape: [1, grid * grid, width] });
  return {
    source: source.source,
    tensors,
    read(name) {
      if (name === officialPositions)
        return stored ? source.read(diffusersPositions) : (positions(width, grid) as RawTensor as T);
      const from = correspondent(byName, name, source.source);
      return from.as === "copied"
        ? readCopies(source, from.diffusers)
        : joinRows(from.diffusers.map((part) => source.read(part)));
    },
  };
}

/**
 * The checkpoint in diffusers' layout: q, k and v are three tensors, every block has a copy of the embedders, and there
 * are no positions.
 *
 * @throws LayoutError if the checkpoint is not a whole DiT, or its positions are not the ones that diffusers computes
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
      return sliceRows(source.read(from), begin, end);
    },
  };
}

/** Width of the model and side of a patch, from a convolution [D, C, P, P]. */
function patchEmbedding<T extends RawTensor>({ source, tensors }: TensorSource<T>): [number, number] {
  const { shape } = tensors.get("pos_embed.proj.weight")!;
  const [width, , patch, again] = shape;
  if (shape.length === 4 && patch === again && width! % 4 === 0 && width! > 0) return [width!, patch!];
  throw new LayoutError(
    `${source}: 'pos_embed.proj.weight' is [${shape}]: wanted [width, channels, patch, patch], ` +
      "with a width that is a multiple of 4",
  );
}

/** Reads copies of one tensor. @throws LayoutError if they differ */
function readCopies<T extends RawTensor>(source: TensorSource<T>, names: readonly string[]): T {
  const [firstName, ...others] = names as readonly [string, ...string[]];
  const first = source.read(firstName);
  for (const name of others)
    if (!sameBytes(first.data, source.read(name).data))
      throw new LayoutError(
        `${source.source}: '${name}' differs from '${firstName}': a DiT has one embedder, and diffusers stores ` +
          "a copy in every block; was it fine-tuned block by block?",
      );
  return first;
}

function correspondent<V>(names: ReadonlyMap<string, V>, name: string, source: string): V {
  const found = names.get(name);
  if (found === undefined) throw new LayoutError(`${source}: it has no tensor '${name}'`);
  return found;
}
