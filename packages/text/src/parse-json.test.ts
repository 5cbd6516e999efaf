// Tests parseJson.

import { expect, test } from "vitest";
import { parseJson } from "./parse-json.ts";

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

test("parses JSON as JSON.parse does", () => {
  for (const text of ["null", "1e999", '"a"', '{"a":[1,{"__proto__":2}]}', nested(100)])
    expect(parseJson(text)).toEqual(JSON.parse(text));
  expect(() => parseJson("{")).toThrow(SyntaxError);
});

test.each([
  ["lists", nested(101)],
  ["lists that overflow the stack", nested(200_000)],
  ["objects", `${'{"a":'.repeat(101)}1${"}".repeat(101)}`],
])("refuses deep %s", (_, text) => {
  expect(() => parseJson(text)).toThrow(new SyntaxError("nested deeper than 100 levels"));
});
