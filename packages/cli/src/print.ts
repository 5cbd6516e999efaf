// Where commands write to the screen. Names of files, labels and messages may be anybody's: characters that a terminal obeys are
// shown escaped.

import { printable } from "@dit-bench/text";
import { hasColours, styleCodes } from "./style.ts";

/** Lines, tabs and, where the screen has colours, those of `painted` stay. */
function safe(text: string, screen: NodeJS.WriteStream): string {
  const kept = hasColours(screen) ? new RegExp(`(${styleCodes.source}|[\n\t])`) : /([\n\t])/;
  return text
    .split(kept)
    .map((part, i) => (i % 2 === 1 ? part : printable(part)))
    .join("");
}

/** Results, on stdout. */
export const print = (text: string): void => void process.stdout.write(safe(text, process.stdout));

/** Progress and notes, on stderr. */
export const printNote = (text: string): void => void process.stderr.write(safe(text, process.stderr));

/** One line of JSON on stdout; the same characters are escaped as JSON has it. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(value).replaceAll(/[^ -~]+/g, (part) =>
    printable(part) === part ? part : [...part].map(escaped).join(""),
  );
  process.stdout.write(`${text}\n`);
}

const escaped = (character: string): string =>
  printable(character) === character ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
