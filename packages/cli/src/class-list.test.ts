// Tests values of `--classes`: labels, names, mixed lists, and names that look like labels or like the syntax.

import { describe, expect, it } from "vitest";
import { parseClasses } from "./class-list.ts";

const flowers = ["n01443537, goldfish", "rose", "玫瑰", 'the "best"', "tulip"];
const numberedNames = ["1", "10", "2"]; // class folders named by numbers, in byte order
const parse = (text: string, names: readonly string[] = flowers) => parseClasses(text, names, names.length);

describe("parseClasses", () => {
  it.each<[string, number[]]>([
    ["rose", [1]],
    ["1,3", [1, 3]],
    [" 4 , 玫瑰,0", [4, 2, 0]],
    ["5", [5]], // the null class
    ['"n01443537, goldfish",rose', [0, 1]],
    ['tulip, "n01443537, goldfish"', [4, 0]],
    ['"the ""best""",1', [3, 1]],
    ["n01443537, goldfish", [0]], // without the quotes, which a shell removes
    ['the "best"', [3]],
    ['["n01443537, goldfish", 3]', [0, 3]],
    ['["tulip"]', [4]],
    ["label:1,name:tulip", [1, 4]],
    ['"name:n01443537, goldfish"', [0]],
  ])("reads %s as the labels %j", (text, labels) => {
    expect(parse(text)).toEqual(labels);
  });

  it("refuses a text that is the name of one class and the number of another", () => {
    for (const text of ["1", '"1"', '["1"]'])
      expect(() => parse(text, numberedNames), text).toThrow(/it is the name of label \d and the number of label \d/);
    expect(() => parse("0,1,2", numberedNames)).toThrow(
      "--classes 1: it is the name of label 0 and the number of label 1, '10'; write label:1 or name:1",
    );
    expect(parse("name:1,label:1,name:2", numberedNames)).toEqual([0, 1, 2]);
    expect(parse("[0, 1, 2]", numberedNames)).toEqual([0, 1, 2]);
    expect(parse("10,0", numberedNames)).toEqual([1, 0]);
    // Name and number give the same label.
    expect(parse("0,1,2", ["0", "1", "2"])).toEqual([0, 1, 2]);
    expect(() => parse("3", ["a", "b", "3"])).toThrow("the number of label 3, the null class; write label:3 or name:3");
  });

  it("reads a name with a comma as two classes if its parts are classes, unless it is quoted", () => {
    const names = ["a", "b", "a,b"];
    expect(parse("a,b", names)).toEqual([0, 1]);
    expect(parse('"a,b"', names)).toEqual([2]);
  });

  it("needs the prefix name: for a class whose own name begins with label:", () => {
    expect(parse("name:label:0", ["x", "label:0"])).toEqual([1]);
    expect(() => parse("label:0", ["x", "label:0"])).toThrow("write label:0 or name:0");
  });

  it.each([
    ["0,0", "label 0 is given twice; name each class once"],
    ["rose,1", "label 1 is given twice"],
    ["6", "--classes 6: wanted numbers from 0 to 5 (the null class), or names such as 'n01443537, goldfish', 'rose'"],
    ["-1", "wanted numbers from 0 to 5"],
    ["0x1", "wanted numbers from 0 to 5"],
    ["1e0", "wanted numbers from 0 to 5"],
    ["rose,", "wanted numbers from 0 to 5"],
    ["label:rose", "--classes label:rose: wanted numbers"],
    ["[1", "wanted a JSON list of names and numbers"],
    ["[]", "wanted a JSON list"],
    ['[{"a": 1}]', "wanted a JSON list"],
    ["[1.5]", "--classes 1.5: wanted numbers"],
    ["\u001b[31m", "--classes \\x1b[31m: wanted"],
  ])("refuses %j with exit code 2", (text, message) => {
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it("refuses the label of the null class if the model has no null class", () => {
    expect(() => parseClasses("2", ["a", "b"], 1)).toThrow("wanted numbers from 0 to 1, or names such as 'a', 'b'");
  });
});
