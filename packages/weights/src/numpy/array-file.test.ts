// Tests of reading arrays in batches of rows: content, refused files, and use of memory.

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { bytes, zip } from "../hostile.test.data.ts";
import { WeightFileError } from "../weight-file-error.ts";
import { openArrays } from "./array-file.ts";
import { encodeNpy } from "./npy.ts";
import { writeNpz } from "./npz.ts";

const place = mkdtempSync(join(tmpdir(), "dit-bench-arrays-"));
afterAll(() => rmSync(place, { recursive: true }));

const shape = [5, 8, 9, 3];
const data = Uint8Array.from({ length: 5 * 8 * 9 * 3 }, (_, i) => (i * 31) % 256);
const images = { type: "U8", shape, data } as const;
const labels = { type: "I64", shape: [5], data: BigInt64Array.of(0n, 1n, 2n, 3n, 4n) } as const;

function deflated(name: string, npy: Uint8Array, changes: object = {}) {
  const packed = deflateRawSync(npy);
  const entry = { name: `${name}.npy`, data: packed, method: 8, size: npy.length, packedSize: packed.length };
  return { ...entry, crc: crc32(npy), ...changes };
}
function file(name: string, content: Uint8Array): string {
  writeFileSync(join(place, name), content);
  return join(place, name);
}

/** All rows of an array, concatenated, and the number of rows in each batch. */
async function rowsOf(path: string, name: string, atOnce: number) {
  const pieces: number[] = [];
  const all: number[] = [];
  await (await openArrays(path)).eachRows(name, atOnce, async (rows, first) => {
    expect(first).toBe(pieces.reduce((a, b) => a + b, 0));
    expect(rows.shape.slice(1)).toEqual(shape.slice(1));
    pieces.push(rows.shape[0]!);
    all.push(...Array.from(rows.data as Uint8Array));
  });
  return { pieces, all };
}

describe("openArrays", () => {
  it.each<[string, () => string, string]>([
    ["a .npy", () => file("a.npy", encodeNpy(images)), "array"],
    [
      "a stored .npz",
      () => {
        writeNpz(join(place, "a.npz"), [
          ["arr_0", images],
          ["arr_1", labels],
        ]);
        return join(place, "a.npz");
      },
      "arr_0",
    ],
    [
      "a deflated .npz",
      () => file("b.npz", zip([deflated("arr_1", encodeNpy(labels)), deflated("arr_0", encodeNpy(images))])),
      "arr_0",
    ],
  ])("lists and reads %s", async (_, make, name) => {
    const path = make();
    expect((await openArrays(path)).arrays.get(name)).toMatchObject({ type: "U8", shape });
    for (const [atOnce, pieces] of [
      [2, [2, 2, 1]],
      [5, [5]],
      [64, [5]],
    ] as const)
      expect(await rowsOf(path, name, atOnce)).toEqual({ pieces: [...pieces], all: Array.from(data) });
  });

  it("reads batches that are larger than one read", async () => {
    const largeData = Uint8Array.from({ length: 3 << 20 }, (_, i) => (i * 7919) >> 8);
    const npy = encodeNpy({ type: "U8", shape: [3, 1 << 20], data: largeData });
    const path = file("large.npz", zip([deflated("x", npy)]));
    let matches = 0;
    await (await openArrays(path)).eachRows("x", 2, async ({ data: rows }, first) => {
      if (Buffer.from(rows.buffer).equals(largeData.subarray(first << 20, (first << 20) + rows.length))) matches++;
    });
    expect(matches).toBe(2);
  });

  it("lists arrays of other types as unreadable, with the reason", async () => {
    const objects = bytes(
      "\x93NUMPY\x01\0",
      70,
      0,
      "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }".padEnd(70),
      "x",
    );
    const path = file("objects.npz", zip([deflated("arr_0", encodeNpy(images)), deflated("names", objects)]));
    const { arrays, unreadable } = await openArrays(path);
    expect([...arrays.keys()]).toEqual(["arr_0"]);
    expect(unreadable.get("names")?.message).toContain('of type "|O"');
    await expect(openArrays(file("only.npz", zip([deflated("names", objects)])))).rejects.toThrow('of type "|O"');
  });

  it("reads a file of 1 GB in less than 400 MB", async () => {
    const header = encodeNpy({ type: "U8", shape: [0, 256, 256, 3], data: new Uint8Array() }).toString("latin1");
    const count = 5461;
    const path = file(
      "huge.npy",
      Buffer.from(header.replace("(0, 256", `(${count}, 256`).replace("   \n", "\n"), "latin1"),
    );
    truncateSync(path, 128 + count * 256 * 256 * 3);
    const before = process.memoryUsage();
    let [rows, maxMemory] = [0, 0];
    await (await openArrays(path)).eachRows("array", 16, async (piece) => {
      rows += piece.shape[0]!;
      maxMemory = Math.max(maxMemory, process.memoryUsage.rss() - before.rss);
    });
    expect(rows).toBe(count);
    expect(maxMemory).toBeLessThan(400e6);
  });

  it("passes on an error of the callback and stops reading", async () => {
    const path = file("stop.npz", zip([deflated("a", encodeNpy(images))]));
    await expect(
      (await openArrays(path)).eachRows("a", 1, async (_, first) => {
        if (first === 2) throw new RangeError("enough");
      }),
    ).rejects.toThrow(new RangeError("enough"));
  });
});

