// Tests that zip archives with damage or wrong headers and decompression bombs are refused.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { bytes, le, torchZip, zip } from "./hostile.test.data.ts";
import { type Case, expectRefusal, folder, readingError, validPickle } from "./hostile-case.test.data.ts";

const archive = torchZip(validPickle);
const entry = { name: "archive/data.pkl", data: validPickle };
const data0 = { name: "archive/data/0", data: new Uint8Array(8) };
const bomb = deflateRawSync(Buffer.alloc(64 << 20));
const hostileArchives: Case[] = [
  ...Array.from(
    { length: 19 },
    (_, i): Case => [
      `a zip cut at ${5 * (i + 1)} %`,
      archive.subarray(0, Math.floor((archive.length * (i + 1)) / 20)),
      /zip archive|unknown format|bytes at/,
    ],
  ),
  ...["../data.pkl", "/etc/passwd", "C:\\x", "a/../../b", "a\\b"].map(
    (name): Case => [`an entry named ${name}`, zip([entry, data0, { name, data: new Uint8Array(1) }]), /zip archive/],
  ),
  [
    "a compressed pickle that would be 64 MiB",
    zip([{ name: "archive/data.pkl", data: bomb, method: 8, size: 64 << 20, packedSize: bomb.length }]),
    /compressed \(method 8\)/,
  ],
  [
    "a compressed storage that would be 64 MiB",
    zip([entry, { name: "archive/data/0", data: bomb, method: 8, size: 64 << 20, packedSize: bomb.length }]),
    /compressed/,
  ],
  [
    "an encrypted pickle",
    zip([{ ...entry, flags: 1, size: validPickle.length - 12, packedSize: validPickle.length }]),
    /encrypted/,
  ],
  ["an unknown compression", zip([{ ...entry, method: 99 }]), /compressed \(method 99\)/],
  [
    "a stored entry with two different sizes",
    zip([{ ...entry, size: 4 << 20, packedSize: validPickle.length }]),
    /zip archive/,
  ],
  ["an entry longer than the file", zip([entry, { ...data0, size: 1 << 30 }]), /zip archive/],
  [
    "two entries over the same bytes",
    zip([entry, data0, { ...data0, name: "archive/data/1", at: 30 + entry.name.length + validPickle.length }]),
    /share bytes/,
  ],
  [
    "an entry inside another",
    zip([
      entry,
      { name: "archive/data/0", data: bytes("PK\x03\x04", new Uint8Array(60)), size: 64 },
      { name: "archive/data/1", data: new Uint8Array(8), at: 30 + entry.name.length + validPickle.length + 30 + 14 },
    ]),
    /share bytes/,
  ],
  ["a duplicate entry", zip([entry, data0, data0]), /occurs twice/],
  ["an offset that is not of a local header", zip([entry, { ...data0, at: 3 }]), /local file header/],
  ["an offset beyond the end", zip([entry, { ...data0, at: 1 << 30 }]), /truncated/],
  ["a wrong number of entries", zip([entry, data0], { entries: 60_000 }), /truncated/],
  ["a directory beyond the end", zip([entry, data0], { directoryAt: 0x7fffffff }), /truncated/],
  ["a directory at a wrong offset", zip([entry, data0], { directoryAt: 7 }), /central directory/],
  ["a missing comment", zip([entry, data0], { comment: 77 }), /comment length/i],
  ["one disk of several", zip([entry, data0], { disk: 3 }), /disk/],
  ["an archive without a pickle", zip([data0]), /with 0 entries FOLDER\/data\.pkl/],
  ["an archive with two pickles", zip([entry, { ...entry, name: "other/data.pkl" }, data0]), /with 2 entries/],
  ["an empty archive", zip([]), /an empty zip archive; was a download interrupted/],
  [
    "a big-endian archive",
    torchZip(validPickle, undefined, [{ name: "archive/byteorder", data: bytes("big") }]),
    /byte order "big"/,
  ],
  [
    "a byte order of a megabyte",
    torchZip(validPickle, undefined, [{ name: "archive/byteorder", data: new Uint8Array(1 << 20) }]),
    /byte order/,
  ],
  [
    "a name of 60,000 characters",
    zip([entry, data0, { name: "a".repeat(60_000), data: new Uint8Array(0) }]),
    /name of 60000 bytes/,
  ],
  [
    "a million entries by zip64",
    bytes(
      archive.subarray(0, archive.length - 22),
      "PK\x06\x06",
      le(8, 44),
      le(2, 45),
      le(2, 45),
      le(4, 0),
      le(4, 0),
      le(8, 1_000_000),
      le(8, 1_000_000),
      le(8, 0),
      le(8, 0),
      "PK\x06\x07",
      le(4, 0),
      le(8, archive.length - 22),
      le(4, 1),
      archive.subarray(archive.length - 22),
    ),
    /1000000 entries/,
  ],
  [
    "a zip64 directory at 2^63",
    bytes(
      archive.subarray(0, archive.length - 22),
      "PK\x06\x06",
      le(8, 44),
      le(2, 45),
      le(2, 45),
      le(4, 0),
      le(4, 0),
      le(8, 1),
      le(8, 1),
      le(8, 0),
      le(8, 2n ** 63n),
      "PK\x06\x07",
      le(4, 0),
      le(8, archive.length - 22),
      le(4, 1),
      archive.subarray(archive.length - 22),
    ),
    /zip archive|truncated/,
  ],
];

test("openCheckpoint reads the archive that the hostile ones are made from", async () => {
  writeFileSync(join(folder, "zip"), archive);
  expect(await readingError(join(folder, "zip"))).toBeUndefined();
});

describe("openCheckpoint refuses the zip archive:", () => {
  test.each(hostileArchives)("%s", async (_, file, reason) => expectRefusal(file, reason));
});
