// Advice for a user who gave one kind of file where another is wanted.

import { statSync } from "node:fs";
import { printable } from "@dit-bench/text";
import { type FileGroup, type FileKind, fileKind } from "./file-kind.ts";

/** What the file was given for. */
export type WantedFile = "class folders" | "images" | "weights";

/**
 * What `path` is and what to do, for a message: `a zip archive of images; unpack it and give the folder`. The caller
 * says what is wanted. A file that cannot be opened is described as that.
 */
export function insteadOf(wanted: WantedFile, path: string): string {
  try {
    const status = statSync(path);
    if (status.isDirectory()) return "a folder";
    if (!status.isFile()) return "not a regular file";
    return describeWrongKind(wanted, fileKind(path));
  } catch (error) {
    return `a file that cannot be read (${printable((error as NodeJS.ErrnoException).code ?? String(error))})`;
  }
}

/** The same of a file that was looked at already. */
export function describeWrongKind(wanted: WantedFile, { group, title }: FileKind): string {
  const next = group === "empty" ? "was a download interrupted?" : advice[wanted][group];
  return next ? `${title}; ${next}` : title;
}

const unpack = "unpack it and give the folder";

/** What to do about a file of a group; the caller's sentence about what is wanted is enough for the others. */
const advice: Readonly<Record<WantedFile, Partial<Record<FileGroup, string>>>> = {
  "class folders": {
    archive: unpack,
    image: "give the folder above its class folder",
    array: "write its images as PNG files, one folder per class, and give the folder that holds them",
  },
  images: {
    archive: unpack,
    image: "give the folder that it is in",
    pickle: "save its statistics with numpy.savez(FILE, mu=…, sigma=…)",
    checkpoint: "save its statistics with numpy.savez(FILE, mu=…, sigma=…)",
  },
  weights: { archive: "unpack it and give the file or folder of weights in it" },
};
