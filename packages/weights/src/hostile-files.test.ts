// Tests that other kinds of files are refused, and also legacy PyTorch files, safetensors files and indexes with damage
// or wrong headers.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bytes, le, legacy, py, safetensors, zip } from "./hostile.test.data.ts";
import { type Case, expectRefusal, folder, readingError, shape, validPickle } from "./hostile-case.test.data.ts";

const legacyFile = legacy(validPickle);
const hostileLegacyFiles: Case[] = [
  ...Array.from(
    { length: 19 },
    (_, i): Case => [
      `a legacy file cut at ${5 * (i + 1)} %`,
      legacyFile.subarray(0, Math.floor((legacyFile.length * (i + 1)) / 20)),
      /truncated|pickle|in a file/,
    ],
  ),
  [
    "a pickle of other data",
    py.pickle(py.dict(py.str("a"), py.int(1))),
    /a pickle of a dict, not a PyTorch checkpoint/,
  ],
  ["another magic number", legacy(validPickle, { magic: py.int(5) }), /not a PyTorch checkpoint/],
  ["another version", legacy(validPickle, { version: py.int(1002) }), /1002 as the version/],
  [
    "a big-endian machine",
    legacy(validPickle, { machine: py.dict(py.str("little_endian"), bytes(0x89)) }),
    /big-endian/,
  ],
  ["no description of the machine", legacy(validPickle, { machine: bytes("N") }), /description of the machine/],
  ["keys that are not a list", legacy(validPickle, { keys: py.int(1) }), /storage keys/],
  [
    "a key that no tensor refers to",
    legacy(validPickle, { keys: bytes("](", py.str("0"), py.str("1"), "e") }),
    /"1" as the key of a storage that no tensor/,
  ],
  ["a key that is not a string", legacy(validPickle, { keys: bytes("](", py.int(0), "e") }), /as the key/],
  ["a duplicate key", legacy(validPickle, { keys: bytes("](", py.str("0"), py.str("0"), "e") }), /occurs twice/],
  ["a missing storage", legacy(validPickle, { keys: bytes("]") }), /"0" is not in the file/],
  [
    "a storage with another count",
    legacy(validPickle, { storages: bytes(le(8, 3), new Uint8Array(12)) }),
    /has 3 numbers, its tensors expect 2/,
  ],
  [
    "a storage with a negative count",
    legacy(validPickle, { storages: bytes(le(8, -1), new Uint8Array(8)) }),
    /has -1 numbers/,
  ],
  [
    "a storage of 2^50 numbers",
    legacy(py.pickle(py.dict(py.str("w"), py.tensor(py.storage("0", 2 ** 50), py.int(0), shape(2 ** 50), shape(1)))), {
      storages: le(8, 2 ** 50),
    }),
    /truncated/,
  ],
];

const singleTensorHeader = (offsets: string, type = "F32", size = "[1]") =>
  `{"a":{"dtype":"${type}","shape":${size},"data_offsets":${offsets}}}`;
