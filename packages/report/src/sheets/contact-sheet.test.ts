// Tests contact sheets: positions of images, titles, fonts for any script. S = side of one image in pixels.

import { createCanvas, GlobalFonts, loadImage } from "@napi-rs/canvas";
import { describe, expect, test } from "vitest";
import { contactSheet, type SheetOptions, type SheetSection } from "./contact-sheet.ts";
import { letteringFor } from "./lettering.ts";

const size = 8;
const plainImage = (...color: number[]) =>
  Uint8Array.from({ length: size * size * 3 }, (_, i) => color[i % 3] as number);
const red = plainImage(255, 0, 0);
const green = plainImage(0, 200, 0);
const blue = plainImage(0, 0, 255);
const yellow = plainImage(250, 240, 0);

const section = (titles: readonly [string, string]): SheetSection => ({
  blocks: [
    { title: "real", columns: 1 },
    { title: "samples", columns: 1 },
  ],
  rows: [
    { title: titles[0], number: 0, images: [red, green] },
    { title: titles[1], number: 1, images: [blue, yellow] },
  ],
});
const options: SheetOptions = { size, scale: 3, title: "flowers", lines: ["two classes"] };
const sheetOf = (titles: readonly [string, string]) => contactSheet([section(titles)], options);

test("each image is at its position, each pixel enlarged to a square", async () => {
  const sheet = await decode(await sheetOf(["rose", "tulip"]));
  const places = [red, green, blue, yellow].map((image) => extent(sheet, image));
  for (const { count, width, height } of places) expect([count, width, height]).toEqual([24 * 24, 24, 24]);
  const [first, second, third, fourth] = places as [Extent, Extent, Extent, Extent];
  expect([first.top, third.top, third.left]).toEqual([second.top, fourth.top, first.left]);
  expect(second.left).toBeGreaterThan(first.left + 24);
  expect(third.top).toBeGreaterThan(first.top + 24);
});

test("row titles are left of the images and the title is above them, dark on light", async () => {
  const sheet = await decode(await sheetOf(["rose", "tulip"]));
  const first = extent(sheet, red);
  expect(countDarkPixels(sheet, 0, first.top, first.left, first.top + 24)).toBeGreaterThan(20);
  expect(countDarkPixels(sheet, 0, 0, sheet.width, first.top)).toBeGreaterThan(100);
  expect(pixel(sheet, 0, 0)).toEqual([253, 253, 253]);
});

test("a second section without row titles is below the first, under its own heading", async () => {
  const base: SheetSection = {
    blocks: [{ title: "base model", columns: 3 }],
    rows: [{ images: [plainImage(9, 99, 199)] }],
  };
  const sheet = await decode(await contactSheet([section(["rose", "tulip"]), base], options));
  const [above, below] = [extent(sheet, blue), extent(sheet, plainImage(9, 99, 199))];
  expect(below.top).toBeGreaterThan(above.top + 24 + 30);
  expect(below.left).toBe(above.left);
  expect(countDarkPixels(sheet, above.left, above.top + 24, sheet.width, below.top)).toBeGreaterThan(50);
  expect(countDarkPixels(sheet, 0, below.top, below.left, below.top + 24)).toBe(0);
});

test("enlarged pixels are not smoothed", async () => {
  const checks = Uint8Array.from(
    { length: size * size * 3 },
    (_, i) => ((Math.floor(i / 3) + Math.floor(i / 3 / size)) % 2) * 255,
  );
  const one: SheetSection = { blocks: [{ title: "", columns: 1 }], rows: [{ images: [checks] }] };
  const sheet = await decode(await contactSheet([one], { size, scale: 2 }));
  const tile = { left: sheet.width - 28 - 16, top: sheet.height - 28 - 16 };
  const seen = new Set<number>();
  for (let y = 0; y < 16; y++) for (let x = 0; x < 16; x++) seen.add(pixel(sheet, tile.left + x, tile.top + y)[0]!);
  expect([...seen].sort()).toEqual([0, 255]);
});

