import { describe, expect, it } from "vitest";
import { alignColumns, fitColumns, hangText, screenWidth } from "./columns.ts";

describe("columns", () => {
  it("are as wide as their widest cell, numbers at their right end, without spaces at a line's end", () => {
    const rows = [
      ["name", "size", "here"],
      ["flowers", "9 MB", ""],
    ];
    expect(alignColumns(rows, new Set([1]))).toEqual(["name     size  here", "flowers  9 MB"]);
    expect(alignColumns([])).toEqual([]);
  });

  it("hang: lines break between words, and begin where the text began", () => {
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

  it("break a command that is wider than the screen between its words", () => {
    expect(hangText("--  ", "'bench fetch a b'", 16)).toEqual(["--  'bench fetch", "    a b'"]);
  });

  it("count a wide character as two columns", () => {
    expect(
      alignColumns([
        ["玫瑰", "1"],
        ["rose", "2"],
      ]),
    ).toEqual(["玫瑰  1", "rose  2"]);
    expect(hangText("", "玫瑰 玫瑰", 8)).toEqual(["玫瑰", "玫瑰"]);
  });

  it("fit a narrow screen: texts go on in the next line, then the columns move together", () => {
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

  it("have a style that does not change the layout", () => {
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

  it("fit the screen, up to a width that is pleasant to read", () => {
    expect([screenWidth(80), screenWidth(300)]).toEqual([80, 120]);
  });
});
