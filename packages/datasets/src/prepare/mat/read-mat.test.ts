// Tests readMat and parseMat: fixtures that SciPy wrote, both byte orders, and damaged files.

import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type MatSource, makeMat } from "../../testing/make-mat.ts";
import { MatError } from "./mat-error.ts";
import { type MatValue, parseMat, readMat } from "./read-mat.ts";

const fixtures = fileURLToPath(new URL("./fixtures/", import.meta.url));
const expectedValues = JSON.parse(readFileSync(join(fixtures, "mat.json"), "utf8"));
const values = (value: MatValue | undefined) => (value?.kind === "numbers" ? [...value.values] : value);

describe.each([
  ["compressed", ""],
  ["uncompressed", "-plain"],
])("readMat of %s files that SciPy wrote", (_, suffix) => {
  it("reads labels and splits in the form of Oxford Flowers-102", () => {
    const mat = readMat(join(fixtures, `flowers${suffix}.mat`));
    expect(mat.get("labels")).toMatchObject({ kind: "numbers", shape: [1, 300] });
    for (const name of ["labels", "trnid", "tstid"]) expect(values(mat.get(name))).toEqual(expectedValues[name]);
  });

  it("reads annotations and class names in the form of Stanford Cars", () => {
    const mat = readMat(join(fixtures, `cars${suffix}.mat`));
    const annotations = mat.get("annotations");
    const names = mat.get("class_names");
    if (annotations?.kind !== "struct" || names?.kind !== "cell") throw new Error("not a struct and a cell");
    expect(annotations.shape).toEqual([1, 7]);
    expect([...annotations.items[4]!.keys()]).toEqual(["bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2", "class", "fname"]);
    expect(values(annotations.items[4]!.get("class"))).toEqual([2]);
    expect(annotations.items[4]!.get("fname")).toMatchObject({ kind: "text", rows: ["00005.jpg"] });
    expect(names.items.map((n) => n.kind === "text" && n.rows[0])).toEqual(expectedValues.names);
  });

  it("reads every numeric type, text, empty arrays and nested structs and cells", () => {
    const mat = readMat(join(fixtures, `every${suffix}.mat`));
    for (const type of ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "single", "double"])
      expect([type, mat.get(type)]).toMatchObject([type, { shape: [3, 2], values: Float64Array.of(1, 3, 5, 2, 4, 6) }]);
    expect(values(mat.get("negative"))).toEqual([-1.5, 2.25, -3e300]);
    expect(values(mat.get("logical"))).toEqual([1, 0]);
    expect(mat.get("cube")).toMatchObject({ shape: [2, 3, 4], values: Float64Array.from(expectedValues.cube) });
    expect(mat.get("empty")).toMatchObject({ shape: [0, 3], values: new Float64Array() });
    expect(mat.get("text")).toMatchObject({ rows: ["Blåhat"] });
    expect(mat.get("rows")).toMatchObject({ rows: ["one  ", "three"] });
    const cell = mat.get("cell");
    if (cell?.kind !== "cell") throw new Error("no cell");
    expect(cell.items[2]).toMatchObject({ kind: "cell", items: [{ values: Float64Array.of(3, 4) }] });
    const nestedCells = mat.get("nested");
    if (nestedCells?.kind !== "struct") throw new Error("no struct");
    const a = nestedCells.items[0]!.get("a");
    expect(a?.kind === "struct" && a.items[0]!.get("c")).toMatchObject({ rows: ["deep"] });
  });
});

const source: Record<string, MatSource> = {
  labels: { numbers: [3, 1, 2], as: "uint8" },
  ids: { numbers: [300, 1], as: "uint16" },
  names: { cell: [{ text: "Ram C/V" }, { text: "é" }] },
  annotations: {
    struct: [
      { class: { numbers: [7] }, fname: { text: "1.jpg" } },
      { class: { numbers: [8] }, fname: { text: "2.jpg" } },
    ],
  },
};

describe("parseMat", () => {
  it.each([
    [{ compressed: true }],
    [{ compressed: false }],
    [{ bigEndian: true }],
    [{ bigEndian: true, compressed: false }],
  ])("reads what makeMat writes with options %j", (options) => {
    const mat = parseMat(makeMat(source, options));
    expect([...mat.keys()]).toEqual(Object.keys(source));
    expect(values(mat.get("labels"))).toEqual([3, 1, 2]);
    expect(values(mat.get("ids"))).toEqual([300, 1]);
    expect(mat.get("names")).toMatchObject({ items: [{ rows: ["Ram C/V"] }, { rows: ["é"] }] });
    const annotations = mat.get("annotations");
    expect(annotations?.kind === "struct" && annotations.items.map((i) => values(i.get("class")))).toEqual([[7], [8]]);
  });
});

