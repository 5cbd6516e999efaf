// Reads MATLAB files of labels: the numbers, text, cells and structs of a level 5 MAT-file (versions 5 to 7.2).

import { readFileSync, statSync } from "node:fs";
import {
  type Budget,
  decompress,
  type Element,
  elementTypes,
  readCharacters,
  readElements,
  readNumbers,
} from "./elements.ts";
import { MatError } from "./mat-error.ts";

/** An array in column-major order; `shape` has at least two lengths. */
export type MatValue =
  | { readonly kind: "numbers"; readonly shape: readonly number[]; readonly values: Float64Array }
  /** One string per row. */
  | { readonly kind: "text"; readonly shape: readonly number[]; readonly rows: readonly string[] }
  | { readonly kind: "cell"; readonly shape: readonly number[]; readonly items: readonly MatValue[] }
  | {
      readonly kind: "struct";
      readonly shape: readonly number[];
      readonly items: readonly ReadonlyMap<string, MatValue>[];
    }
  /** An object, function or sparse matrix, whose content is not read. */
  | { readonly kind: "other"; readonly type: number };

const mostFileBytes = 64e6;
const limits: Budget = { bytes: 256e6, values: 20e6 };
const mostDepth = 16;

/** The variables of a MAT-file by name. Throws MatError for damage, other versions and content beyond the limits. */
export function readMat(path: string): ReadonlyMap<string, MatValue> {
  const { size } = statSync(path);
  try {
    if (size > mostFileBytes) throw new MatError(`${size} bytes, expected at most ${mostFileBytes}`);
    return parseMat(readFileSync(path));
  } catch (error) {
    throw error instanceof MatError ? new MatError(`MATLAB file "${path}": ${error.message}`, { cause: error }) : error;
  }
}

/** Parses the bytes of a MAT-file as `readMat` does. The errors do not name a file. */
export function parseMat(bytes: Buffer): ReadonlyMap<string, MatValue> {
  if (bytes.length < 128) throw new MatError(`${bytes.length} bytes, expected at least the 128 of the header`);
  const mark = bytes.toString("latin1", 126, 128);
  if (mark !== "IM" && mark !== "MI") throw new MatError("not a level 5 MAT-file: the byte order mark is missing");
  const littleEndian = mark === "IM";
  const version = littleEndian ? bytes.readUInt16LE(124) : bytes.readUInt16BE(124);
  if (version === 0x0200) throw new MatError("version 7.3 (HDF5) is not supported: save the file with -v7");
  if (version !== 0x0100) throw new MatError(`version 0x${version.toString(16)}, expected 0x100`);
  const budget = { ...limits };
  const variables = new Map<string, MatValue>();
  for (const outer of readElements(bytes.subarray(128), littleEndian)) {
    const element = outer.type === elementTypes.compressed ? decompress(outer, littleEndian, budget) : outer;
    if (element.type !== elementTypes.matrix)
      throw new MatError(`an element of type ${element.type}, expected a matrix`);
    const { name, value } = parseMatrix(element, littleEndian, budget, 0);
    variables.set(name, value);
  }
  return variables;
}

const classes = { cell: 1, struct: 2, char: 4, firstNumeric: 6, lastNumeric: 15 } as const;

function parseMatrix(
  { data }: Element,
  littleEndian: boolean,
  budget: Budget,
  depth: number,
): { name: string; value: MatValue } {
  if (data.length === 0) return { name: "", value: { kind: "numbers", shape: [0, 0], values: new Float64Array() } };
  if (depth > mostDepth) throw new MatError(`nested deeper than ${mostDepth} levels`);
  const parts = readElements(data, littleEndian);
  const [flags, reserved] = readNumbers(nextElement(parts, "array flags"), littleEndian, budget);
  if (flags === undefined || reserved === undefined) throw new MatError("truncated: array flags of less than 8 bytes");
  const type = flags & 0xff;
  if (type !== classes.cell && type !== classes.struct && type !== classes.char && !isNumeric(type))
    return { name: "", value: { kind: "other", type } };
  const shape = Array.from(readNumbers(nextElement(parts, "dimensions"), littleEndian, budget));
  if (shape.length < 2 || shape.some((n) => n < 0))
    throw new MatError(`shape ${shape.join(" x ")}, expected at least two lengths`);
  const count = shape.reduce((total, n) => total * n, 1);
  const name = readCharacters(nextElement(parts, "name"), littleEndian, budget);
  const readInnerValue = () => {
    const element = nextElement(parts, `value ${name}`);
    if (element.type !== elementTypes.matrix)
      throw new MatError(`an element of type ${element.type} in "${name}", expected a matrix`);
    return parseMatrix(element, littleEndian, budget, depth + 1).value;
  };
  spendValues(budget, type === classes.cell || type === classes.struct ? count : 0);
  if (type === classes.cell)
    return { name, value: { kind: "cell", shape, items: Array.from({ length: count }, readInnerValue) } };
  if (type === classes.struct) {
    const fields = readFieldNames(parts, littleEndian, budget);
    spendValues(budget, count * fields.length);
    const item = () => new Map(fields.map((field) => [field, readInnerValue()]));
    return { name, value: { kind: "struct", shape, items: Array.from({ length: count }, item) } };
  }
  const real = nextElement(parts, `values of "${name}"`);
  if (type === classes.char) {
    spendValues(budget, shape[0]!); // one string per row, even where all are empty
    return {
      name,
      value: { kind: "text", shape, rows: rows(readCharacters(real, littleEndian, budget), shape, count) },
    };
  }
  const values = readNumbers(real, littleEndian, budget);
  if (values.length !== count)
    throw new MatError(`"${name}" has shape ${shape.join(" x ")}, but ${values.length} values`);
  return { name, value: { kind: "numbers", shape, values } };
}

const isNumeric = (type: number) => type >= classes.firstNumeric && type <= classes.lastNumeric;

function spendValues(budget: Budget, values: number): void {
  budget.values -= values;
  if (!(budget.values >= 0)) throw new MatError("the number of values exceeds the limit");
}

function nextElement(parts: Iterator<Element>, what: string): Element {
  const { value, done } = parts.next();
  if (done) throw new MatError(`truncated: no ${what}`);
  return value;
}

function readFieldNames(parts: Iterator<Element>, littleEndian: boolean, budget: Budget): string[] {
  const [length = 0] = readNumbers(nextElement(parts, "length of field names"), littleEndian, budget);
  const { data } = nextElement(parts, "field names");
  if (!(length >= 1 && length <= 1024) || data.length % length !== 0)
    throw new MatError(`field names of ${data.length} bytes, expected a multiple of ${length}`);
  spendValues(budget, data.length / length);
  return Array.from({ length: data.length / length }, (_, i) => {
    const field = data.subarray(i * length, (i + 1) * length);
    return field.toString("latin1", 0, field.includes(0) ? field.indexOf(0) : length);
  });
}

/** The rows of a character array, which is stored in column-major order like every array. */
function rows(text: string, shape: readonly number[], count: number): string[] {
  const [height = 0] = shape;
  if (text.length !== count) throw new MatError(`text of ${text.length} characters, expected ${shape.join(" x ")}`);
  if (height === 1) return [text];
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: height === 0 ? 0 : count / height }, (_, column) => text[row + column * height]).join(""),
  );
}
