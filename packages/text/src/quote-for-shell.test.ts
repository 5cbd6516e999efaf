// Tests quoteForShell.

import { expect, test } from "vitest";
import { quoteForShell } from "./quote-for-shell.ts";

test.each([
  ["runs/mini-1/plan.json", "runs/mini-1/plan.json"],
  ["my runs", "'my runs'"],
  ["it's", "'it'\\''s'"],
  ["$HOME", "'$HOME'"],
  ["", "''"],
])("quotes %j", (word, quoted) => {
  expect(quoteForShell(word)).toBe(quoted);
});
