// Tests of .npy and .npz files: files that NumPy wrote (tools/torch/arrays.py), files of this package, malformed files.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateRawSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { bytes, zip } from "../hostile.test.data.ts";
import type { StoredTensor } from "../tensor-type.ts";
import { decodeNpy, encodeNpy } from "./npy.ts";
import { readNpz, writeNpz } from "./npz.ts";

const stored = (name: string) => fileURLToPath(new URL(`../fixtures/arrays/${name}.npz`, import.meta.url));
const place = mkdtempSync(join(tmpdir(), "npz-"));
afterAll(() => rmSync(place, { recursive: true }));

describe("readNpz of a file of NumPy", () => {
  test.each(["stored", "deflated"])("returns all arrays of a %s archive", async (name) => {
    const arrays = await readNpz(stored(name));
    const counting = Array.from({ length: 24 }, (_, i) => i);
    expect(Object.fromEntries(arrays)).toEqual({
      mu: { type: "F64", shape: [3], data: Float64Array.of(-1, 0, 1) },
      sigma: { type: "F64", shape: [3, 3], data: Float64Array.from({ length: 9 }, (_, i) => i / 7) },
      columns: { type: "F64", shape: [2, 3, 4], data: Float64Array.from(counting, (i) => i / 8) },
      f32: { type: "F32", shape: [2, 3, 4], data: Float32Array.from(counting) },
      f16: { type: "F16", shape: [2], data: Uint16Array.of(0x3e00, 0xfbff) },
      i64: { type: "I64", shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
      u8: { type: "U8", shape: [2, 1], data: Uint8Array.of(255, 1) },
      bool: { type: "BOOL", shape: [2], data: Uint8Array.of(1, 0) },
      scalar: { type: "F64", shape: [], data: Float64Array.of(7) },
      empty: { type: "F64", shape: [0, 4], data: new Float64Array() },
    });
  });

  test("returns only the wanted arrays", async () => {
    expect([...(await readNpz(stored("deflated"), ["sigma", "mu", "nu"])).keys()]).toEqual(["mu", "sigma"]);
  });

  test("returns arrays that encodeNpy writes with the bytes of NumPy", async () => {
    const file = readFileSync(stored("stored"));
    for (const [name, array] of await readNpz(stored("stored"))) {
      if (name === "columns") continue; // NumPy wrote it column-major, encodeNpy writes row-major
      expect(file.includes(encodeNpy(array)), name).toBe(true);
    }
  });

  test.each([
    ["big-endian", 'of type ">f8": wanted one of <f8'],
    ["objects", 'of type "|O"'],
    ["fields", "wanted a plain type"],
  ])("refuses arrays that are %s", async (name, message) => {
    await expect(readNpz(stored(name))).rejects.toThrow(message);
  });
});

test("readNpz inverts writeNpz, which gives the same bytes for the same arrays", async () => {
  const arrays: [string, StoredTensor][] = [
    ["mu", { type: "F64", shape: [2], data: Float64Array.of(0.1, Number.NaN) }],
    ["features", { type: "F32", shape: [2, 1], data: Float32Array.of(1, 2) }],
  ];
  writeNpz(join(place, "a.npz"), arrays);
  writeNpz(join(place, "b.npz"), arrays);
  expect([...(await readNpz(join(place, "a.npz")))]).toEqual(arrays);
  expect(readFileSync(join(place, "a.npz")).equals(readFileSync(join(place, "b.npz")))).toBe(true);
  expect(readdirSync(place).sort()).toEqual(["a.npz", "b.npz"]);
});

/** A valid entry with a high compression ratio. */
function zeros(name: string, count: number) {
  const whole = encodeNpy({ type: "F64", shape: [count], data: new Float64Array(count) });
  const data = deflateRawSync(whole);
  return { name: `${name}.npy`, data, method: 8, size: whole.length, packedSize: data.length, crc: crc32(whole) };
}

describe("decodeNpy and readNpz", () => {
  const npy = (text: string, body = new Uint8Array(8), version = 1) =>
    bytes("\x93NUMPY", version, 0, text.length & 255, text.length >> 8, ...(version > 1 ? [0, 0] : []), text, body);
  const dictionary = (shape: string, descr = "<f8") =>
    `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}}`;

  test("read the valid array that the malformed ones are made from, in all versions", () => {
    for (const version of [1, 2, 3])
      expect(decodeNpy(npy(dictionary("(1,)"), new Uint8Array(8), version), "x").shape).toEqual([1]);
  });

  test.each<[string, Uint8Array, string]>([
    ["another magic string", bytes("PK"), 'x: .npy array: begins with "PK"'],
    ["an empty file", new Uint8Array(), "begins with"],
    ["another version", npy(dictionary("(1,)"), new Uint8Array(8), 9), "version 9"],
    ["a truncated header", npy(dictionary("(1,)")).subarray(0, 30), "truncated"],
    ["a long header", npy(`${dictionary("(1,)")}${" ".repeat(10_000)}`), "at most 10000"],
    ["more numbers than the file has", npy(dictionary("(2,)")), "has 8 bytes of numbers: wanted 16"],
    [
      "more numbers than can be counted",
      npy(dictionary("(999999999999999, 999999999999999)")),
      "wanted a size below 2^53",
    ],
    ["65 dimensions", npy(dictionary(`(${"1,".repeat(65)})`)), "65 dimensions"],
    ["a negative size", npy(dictionary("(-1,)")), "wanted a plain type"],
    ["code", npy("__import__('os').system('true')"), "wanted a plain type"],
    [
      "a duplicate entry",
      npy("{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}"),
      "a plain type",
    ],
    ["a missing entry", npy("{'descr': '<f8', 'shape': (1,)}"), "wanted descr, fortran_order and shape"],
    ["text instead of numbers", npy(dictionary("(1,)", "<U2")), 'type "<U2"'],
  ])("refuse %s", (_, file, message) => {
    expect(() => decodeNpy(file, "x")).toThrow(message);
  });

  const data = npy(dictionary("(1,)"));
  test.each([
    ["a wrong checksum", [{ name: "mu.npy", data }], "its checksum does not match"],
    [
      "sizes beyond the limit together",
      ["mu", "sigma"].map((name) => ({
        name: `${name}.npy`,
        data: new Uint8Array(2e6),
        method: 8,
        size: 1.2e9,
        packedSize: 2e6,
      })),
      'zip entry "sigma.npy" and the arrays before it take 2400000000 bytes: at most 2147483648',
    ],
    ["a bomb", [zeros("mu", 4e6), zeros("sigma", 4.1e6)], "64800256 bytes of arrays from"],
    ["a size beyond the limit", [{ name: "mu.npy", data, method: 8, size: 3e9, packedSize: 9 }], "at most 2147483648"],
    [
      "a size that deflate cannot reach",
      [{ name: "mu.npy", data, method: 8, size: 1e9, packedSize: 9 }],
      "cannot unpack",
    ],
    ["damaged deflate data", [{ name: "mu.npy", data: data.map((x) => x ^ 255), method: 8 }], "damaged"],
    ["another compression method", [{ name: "mu.npy", data, method: 12 }], "method 12"],
    [
      "a duplicate name",
      [
        { name: "mu.npy", data },
        { name: "mu.npy", data },
      ],
      "twice",
    ],
  ])("refuse an archive with %s", async (_, entries, message) => {
    const path = join(place, "lie.npz");
    writeFileSync(path, zip(entries));
    await expect(readNpz(path)).rejects.toThrow(message);
  });

  test("accept a covariance of zeros that is within the limit of a single array", async () => {
    const path = join(place, "zeros.npz");
    writeFileSync(path, zip([zeros("sigma", 2048 * 2048)]));
    expect((await readNpz(path)).get("sigma")?.data.length).toBe(2048 * 2048);
    await expect(readNpz(path, ["sigma"], new Map([["sigma", 1000]]))).rejects.toThrow(
      'zip entry "sigma.npy" takes 33554560 bytes: at most 1000 are read',
    );
  });

  test("refuse an entry that unpacks to more bytes than announced", async () => {
    const path = join(place, "more.npz");
    const whole = readFileSync(stored("deflated"));
    const at = whole.indexOf("PK\x01\x02", 0, "latin1");
    const announced = whole.readUInt32LE(at + 24);
    whole.writeUInt32LE(announced - 1, at + 24);
    writeFileSync(path, whole);
    await expect(readNpz(path)).rejects.toThrow("damaged");
  });
});
