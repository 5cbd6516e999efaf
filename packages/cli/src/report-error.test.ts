// Tests the exit codes and messages of errors, and the colours of messages.

import { FetchError } from "@dit-bench/fetch";
import { BenchError } from "@dit-bench/runner/errors";
import { afterEach, describe, expect, it, vi } from "vitest";
import { exitCodeOf, formatError, reportError } from "./report-error.ts";
import { applyStyle } from "./style.ts";

const errorNamed = (name: string) => Object.assign(new Error("x"), { name });
const systemError = (code: string) => Object.assign(new Error(`${code}: x`), { code });
afterEach(() => void vi.restoreAllMocks());

describe("exitCodeOf", () => {
  it.each([
    [new BenchError("diverged", "x"), 5],
    [new FetchError("environment", "x"), 2],
    [new FetchError("offline", "x"), 4],
    [new FetchError("not-found", "x"), 4],
    [new FetchError("refused", "x"), 4],
    [new FetchError("redirect", "x"), 4],
    [new FetchError("not-the-file", "x"), 4],
    [new FetchError("wrong-size", "x"), 4],
    [new FetchError("wrong-checksum", "x"), 4],
    [new FetchError("disk-full", "x"), 74],
    [new FetchError("unreachable", "x"), 75],
    [new FetchError("interrupted", "x"), 75],
    [errorNamed("ComparisonError"), 4],
    [errorNamed("ArchiveError"), 4],
    [errorNamed("MatError"), 4],
    [errorNamed("MethodError"), 2],
    [errorNamed("DataError"), 4],
    [errorNamed("AutoencoderLayoutError"), 4],
    [systemError("ENOSPC"), 74],
    [systemError("EROFS"), 74],
    [systemError("EEXIST"), 74],
    [systemError("ENOENT"), 4],
    [systemError("EISDIR"), 4],
    [systemError("ELOOP"), 4],
    [systemError("ENAMETOOLONG"), 2],
    [new Error("x"), 1],
  ])("gives %s its exit code %i", (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});

describe("reportError", () => {
  const captureReport = (error: unknown) => {
    let text = "";
    vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
      text += chunk;
      return true;
    });
    reportError(error, false);
    return text;
  };

  it("prints one line without control characters", () => {
    expect(captureReport(new BenchError("data", "'a\x1b[2Jb\0'\n  is bad;\n do so"))).toBe(
      "bench: error: 'a\\x1b[2Jb\\x00' is bad; do so\n",
    );
  });

  it("adds advice to an unknown error and to an error for lack of memory", () => {
    expect(captureReport(new Error("x"))).toContain("'bench --verbose …' shows where it happened");
    expect(captureReport(new RangeError("Array buffer allocation failed"))).toContain("take smaller batches");
    expect(captureReport("a string")).toContain("a string");
  });

  it("prints the advice below the problem on a terminal, and wraps between words", () => {
    const screen = { isTTY: true, columns: 80 } as NodeJS.WriteStream;
    vi.stubEnv("NO_COLOR", "1");
    const text = formatError("--method 'diffit' is not known; did you mean 'difffit'? available: a, b", screen);
    expect(text).toBe("bench: error: --method 'diffit' is not known\n  did you mean 'difffit'? available: a, b");
    const narrow = { isTTY: true, columns: 36 } as NodeJS.WriteStream; // stdout may be a file, or wider
    expect(formatError("--method 'diffit' is not known", narrow).split("\n")).toHaveLength(2);
    vi.unstubAllEnvs();
  });
});

describe("applyStyle", () => {
  const terminal = { isTTY: true, hasColors: () => true };
  it.each([
    [terminal, {}, true],
    [terminal, { NO_COLOR: "1" }, false],
    [terminal, { NO_COLOR: "" }, true],
    [{}, {}, false],
    [{}, { FORCE_COLOR: "1" }, true],
    [terminal, { FORCE_COLOR: "0" }, false],
    [{}, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    [{ isTTY: true, hasColors: () => false }, {}, false],
  ])("on the screen %j with the environment %j applies colours: %s", (screen, env, coloured) => {
    expect(applyStyle("red", "x", screen, env)).toBe(coloured ? "\x1b[31mx\x1b[39m" : "x");
  });
});
