// Tests the guard against Math.random and the reader of stack traces.

import { describe, expect, it } from "vitest";
import { callSitesOf, withoutMathRandom } from "./only-source.ts";

describe("withoutMathRandom", () => {
  const refuse = (site: string | undefined) => new Error(`at ${site}`);

  it("refuses Math.random and names the line that called it", () => {
    expect(() => withoutMathRandom(() => Math.random(), refuse)).toThrow(/only-source\.test\.ts:\d+:\d+$/);
  });

  it("returns the function's result, and restores Math.random, also after an error", () => {
    const before = Math.random;
    expect(withoutMathRandom(() => 3, refuse)).toBe(3);
    expect(() => withoutMathRandom(() => Math.random(), refuse)).toThrow();
    expect(Math.random).toBe(before);
  });
});

it("callSitesOf lists the call sites of a stack trace, including paths with spaces, and omits lines of Node", () => {
  const stack = [
    "Error: no",
    "    at f (file:///a%20b/c.js:1:2)",
    "    at /d e/f.js:3:4",
    "    at async g (node:internal/modules:5:6)",
  ];
  expect(callSitesOf(stack.join("\n"))).toEqual(["/a b/c.js:1:2", "/d e/f.js:3:4"]);
});
