// Tests of decodeSafetensors: files of the reference implementation, valid special cases, and malformed files.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptFileError, decodeSafetensors, encodeSafetensors } from "../index.ts";

const everyType = readFileSync(new URL("../fixtures/every-type.safetensors", import.meta.url));
const officialInputs = readFileSync(new URL("../fixtures/dit_inputs.safetensors", import.meta.url));

/** A file with this header, followed by zeros. */
function file(header: string | Uint8Array, dataBytes = 0, announced?: bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, announced ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function tensor(name: string, begin: number | string, end: number | string, shape = "[1]", type = "F32"): string {
  return `"${name}":{"dtype":"${type}","shape":${shape},"data_offsets":[${begin},${end}]}`;
}

describe("decodeSafetensors of a file of the reference implementation", () => {
  test("returns values, shape and exact name of every type", () => {
    const { tensors, metadata } = decodeSafetensors(everyType);
    expect(metadata).toEqual({ format: "pt\nü" });
    expect(tensors.size).toBe(15);
    expect(tensors.get("i64")).toEqual({
      type: "I64",
      shape: [2],
      data: new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n]),
    });
    expect(tensors.get("f32")?.data).toEqual(new Float32Array([1.5, -2, 3e-45]));
    expect(tensors.get("z.f64")?.data[0]).toBe(0.0012301533574825742);
    expect(tensors.get("i32")).toEqual({ type: "I32", shape: [1, 2], data: new Int32Array([-(2 ** 31), 5]) });
    expect(tensors.get("i16")?.data).toEqual(new Int16Array([-32768, 1, 2]));
    expect(tensors.get("i8")?.data).toEqual(new Int8Array([-128, 1, 2]));
    expect(tensors.get("u8")?.data).toEqual(new Uint8Array([255, 1, 2]));
    expect(tensors.get("bool")).toEqual({ type: "BOOL", shape: [2], data: new Uint8Array([1, 0]) });
    expect(tensors.get("scalar")).toEqual({ type: "F32", shape: [], data: new Float32Array([7]) });
    expect(tensors.get("empty")).toEqual({ type: "F32", shape: [0, 4], data: new Float32Array(0) });
    expect(tensors.get('quote"\\\n\u0001 é \u{1F33C} \uFFEE')?.data).toEqual(new Float32Array([8]));
  });

  test("accepts a tensor named __proto__ without changing a prototype", () => {
    expect(decodeSafetensors(everyType).tensors.get("__proto__")?.data).toEqual(new Float32Array([9]));
    const { metadata } = decodeSafetensors(file('{"__metadata__":{"__proto__":"polluted"}}'));
    expect(Object.getOwnPropertyNames(metadata)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each([
    ["every-type", everyType],
    ["dit_inputs", officialInputs],
  ])("returns all that encodeSafetensors needs to write the same bytes again: %s", (_, bytes) => {
    const { tensors, metadata } = decodeSafetensors(bytes);
    expect(Buffer.compare(encodeSafetensors([...tensors].reverse(), metadata), bytes)).toBe(0);
  });
});

describe("decodeSafetensors accepts", () => {
  test.each<[string, string, number]>([
    ["no tensors at all", "{}", 0],
    ["a header padded with spaces", `{${tensor("a", 0, 4)}}   \n`, 4],
    ["tensors listed in another order than their data", `{${tensor("b", 4, 8)},${tensor("a", 0, 4)}}`, 8],
    ["empty tensors between others", `{${tensor("b", 4, 8)},${tensor("e", 4, 4, "[0,7]")},${tensor("a", 0, 4)}}`, 8],
    ["unknown fields", '{"a":{"x":[null,true,-1.5e3,{}],"dtype":"U8","shape":[],"data_offsets":[0,1]}}', 1],
    ["metadata that are null", '{"__metadata__":null}', 0],
    ["a header of an odd length, so that no tensor is aligned", `{${tensor("odd", 0, 8, "[1]", "F64")}} `, 8],
  ])("%s", (_, header, dataBytes) => {
    expect(() => decodeSafetensors(file(header, dataBytes))).not.toThrow();
  });
});

describe("decodeSafetensors refuses, with the file's name and the reason,", () => {
  const millionDigits = "9".repeat(1_000_000);
  test.each<[string, Uint8Array, RegExp]>([
    ["an empty file", new Uint8Array(0), /0 bytes: a safetensors file has at least 8/],
    ["a truncated length field", new Uint8Array(7), /7 bytes/],
    ["a header length above the limit", file("{}", 0, 100_000_001n), /100000001 bytes: at most 100000000/],
    ["the largest header length that 64 bits hold", file("{}", 0, 2n ** 64n - 1n), /18446744073709551615/],
    ["a header longer than the file", file("{}", 0, 3n), /header of 3 bytes in a file of 10/],
    ["a header of no bytes", file(""), /does not begin with "{"/],
    ["a header that is not UTF-8", file(new Uint8Array([0x7b, 0xff, 0x7d])), /not UTF-8/],
    ["a line break in a name, shown as \\n", file(`{"a\\nb":1}`), /tensor "a\\nb": wanted an object/],
    ["a byte order mark", file("\uFEFF{}"), /does not begin with "{"/],
    ["white space before the header", file(" {}"), /does not begin with "{"/],
    ["a page of HTML", file("<html></html>"), /does not begin with "{"/],
    ["text after the header", file("{} {}"), /text after the end/],
    ["a duplicate key", file(`{${tensor("a", 0, 4)},${tensor("a", 0, 4)}}`, 4), /"a" occurs twice/],
    [
      "a duplicate key in two spellings",
      file(`{${tensor("a", 0, 4)},${tensor("\\u0061", 4, 8)}}`, 8),
      /"a" occurs twice/,
    ],
    ["a lone surrogate in a name", file('{"\\ud800":null}'), /surrogate/],
    ["a control character in a name", file('{"a\nb":null}'), /control character/],
    ["deep nesting", file(`{"a":${"[".repeat(1e6)}`), /nested deeper/],
    ["an unfinished string", file('{"a'), /string without an end/],
    ["an unfinished escape", file('{"a\\'), /string without an end/],
    ["a trailing comma", file(`{${tensor("a", 0, 4)},}`, 4), /a key in double quotes/],
    ["an entry that is not an object", file('{"a":1}'), /an object with dtype/],
    ["metadata that are not text", file('{"__metadata__":{"a":1}}'), /not a string/],
    ["metadata that are a list", file('{"__metadata__":[]}'), /not an object/],
    ["an unknown type", file(`{${tensor("a", 0, 1, "[1]", "F8_E4M3")}}`, 1), /dtype "F8_E4M3": wanted one of/],
    ["a negative size", file(`{${tensor("a", 0, 4, "[-1]")}}`, 4), /shape is not a list/],
    ["a fractional size", file(`{${tensor("a", 0, 4, "[1.0]")}}`, 4), /shape is not a list/],
    ["a size of a million digits", file(`{${tensor("a", 0, 4, `[${millionDigits}]`)}}`, 4), /shape is not a list/],
    [
      "sizes that overflow the number of elements",
      file(`{${tensor("a", 0, 4, "[4294967296,4294967296,0]")}}`, 4),
      /too many elements/,
    ],
    ["more bytes than type and shape need", file(`{${tensor("a", 0, 8)}}`, 8), /takes 4 bytes/],
    ["an end before the begin", file(`{${tensor("a", 8, 4)}}`, 8), /takes 4 bytes/],
    ["three offsets", file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}', 1), /not a pair/],
    ["a first tensor that does not begin at 0", file(`{${tensor("a", 4, 8)}}`, 8), /begins at byte 4/],
    ["a gap", file(`{${tensor("a", 0, 4)},${tensor("b", 8, 12)}}`, 12), /ends at 4: overlap or gap/],
    ["an overlap", file(`{${tensor("a", 0, 8, "[2]")},${tensor("b", 4, 12, "[2]")}}`, 12), /overlap or gap/],
    ["two names for the same bytes", file(`{${tensor("a", 0, 4)},${tensor("b", 0, 4)}}`, 4), /overlap or gap/],
    ["truncated data", file(`{${tensor("a", 0, 4)}}`, 3), /cover 4 bytes of data, the file holds 3/],
    ["extra bytes", file(`{${tensor("a", 0, 4)}}`, 5), /cover 4 bytes of data, the file holds 5/],
  ])("%s", (_, bytes, reason) => {
    const error = errorOf(bytes, "folder/model.safetensors");
    expect(error).toBeInstanceOf(CorruptFileError);
    expect(error.message).toMatch(reason);
    expect(error.message).toMatch(/^folder\/model\.safetensors: /);
    expect(error.message.length).toBeLessThan(500);
  });

  test("a file truncated at any byte", () => {
    for (let length = 0; length < everyType.length; length++)
      expect(errorOf(everyType.subarray(0, length))).toBeInstanceOf(CorruptFileError);
  });

  test("randomly changed bytes with a CorruptFileError, or reads them", () => {
    const edit = fc.record({ at: fc.nat(1100), byte: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(everyType, officialInputs),
        (edits, original) => {
          const bytes = new Uint8Array(original);
          for (const { at, byte } of edits) bytes[at % bytes.length] = byte;
          expect(decodesOrIsCorrupt(bytes)).toBe(true);
        },
      ),
      { numRuns: 5000, seed: 1 },
    );
  });

  test("random JSON in the header with a CorruptFileError, or reads it", () => {
    const size = fc.oneof(fc.nat(9), fc.constantFrom(-1, 0.5, 2 ** 53, 2 ** 64, 1e300));
    const entry = fc.record(
      {
        dtype: fc.oneof(fc.constantFrom("F32", "U8", "I64", "F4"), fc.jsonValue()),
        shape: fc.oneof(fc.array(size, { maxLength: 3 }), fc.jsonValue()),
        data_offsets: fc.oneof(fc.tuple(size, size), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const header = fc.dictionary(fc.oneof(fc.string(), fc.constant("__metadata__")), fc.oneof(entry, fc.jsonValue()), {
      maxKeys: 4,
    });
    fc.assert(
      fc.property(header, fc.nat(16), (fields, dataBytes) => {
        expect(decodesOrIsCorrupt(file(JSON.stringify(fields), dataBytes))).toBe(true);
      }),
      { numRuns: 3000, seed: 2 },
    );
  });
});

function errorOf(bytes: Uint8Array, source?: string): Error {
  try {
    decodeSafetensors(bytes, source);
  } catch (error) {
    return error as Error;
  }
  throw new Error("these bytes were read without an error");
}

function decodesOrIsCorrupt(bytes: Uint8Array): boolean {
  try {
    decodeSafetensors(bytes);
    return true;
  } catch (error) {
    return error instanceof CorruptFileError;
  }
}
