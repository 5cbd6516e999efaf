// Chooses the fonts for a text: the font of this package, then fonts of the machine for scripts that it lacks. The
// canvas has no such fallback: unless the font list names a family with the character, it draws nothing or a box.

import { fileURLToPath } from "node:url";
import { fontFamily, fontFiles } from "../charts/style.ts";

export interface Lettering {
  /** A CSS font for the canvas. */
  font(size: number, weight?: "normal" | "600"): string;
  /** True if the fonts of this machine have all characters of the text. */
  covers(text: string): boolean;
  /** The text with an ellipsis in place of characters that no font has. */
  legible(text: string): string;
}

/** Finds fonts for the characters of `texts`; other characters are not looked up. */
export async function letteringFor(texts: readonly string[]): Promise<Lettering> {
  // Imported here because loading the canvas takes 50 ms, and most commands draw nothing.
  const { createCanvas, GlobalFonts } = await import("@napi-rs/canvas");
  if (!GlobalFonts.has(fontFamily))
    for (const file of fontFiles)
      GlobalFonts.registerFromPath(fileURLToPath(new URL(`../../fonts/${file}`, import.meta.url)), fontFamily);
  const context = createCanvas(cell, cell).getContext("2d");
  const draw = (character: string, family: string) => {
    context.font = `${cell / 2}px "${family}"`;
    context.fillStyle = "white";
    context.fillRect(0, 0, cell, cell);
    context.fillStyle = "black";
    context.fillText(character, cell / 4, (3 * cell) / 4);
    return Buffer.from(context.getImageData(0, 0, cell, cell).data);
  };
  const blanks = new Map<string, Buffer>();
  const isMissing = (character: string, family: string) => {
    if (!blanks.has(family)) blanks.set(family, draw(characterInNoFont, family));
    return draw(character, family).equals(blanks.get(family)!);
  };

  const families = [...new Set(GlobalFonts.families.map(({ family }) => family))]
    .filter((family) => family !== fontFamily && !/["\\]/.test(family))
    .sort((a, b) => preference(a) - preference(b) || (a < b ? -1 : 1));
  const usedFamilies: string[] = [fontFamily];
  const missingCharacters = new Set<string>();
  const missCounts = new Map<string, number>();
  for (const character of new Set(texts.flatMap((text) => [...text]))) {
    if (invisibleCharacter.test(character) || usedFamilies.some((family) => !isMissing(character, family))) continue;
    const range = rangeOf(character.codePointAt(0)!);
    const misses = missCounts.get(range) ?? 0;
    const family = misses < mostMisses ? families.find((candidate) => !isMissing(character, candidate)) : undefined;
    if (family !== undefined) usedFamilies.push(family);
    else {
      missingCharacters.add(character);
      missCounts.set(range, misses + 1);
    }
  }
  const list = usedFamilies.map((family) => `"${family}"`).join(", ");
  return {
    font: (size, weight = "normal") => `${weight} ${size}px ${list}`,
    covers: (text) => [...text].every((character) => !missingCharacters.has(character)),
    legible: (text) => {
      let legible = "";
      // A combining mark on a missing character is left out too.
      for (const character of text)
        if (!(legible.endsWith("…") && combiningMark.test(character)))
          legible += missingCharacters.has(character) ? "…" : character;
      return legible.replaceAll(/…+/g, "…");
    },
  };
}

const cell = 40;
/**
 * Testing a font takes 0.2 ms and a desktop has hundreds of fonts. After this many characters of a Unicode range that
 * no font has, the rest of the range counts as missing.
 */
const mostMisses = 5;
/** Alphabets have blocks of 128 code points; from the CJK radicals on, blocks have thousands. */
const rangeOf = (code: number): string => (code < 0x2e80 ? `small ${code >> 7}` : `large ${code >> 12}`);
const characterInNoFont = "\u{10fffd}"; // the last code point for private use
const combiningMark = /^\p{M}$/u;
/** White space, combining marks, and format characters. */
const invisibleCharacter = /^[\s\p{M}\p{Cf}]$/u;

/** Sort key of a family: sans-serif fonts with many scripts come first. */
const preference = (family: string): number => {
  const place = ["Noto Sans", "DejaVu Sans"].indexOf(family);
  return place < 0 ? 2 : place;
};
