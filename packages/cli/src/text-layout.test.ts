// Layout of tables and hanging indents.

import { describe, expect, it } from "vitest";
import { alignColumns, fitColumns, hangText, screenWidth } from "./text-layout.ts";

describe("alignColumns", () => {
  it("makes columns as wide as their widest cell, aligns numbers to the right, and ends no line with spaces", () => {
    const rows = [
      ["name", "size", "here"],
      ["flowers", "9 MB", ""],
    ];
    expect(alignColumns(rows, new Set([1]))).toEqual(["name     size  here", "flowers  9 MB"]);
    expect(alignColumns([])).toEqual([]);
  });

  it("counts a wide character as two columns", () => {
    expect(
      alignColumns([
        ["玫瑰", "1"],
        ["rose", "2"],
      ]),
    ).toEqual(["玫瑰  1", "rose  2"]);
  });
});

describe("hangText", () => {
  it("breaks lines between words, and indents them to the beginning of the text", () => {
    expect(hangText("ok  ", "one two three", 11)).toEqual(["ok  one two", "    three"]);
    expect(hangText("ok  ", "a-word-longer-than-the-screen b", 11)).toEqual([
      "ok  a-word-longer-than-the-screen",
      "    b",
    ]);
    expect(hangText("--  ", "with 'bench fetch a', it's", 20)).toEqual([
      "--  with",
      "    'bench fetch a',",
      "    it's",
    ]);
  });

  it("breaks a command that is wider than the screen between its words", () => {
    expect(hangText("--  ", "'bench fetch a b'", 16)).toEqual(["--  'bench fetch", "    a b'"]);
  });

  it("counts a wide character as two columns", () => {
    expect(hangText("", "玫瑰 玫瑰", 8)).toEqual(["玫瑰", "玫瑰"]);
  });
});

describe("fitColumns", () => {
  it("wraps cells to fit a narrow screen, then shrinks the gap, then returns undefined", () => {
    const rows = [
      ["name", "what it is", "size"],
      ["flowers", "images of flowers", "9\u00a0MB"],
    ];
    const right = new Set([2]);
    expect(fitColumns(rows, { right, width: 40 })).toEqual(alignColumns(rows, right));
    expect(fitColumns(rows, { right, width: 25 })).toEqual([
      "name     what it is  size",
      "flowers  images of   9\u00a0MB",
      "         flowers",
    ]);
    expect(fitColumns(rows, { right, width: 20 })).toEqual([
      "name    what it size",
      "        is",
      "flowers images  9\u00a0MB",
      "        of",
      "        flowers",
    ]);
    expect(fitColumns(rows, { right, width: 19 })).toBeUndefined();
  });

  it("applies a style without a change of the layout", () => {
    const style = (text: string, row: number, column: number) => (row === 0 && column === 1 ? `<${text}>` : text);
    expect(
      fitColumns(
        [
          ["a", "b", "c"],
          ["1", "22", "3"],
        ],
        { style },
      ),
    ).toEqual(["a  <b>   c", "1  22  3"]);
  });
});

describe("screenWidth", () => {
  it("is the width of the screen, at most 120 columns", () => {
    expect([screenWidth(80), screenWidth(300)]).toEqual([80, 120]);
  });
});
