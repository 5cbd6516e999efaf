// Tests that checkpoints with invalid tensors or storages are refused.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Bytes, bytes, py, torchZip } from "./hostile.test.data.ts";
import { type Case, expectRefusal, folder, pickleWith, repeat, shape } from "./hostile-case.test.data.ts";
import { openCheckpoint } from "./index.ts";

/** A pickle whose value has 2^60 references: small in a file, but too large to traverse ("billion laughs" attack). */
const pickleWithManyReferences = (): Bytes => {
  const levels = [bytes("}", "q\x00", py.str("a"), "Ns")];
  for (let i = 1; i < 60; i++)
    levels.push(bytes("}", "q", i, py.str("a"), "h", i - 1, "s", py.str("b"), "h", i - 1, "s"));
  return py.pickle(...levels.flatMap((level, i) => (i < 59 ? [level, bytes("0")] : [level])));
};
const tensorFile = (size: Bytes, stride: Bytes, offset = py.int(0), storage = py.storage("0", 2)) =>
  torchZip(py.pickle(py.dict(py.str("w"), py.tensor(storage, offset, size, stride))));

/** The pickle of a part of storage 0, in the form of legacy files. The storage has two numbers. */
const part = (begin: number, count: number) =>
  bytes(
    py.tuple(
      py.str("storage"),
      py.global("torch.FloatStorage"),
      py.str("0"),
      py.str("cpu"),
      py.int(2),
      py.tuple(py.str("v"), py.int(begin), py.int(count)),
    ),
    "Q",
  );

