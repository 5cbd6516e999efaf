// The contact sheet of `bench sample`: one row per class, up to the size that viewers can show. Only the samples on it
// are decoded.

import { readFile } from "node:fs/promises";
import { decodeImage } from "@dit-bench/images";

export interface SamplesSheetTask {
  readonly classes: readonly { readonly label: number; readonly name: string }[];
  /** Samples per class. */
  readonly count: number;
  readonly title: string;
  /** Lines in small print below the title. */
  readonly notes: readonly string[];
  /** PNG files of one size, class by class. */
  readonly files: readonly string[];
}

const COLUMNS = 8;
const MOST_ROWS = 100;
/** Height in pixels. Canvases and many viewers have a limit of 32,767. */
const MOST_HEIGHT = 16_000;

export async function samplesSheet({ classes, count, title, notes, files }: SamplesSheetTask): Promise<Uint8Array> {
  const columns = Math.min(count, COLUMNS);
  const read = async (file: string) => decodeImage(await readFile(file));
  const { width: size } = await read(files[0]!);
  const shown = classes.slice(0, Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_HEIGHT / size))));
  const rows = [];
  for (const [i, { name, label }] of shown.entries()) {
    const images = await Promise.all(files.slice(i * count, i * count + columns).map(read));
    rows.push({ title: name, number: label, images: images.map(({ pixels }) => pixels) });
  }
  const { contactSheet } = await import("@dit-bench/report"); // loads the canvas only if a sheet is made
  const blocks = [{ title: columns < count ? `the first ${columns} of ${count} samples a class` : "samples", columns }];
  const part = shown.length < classes.length ? [`the first ${shown.length} of ${classes.length} classes`] : [];
  return contactSheet([{ blocks, rows }], { size, title, lines: [...notes, ...part] });
}
