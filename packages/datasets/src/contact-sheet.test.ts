import sharp from "sharp";
import { expect, test } from "vitest";
import { contactSheet, type SheetOptions, type SheetRow } from "./contact-sheet.ts";

const size = 8;
const plain = (...color: number[]) => Uint8Array.from({ length: size * size * 3 }, (_, i) => color[i % 3] as number);
const red = plain(255, 0, 0);
const green = plain(0, 200, 0);
const blue = plain(0, 0, 255);
const yellow = plain(250, 240, 0);

const rows: SheetRow[] = [
  { title: "rose", images: [red, green] },
  { title: "tulip", images: [blue, yellow] },
];
const options: SheetOptions = {
  size,
  scale: 3,
  title: "flowers",
  lines: ["two classes"],
  blocks: [
    { title: "real", columns: 1 },
    { title: "samples", columns: 1 },
  ],
};

test("each picture stands at its place, every pixel a square of the scale", async () => {
  const sheet = await decode(await contactSheet(rows, options));
  const places = [red, green, blue, yellow].map((image) => extent(sheet, image));
  for (const { count, width, height } of places) expect([count, width, height]).toEqual([24 * 24, 24, 24]);
  const [first, second, third, fourth] = places as [Extent, Extent, Extent, Extent];
  expect([first.top, third.top, third.left]).toEqual([second.top, fourth.top, first.left]);
  expect(second.left).toBeGreaterThan(first.left + 24);
  expect(third.top).toBeGreaterThan(first.top + 24);
});

test("class names stand left of the pictures, the title above them, dark on light", async () => {
  const sheet = await decode(await contactSheet(rows, options));
  const first = extent(sheet, red);
  const dark = (left: number, top: number, right: number, bottom: number) => {
    let count = 0;
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) if (pixel(sheet, x, y).every((v) => v < 120)) count++;
    return count;
  };
  expect(dark(0, first.top, first.left, first.top + 24)).toBeGreaterThan(20);
  expect(dark(0, 0, sheet.width, first.top)).toBeGreaterThan(100);
  expect(pixel(sheet, 0, 0)).toEqual([253, 253, 253]);
});

test("a picture's own pixels are not smoothed", async () => {
  const checks = Uint8Array.from(
    { length: size * size * 3 },
    (_, i) => ((Math.floor(i / 3) + Math.floor(i / 3 / size)) % 2) * 255,
  );
  const sheet = await decode(
    await contactSheet([{ images: [checks] }], { size, scale: 2, blocks: [{ title: "", columns: 1 }] }),
  );
  const { width, height, data } = sheet;
  const tile = { left: width - 28 - 16, top: height - 28 - 16 };
  const seen = new Set<number>();
  for (let y = 0; y < 16; y++)
    for (let x = 0; x < 16; x++) seen.add(data[((tile.top + y) * width + tile.left + x) * 3] as number);
  expect([...seen].sort()).toEqual([0, 255]);
});

test("a row with fewer pictures than columns leaves its last places empty", async () => {
  const sheet = await decode(
    await contactSheet([{ images: [red] }], { ...options, blocks: [{ title: "real", columns: 3 }] }),
  );
  expect(extent(sheet, plain(0xf1, 0xf1, 0xf1)).count).toBe(2 * 24 * 24);
});

test("the same sheet gives the same bytes, whatever the names hold", async () => {
  const odd = rows.map((row) => ({ ...row, title: '<script>&"é' }));
  expect(await contactSheet(odd, options)).toEqual(await contactSheet(odd, options));
});

test("a picture of another size is refused", async () => {
  await expect(contactSheet([{ images: [new Uint8Array(12)] }], options)).rejects.toThrow(
    /picture of 12 bytes on a sheet of 8×8: 192 were wanted/,
  );
});

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

interface Extent {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly count: number;
}

async function decode(png: Uint8Array): Promise<Decoded> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

function pixel({ width, data }: Decoded, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

/** Where the colour of a plain picture is found. */
function extent(sheet: Decoded, image: Uint8Array): Extent {
  const xs: number[] = [];
  const ys: number[] = [];
  for (let i = 0; i < sheet.data.length; i += 3)
    if ([0, 1, 2].every((c) => sheet.data[i + c] === image[c])) {
      xs.push((i / 3) % sheet.width);
      ys.push(Math.floor(i / 3 / sheet.width));
    }
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left + 1, height: Math.max(...ys) - top + 1, count: xs.length };
}
