// Tests that control characters in output are escaped, except line ends, tabs and the codes of colours.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { print, printJson, printNote } from "./print.ts";
import { applyStyle } from "./style.ts";

let out = "";
let err = "";
beforeEach(() => {
  out = err = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += text;
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

const hostileText = "花\x1b[2J\0\r\u009b\u202e🌷";

it("escapes control characters in text, except line ends and tabs", () => {
  print(`a\tb\n${hostileText}\n`);
  printNote(hostileText);
  expect(out).toBe("a\tb\n花\\x1b[2J\\x00\\x0d\\u{9b}\\u{202e}🌷\n");
  expect(err).toBe("花\\x1b[2J\\x00\\x0d\\u{9b}\\u{202e}🌷");
});

it("keeps the codes of colours for a screen that has colours, and escapes all others", () => {
  vi.stubEnv("FORCE_COLOR", "1");
  vi.stubEnv("NO_COLOR", "");
  print(`${applyStyle(["bold", "green"], "best", process.stdout)} ${hostileText}\x1b[8mhidden\n`);
  expect(out).toBe("\x1b[1m\x1b[32mbest\x1b[39m\x1b[22m 花\\x1b[2J\\x00\\x0d\\u{9b}\\u{202e}🌷\\x1b[8mhidden\n");
  out = "";
  vi.stubEnv("NO_COLOR", "1");
  print("\x1b[1mbold");
  expect(out).toBe("\\x1b[1mbold");
  vi.unstubAllEnvs();
});

it("prints JSON that parses to the same text, without raw control characters", () => {
  printJson({ hostileText, lone: "\ud800" });
  expect(JSON.parse(out)).toEqual({ hostileText, lone: "\ud800" });
  expect(out).not.toMatch(/[\u0080-\u009f\u202a-\u202e]/);
  expect(out).toContain("花");
  expect(out.endsWith("\n")).toBe(true);
});
