// Which images lie in a folder of the user's, by their names alone: none is opened here.

import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { diskPath, insteadOf, isPassedOver, nameText, unreadableReason } from "@dit-bench/files";
import { isImageName, readableFormats, unreadableByName } from "@dit-bench/images";
import { printable, quantity } from "@dit-bench/text";
import { DataError } from "../data-error.ts";
import { compareBytes, compareNatural } from "./natural-order.ts";

/** A file or folder that is left out, by its path below the folder given, and why. */
export interface Skipped {
  readonly file: string;
  readonly reason: string;
  /** No image can be lost with it, so it is no error where strictness is asked for. */
  readonly harmless?: true | undefined;
}

/** The images of a folder of class folders, not yet opened. */
export interface ImageListing {
  /** The folder's own name. */
  readonly name: string;
  /**
   * In natural order of their names. `files` are paths below the folder given, "/" between their parts, in byte order;
   * `diskPath` gives the path to open, since names are escaped where they are no safe text (`nameText`).
   */
  readonly classes: readonly { readonly name: string; readonly files: readonly string[] }[];
  readonly skipped: readonly Skipped[];
}

/**
 * Lists the images of `folder`: one subfolder per class, named after it, with images in it or in folders below it (the class
 * is always the topmost one). A folder with images and no class folders is one class, named after the folder. Hidden names
 * and those that systems make (`isPassedOver`) are passed over; links are followed; what cannot be read is left out by name.
 * Throws DataError where the folder is missing, or holds no images, splits, or a folder of class folders.
 */
