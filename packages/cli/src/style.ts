// Colours on a terminal. NO_COLOR turns them off, FORCE_COLOR on; without a terminal there are none.

import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

interface Screen {
  readonly isTTY?: boolean;
  hasColors?(): boolean;
}

/** The codes of bold text and of the foreground colours, which are all that `painted` is used for: harmless whoever wrote them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with ESC
export const styleCodes = /\x1b\[(?:1|22|3[1-79])m/;

/** @param screen where the text goes */
export function applyStyle(style: Style, text: string, screen: Screen = process.stderr, env = process.env): string {
  return hasColours(screen, env) ? styleText(style, text, { validateStream: false }) : text;
}

export function hasColours(screen: Screen, env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  if (env.NO_COLOR) return false; // https://no-color.org: present and not empty
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return Boolean(screen.isTTY && (screen.hasColors?.() ?? true));
}
