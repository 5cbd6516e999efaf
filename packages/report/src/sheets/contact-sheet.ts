// Draws contact sheets: images in labelled rows and columns, as one PNG. S = side of one image in pixels.

import type { SKRSContext2D } from "@napi-rs/canvas";
import { gridInk, ink, quietInk } from "../charts/style.ts";
import { type Lettering, letteringFor } from "./lettering.ts";

export interface SheetRow {
  /** Printed left of the row, such as the name of a class. */
  readonly title?: string;
  /** Printed before the titles if these do not distinguish the rows: too long, or with characters that no font has. */
  readonly number?: number;
  /** Each is uint8 [S, S, 3]. The images of the first block come first; undefined leaves a tile empty. */
  readonly images: readonly (Uint8Array | undefined)[];
}

export interface SheetSection {
  /** Groups of columns side by side, such as real images and samples. */
  readonly blocks: readonly { readonly title: string; readonly columns: number }[];
  readonly rows: readonly SheetRow[];
}

export interface SheetOptions {
  /** Side S of one image in pixels. */
  readonly size: number;
  readonly title?: string;
  /** Lines in small print below the title. */
  readonly lines?: readonly string[];
  /** Side of the square that each pixel becomes; by default an image becomes about 96 pixels wide. */
  readonly scale?: number;
}

/**
 * Draws the sections one below the other: blocks side by side under their titles, rows with their titles on the left.
 * Pixels are enlarged as squares, never smoothed. The same sheet gives the same bytes on one machine.
 * Throws if an image does not have S * S * 3 bytes.
 */
export async function contactSheet(sections: readonly SheetSection[], options: SheetOptions): Promise<Uint8Array> {
  const { createCanvas, ImageData } = await import("@napi-rs/canvas");
  const texts = sections.flatMap(({ blocks, rows }) => [...blocks, ...rows].map(({ title = "" }) => title));
  const letters = await letteringFor([...texts, options.title ?? "", ...(options.lines ?? []), "…0123456789"]);
  const sheet = layOut(sections, options, letters, createCanvas(1, 1).getContext("2d"));
  const canvas = createCanvas(sheet.width, sheet.height);
  const context = canvas.getContext("2d");
  context.fillStyle = paperColor;
  context.fillRect(0, 0, sheet.width, sheet.height);
  for (const { text, x, y, font, color } of sheet.texts) {
    context.font = font;
    context.fillStyle = color;
    context.fillText(text, x, y);
  }
  context.fillStyle = gridInk;
  for (const { x, y, width } of sheet.rules) context.fillRect(x, y, width, 1);
  context.fillStyle = emptyTileColor;
  for (const { x, y, image } of sheet.tiles)
    if (image === undefined) context.fillRect(x, y, sheet.tile, sheet.tile);
    else context.putImageData(new ImageData(enlarge(image, options.size, sheet.tile), sheet.tile, sheet.tile), x, y);
  return canvas.encode("png");
}

const paperColor = "#fdfdfd";
const emptyTileColor = "#f1f1f1";
const margin = 28;
const gap = 4;
const blockGap = 26;
const sectionGap = 30;
const titleSize = 22;
const textSize = 14;
const longestLabel = 220;

interface PlacedText {
  readonly text: string;
  readonly x: number;
  /** Height of the baseline. */
  readonly y: number;
  readonly font: string;
  readonly color: string;
}

interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly tile: number;
  readonly texts: readonly PlacedText[];
  readonly rules: readonly { readonly x: number; readonly y: number; readonly width: number }[];
  readonly tiles: readonly { readonly x: number; readonly y: number; readonly image: Uint8Array | undefined }[];
}

