// Recognises the layout of a checkpoint, and checks that it is a whole DiT.

import { type Correspondence, correspondences, diffusersPositions, officialPositions } from "./names.ts";
import { LayoutError, type RawTensor, type TensorSource } from "./tensor-source.ts";

export type DitLayout = "official" | "diffusers";

export interface RecognisedLayout {
  readonly layout: DitLayout;
  readonly depth: number;
  readonly correspondences: readonly Correspondence[];
}

/** Names of the patch embedding in the official and in diffusers' layout: every DiT has one of them. */
export const ditAnchors = ["x_embedder.proj.weight", "pos_embed.proj.weight"] as const;

/** Recognises a DiT by the names of its tensors. @throws LayoutError that names missing and unknown tensors */
export function recogniseLayout<T extends RawTensor>({ source, tensors }: TensorSource<T>): RecognisedLayout {
  const names = [...tensors.keys()];
  const layout = tensors.has("x_embedder.proj.weight")
    ? "official"
    : tensors.has("pos_embed.proj.weight")
      ? "diffusers"
      : undefined;
  if (!layout)
    throw new LayoutError(
      `${source}: no DiT: wanted a tensor ${ditAnchors[0]} (facebookresearch) or ${ditAnchors[1]} (diffusers), ` +
        `found ${list(names)}`,
    );
  const block = layout === "official" ? /^blocks\.(\d+)\./ : /^transformer_blocks\.(\d+)\./;
  const depth = new Set(names.flatMap((name) => block.exec(name)?.[1] ?? [])).size;
  if (depth === 0) throw new LayoutError(`${source}: a DiT without blocks: found ${list(names)}`);
  const table = correspondences(depth);
  const wanted = new Set(table.flatMap(({ official, diffusers }) => (layout === "official" ? [official] : diffusers)));
  const optional = layout === "official" ? officialPositions : diffusersPositions;
  const missing = [...wanted].filter((name) => !tensors.has(name));
  const strange = names.filter((name) => !wanted.has(name) && name !== optional);
  const article = layout === "official" ? "an official" : "a diffusers";
  if (missing.length > 0)
    throw new LayoutError(`${source}: ${article} DiT of ${depth} blocks has ${list(missing)} too; not found`);
  if (strange.length > 0) throw new LayoutError(`${source}: ${article} DiT has no ${list(strange)}`);
  return { layout, depth, correspondences: table };
}

const list = (names: readonly string[]): string =>
  names.length === 0
    ? "no tensors"
    : names
        .slice(0, 4)
        .map((name) => JSON.stringify(name.slice(0, 120)))
        .join(", ") + (names.length > 4 ? ` and ${names.length - 4} more` : "");
