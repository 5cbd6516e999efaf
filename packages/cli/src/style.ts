// Colours of text on a terminal. NO_COLOR disables them; FORCE_COLOR enables them without a terminal, too.

import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

interface Screen {
  readonly isTTY?: boolean;
  hasColors?(): boolean;
}

/** The codes that `applyStyle` writes: bold text and foreground colours. They do no harm in text from other people. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with ESC
export const styleCodes = /\x1b\[(?:1|22|3[1-79])m/;

/** Returns the text with colour codes, if the screen shows colours. */
export function applyStyle(style: Style, text: string, screen: Screen = process.stderr, env = process.env): string {
  return hasColours(screen, env) ? styleText(style, text, { validateStream: false }) : text;
}

export function hasColours(screen: Screen, env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  if (env.NO_COLOR) return false; // https://no-color.org: present and not empty
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return Boolean(screen.isTTY && (screen.hasColors?.() ?? true));
}
