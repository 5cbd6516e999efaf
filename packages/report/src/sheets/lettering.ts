// Which fonts draw a text: the package's own, then those of the machine for scripts that it lacks. The canvas does not look for
// such fonts by itself: it draws nothing, or a box, unless the font list names a family that has the character.

import { fileURLToPath } from "node:url";
import { fontFamily, fontFiles } from "../charts/style.ts";

export interface Lettering {
  /** A CSS font for the canvas. */
  font(size: number, weight?: "normal" | "600"): string;
  /** Does any font on this machine have all characters of the text? */
  covers(text: string): boolean;
  /** The text, with an ellipsis where characters are that no font has. */
  legible(text: string): string;
}

/** Fonts for these texts, and for no others. */
export async function letteringFor(texts: readonly string[]): Promise<Lettering> {
  // Loaded here, not at the head: the canvas takes 50 ms, and most commands draw nothing.
  const { createCanvas, GlobalFonts } = await import("@napi-rs/canvas");
  if (!GlobalFonts.has(fontFamily))
    for (const file of fontFiles)
      GlobalFonts.registerFromPath(fileURLToPath(new URL(`../../fonts/${file}`, import.meta.url)), fontFamily);
  const context = createCanvas(cell, cell).getContext("2d");
  const drawn = (character: string, family: string) => {
    context.font = `${cell / 2}px "${family}"`;
    context.fillStyle = "white";
    context.fillRect(0, 0, cell, cell);
    context.fillStyle = "black";
    context.fillText(character, cell / 4, (3 * cell) / 4);
    return Buffer.from(context.getImageData(0, 0, cell, cell).data);
  };
  const isMissing = (character: string, family: string) => drawn(character, family).equals(drawn(inNoFont, family));

  const families = [...new Set(GlobalFonts.families.map(({ family }) => family))]
    .filter((family) => family !== fontFamily && !/["\\]/.test(family))
    .sort((a, b) => preference(a) - preference(b) || (a < b ? -1 : 1));
  const used: string[] = [fontFamily];
  const missing = new Set<string>();
  for (const character of new Set(texts.flatMap((text) => [...text]))) {
    if (invisible.test(character) || used.some((family) => !isMissing(character, family))) continue;
    const family = families.find((candidate) => !isMissing(character, candidate));
    if (family === undefined) missing.add(character);
    else used.push(family);
  }
  const list = used.map((family) => `"${family}"`).join(", ");
  return {
    font: (size, weight = "normal") => `${weight} ${size}px ${list}`,
    covers: (text) => [...text].every((character) => !missing.has(character)),
    legible: (text) => {
      let legible = "";
      // A mark on a character that is missing is missing, too.
      for (const character of text)
        if (!(legible.endsWith("…") && mark.test(character))) legible += missing.has(character) ? "…" : character;
      return legible.replaceAll(/…+/g, "…");
    },
  };
}

const cell = 40;
const inNoFont = "\u{10fffd}"; // the last code point for private use
const mark = /^\p{M}$/u;
/** White space, marks that sit on other characters, and characters that only steer. */
const invisible = /^[\s\p{M}\p{Cf}]$/u;

/** Fonts without serifs that are made to be complete come first. */
const preference = (family: string): number => {
  const place = ["Noto Sans", "DejaVu Sans"].indexOf(family);
  return place < 0 ? 2 : place;
};
