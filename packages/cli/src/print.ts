// Prints the output of commands. Names of files, labels and messages may come from anyone, so their control characters
// are escaped.

import { relative } from "node:path";
import { printable } from "@dit-bench/text";
import { writeResult } from "./stdout.ts";
import { hasColours, styleCodes } from "./style.ts";

/** Escapes control characters except line ends, tabs and, on a screen with colours, the codes of `applyStyle`. */
function escapeControls(text: string, screen: NodeJS.WriteStream): string {
  const keptPattern = hasColours(screen) ? new RegExp(`(${styleCodes.source}|[\n\t])`) : /([\n\t])/;
  return text
    .split(keptPattern)
    .map((part, i) => (i % 2 === 1 ? part : printable(part)))
    .join("");
}

/** A path as messages show it: relative to the current folder, with control characters escaped. */
export const shownPath = (path: string): string => printable(relative(process.cwd(), path) || path);

/** Prints results on stdout. */
export const print = (text: string): void => writeResult(escapeControls(text, process.stdout));

/** Prints notes on stderr. */
export const printNote = (text: string): void => void process.stderr.write(escapeControls(text, process.stderr));

/** Prints one line of JSON on stdout; control characters are escaped as in JSON. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(value).replaceAll(/[^ -~]+/g, (part) =>
    printable(part) === part ? part : [...part].map(escapeCharacter).join(""),
  );
  writeResult(`${text}\n`);
}

const escapeCharacter = (character: string): string =>
  printable(character) === character ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
