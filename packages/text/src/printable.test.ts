// Tests that printable makes text safe for a terminal.

import { expect, it } from "vitest";
import { printable } from "./index.ts";

it.each([
  ["rose", "rose"],
  ["\x1b[31mred", "\\x1b[31mred"],
  ["two\nlines\r", "two\\x0alines\\x0d"],
  ["\0\x7f\x85", "\\x00\\x7f\\u{85}"],
  ["exe.\u202egnp", "exe.\\u{202e}gnp"],
  ["a\u2028b\u2066c", "a\\u{2028}b\\u{2066}c"],
  ["half \ud800 pair", "half \\u{d800} pair"],
  ["玫瑰 العربية 🌷 é\u200f", "玫瑰 العربية 🌷 é\u200f"],
  ["C:\\x1b", "C:\\x1b"],
])("printable of %j is %j, and applying it again changes nothing", (text, safe) => {
  expect(printable(text)).toBe(safe);
  expect(printable(safe)).toBe(safe);
});
