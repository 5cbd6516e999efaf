// Lists the images of a folder by their names; no file is opened here.

import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { describeWrongFile, diskPath, isIgnoredName, nameText, unreadableReason } from "@dit-bench/files";
import { isImageName, readableFormats, unreadableByName } from "@dit-bench/images";
import { printable, quantity } from "@dit-bench/text";
import { DataError } from "../data-error.ts";
import { compareBytes, compareNatural } from "./natural-order.ts";

/** A file or folder that is left out, and why. */
export interface Skipped {
  /** Path below the listed folder. */
  readonly file: string;
  readonly reason: string;
  /** True for an entry that cannot be an image; strict loading accepts that it is left out. */
  readonly harmless?: true | undefined;
}

/** The image files of a folder of class folders. */
export interface ImageListing {
  /** The folder's own name. */
  readonly name: string;
  /**
   * The classes in natural order of their names. `files` are paths below the listed folder with "/" as separator, in
   * byte order. Names that are not safe text are escaped (`nameText`), so open the path that `diskPath` gives.
   */
  readonly classes: readonly { readonly name: string; readonly files: readonly string[] }[];
  readonly skipped: readonly Skipped[];
}

/**
 * Lists the images of a folder with one subfolder per class; images in nested folders belong to the topmost one. A
 * folder of images without class folders is one class, named after the folder. Hidden files and files that operating
 * systems create (`isIgnoredName`) are ignored, symbolic links are followed, and unreadable files are listed as
 * skipped. Throws DataError for a folder that is missing, has no images, or holds train and test folders, or a single
 * folder of class folders.
 */
export function listImages(folder: string): ImageListing {
  const skipped: Skipped[] = [];
  const rootImages: string[] = [];
  const classes: { name: string; files: string[] }[] = [];
  const entries = topEntries(folder, expectedLayout);
  const ancestors = new Set([realPath(folder)]);
  let unreadableBelow = 0;
  for (const { name, kind } of entries) {
    if (kind === "folder") {
      const skippedBefore = skipped.length;
      const files = imagesBelow(folder, name, ancestors, skipped);
      unreadableBelow += skipped.slice(skippedBefore).filter(({ harmless }) => !harmless).length;
      if (files.length > 0) classes.push({ name, files: files.sort(compareBytes) });
      else if (skipped.length === skippedBefore)
        skipped.push({ file: name, reason: "no images in this folder", harmless: true });
    } else if (kind === "file") addFile(name, name, rootImages, skipped);
    else skipped.push({ file: name, ...kind });
  }
  const name = nameText(Buffer.from(basename(resolve(folder)))) || "images";
  if (classes.length === 0 && rootImages.length > 0) {
    if (unreadableBelow > rootImages.length) throw unreadableClasses(folder, rootImages.length, skipped);
    classes.push({ name, files: rootImages });
  } else {
    if (classes.length === 0) throw noImages(folder, skipped, expectedLayout);
    checkLayout(folder, classes, rootImages);
    for (const file of rootImages) skipped.push({ file, reason: "not in a class folder" });
  }
  return {
    name,
    classes: classes.sort((a, b) => compareNatural(a.name, b.name)),
    skipped: skipped.sort((a, b) => compareBytes(a.file, b.file)),
  };
}

/**
 * Lists every image in `folder` and below it without regard to classes: paths below `folder` (see `diskPath`), in byte
 * order. Throws DataError for a folder that is missing or has no images.
 */
export function listAllImages(folder: string): {
  readonly files: readonly string[];
  readonly skipped: readonly Skipped[];
} {
  const expected = `expected a folder of ${readableFormats} images`;
  topEntries(folder, expected);
  const skipped: Skipped[] = [];
  const files = imagesBelow(folder, "", new Set(), skipped);
  if (files.length === 0) throw noImages(folder, skipped, expected);
  return { files: files.sort(compareBytes), skipped };
}

const expectedLayout =
  "expected one folder per class with its images in it, as in FOLDER/rose/1.jpg, FOLDER/tulip/2.png";

function noImages(folder: string, skipped: readonly Skipped[], expected: string): DataError {
  const first = skipped.find(({ harmless }) => !harmless);
  const exampleText = first === undefined ? "" : ` (left out ${first.file}: ${first.reason})`;
  return new DataError("no-images", `no images in "${printable(folder)}"${exampleText}: ${expected}`);
}

/** The error for class folders of unreadable images beside fewer readable images, which are therefore no class. */
function unreadableClasses(folder: string, images: number, skipped: readonly Skipped[]): DataError {
  const unreadable = skipped.filter(({ file, harmless }) => !harmless && file.includes("/"));
  const example = unreadable[0] === undefined ? "" : ` (${unreadable[0].file}: ${unreadable[0].reason})`;
  return new DataError(
    "unreadable-images",
    `"${printable(folder)}" holds ${quantity(images, "image")} and folders with ` +
      `${quantity(unreadable.length, "image")} that cannot be read${example}; ` +
      "convert those, or move the readable ones into a folder of their own",
  );
}

interface Entry {
  readonly name: string;
  readonly kind: "file" | "folder" | Omit<Skipped, "file">;
}