export function listImages(folder: string): ImageListing {
  const skipped: Skipped[] = [];
  const rootImages: string[] = [];
  const classes: { name: string; files: string[] }[] = [];
  const entries = topEntries(folder, layout);
  const above = new Set([realPath(folder)]);
  let lostBelow = 0;
  for (const { name, kind } of entries) {
    if (kind === "folder") {
      const before = skipped.length;
      const files = imagesBelow(folder, name, above, skipped);
      lostBelow += skipped.slice(before).filter(({ harmless }) => !harmless).length;
      if (files.length > 0) classes.push({ name, files: files.sort(compareBytes) });
      else if (skipped.length === before)
        skipped.push({ file: name, reason: "no images in this folder", harmless: true });
    } else if (kind === "file") takeFile(name, name, rootImages, skipped);
    else skipped.push({ file: name, ...kind });
  }
  const name = nameText(Buffer.from(basename(resolve(folder)))) || "images";
  if (classes.length === 0 && rootImages.length > 0) {
    if (lostBelow > rootImages.length) throw unreadableClasses(folder, rootImages.length, skipped);
    classes.push({ name, files: rootImages });
  } else {
    if (classes.length === 0) throw noImages(folder, skipped, layout);
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
 * Lists every image in `folder` and below it, whatever its class: paths below the folder given (see `diskPath`), in byte order.
 * Throws DataError where there is no such folder or no image in it.
 */
export function listPictures(folder: string): {
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

const layout = "expected one folder per class with its images in it, as in FOLDER/rose/1.jpg, FOLDER/tulip/2.png";

function noImages(folder: string, skipped: readonly Skipped[], expected: string): DataError {
  const first = skipped.find(({ harmless }) => !harmless);
  const because = first === undefined ? "" : ` (left out ${first.file}: ${first.reason})`;
  return new DataError("no-images", `no images in "${printable(folder)}"${because}: ${expected}`);
}

/** Few images beside folders of many that cannot be read: those are the classes, and a cover or a scan is not. */
function unreadableClasses(folder: string, images: number, skipped: readonly Skipped[]): DataError {
  const lost = skipped.filter(({ file, harmless }) => !harmless && file.includes("/"));
  const example = lost[0] === undefined ? "" : ` (${lost[0].file}: ${lost[0].reason})`;
  return new DataError(
    "unreadable-images",
    `"${printable(folder)}" holds ${quantity(images, "image")} and folders with ${quantity(lost.length, "image")} that cannot be ` +
      `read${example}; convert those, or move the others into a folder of their own to train on them alone`,
  );
}

interface Entry {
  readonly name: string;
  readonly kind: "file" | "folder" | Omit<Skipped, "file">;
}

/** What lies in the folder that the user named. */
function topEntries(folder: string, expected: string): Entry[] {
  try {
    return entriesOf(folder, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const named = printable(folder);
    if (code === "ENOENT" && folder.startsWith("~"))
      throw new DataError(
        "missing-folder",
        `image folder "${named}" does not exist: the shell left "~" as it is; write $HOME, or leave out the quotes or the "="`,
      );
    if (code === "ENOENT") throw new DataError("missing-folder", `image folder "${named}" does not exist: ${expected}`);
    const use = expected === layout ? "class folders" : "images";
    if (code === "ENOTDIR") throw new DataError("not-a-folder", `"${named}" is ${insteadOf(use, folder)}; ${expected}`);
    if (code === "ELOOP" || code === "ENAMETOOLONG" || code === "ESTALE")
      throw new DataError("missing-folder", `image folder "${named}" cannot be read (${code}): ${expected}`);
    if (code === "EACCES" || code === "EPERM")
      throw new DataError(
        "missing-folder",
        `image folder "${named}" cannot be read (${code}); ask for its permissions`,
      );
    throw error;
  }
}

/** What lies in a folder below `folder`, in byte order. Throws the system's error where it cannot be read. */
function entriesOf(folder: string, relative: string): Entry[] {
  return readdirSync(diskPath(folder, relative), { withFileTypes: true, encoding: "buffer" })
    .map((entry) => ({ entry, name: nameText(entry.name) }))
    .filter(({ name }) => !isPassedOver(name))
    .sort((a, b) => Buffer.compare(a.entry.name, b.entry.name))
    .map(({ entry, name }) => ({ name, kind: kindOf(entry, name, diskPath(folder, below(relative, name))) }));
}

const below = (relative: string, name: string): string => (relative === "" ? name : `${relative}/${name}`);

/**
 * Images in the folder `relative` and below it, all paths below `folder`. What cannot be read is added to `skipped`.
 *
 * @param above real paths of the folders it lies in, against links in a circle
 */
function imagesBelow(folder: string, relative: string, above: ReadonlySet<string>, skipped: Skipped[]): string[] {
  let entries: Entry[];
  let real: string;
  try {
    real = realPath(diskPath(folder, relative));
    if (above.has(real)) {
      skipped.push({ file: relative, reason: "a link to a folder that it lies in", harmless: true });
      return [];
    }
    entries = entriesOf(folder, relative);
  } catch (error) {
    skipped.push({ file: relative, reason: unreadableReason(error) });
    return [];
  }
  const images: string[] = [];
  for (const { name, kind } of entries) {
    const file = below(relative, name);
    if (kind === "folder") images.push(...imagesBelow(folder, file, new Set([...above, real]), skipped));
    else if (kind === "file") takeFile(file, name, images, skipped);
    else skipped.push({ file, ...kind });
  }
  return images;
}

function takeFile(file: string, name: string, images: string[], skipped: Skipped[]): void {
  const kind = unreadableByName(name);
  if (kind !== undefined) skipped.push({ file, reason: kind });
  else if (isImageName(name)) images.push(file);
}

function kindOf(entry: Dirent<Buffer>, name: string, path: string | Buffer): Entry["kind"] {
  let status: { isFile(): boolean; isDirectory(): boolean } = entry;
  // What is certainly no image by its name is no loss; a name without an ending may be a folder of images.
  const harmless = isImageName(name) || !/\.\w{1,5}$/.test(name) ? {} : { harmless: true as const };
  if (entry.isSymbolicLink()) {
    try {
      status = statSync(path);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      return { reason: missing ? "a link to nothing" : unreadableReason(error), ...harmless };
    }
  }
  if (status.isDirectory()) return "folder";
  return status.isFile() ? "file" : { reason: "neither a file nor a folder", ...harmless };
}

/** The native form takes names that are not UTF-8; Latin-1 keeps every byte. */
const realPath = (path: string | Buffer): string => realpathSync.native(path, "buffer").toString("latin1");

const splitName = /^(train|training|val|valid|validation|test|testing)$/i;

function checkLayout(
  folder: string,
  classes: readonly { name: string; files: readonly string[] }[],
  rootImages: readonly string[],
): void {
  const named = printable(folder);
  const [only] = classes;
  if (only === undefined) return;
  const nested = classes.every(({ files }) => files.every((file) => file.split("/").length > 2));
  const inOnly = `"${printable(join(folder, only.name))}"`;
  if (classes.every(({ name }) => splitName.test(name)) && (nested || classes.length > 1))
    throw new DataError(
      "splits",
      `"${named}" holds splits (${classes.map(({ name }) => name).join(", ")}), not classes: give one of them, e.g. ${inOnly}`,
    );
  if (classes.length > 1) return;
  if (nested)
    throw new DataError(
      "one-class",
      `"${named}" holds one folder, "${only.name}", with folders in it; perhaps ${inOnly} was meant: ${layout}`,
    );
  if (rootImages.length > only.files.length)
    throw new DataError(
      "one-class",
      `"${named}" holds ${rootImages.length} images and one folder with images, "${only.name}" (${only.files.length}); ` +
        `move the images into a folder per class, or "${only.name}" elsewhere for one class`,
    );
}
