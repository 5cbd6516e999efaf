// Describes a file of the wrong kind and gives advice.

import { statSync } from "node:fs";
import { printable } from "@dit-bench/text";
import { type FileGroup, type FileKind, fileKind } from "./file-kind.ts";

/** The kind of file that was expected. */
export type WantedFile = "class folders" | "images" | "weights";

/**
 * Describes the file at `path` and what to do: `a zip archive of images; unpack it and give the folder`. The caller
 * adds the expected kind. For a file that cannot be opened, the result names the system error.
 */
export function describeWrongFile(expected: WantedFile, path: string): string {
  try {
    const status = statSync(path);
    if (status.isDirectory()) return "a folder";
    if (!status.isFile()) return "not a regular file";
    return describeWrongKind(expected, fileKind(path));
  } catch (error) {
    return `a file that cannot be read (${printable((error as NodeJS.ErrnoException).code ?? String(error))})`;
  }
}

/** `describeWrongFile` for a file whose kind is known. */
export function describeWrongKind(expected: WantedFile, { group, title }: FileKind): string {
  const adviceText = group === "empty" ? "was a download interrupted?" : advice[expected][group];
  return adviceText ? `${title}; ${adviceText}` : title;
}

const unpack = "unpack it and give the folder";

/** Advice by expected kind and group of the file. For the other groups the caller's message is enough. */
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
