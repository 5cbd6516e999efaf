// Where commands write to the screen. Names of files, labels and messages may be anybody's: characters that a terminal obeys are
// shown escaped.

import { shown } from "@dit-bench/files";

/** Lines and tabs stay. */
const safe = (text: string): string => text.replaceAll(/[^\n\t]+/g, shown);

/** Results, on stdout. */
export const print = (text: string): void => void process.stdout.write(safe(text));

/** Results with colours: text of anybody's in them was escaped before it was painted. */
export const printPainted = (text: string): void => void process.stdout.write(text);

/** Progress and notes, on stderr. */
export const printNote = (text: string): void => void process.stderr.write(safe(text));

/** One line of JSON on stdout; the same characters are escaped as JSON has it. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(value).replaceAll(/[^ -~]+/g, (part) =>
    shown(part) === part ? part : [...part].map(escaped).join(""),
  );
  process.stdout.write(`${text}\n`);
}

const escaped = (character: string): string =>
  shown(character) === character ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