test("undefined images and a row with fewer images than columns leave tiles empty", async () => {
  const one: SheetSection = { blocks: [{ title: "real", columns: 4 }], rows: [{ images: [undefined, red] }] };
  const sheet = await decode(await contactSheet([one], options));
  expect(extent(sheet, plainImage(0xf1, 0xf1, 0xf1)).count).toBe(3 * 24 * 24);
});

test("refuses an image of another size", async () => {
  const one: SheetSection = { blocks: [{ title: "", columns: 1 }], rows: [{ images: [new Uint8Array(12)] }] };
  await expect(contactSheet([one], options)).rejects.toThrow(/image of 12 bytes on a sheet of 8×8: expected 192/);
});

describe("names in any script", () => {
  // U+E0F0 and U+E0F1, for private use, are in no font: they represent a script without a font on this machine.
  const unknown = ["\ue0f0", "\ue0f1"] as const;

  test.each<[string, ...(readonly [string, string])[]]>([
    ["Chinese, Arabic and emoji", ["玫瑰", "العربية"], ["🌷", "🌹"]],
    ["names that no font can draw", unknown, [`${unknown[0]} tulip`, "हिन्दी"]],
    ["markup", ['<script>&"é', "</text>"], ["a", "b"]],
  ])("%s: two rows never look the same, and equal sheets give equal bytes", async (_, ...pairs) => {
    for (const titles of pairs) {
      const bytes = await sheetOf(titles);
      expect(await sheetOf(titles)).toEqual(bytes);
      const sheet = await decode(bytes);
      const labels = [red, blue].map((image) => {
        const { top, left } = extent(sheet, image);
        return Array.from(
          { length: 24 * left },
          (_, i) => pixel(sheet, i % left, top + Math.floor(i / left))[0],
        ).join();
      });
      expect(labels[0]).not.toBe(labels[1]);
    }
  });

  test("long names with equal beginnings get their numbers", async () => {
    const begin = "a species whose name is longer than any sheet has room for, namely ";
    const sheet = await decode(await sheetOf([`${begin}one`, `${begin}two`]));
    const short = await decode(await sheetOf(["a species", "another"]));
    expect(sheet.width).toBeLessThan(short.width + 250);
    const label = (image: Uint8Array) =>
      countDarkPixels(sheet, 0, extent(sheet, image).top, 45, extent(sheet, image).top + 24);
    expect(label(red)).not.toBe(label(blue)); // 0 and 1
  });

  test("a character is covered if a font of the package or of the machine has it", async () => {
    const letters = await letteringFor(["rose é Роза", unknown[0], "क़"]);
    expect(letters.covers("rose é Роза")).toBe(true);
    expect(letters.covers(`rose ${unknown[0]}`)).toBe(false);
    expect(letters.legible(`rose ${unknown[0]}${unknown[0]}! 1`)).toBe("rose …! 1");
    expect(letters.font(12)).toMatch(/^normal 12px "dit-bench"/);
    const arabic = await letteringFor(["ع"]);
    const fonts = GlobalFonts.families.some(
      ({ family }) => family === "DejaVu Sans" || family.startsWith("Noto Sans Arabic"),
    );
    if (fonts) expect(arabic.covers("ع")).toBe(true);
  });
});

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

interface Extent {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly count: number;
}

async function decode(png: Uint8Array): Promise<Decoded> {
  const image = await loadImage(Buffer.from(png));
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height);
}

function pixel({ width, data }: Decoded, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)];
}

/** Number of dark pixels in a rectangle. */
function countDarkPixels(sheet: Decoded, left: number, top: number, right: number, bottom: number): number {
  let count = 0;
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) if (pixel(sheet, x, y).every((v) => v < 120)) count++;
  return count;
}

/** Bounding box of the colour of a plain image. */
function extent(sheet: Decoded, image: Uint8Array): Extent {
  const xs: number[] = [];
  const ys: number[] = [];
  for (let i = 0; i < sheet.data.length; i += 4)
    if ([0, 1, 2].every((c) => sheet.data[i + c] === image[c])) {
      xs.push((i / 4) % sheet.width);
      ys.push(Math.floor(i / 4 / sheet.width));
    }
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left + 1, height: Math.max(...ys) - top + 1, count: xs.length };
}
