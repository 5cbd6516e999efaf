// Tests that methods can be distinguished without colour.

import { expect, it } from "vitest";
import { pageMarks } from "./marks.ts";

const rows = (count: number) => [
  { method: "full", label: "Full" },
  ...Array.from({ length: count }, (_, index) => ({
    method: `m${index}`,
    label: `M${String(index).padStart(2, "0")}`,
  })),
];

it("pageMarks gives 13 methods shapes that differ without colour, and the first seven distinct dashes", () => {
  const marks = pageMarks(rows(12));
  const looks = marks.map(({ shape, hollow }) => `${shape} ${hollow}`);
  expect(new Set(looks).size).toBe(13);
  // Stars and crosses consist of lines: without a filling they look the same.
  expect(marks.filter(({ shape, hollow }) => hollow && /star|cross/.test(shape))).toEqual([]);
  const dashes = pageMarks(rows(6)).map(({ dash }) => dash.join());
  expect(new Set(dashes).size).toBe(7);
});

it("pageMarks keeps the mark of a method when the order of the rows changes", () => {
  const [full, first, second] = rows(2);
  const marks = pageMarks([full!, first!, second!]);
  expect(pageMarks([second!, first!, full!])).toEqual(marks.reverse());
});
