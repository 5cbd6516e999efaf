import { describe, expect, it } from "vitest";
import { aligned, hanging, screenWidth } from "./columns.ts";

describe("columns", () => {
  it("are as wide as their widest cell, numbers at their right end, without spaces at a line's end", () => {
    const rows = [
      ["name", "size", "here"],
      ["flowers", "9 MB", ""],
    ];
    expect(aligned(rows, new Set([1]))).toEqual(["name     size  here", "flowers  9 MB"]);
    expect(aligned([])).toEqual([]);
  });

  it("hang: lines break between words, and begin where the text began", () => {
    expect(hanging("ok  ", "one two three", 11)).toEqual(["ok  one two", "    three"]);
    expect(hanging("ok  ", "a-word-longer-than-the-screen b", 11)).toEqual([
      "ok  a-word-longer-than-the-screen",
      "    b",
    ]);
    expect(hanging("--  ", "with 'bench fetch a', it's", 20)).toEqual(["--  with", "    'bench fetch a',", "    it's"]);
  });

  it("break a command that is wider than the screen between its words", () => {
    expect(hanging("--  ", "'bench fetch a b'", 16)).toEqual(["--  'bench fetch", "    a b'"]);
  });

  it("count a wide character as two columns", () => {
    expect(
      aligned([
        ["玫瑰", "1"],
        ["rose", "2"],
      ]),
    ).toEqual(["玫瑰  1", "rose  2"]);
    expect(hanging("", "玫瑰 玫瑰", 8)).toEqual(["玫瑰", "玫瑰"]);
  });

  it("fit the screen, up to a width that is pleasant to read", () => {
    expect([screenWidth(80), screenWidth(300)]).toEqual([80, 120]);
  });
});