function layOut(
  sections: readonly SheetSection[],
  { size, title, lines = [], scale = Math.max(1, Math.round(96 / size)) }: SheetOptions,
  letters: Lettering,
  context: SKRSContext2D,
): Sheet {
  const tile = size * scale;
  const texts: PlacedText[] = [];
  const rules: { x: number; y: number; width: number }[] = [];
  const tiles: { x: number; y: number; image: Uint8Array | undefined }[] = [];
  const widthOf = (text: string, font: string) => {
    context.font = font;
    return Math.ceil(context.measureText(text).width);
  };
  const shorten = (text: string, font: string, width: number) => {
    if (widthOf(text, font) <= width) return text;
    const parts = Array.from(new Intl.Segmenter("en").segment(text), ({ segment }) => segment);
    while (parts.length > 0 && widthOf(`${parts.join("")}…`, font) > width) parts.pop();
    return `${parts.join("").trimEnd()}…`;
  };
  const plainFont = letters.font(textSize);
  let y = margin;
  let rightEdge = 0;
  const putText = (text: string, x: number, font: string, color: string) => {
    texts.push({ text, x, y, font, color });
    rightEdge = Math.max(rightEdge, x + widthOf(text, font));
  };

  if (title !== undefined) {
    y += titleSize - 4;
    putText(letters.legible(title), margin, letters.font(titleSize, "600"), ink);
    y += 6;
  }
  for (const line of lines) {
    y += textSize + 5;
    putText(letters.legible(line), margin, plainFont, quietInk);
  }
  if (y > margin) y += sectionGap;

  const labels = sections.map(({ rows }) => fitLabels(rows, letters, (text) => shorten(text, plainFont, longestLabel)));
  const labelWidth = Math.max(0, ...labels.flat().map((label) => widthOf(label, plainFont)));
  const firstColumn = margin + (labelWidth > 0 ? labelWidth + 18 : 0);
  for (const [s, { blocks, rows }] of sections.entries()) {
    if (s > 0) y += sectionGap;
    y += textSize;
    const columns: number[] = [];
    let x = firstColumn;
    for (const block of blocks) {
      const width = block.columns * (tile + gap) - gap;
      putText(
        shorten(letters.legible(block.title), letters.font(textSize, "600"), width),
        x,
        letters.font(textSize, "600"),
        ink,
      );
      rules.push({ x, y: y + 8, width });
      for (let c = 0; c < block.columns; c++) columns.push(x + c * (tile + gap));
      x += width + blockGap;
    }
    rightEdge = Math.max(rightEdge, x - blockGap);
    const top = y + 16;
    for (const [r, { images }] of rows.entries()) {
      const rowTop = top + r * (tile + gap);
      y = rowTop + Math.round((tile + textSize) / 2) - 2;
      putText(labels[s]![r]!, margin, plainFont, ink);
      for (const [c, left] of columns.entries()) tiles.push({ x: left, y: rowTop, image: images[c] });
    }
    y = top + rows.length * (tile + gap) - gap;
  }
  return { width: rightEdge + margin, height: y + margin, tile, texts, rules, tiles };
}

/** Shortened titles, with the rows' numbers if a title has characters that no font has or two titles become equal. */
function fitLabels(rows: readonly SheetRow[], letters: Lettering, fit: (text: string) => string): string[] {
  const titles = rows.map(({ title = "" }) => title);
  const labels = titles.map((title) => fit(letters.legible(title)));
  const areDistinct = titles.every(letters.covers) && new Set(labels).size === new Set(titles).size;
  if (areDistinct) return labels;
  return rows.map(({ number, title = "" }, r) =>
    number === undefined ? labels[r]! : fit(`${number}: ${letters.legible(title)}`),
  );
}

/** RGB to RGBA, each pixel repeated as a square. */
function enlarge(image: Uint8Array, size: number, tile: number): Uint8ClampedArray {
  if (image.length !== size * size * 3)
    throw new Error(`an image of ${image.length} bytes on a sheet of ${size}×${size}: expected ${size * size * 3}`);
  const scale = tile / size;
  const data = new Uint8ClampedArray(tile * tile * 4).fill(255);
  for (let y = 0, o = 0; y < tile; y++)
    for (let x = 0; x < tile; x++, o += 4) {
      const i = (Math.floor(y / scale) * size + Math.floor(x / scale)) * 3;
      for (let c = 0; c < 3; c++) data[o + c] = image[i + c]!;
    }
  return data;
}