const nothing = '{"dtype":"U8","shape":[0],"data_offsets":[0,0]}';
const otherFiles: Case[] = [
  ["an oversized safetensors header", safetensors("{}", 0, 2n ** 40n), /at most 100000000/],
  ["a safetensors header of 2^64 - 1", safetensors("{}", 0, 2n ** 64n - 1n), /at most/],
  ["a safetensors header past the end", safetensors("{}", 0, 1000), /header of 1000 bytes/],
  [
    "overlapping tensors",
    safetensors(
      '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
      3,
    ),
    /overlap or gap/,
  ],
  [
    "a gap between tensors",
    safetensors(
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}',
      3,
    ),
    /overlap or gap/,
  ],
  ["offsets past the file", safetensors(singleTensorHeader("[0,4]")), /cover 4 bytes/],
  ["offsets of 2^60", safetensors(singleTensorHeader("[0,1152921504606846976]"), 4), /not a pair/],
  [
    "sizes of 2^53",
    safetensors(singleTensorHeader("[0,4]", "F32", "[9007199254740991,9007199254740991]"), 4),
    /too many elements/,
  ],
  ["a header nested a million deep", safetensors(`{"a":${"[".repeat(1e6)}`), /nested deeper/],
  ["a header without an end", safetensors(`{"a":"${"x".repeat(1e6)}`), /string without an end/],
  [
    "a header of five million empty objects",
    safetensors(`{"a":[${"{},".repeat(5e6)}{}]}`),
    /more than 1000000 values, at character/,
  ],
  [
    "a header of 100,001 tensors",
    safetensors(`{${Array.from({ length: 100_001 }, (_, i) => `"${i}":${nothing}`).join()}}`),
    /100001 tensors: at most 100000/,
  ],
  [
    "an index of five million empty objects",
    bytes(`{ "weight_map": [${"{},".repeat(5e6)}{}]}`),
    /more than 1000000 values, at character/,
  ],
  [
    "an index of 100,001 tensors",
    bytes(`{ "weight_map": {${Array.from({ length: 100_001 }, (_, i) => `"${i}":"a"`).join()}}}`),
    /100001 tensors: at most 100000/,
  ],
  ["an index without a map", bytes(" {}"), /without a "weight_map"/],
  ["an index whose map is a list", bytes('{ "weight_map": [] }'), /without a "weight_map"/],
  ["an index nested a million deep", bytes(`{ "weight_map": ${"[".repeat(1e6)}`), /nested deeper/],
  ["an index of binary", bytes("{  ", new Uint8Array(100).fill(0xff)), /not UTF-8/],
  ...[
    "../secret.safetensors",
    "/etc/passwd",
    "a/b.safetensors",
    "a\\b",
    "C:evil",
    "..",
    ".",
    "",
    "nul\\u0000byte",
    "x".repeat(300),
  ].map(
    (shard): Case => [
      `an index whose shard is ${shard.slice(0, 30)}`,
      bytes(`{ "weight_map": {"a": "${shard.replaceAll("\\b", "\\\\b")}"}}`),
      /wanted the name of a file in the same folder/,
    ],
  ),
  ["an index whose shard is a number", bytes('{ "weight_map": {"a": 3}}'), /wanted the name of a file/],
  ["an index whose shard is missing", bytes('{ "weight_map": {"a": "nowhere.safetensors"}}'), /does not exist/],
  [
    "an index of two thousand shards",
    bytes(`{ "weight_map": {${Array.from({ length: 2000 }, (_, i) => `"t${i}":"s${i}"`).join()}}}`),
    /2000 shards/,
  ],
  ["an empty file", new Uint8Array(0), /an empty file/],
  ["one byte", bytes("x"), /a text file; wanted a safetensors file/],
  ["two unknown bytes", bytes("\x01\x02"), /unknown format/],
  ["zeros", new Uint8Array(4096), /a file of zeros/],
  ["a page of HTML", bytes("<!DOCTYPE html><html>404</html>"), /HTML/],
  ["a Git LFS pointer", bytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), /git lfs pull/],
  ["a gzip archive", bytes("\x1f\x8b\x08", new Uint8Array(50)), /gzip/],
  ["a tar archive", bytes(new Uint8Array(257), "ustar", new Uint8Array(300)), /tar archive/],
  ["a NumPy array", bytes("\x93NUMPY\x01\x00", new Uint8Array(50)), /NumPy/],
  ["an HDF5 file", bytes("\x89HDF\r\n\x1a\n", new Uint8Array(50)), /HDF5/],
  ["text", bytes("weights are not here\n"), /a text file/],
  ["an image", bytes("\x89PNG\r\n\x1a\n", new Uint8Array(50)), /a PNG image; wanted a safetensors file/],
  [
    "a zip archive of images",
    zip([{ name: "1.png", data: bytes("x") }]),
    /a zip archive of images; unpack it and give/,
  ],
  ["a NumPy archive", zip([{ name: "mu.npy", data: bytes("x") }]), /a NumPy archive/],
];

test("openCheckpoint reads the legacy file that the hostile ones are made from", async () => {
  writeFileSync(join(folder, "legacy"), legacyFile);
  expect(await readingError(join(folder, "legacy"))).toBeUndefined();
});

describe("openCheckpoint refuses the legacy file:", () => {
  test.each(hostileLegacyFiles)("%s", async (_, file, reason) => expectRefusal(file, reason));
});

describe("openCheckpoint refuses the file:", () => {
  test.each(otherFiles)("%s", async (_, file, reason) => expectRefusal(file, reason));
});

describe("openCheckpoint refuses", () => {
  test("an index that refers to itself", async () => {
    writeFileSync(join(folder, "self"), '{ "weight_map": {"a": "self"}}');
    expect(String(await readingError(join(folder, "self")))).toMatch(/an index, where a shard was expected/);
  });

  test("an empty folder", async () => {
    mkdirSync(join(folder, "empty"));
    expect(String(await readingError(join(folder, "empty")))).toMatch(
      /UnsupportedFileError: .*a folder without weights/,
    );
  });

  test.skipIf(process.platform === "win32")("a pipe, without waiting for it", async () => {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    expect(String(await readingError(join(folder, "pipe")))).toMatch(/not a regular file/);
  });
});
