/**
 * A font of our own, drawn in strokes: pictures with text need no font of the system, and look the same everywhere.
 * Each glyph is its width and an SVG path; y runs down, capitals from 0 to the baseline at 14, small letters from 4, tails to 18.
 */

/** Height of a capital, in units of the glyphs. */
const capHeight = 14;
const spacing = 3.4;
const strokeWidth = 1.55;

/** Width in pixels of `text` with capitals `size` pixels high. */
export function textWidth(text: string, size: number): number {
  const glyphs = glyphsOf(text);
  if (glyphs.length === 0) return 0;
  const units = glyphs.reduce((sum, [width]) => sum + width, 0) + spacing * (glyphs.length - 1) + strokeWidth;
  return (units * size) / capHeight;
}

/** SVG of `text` with capitals `size` pixels high, its left end at `x`, its baseline at `y`. */
export function textSvg(text: string, x: number, y: number, size: number, color: string, weight = 1): string {
  const scale = size / capHeight;
  let at = strokeWidth / 2;
  const paths = glyphsOf(text).map(([width, path]) => {
    const placed = path === "" ? "" : `<path transform="translate(${round(at)} 0)" d="${path}"/>`;
    at += width + spacing;
    return placed;
  });
  const place = `translate(${round(x)} ${round(y - size)}) scale(${round(scale)})`;
  const stroke = `fill="none" stroke="${color}" stroke-width="${round(strokeWidth * weight)}" stroke-linecap="round" stroke-linejoin="round"`;
  return `<g transform="${place}" ${stroke}>${paths.join("")}</g>`;
}

