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

const hostile = "花\x1b[2J\0\r\u009b\u202e🌷";

it("text reaches the terminal without what it obeys, lines and tabs apart", () => {
  print(`a\tb\n${hostile}\n`);
  printNote(hostile);
  expect(out).toBe("a\tb\n花\\x1b[2J\\x00\\x0d\\u{9b}\\u{202e}🌷\n");
  expect(err).toBe("花\\x1b[2J\\x00\\x0d\\u{9b}\\u{202e}🌷");
});

it("colours reach a screen that has them, and nothing else that a terminal obeys", () => {
  vi.stubEnv("FORCE_COLOR", "1");
  vi.stubEnv("NO_COLOR", "");
  print(`${applyStyle(["bold", "green"], "best", process.stdout)} ${hostile}\x1b[8mhidden\n`);
  expect(out).toBe("\x1b[1m\x1b[32mbest\x1b[39m\x1b[22m 花\\x1b[2J\\x00\\x0d\\u{9b}\\u{202e}🌷\\x1b[8mhidden\n");
  out = "";
  vi.stubEnv("NO_COLOR", "1");
  print("\x1b[1mbold");
  expect(out).toBe("\\x1b[1mbold");
  vi.unstubAllEnvs();
});

it("JSON stays JSON, with the same text in it", () => {
  printJson({ hostile, lone: "\ud800" });
  expect(JSON.parse(out)).toEqual({ hostile, lone: "\ud800" });
  expect(out).not.toMatch(/[\u0080-\u009f\u202a-\u202e]/);
  expect(out).toContain("花");
  expect(out.endsWith("\n")).toBe(true);
});
