// Recognises what `bench fid` or `bench features` is given: a folder of images, images in one array, or features.

import { existsSync, statSync } from "node:fs";
import { describeWrongFile, fileKind } from "@dit-bench/files";
import { printable } from "@dit-bench/text";
import { type ArrayFile, openArrays } from "@dit-bench/weights";
import { BenchError } from "../errors.ts";
import { hasFeatures, readFeatureArray, readFeatureFile } from "./feature-file.ts";
import type { FeatureSet } from "./feature-set.ts";
import { asImageArray, type ImageArray } from "./image-array.ts";

export type SetSource =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "images"; readonly path: string; readonly images: ImageArray }
  | {
      readonly kind: "features";
      readonly path: string;
      /** For the user: which of several contents is used. */
      readonly note?: string;
      read(): Promise<FeatureSet>;
    };

const wantedText =
  "wanted a folder of images, a .npz or .npy with images [N, H, W, 3] of uint8, or features or statistics as .npz or " +
  ".safetensors";

/** Recognises the content of a path; its extension does not matter. Reads no images or features yet. */
export async function openSet(path: string): Promise<SetSource> {
  if (!existsSync(path)) throw new BenchError("data", `${path}: there is no such file or folder; ${wantedText}`);
  const status = statSync(path);
  if (status.isDirectory()) return { kind: "folder", path };
  const title = status.isFile() ? fileKind(path).title : "";
  if (title === "a safetensors file")
    return { kind: "features", path, read: () => readFeatureFile(path, "safetensors") };
  if (!title.startsWith("a NumPy"))
    throw new BenchError("data", `${path}: ${describeWrongFile("images", path)}; ${wantedText}`);
  return ofArrays(await openArrays(path));
}

function ofArrays(file: ArrayFile): SetSource {
  const { path, format, arrays } = file;
  const found = [...arrays].map(([name, info]) => ({ name, info, images: asImageArray(info) }));
  const usable = found.flatMap(({ name, images }) => (typeof images === "object" ? [{ name, images }] : []));
  if (format === "npz" && hasFeatures(file)) {
    const note =
      usable.length > 0
        ? `${path}: the statistics or features that it holds are used; its images, ` +
          `${printable(usable[0]!.name)}, are not measured`
        : undefined;
    return { kind: "features", path, ...(note ? { note } : {}), read: () => readFeatureFile(path, "npz") };
  }
  // Of several arrays of images, the one with three channels is used: others are masks, or the same images in gray.
  const best = usable.length > 1 ? usable.filter(({ images }) => images.channels === 3) : usable;
  if (best.length === 1) {
    const [{ name, images }] = best as [(typeof best)[number]];
    return { kind: "images", path, images: { ...images, file, name } };
  }
  const features = found.filter(({ info: { type, shape } }) => ["F32", "F64"].includes(type) && shape.length === 2);
  if (usable.length === 0 && features.length === 1) {
    const [{ name }] = features as [(typeof features)[number]];
    return { kind: "features", path, read: () => readFeatureArray(file, name) };
  }
  const near = found.find(({ images }) => typeof images === "string");
  const problem = usable.length > 1 ? "several arrays of images: save one of them alone" : near?.images;
  throw new BenchError("data", `${path}: it holds ${contents(file)}${problem ? `; ${problem}` : `; ${wantedText}`}`);
}

/** For messages: "arr_0 [8, 32, 32, 3] F32, arr_1 [8] I64". The array of a .npy has no name. */
function contents({ format, arrays, unreadable }: ArrayFile): string {
  const all = [
    ...[...arrays].map(([name, { type, shape }]) => [name, `[${shape.join(", ")}] ${type}`]),
    ...[...unreadable.keys()].map((name) => [name, "(not readable)"]),
  ];
  const texts = all.map(([name, what]) =>
    format === "npy" ? `an array ${what}` : `${printable(name!.slice(0, 80))} ${what}`,
  );
  return texts.slice(0, 6).join(", ") + (texts.length > 6 ? ` and ${texts.length - 6} more` : "") || "no arrays";
}
