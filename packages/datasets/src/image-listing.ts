import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { insteadOf } from "@dit-bench/files";
import { DataError } from "./data-error.ts";

/** A file or folder that is left out, by its path below the folder given, and why. */
export interface Skipped {
  readonly file: string;
  readonly reason: string;
}

/** The images of a folder of class folders, not yet opened. */
export interface ImageListing {
  /** The folder's own name. */
  readonly name: string;
  /** By name, in byte order; `files` are paths below the folder given, "/" between their parts, in byte order. */
  readonly classes: readonly { readonly name: string; readonly files: readonly string[] }[];
  readonly skipped: readonly Skipped[];
}

/**
 * Lists the images of `folder`: one subfolder per class, named after it, with JPEG, PNG, WebP or GIF files in it or in
 * folders below it (the class is always the topmost one). Names that begin with a dot, `__MACOSX`, and files that are
 * no images are passed over; links are followed. Throws DataError where this is not a folder of at least two classes.
 */
export function listImages(folder: string): ImageListing {
  const skipped: Skipped[] = [];
  const rootImages: string[] = [];
  const classes: { name: string; files: string[] }[] = [];
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    const kind = kindOf(entry, path);
    if (kind === "folder") {
      const files = imagesBelow(path, entry.name, new Set([realpathSync(folder)]), skipped);
      if (files.length > 0) classes.push({ name: entry.name, files: files.sort(compareBytes) });
      else skipped.push({ file: entry.name, reason: "no images in this folder" });
    } else if (kind === "file" && isImageName(entry.name)) rootImages.push(entry.name);
    else if (typeof kind === "object") skipped.push({ file: entry.name, reason: kind.problem });
  }
  checkLayout(folder, classes, rootImages);
  for (const file of rootImages) skipped.push({ file, reason: "not in a class folder" });
  return { name: basename(resolve(folder)), classes, skipped: skipped.sort((a, b) => compareBytes(a.file, b.file)) };
}

/**
 * Lists every image in `folder` and below it, whatever its class: paths below the folder given, in byte order. Throws DataError where
 * there is no such folder or no image in it.
 */
export function listPictures(folder: string): {
  readonly files: readonly string[];
  readonly skipped: readonly Skipped[];
} {
  const wanted = "wanted is a folder of JPEG, PNG, WebP or GIF images";
  entriesOf(folder, wanted);
  const skipped: Skipped[] = [];
  const files = imagesBelow(folder, ".", new Set(), skipped).map((file) => file.slice("./".length));
  if (files.length === 0) throw new DataError("no-images", `no images in "${folder}": ${wanted}`);
  const named = skipped.map(({ file, reason }) => ({ file: file.slice("./".length), reason }));
  return { files: files.sort(compareBytes), skipped: named };
}

const layout = "wanted is one folder per class with its images in it, as in FOLDER/rose/1.jpg, FOLDER/tulip/2.png";

function entriesOf(folder: string, wanted = layout): Dirent[] {
  try {
    return visible(readdirSync(folder, { withFileTypes: true }));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new DataError("missing-folder", `image folder "${folder}" does not exist: ${wanted}`);
    const use = wanted === layout ? "class folders" : "images";
    if (code === "ENOTDIR") throw new DataError("not-a-folder", `"${folder}" is ${insteadOf(use, folder)}; ${wanted}`);
    throw error;
  }
}

function visible(entries: Dirent[]): Dirent[] {
  return entries
    .filter(({ name }) => !name.startsWith(".") && name !== "__MACOSX")
    .sort((a, b) => compareBytes(a.name, b.name));
}

/** Images in a folder and below it; `above` holds the real paths of the folders it lies in, against links in a circle. */
function imagesBelow(folder: string, relative: string, above: ReadonlySet<string>, skipped: Skipped[]): string[] {
  const real = realpathSync(folder);
  if (above.has(real)) {
    skipped.push({ file: relative, reason: "a link to a folder that it lies in" });
    return [];
  }
  const images: string[] = [];
  for (const entry of visible(readdirSync(folder, { withFileTypes: true }))) {
    const path = join(folder, entry.name);
    const file = `${relative}/${entry.name}`;
    const kind = kindOf(entry, path);
    if (kind === "folder") images.push(...imagesBelow(path, file, new Set([...above, real]), skipped));
    else if (typeof kind === "object") skipped.push({ file, reason: kind.problem });
    else if (isImageName(entry.name)) images.push(file);
    else if (otherImages.test(entry.name))
      skipped.push({ file, reason: "not JPEG, PNG, WebP or GIF: convert it first" });
  }
  return images;
}

function kindOf(entry: Dirent, path: string): "file" | "folder" | { problem: string } {
  let status: { isFile(): boolean; isDirectory(): boolean } = entry;
  if (entry.isSymbolicLink()) {
    try {
      status = statSync(path);
    } catch {
      return { problem: "a link to nothing" };
    }
  }
  if (status.isDirectory()) return "folder";
  return status.isFile() ? "file" : { problem: "neither a file nor a folder" };
}

function isImageName(name: string): boolean {
  return /\.(jpe?g|jpe|jfif|png|webp|gif)$/i.test(name);
}

const otherImages = /\.(avif|bmp|heic|heif|jp2|jxl|pbm|pgm|pnm|ppm|svg|tga|tiff?)$/i;
const splitName = /^(train|training|val|valid|validation|test|testing)$/i;

function checkLayout(
  folder: string,
  classes: readonly { name: string; files: readonly string[] }[],
  rootImages: readonly string[],
): void {
  const [only] = classes;
  if (only === undefined) {
    if (rootImages.length > 0)
      throw new DataError(
        "no-class-folders",
        `"${folder}" holds ${rootImages.length} images, e.g. "${rootImages[0]}", but no class folders: ${layout}`,
      );
    throw new DataError("no-images", `no JPEG, PNG, WebP or GIF images in "${folder}": ${layout}`);
  }
  const nested = classes.every(({ files }) => files.every((file) => file.split("/").length > 2));
  if (nested && classes.every(({ name }) => splitName.test(name)))
    throw new DataError(
      "splits",
      `"${folder}" holds splits (${classes.map(({ name }) => name).join(", ")}), not classes: give one of them, e.g. "${join(folder, only.name)}"`,
    );
  if (classes.length === 1) {
    const hint = nested ? `; perhaps "${join(folder, only.name)}" was meant` : "";
    throw new DataError(
      "one-class",
      `"${folder}" holds one class, "${only.name}": at least two are needed${hint}; ${layout}`,
    );
  }
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
