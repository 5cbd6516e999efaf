// Colours on a terminal. NO_COLOR turns them off, FORCE_COLOR on; without a terminal there are none.

import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

interface Screen {
  readonly isTTY?: boolean;
  hasColors?(): boolean;
}

/** @param screen where the text goes */
export function painted(style: Style, text: string, screen: Screen = process.stderr, env = process.env): string {
  return hasColours(screen, env) ? styleText(style, text, { validateStream: false }) : text;
}

function hasColours(screen: Screen, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR) return false; // https://no-color.org: present and not empty
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return Boolean(screen.isTTY && (screen.hasColors?.() ?? true));
}