describe("openArrays refuses", () => {
  const fortran = bytes(
    "\x93NUMPY\x01\0",
    80,
    0,
    "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2), }".padEnd(80),
    1,
    2,
    3,
    4,
  );
  it.each<[string, () => Uint8Array, string]>([
    ["a truncated .npy", () => encodeNpy(images).subarray(0, 900), "is the file truncated?"],
    ["an empty file", () => new Uint8Array(), "begins with"],
    ["Fortran order", () => fortran, "numpy.ascontiguousarray"],
    [
      "a row larger than any image",
      () => zip([deflated("a", bytes(encodeNpy({ type: "U8", shape: [1, 3e8 + 1], data: new Uint8Array(3e8 + 1) })))]),
      "at most 300000000",
    ],
    ["a wrong checksum", () => zip([deflated("a", encodeNpy(images), { crc: 1 })]), "its checksum does not match"],
    [
      "damaged deflate data",
      () => {
        const packed = deflateRawSync(encodeNpy(images));
        packed.fill(0x55, 300);
        return zip([deflated("a", encodeNpy(images), { data: packed })]);
      },
      "damaged",
    ],
    [
      "more data than announced",
      () => zip([deflated("a", bytes(encodeNpy(images), new Uint8Array(1 << 21)), { size: encodeNpy(images).length })]),
      "unpacks to more than",
    ],
    ["another compression method", () => zip([{ name: "a.npy", data: encodeNpy(images), method: 12 }]), "method 12"],
  ])("%s", async (_, make, message) => {
    const path = file("refused", make());
    const all = openArrays(path).then(async (arrays) => {
      for (const name of arrays.arrays.keys()) await arrays.eachRows(name, 2, async () => {});
    });
    await expect(all).rejects.toThrow(message);
    await expect(all).rejects.toBeInstanceOf(WeightFileError);
  });

  it("600 mutated files with a typed error, or reads them", { timeout: 120_000 }, async () => {
    const originals = [
      encodeNpy(images),
      zip([deflated("arr_0", encodeNpy(images)), deflated("arr_1", encodeNpy(labels))]),
      zip([{ name: "arr_0.npy", data: encodeNpy(images), crc: crc32(encodeNpy(images)) }]),
    ].map((original) => Buffer.from(original));
    const counts = { read: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...originals),
        fc.array(fc.tuple(fc.oneof(fc.nat(1 << 16), fc.nat(200)), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.option(fc.nat(1 << 12)),
        async (original, changes, cut) => {
          const changed = Buffer.from(original);
          for (const [at, value] of changes) changed[at % changed.length] = value;
          const path = file("mutated", cut === null ? changed : changed.subarray(0, cut));
          try {
            const arrays = await openArrays(path);
            for (const name of arrays.arrays.keys()) await arrays.eachRows(name, 2, async () => {});
            counts.read++;
          } catch (error) {
            if (!(error instanceof WeightFileError)) throw error;
            counts.refused++;
          }
        },
      ),
      { numRuns: 600, seed: 20261128, endOnFailure: true },
    );
    expect(counts.read).toBeGreaterThan(20);
    expect(counts.refused).toBeGreaterThan(200);
  });
});
