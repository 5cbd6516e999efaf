// Tests readCsv: the forms of CSV in label tables, and errors that name their line.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../data-error.ts";
import { readCsv } from "./read-csv.ts";

const read = (text: string) => readCsv(text, "labels.csv", ["path", "name"]);

describe("readCsv", () => {
  test.each([
    ["line feeds", "name,x,path\nrose,1,a.jpg\ntulip,2,b.jpg\n"],
    ["carriage returns and line feeds", "name,x,path\r\nrose,1,a.jpg\r\ntulip,2,b.jpg\r\n"],
    ["carriage returns", "name,x,path\rrose,1,a.jpg\rtulip,2,b.jpg\r"],
    ["no line end after the last row", "name,x,path\nrose,1,a.jpg\ntulip,2,b.jpg"],
    ["a byte order mark and a quoted name", '\ufeff"name",x,path\nrose,1,a.jpg\ntulip,2,b.jpg\n'],
    ["blank lines", "name,x,path\n\nrose,1,a.jpg\n\r\ntulip,2,b.jpg\n\n"],
  ])("returns the requested columns of a table with %s", (_, text) => {
    expect(read(text)).toEqual([
      { name: "rose", path: "a.jpg" },
      { name: "tulip", path: "b.jpg" },
    ]);
  });

  test("reads what quoting can protect: commas, quotes and line ends", () => {
    const unit = fc.constantFrom("a", ",", '"', "\n", "\r", "é", " ");
    const field = fc.string({ unit, minLength: 1 });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(fc.record({ name: field, path: field })), (rows) => {
        const text = ["name,path", ...rows.map(({ name, path }) => `${quoted(name)},${quoted(path)}`)].join("\n");
        expect(read(text)).toEqual(rows);
      }),
    );
  });

  test.each([
    ["no content", "", '"labels.csv" is empty, expected a line of column names'],
    ["a byte order mark alone", "\ufeff", '"labels.csv" is empty, expected a line of column names'],
    ["a missing column", "name,x\nrose,1\n", '"labels.csv" has no column path'],
    ["a missing field", "name,path\nrose,a.jpg\n\ntulip\n", '"labels.csv", line 4: 1 field, expected 2'],
    ["a field too many", "name,path\r\nrose,a.jpg,1\r\n", '"labels.csv", line 2: 3 fields, expected 2'],
    ["a quote inside a field", 'name,path\nro"se,a.jpg\n', '"labels.csv", line 2: a quote inside a field'],
    ["text after a quoted field", 'name,path\n"ro"se,a.jpg\n', '"labels.csv", line 2: a quote inside a field'],
    ["a quoted field without end", 'name,path\n"rose,a.jpg', '"labels.csv", line 2: a quoted field does not end'],
  ])("refuses a table with %s", (_, text, message) => {
    expect(() => read(text)).toThrow(DataError);
    expect(() => read(text)).toThrow(new DataError("labels", message));
  });
});