/** `text`, or its beginning and an ellipsis where it is wider than `width` pixels. */
export function shortened(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const letters = [...text];
  while (letters.length > 0 && textWidth(`${letters.join("")}…`, size) > width) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

type Glyph = readonly [width: number, path: string];

/** Accents are left away; what the font does not have becomes a box. */
function glyphsOf(text: string): readonly Glyph[] {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("...", "…");
  return [...plain].map((letter) => font.get(letter) ?? box);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

const box: Glyph = [7, "M0 1H7V14H0Z"];
const bowl = "M3.8 4A3.8 5 0 1 0 3.8 14A3.8 5 0 1 0 3.8 4";
const ess =
  "M8.2 2.3C7.4 .8 6 0 4.3 0C1.9 0 .4 1.5 .4 3.5C.4 8.2 8.6 5.6 8.6 10.3C8.6 12.6 6.8 14 4.4 14C2.3 14 .8 13 0 11.4";
const arch = "M0 8C0 5.6 1.6 4 3.8 4C6 4 7.2 5.4 7.2 7.8V14";

const font: ReadonlyMap<string, Glyph> = new Map<string, Glyph>([
  [" ", [2.4, ""]],
  ["!", [0, "M0 0V9.4M0 13.6V13.7"]],
  ['"', [3, "M0 0V3.6M3 0V3.6"]],
  ["#", [9, "M3 0L1.4 14M7.6 0L6 14M.4 4.6H9M0 9.4H8.6"]],
  ["$", [8.6, `${ess}M4.3 -1.8V15.8`]],
  ["%", [12, "M10.6 0L1.4 14M2.6 0A2.6 3 0 1 0 2.6 6A2.6 3 0 1 0 2.6 0M9.4 8A2.6 3 0 1 0 9.4 14A2.6 3 0 1 0 9.4 8"]],
  [
    "&",
    [10, "M10 14L2.4 4.8C1.2 3.2 1.9 0 4.4 0C6.9 0 7.5 3.3 5.2 4.9L2.3 6.9C-1 9.4 .2 14 4.2 14C7.2 14 9 11.4 9.4 8"],
  ],
  ["'", [0, "M0 0V3.6"]],
  ["(", [2.6, "M2.6 -1.4C-.8 3.6 -.8 12 2.6 17"]],
  [")", [2.6, "M0 -1.4C3.4 3.6 3.4 12 0 17"]],
  ["*", [5.2, "M2.6 .2V6.2M0 1.7L5.2 4.7M5.2 1.7L0 4.7"]],
  ["+", [8, "M4 4V12M0 8H8"]],
  [",", [1, "M1 13.4C1 15 .7 16 0 17"]],
  ["-", [4.6, "M0 8.6H4.6"]],
  [".", [0, "M0 13.6V13.7"]],
  ["/", [6, "M6 -1L0 16"]],
  ["0", [8.4, "M4.2 0A4.2 7 0 1 0 4.2 14A4.2 7 0 1 0 4.2 0"]],
  ["1", [8.4, "M1.4 3L5 0V14"]],
  ["2", [8.4, "M.4 3.4C.8 1.3 2.3 0 4.3 0C6.6 0 8 1.5 8 3.7C8 7.6 .8 9.6 .2 14H8.2"]],
  [
    "3",
    [
      8.4,
      "M.5 2.4C1.3 .8 2.6 0 4.2 0C6.4 0 7.8 1.4 7.8 3.4C7.8 5.5 6.3 6.7 3.6 6.7C6.5 6.7 8.2 8 8.2 10.3C8.2 12.6 6.6 14 4.2 14C2.3 14 .9 13.1 .2 11.4",
    ],
  ],
  ["4", [8.4, "M6.4 14V0L0 9.8H8.4"]],
  [
    "5",
    [8.4, "M7.6 0H1.4L.8 6.4C1.7 5.6 2.8 5.2 4 5.2C6.6 5.2 8.3 7 8.3 9.5C8.3 12.2 6.5 14 4 14C2.2 14 .9 13.2 .1 11.7"],
  ],
  ["6", [8.4, "M7 0C3.6 1.2 .1 4.6 .1 9.4A4.1 4.6 0 1 0 8.3 9.4A4.1 4.6 0 1 0 .1 9.4"]],
  ["7", [8.4, "M0 0H8.4L3 14"]],
  ["8", [8.4, "M4.2 0A3.4 3.3 0 1 0 4.2 6.6A3.4 3.3 0 1 0 4.2 0M4.2 6.6A4.1 3.7 0 1 0 4.2 14A4.1 3.7 0 1 0 4.2 6.6"]],
  ["9", [8.4, "M1.4 14C4.8 12.8 8.3 9.4 8.3 4.6A4.1 4.6 0 1 0 .1 4.6A4.1 4.6 0 1 0 8.3 4.6"]],
  [":", [0, "M0 5.4V5.5M0 13.6V13.7"]],
  [";", [1, "M1 5.4V5.5M1 13.4C1 15 .7 16 0 17"]],
  ["<", [7, "M7 3L0 8L7 13"]],
  ["=", [8, "M0 6H8M0 10H8"]],
  [">", [7, "M0 3L7 8L0 13"]],
  ["?", [7, "M0 3C.5 1.1 1.8 0 3.6 0C5.6 0 7 1.4 7 3.3C7 6 3.6 6.4 3.6 9.6M3.6 13.6V13.7"]],
  [
    "@",
    [
      13,
      "M9.5 5V8.8C9.5 12.2 13 11.6 13 7.4C13 3 10.2 .4 6.6 .4C2.8 .4 0 3.4 0 7.8C0 12 2.8 15 6.8 15C8.4 15 9.6 14.6 10.6 14M6.6 4.6A2.9 3.2 0 1 0 6.6 11A2.9 3.2 0 1 0 6.6 4.6",
    ],
  ],
  ["A", [10, "M0 14L5 0L10 14M1.8 9H8.2"]],
  ["B", [9, "M0 0V14H5.4A3.6 3.6 0 0 0 5.4 6.8H0M5 6.8A3.4 3.4 0 0 0 5 0H0"]],
  ["C", [9.6, "M9.6 2.34A5.5 7 0 1 0 9.6 11.66"]],
  ["D", [10, "M0 0V14H3.5A6.5 7 0 0 0 3.5 0Z"]],
  ["E", [7.8, "M7.8 0H0V14H7.8M0 6.8H6.8"]],
  ["F", [7.6, "M7.6 0H0V14M0 6.8H6.8"]],
  ["G", [11, "M9.7 2.4A5.5 7 0 1 0 11 7.2H6.6"]],
  ["H", [9.4, "M0 0V14M9.4 0V14M0 6.8H9.4"]],
  ["I", [0, "M0 0V14"]],
  ["J", [6, "M6 0V10A3.1 4 0 0 1 0 11.2"]],
  ["K", [9, "M0 0V14M8.5 0L0 9M3.4 5.4L9 14"]],
  ["L", [7.2, "M0 0V14H7.2"]],
  ["M", [11.4, "M0 14V0L5.7 9.4L11.4 0V14"]],
  ["N", [9.4, "M0 14V0L9.4 14V0"]],
  ["O", [11.4, "M5.7 0A5.7 7 0 1 0 5.7 14A5.7 7 0 1 0 5.7 0"]],
  ["P", [8.8, "M0 14V0H5A3.8 3.8 0 0 1 5 7.6H0"]],
  ["Q", [11.4, "M5.7 0A5.7 7 0 1 0 5.7 14A5.7 7 0 1 0 5.7 0M7.2 10.4L11.2 15"]],
  ["R", [9, "M0 14V0H5A3.7 3.7 0 0 1 5 7.4H0M4.8 7.4L9 14"]],
  ["S", [8.6, ess]],
  ["T", [9.4, "M0 0H9.4M4.7 0V14"]],
  ["U", [9.4, "M0 0V9.3A4.7 4.7 0 0 0 9.4 9.3V0"]],
  ["V", [10, "M0 0L5 14L10 0"]],
  ["W", [14, "M0 0L3.6 14L7 2.5L10.4 14L14 0"]],
  ["X", [9.4, "M0 0L9.4 14M9.4 0L0 14"]],
  ["Y", [9.6, "M0 0L4.8 7.2V14M9.6 0L4.8 7.2"]],
  ["Z", [9, "M0 0H9L0 14H9"]],
  ["[", [2.8, "M2.8 -1H0V17H2.8"]],
  ["\\", [6, "M0 -1L6 16"]],
  ["]", [2.8, "M0 -1H2.8V17H0"]],
  ["^", [7, "M0 5L3.5 0L7 5"]],
  ["_", [8, "M0 16.4H8"]],
  ["`", [2.6, "M0 0L2.6 2.6"]],
  ["a", [7.6, `${bowl}M7.6 4V14`]],
  ["b", [7.6, `${bowl}M0 0V14`]],
  ["c", [6.9, "M6.9 6.1A3.8 5 0 1 0 6.9 11.9"]],
  ["d", [7.6, `${bowl}M7.6 0V14`]],
  ["e", [7.6, "M0 9H7.6A3.8 5 0 1 0 6.6 12.4"]],
  ["f", [5, "M5 .2C4.7 .1 4.3 0 4 0C2.4 0 1.8 1 1.8 2.8V14M0 4.4H4.6"]],
  ["g", [7.6, `${bowl}M7.6 4V14.4C7.6 16.7 6.2 18 4 18C2.5 18 1.4 17.4 .8 16.3`]],
  ["h", [7.2, `M0 0V14${arch}`]],
  ["i", [0, "M0 4V14M0 .5V.6"]],
  ["j", [2.6, "M2.6 4V15.2C2.6 17.2 1.6 18 0 18M2.6 .5V.6"]],
  ["k", [6.8, "M0 0V14M6.4 4L0 10.2M2.7 7.6L6.8 14"]],
  ["l", [2, "M0 0V11.6C0 13.2 .6 14 2 14"]],
  ["m", [12, "M0 4V14M0 7.6C0 5.4 1.3 4 3.1 4C5 4 6 5.3 6 7.4V14M6 7.6C6 5.4 7.3 4 9.1 4C11 4 12 5.3 12 7.4V14"]],
  ["n", [7.2, `M0 4V14${arch}`]],
  ["o", [7.8, "M3.9 4A3.9 5 0 1 0 3.9 14A3.9 5 0 1 0 3.9 4"]],
  ["p", [7.6, `${bowl}M0 4V18`]],
  ["q", [7.6, `${bowl}M7.6 4V18`]],
  ["r", [4.4, "M0 4V14M0 8.2C0 5.6 1.7 4 4.4 4.1"]],
  [
    "s",
    [
      6.4,
      "M6 5.7C5.4 4.6 4.5 4 3.2 4C1.5 4 .4 5 .4 6.4C.4 9.8 6.4 7.9 6.4 11.4C6.4 13 5.1 14 3.3 14C1.7 14 .6 13.3 0 12.1",
    ],
  ],
  ["t", [4.8, "M1.8 .8V11.2C1.8 13 2.5 14 4 14C4.3 14 4.5 14 4.8 13.9M0 4.4H4.6"]],
  ["u", [7.2, "M0 4V10.2C0 12.6 1.2 14 3.4 14C5.6 14 7.2 12.4 7.2 10M7.2 4V14"]],
  ["v", [7.6, "M0 4L3.8 14L7.6 4"]],
  ["w", [11.2, "M0 4L2.9 14L5.6 5.6L8.3 14L11.2 4"]],
  ["x", [7, "M0 4L7 14M7 4L0 14"]],
  ["y", [7.8, "M0 4L4 13.6M7.8 4L3.4 15.2C2.7 17.1 1.8 18 .2 18"]],
  ["z", [6.8, "M0 4H6.8L0 14H6.8"]],
  ["{", [4, "M4 -1C2 -1 2 .5 2 2V6C2 7.4 1.4 8 0 8C1.4 8 2 8.6 2 10V14C2 15.5 2 17 4 17"]],
  ["|", [0, "M0 -1V17"]],
  ["}", [4, "M0 -1C2 -1 2 .5 2 2V6C2 7.4 2.6 8 4 8C2.6 8 2 8.6 2 10V14C2 15.5 2 17 0 17"]],
  ["~", [8, "M0 9.6C1 7.4 2.8 7.4 4 8.6C5.2 9.8 7 9.8 8 7.6"]],
  ["·", [0, "M0 8.5V8.6"]],
  ["×", [6.4, "M0 5.4L6.4 11.8M6.4 5.4L0 11.8"]],
  ["–", [8, "M0 8.6H8"]],
  ["…", [8.4, "M0 13.6V13.7M4.2 13.6V13.7M8.4 13.6V13.7"]],
]);
