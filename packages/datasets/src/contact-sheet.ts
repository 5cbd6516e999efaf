import sharp from "sharp";
import { shortened, textSvg, textWidth } from "./stroke-font.ts";

// S = pixels a side of one picture

/** One class: its name, and its pictures, those of the first block first. */
export interface SheetRow {
  readonly title?: string;
  /** [S, S, 3] each. */
  readonly images: readonly Uint8Array[];
}

export interface SheetOptions {
  /** S. */
  readonly size: number;
  /** What stands side by side, e.g. real pictures and samples, and how many columns each takes. */
  readonly blocks: readonly { readonly title: string; readonly columns: number }[];
  readonly title?: string;
  /** Small print below the title, a string per line. */
  readonly lines?: readonly string[];
  /** Each pixel becomes a square of this many (unless told: so that a picture is about 96 pixels wide). */
  readonly scale?: number;
}

/**
 * Draws a sheet of pictures as PNG: a row per class with its name, blocks side by side under their titles, a place left
 * empty where a row has fewer pictures than columns. Pixels are enlarged as squares, never smoothed.
 */
export async function contactSheet(rows: readonly SheetRow[], options: SheetOptions): Promise<Uint8Array> {
  const sheet = layOut(rows, options);
  const { width, height } = sheet;
  const canvas = Buffer.alloc(width * height * 3, paper);
  for (const [r, { images }] of rows.entries())
    for (const [c, left] of sheet.columns.entries()) {
      const top = sheet.top + r * (sheet.tile + gap);
      drawTile(canvas, width, left, top, sheet.tile, images[c], options.size);
    }
  const text = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${sheet.text.join("")}</svg>`,
  );
  return sharp(canvas, { raw: { width, height, channels: 3 } })
    .composite([{ input: text }])
    .png({ compressionLevel: 9 })
    .toBuffer();
}

const paper = 0xfd;
const empty = 0xf1;
const ink = "#1b1f24";
const faint = "#68707a";
const rule = "#d5d9de";
const margin = 28;
const gap = 4;
const blockGap = 26;
const titleSize = 17;
const textSize = 10;
const longestLabel = 180;

interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly tile: number;
  /** Left edges of the columns. */
  readonly columns: readonly number[];
  /** Upper edge of the first row. */
  readonly top: number;
  readonly text: readonly string[];
}

function layOut(
  rows: readonly SheetRow[],
  { size, blocks, title, lines = [], scale = Math.max(1, Math.round(96 / size)) }: SheetOptions,
): Sheet {
  const tile = size * scale;
  const text: string[] = [];
  const labels = rows.map(({ title = "" }) => shortened(title, textSize, longestLabel));
  const labelWidth = Math.ceil(Math.max(0, ...labels.map((label) => textWidth(label, textSize))));
  const firstColumn = margin + (labelWidth > 0 ? labelWidth + 18 : 0);

  let y = margin;
  let right = firstColumn;
  if (title !== undefined) {
    y += titleSize;
    text.push(textSvg(title, margin, y, titleSize, ink, 1.25));
    right = Math.max(right, margin + textWidth(title, titleSize));
    y += 8;
  }
  for (const line of lines) {
    y += textSize + 8;
    text.push(textSvg(line, margin, y, textSize, faint));
    right = Math.max(right, margin + textWidth(line, textSize));
  }
  if (y > margin) y += 30;

  const columns: number[] = [];
  let x = firstColumn;
  y += textSize;
  for (const block of blocks) {
    const blockWidth = block.columns * (tile + gap) - gap;
    text.push(textSvg(shortened(block.title, textSize, blockWidth), x, y, textSize, ink, 1.2));
    text.push(`<rect x="${x}" y="${y + 8}" width="${blockWidth}" height="1" fill="${rule}"/>`);
    for (let c = 0; c < block.columns; c++) columns.push(x + c * (tile + gap));
    x += blockWidth + blockGap;
  }
  const top = y + 16;
  for (const [r, label] of labels.entries())
    text.push(textSvg(label, margin, top + r * (tile + gap) + Math.round((tile + textSize) / 2), textSize, ink));
  const width = Math.ceil(Math.max(right, x - blockGap) + margin);
  return { width, height: top + rows.length * (tile + gap) - gap + margin, tile, columns, top, text };
}

function drawTile(
  canvas: Buffer,
  width: number,
  left: number,
  top: number,
  tile: number,
  image: Uint8Array | undefined,
  size: number,
): void {
  if (image !== undefined && image.length !== size * size * 3)
    throw new Error(`a picture of ${image.length} bytes on a sheet of ${size}×${size}: ${size * size * 3} were wanted`);
  const scale = tile / size;
  for (let y = 0; y < tile; y++) {
    let o = ((top + y) * width + left) * 3;
    if (image === undefined) canvas.fill(empty, o, o + tile * 3);
    else
      for (let x = 0; x < tile; x++) {
        const i = (Math.floor(y / scale) * size + Math.floor(x / scale)) * 3;
        for (let c = 0; c < 3; c++) canvas[o++] = image[i + c] as number;
      }
  }
}