const invalidTensors: Case[] = [
  ["a value with 2^60 references", torchZip(pickleWithManyReferences()), /more than 1000000 values/],
  [
    "a dict that contains itself and no tensor",
    torchZip(py.pickle(bytes("}q\x00", py.str("a"), "h\x00s"))),
    /no tensors/,
  ],
  [
    "a tensor 200 dicts deep",
    torchZip(py.pickle(repeat(200, bytes("}", py.str("a"))), py.two(), repeat(200, "s"))),
    /no tensors|deeper/,
  ],
  [
    "a name of a million characters",
    torchZip(py.pickle(py.dict(py.str("n".repeat(1e6)), py.two()))),
    /a name of more than 512/,
  ],
  [
    "two tensors with one dotted name",
    torchZip(py.pickle(py.dict(py.str("a.b"), py.two(), py.str("a"), py.dict(py.str("b"), py.two())))),
    /two tensors are named "a.b"/,
  ],
  ["a size beyond the storage", tensorFile(shape(3), shape(1)), /in a storage of 2/],
  ["an offset beyond the storage", tensorFile(shape(1), shape(1), py.int(2)), /in a storage of 2/],
  ["a stride beyond the storage", tensorFile(shape(2), shape(2)), /in a storage of 2/],
  ["a negative size", tensorFile(shape(-1), shape(1)), /the size is not/],
  ["a negative stride", tensorFile(shape(2), shape(-1)), /the stride is not/],
  ["a negative offset", tensorFile(shape(1), shape(1), py.int(-1)), /offset is not/],
  ["an offset of 2^62", tensorFile(shape(1), shape(1), py.int(2 ** 62)), /offset is not/],
  ["a size of 2^62", tensorFile(shape(2 ** 62), shape(0)), /the size is not/],
  ["sizes that overflow", tensorFile(shape(2 ** 30, 2 ** 30), shape(0, 0)), /too many elements/],
  ["an expanded tensor of 2^50 numbers", tensorFile(shape(2 ** 25, 2 ** 25), shape(0, 0)), /repeated out of/],
  ["an expanded tensor of 2^28 numbers", tensorFile(shape(2 ** 28), shape(0)), /repeated out of/],
  ["65 dimensions", tensorFile(shape(...Array(65).fill(1)), shape(...Array(65).fill(1))), /at most 64 sizes/],
  ["more strides than sizes", tensorFile(shape(1), shape(1, 1)), /1 sizes and 2 strides/],
  ["a size that is not a tuple", tensorFile(py.int(2), shape(1)), /the size is not/],
  [
    "a fraction for a size",
    tensorFile(py.tuple(bytes("G", 0x3f, 0xf8, 0, 0, 0, 0, 0, 0)), shape(1)),
    /the size is not/,
  ],
  ["a string for an offset", tensorFile(shape(1), shape(1), py.str("0")), /offset is not/],
  ["None for a storage", tensorFile(shape(1), shape(1), py.int(0), bytes("N")), /instead of a storage/],
  [
    "a storage of an unknown class",
    tensorFile(shape(1), shape(1), py.int(0), py.storage("0", 2, "torch.EvilStorage")),
    /unknown class "torch.EvilStorage"/,
  ],
  [
    "a storage of another library's class",
    tensorFile(shape(1), shape(1), py.int(0), py.storage("0", 2, "numpy.FloatStorage")),
    /unknown class/,
  ],
  ["a storage with a negative count", tensorFile(shape(1), shape(1), py.int(0), py.storage("0", -2)), /not a storage/],
  ["a storage of 2^50 numbers", tensorFile(shape(1), shape(1), py.int(0), py.storage("0", 2 ** 50)), /its entry has 8/],
  [
    "a storage smaller than its entry",
    tensorFile(shape(1), shape(1), py.int(0), py.storage("0", 1)),
    /its entry has 8/,
  ],
  [
    "a storage of another width",
    tensorFile(shape(1), shape(1), py.int(0), py.storage("0", 2, "torch.DoubleStorage")),
    /its entry has 8/,
  ],
  ["a missing storage", tensorFile(shape(1), shape(1), py.int(0), py.storage("1", 2)), /"1" is not in the archive/],
  [
    "a storage that is a path",
    tensorFile(shape(1), shape(1), py.int(0), py.storage("../../../../etc/passwd", 2)),
    /not in the archive/,
  ],
  [
    "a storage that is the pickle",
    tensorFile(shape(1), shape(1), py.int(0), py.storage("../data.pkl", 2)),
    /not in the archive/,
  ],
  [
    "a storage with two types",
    torchZip(
      py.pickle(
        py.dict(
          py.str("a"),
          py.two(),
          py.str("b"),
          py.tensor(py.storage("0", 4, "torch.HalfStorage"), py.int(0), shape(1), shape(1)),
        ),
      ),
    ),
    /in one place/,
  ],
  [
    "a storage with two sizes",
    torchZip(
      py.pickle(
        py.dict(py.str("a"), py.two(), py.str("b"), py.tensor(py.storage("0", 3), py.int(0), shape(1), shape(1))),
      ),
    ),
    /in one place/,
  ],
  ["a part of a storage outside it", tensorFile(shape(1), shape(1), py.int(0), part(1, 2)), /outside it/],
  ["an offset beyond a part of a storage", tensorFile(shape(1), shape(1), py.int(1), part(1, 1)), /in a storage of 1/],
  ["a size beyond a part of a storage", tensorFile(shape(2), shape(1), py.int(0), part(1, 1)), /in a storage of 1/],
  [
    "a tensor of an unknown type over bytes",
    torchZip(
      pickleWith(
        py.call(
          "torch._utils._rebuild_tensor_v3",
          py.storage("1", 8, "torch.storage.UntypedStorage"),
          py.int(0),
          shape(1),
          shape(1),
          bytes(0x89),
          bytes("N"),
          py.global("torch.float7"),
        ),
      ),
    ),
    /unknown type/,
  ],
  [
    "a parameter without a tensor",
    torchZip(pickleWith(py.call("torch._utils._rebuild_parameter", py.int(1)))),
    /instead of a tensor/,
  ],
  [
    "a tensor without arguments",
    torchZip(pickleWith(py.call("torch._utils._rebuild_tensor_v2"))),
    /instead of a storage/,
  ],
];

test("openCheckpoint reads a tensor in the last part of a storage", async () => {
  const path = join(folder, "part");
  const pickle = py.pickle(py.dict(py.str("w"), py.tensor(part(1, 1), py.int(0), shape(1), shape(1))));
  writeFileSync(path, torchZip(pickle, { 0: new Uint8Array(Float32Array.of(5, 7).buffer) }));
  expect((await openCheckpoint(path)).float32("w")).toEqual(Float32Array.of(7));
});

describe("openCheckpoint refuses", () => {
  test.each(invalidTensors)("%s", async (_, file, reason) => expectRefusal(file, reason));
});
