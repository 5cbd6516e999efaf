import sharp from "sharp";
import { expect, test } from "vitest";
import { shortened, textSvg, textWidth } from "./stroke-font.ts";

const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));

test("every printable ASCII character has a glyph of its own", () => {
  const drawn = ascii.map((letter) => textSvg(letter, 0, 20, 14, "black"));
  expect(new Set(drawn).size).toBe(95);
  expect(drawn).not.toContain(textSvg("漢", 0, 20, 14, "black"));
});

test("glyphs stay within the width that is told and between the heights of bracket and tail", async () => {
  for (const letter of ascii) {
    const size = 28;
    const { data, info } = await sharp(Buffer.from(svg(textSvg(letter, 10, 40, size, "black"), 80, 60)))
      .flatten({ background: "white" })
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    for (let i = 0; i < data.length; i++) {
      if ((data[i] as number) > 250) continue;
      const x = i % info.width;
      const y = Math.floor(i / info.width);
      expect(x, letter).toBeGreaterThanOrEqual(9);
      expect(x, letter).toBeLessThanOrEqual(Math.ceil(10 + textWidth(letter, size)) + 1);
      expect(y, letter).toBeGreaterThanOrEqual(40 - size - 6);
      expect(y, letter).toBeLessThanOrEqual(40 + 10);
    }
  }
});

test("accents are left away, other writing becomes boxes, and neither can end the SVG", () => {
  expect(textSvg("é", 0, 0, 10, "black")).toBe(textSvg("e", 0, 0, 10, "black"));
  expect(textSvg("漢", 0, 0, 10, "black")).toBe(textSvg("語", 0, 0, 10, "black"));
  expect(textSvg('</svg>"', 0, 0, 10, "black")).not.toContain("</svg>");
});

test("a text that is too wide is cut to fit, and one that is not stays", () => {
  const cut = shortened("a very long class name", 10, 80);
  expect(cut).toMatch(/^a very.*…$/);
  expect(textWidth(cut, 10)).toBeLessThanOrEqual(80);
  expect(shortened("rose", 10, 80)).toBe("rose");
});

test("width grows in proportion to size", () => {
  expect(textWidth("Rose 12", 20)).toBeCloseTo(2 * textWidth("Rose 12", 10), 10);
  expect(textWidth("", 10)).toBe(0);
});

function svg(content: string, width: number, height: number): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`;
}