/** The entries of the folder that the user gave. Throws DataError if it cannot be read. */
function topEntries(folder: string, expected: string): Entry[] {
  try {
    return entriesOf(folder, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const folderText = printable(folder);
    if (code === "ENOENT" && folder.startsWith("~"))
      throw new DataError(
        "missing-folder",
        `image folder "${folderText}" does not exist: the shell did not expand "~"; ` +
          'write $HOME, or remove the quotes or the "="',
      );
    if (code === "ENOENT")
      throw new DataError("missing-folder", `image folder "${folderText}" does not exist: ${expected}`);
    const contentText = expected === expectedLayout ? "class folders" : "images";
    if (code === "ENOTDIR")
      throw new DataError("not-a-folder", `"${folderText}" is ${describeWrongFile(contentText, folder)}; ${expected}`);
    if (code === "ELOOP" || code === "ENAMETOOLONG" || code === "ESTALE")
      throw new DataError("missing-folder", `image folder "${folderText}" cannot be read (${code}): ${expected}`);
    if (code === "EACCES" || code === "EPERM")
      throw new DataError(
        "missing-folder",
        `image folder "${folderText}" cannot be read (${code}); ask for its permissions`,
      );
    throw error;
  }
}

/** The entries of the folder `relative` below `folder`, in byte order. Throws the system's error. */
function entriesOf(folder: string, relative: string): Entry[] {
  return readdirSync(diskPath(folder, relative), { withFileTypes: true, encoding: "buffer" })
    .map((entry) => ({ entry, name: nameText(entry.name) }))
    .filter(({ name }) => !isIgnoredName(name))
    .sort((a, b) => Buffer.compare(a.entry.name, b.entry.name))
    .map(({ entry, name }) => ({ name, kind: kindOf(entry, name, diskPath(folder, pathOf(relative, name))) }));
}

const pathOf = (relative: string, name: string): string => (relative === "" ? name : `${relative}/${name}`);

/**
 * Returns the images in the folder `relative` and below it, as paths below `folder`. Unreadable files are added to
 * `skipped`.
 *
 * @param ancestors real paths of the folders that contain it, to detect cyclic links
 */
function imagesBelow(folder: string, relative: string, ancestors: ReadonlySet<string>, skipped: Skipped[]): string[] {
  let entries: Entry[];
  let realFolder: string;
  try {
    realFolder = realPath(diskPath(folder, relative));
    if (ancestors.has(realFolder)) {
      skipped.push({ file: relative, reason: "a link to a folder that contains it", harmless: true });
      return [];
    }
    entries = entriesOf(folder, relative);
  } catch (error) {
    skipped.push({ file: relative, reason: unreadableReason(error) });
    return [];
  }
  const images: string[] = [];
  for (const { name, kind } of entries) {
    const file = pathOf(relative, name);
    if (kind === "folder") images.push(...imagesBelow(folder, file, new Set([...ancestors, realFolder]), skipped));
    else if (kind === "file") addFile(file, name, images, skipped);
    else skipped.push({ file, ...kind });
  }
  return images;
}

/** Adds the file to `images` or, if its extension belongs to an unreadable format, to `skipped`. */
function addFile(file: string, name: string, images: string[], skipped: Skipped[]): void {
  const kind = unreadableByName(name);
  if (kind !== undefined) skipped.push({ file, reason: kind });
  else if (isImageName(name)) images.push(file);
}

function kindOf(entry: Dirent<Buffer>, name: string, path: string | Buffer): Entry["kind"] {
  let status: { isFile(): boolean; isDirectory(): boolean } = entry;
  // A file with another extension than an image's is harmless; a name without extension may be a folder of images.
  const harmless = isImageName(name) || !/\.\w{1,5}$/.test(name) ? {} : { harmless: true as const };
  if (entry.isSymbolicLink()) {
    try {
      status = statSync(path);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      return { reason: missing ? "a broken link" : unreadableReason(error), ...harmless };
    }
  }
  if (status.isDirectory()) return "folder";
  return status.isFile() ? "file" : { reason: "neither a file nor a folder", ...harmless };
}

/** As Latin-1 text, which preserves every byte. Only the native function accepts names that are not UTF-8. */
const realPath = (path: string | Buffer): string => realpathSync.native(path, "buffer").toString("latin1");

const splitName = /^(train|training|val|valid|validation|test|testing)$/i;

function checkLayout(
  folder: string,
  classes: readonly { name: string; files: readonly string[] }[],
  rootImages: readonly string[],
): void {
  const folderText = printable(folder);
  const [first] = classes;
  if (first === undefined) return;
  const nested = classes.every(({ files }) => files.every((file) => file.split("/").length > 2));
  const firstPath = `"${printable(join(folder, first.name))}"`;
  if (classes.every(({ name }) => splitName.test(name)) && (nested || classes.length > 1))
    throw new DataError(
      "splits",
      `"${folderText}" holds splits (${classes.map(({ name }) => name).join(", ")}), not classes: ` +
        `give one of them, such as ${firstPath}`,
    );
  if (classes.length > 1) return;
  if (nested)
    throw new DataError(
      "one-class",
      `"${folderText}" holds one folder, "${first.name}", with folders in it: ` +
        `did you mean ${firstPath}? ${expectedLayout}`,
    );
  if (rootImages.length > first.files.length)
    throw new DataError(
      "one-class",
      `"${folderText}" holds ${rootImages.length} images and one folder with images, ` +
        `"${first.name}" (${first.files.length}); move the images into a folder per class, ` +
        `or "${first.name}" elsewhere for one class`,
    );
}