describe("parseMat of damaged or unsupported files", () => {
  const changeHeader = (change: (bytes: Buffer) => void) => {
    const bytes = makeMat(source);
    change(bytes);
    return bytes;
  };
  const u32 = (n: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(n);
    return bytes;
  };
  const fileWithElement = (...parts: (number | Buffer)[]) =>
    Buffer.concat([makeMat({}), ...parts.map((p) => (typeof p === "number" ? u32(p) : p))]);
  const bomb = deflateSync(Buffer.alloc(300e6));
  const nestedCells = () => {
    let value: MatSource = { numbers: [1] };
    for (let i = 0; i < 20; i++) value = { cell: [value] };
    return makeMat({ value });
  };
  const fieldNames = () => {
    const names = deflateSync(
      Buffer.concat([
        ...[u32(14), u32(16 + 16 + 8 + 8 + 8 + 25e6)],
        ...[u32(6), u32(8), u32(2), u32(0)],
        ...[u32(5), u32(8), u32(1), u32(0)],
        ...[u32(1), u32(0)],
        ...[u32((4 << 16) | 5), u32(1)],
        ...[u32(1), u32(25e6), Buffer.alloc(25e6)],
      ]),
    );
    return fileWithElement(15, names.length, names);
  };
  it.each<[string, () => Buffer, RegExp]>([
    ["an empty file", () => Buffer.alloc(0), /0 bytes, expected at least the 128 of the header/],
    ["a web page", () => Buffer.from("<html>".padEnd(200)), /not a level 5 MAT-file/],
    ["a missing byte order mark", () => changeHeader((b) => b.write("XX", 126)), /byte order mark is missing/],
    ["version 7.3", () => changeHeader((b) => b.writeUInt16LE(0x0200, 124)), /version 7\.3 \(HDF5\) is not supported/],
    ["an unknown version", () => changeHeader((b) => b.writeUInt16LE(0x0300, 124)), /version 0x300/],
    ["a truncated tag", () => fileWithElement(14), /truncated: 4 bytes left, expected an element's tag/],
    ["an element longer than the file", () => fileWithElement(14, 1000), /1000 bytes, but 0 are left/],
    ["a short element of five bytes", () => fileWithElement((5 << 16) | 14, 0), /expected at most 4/],
    ["an element that is not a matrix", () => fileWithElement(9, 8, Buffer.alloc(8)), /type 9, expected a matrix/],
    ["damaged compressed data", () => fileWithElement(15, 8, Buffer.alloc(8)), /compressed data is damaged/],
    [
      "300 MB of zeros, compressed",
      () => fileWithElement(15, bomb.length, bomb),
      /decompressed data exceeds the limit/,
    ],
    ["cells nested 20 levels deep", nestedCells, /nested deeper than 16 levels/],
    ["a matrix without content", () => fileWithElement(14, 8, 6, 0), /array flags of less than 8 bytes/],
    [
      "fewer values than its shape",
      () => makeMat({ a: { numbers: [1, 2], shape: [1, 3] } }),
      /"a" has shape 1 x 3, but 2 values/,
    ],
    [
      "2^31 rows of empty text",
      () => makeMat({ a: { text: "", shape: [2 ** 31 - 1, 0] } }),
      /the number of values exceeds the limit/,
    ],
    ["25 million field names of an empty struct", fieldNames, /the number of values exceeds the limit/],
    [
      "a shape of 2^62 values",
      () => makeMat({ a: { numbers: [1], shape: [2 ** 31 - 1, 2 ** 31 - 1] } }),
      /but 1 values/,
    ],
  ])("refuses %s within five seconds", (_, bytes, message) => {
    const start = performance.now();
    expect(() => parseMat(bytes())).toThrow(MatError);
    expect(() => parseMat(bytes())).toThrow(message);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("names the file in the message of readMat", () => {
    const path = join(tmpdir(), `bad-${process.pid}.mat`);
    writeFileSync(path, "x");
    expect(() => readMat(path)).toThrow(`MATLAB file "${path}": 1 bytes`);
  });
});
