// Files made to run something, to take all memory, or to lie: each gives a typed error, soon, and nothing runs.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { type Bytes, bytes, le, legacy, py, safetensors, torchZip, zip } from "./hostile.test.data.ts";
import { openCheckpoint, WeightFileError } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "dit-bench-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Case = readonly [name: string, file: Bytes, reason: RegExp];

/** Every tensor is read as well: a file may be refused then, not only when it is listed. */
async function outcome(path: string): Promise<unknown> {
  try {
    const c = await openCheckpoint(path);
    for (const name of c.tensors.keys()) c.read(name);
    return undefined;
  } catch (error) {
    return error;
  }
}

let files = 0;
async function refused(file: Bytes, reason: RegExp): Promise<void> {
  const path = join(folder, `${files++}.pt`);
  writeFileSync(path, file);
  const before = process.memoryUsage().rss;
  const start = process.cpuUsage();
  const error = await outcome(path);
  const { user, system } = process.cpuUsage(start); // processor time: the machine may be busy with other things
  expect((user + system) / 1e6).toBeLessThan(3); // seconds; the slowest takes half a second
  expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
  expect(error).toBeInstanceOf(WeightFileError);
  expect((error as Error).message).toMatch(reason);
  expect((error as Error).message.length).toBeLessThan(700 + path.length);
}

const naming = (name: string) => new RegExp(name.replaceAll(".", "\\."));
const mark = join(folder, "was-here");
const command = py.str(`touch ${mark}`);

// Each of these is called, or built, beside a good tensor.

const dangerous = (
  "os.system posix.system nt.system os.popen os.execv os.spawnl os.remove subprocess.Popen subprocess.call " +
  "subprocess.check_output subprocess.run builtins.eval builtins.exec builtins.compile builtins.open builtins.__import__ " +
  "builtins.getattr builtins.setattr builtins.globals builtins.map builtins.filter builtins.apply __builtin__.eval " +
  "__builtin__.execfile __builtin__.getattr __builtin__.input importlib.import_module runpy.run_path runpy._run_code " +
  "sys.exit shutil.rmtree socket.socket ctypes.CDLL pty.spawn commands.getoutput code.interact webbrowser.open pip.main " +
  "timeit.timeit cProfile.run pdb.run trace.Trace operator.methodcaller _operator.attrgetter marshal.loads pickle.loads " +
  "_pickle.loads dill.loads tempfile.mktemp io.open asyncio.run multiprocessing.Process threading.Thread signal.alarm " +
  "atexit.register urllib.request.urlopen http.client.HTTPSConnection unittest.main"
).split(" ");

/** Outside Python's own library: harmless to name, refused when called. */
const unlisted = (
  "torch.load torch.hub.load torch.storage._load_from_bytes torch.jit._unpickle torch._utils._rebuild_sparse_tensor " +
  "torch._utils._rebuild_device_tensor_from_numpy torch._dynamo.guards.GuardBuilder.get torch.fx.graph_module.reduce_graph_module " +
  "numpy.load numpy.testing._private.utils.runstring numpy.f2py.diagnose.run_command functools.partial types.FunctionType " +
  "collections.namedtuple copyreg.__newobj__ nltk.downloader.download pandas.read_pickle joblib.load yaml.unsafe_load " +
  "transformers.AutoModel.from_pretrained evil.payload __main__.f"
).split(" ");

const good = [py.str("weight"), py.two()] as const;
const beside = (value: Bytes) => py.pickle(py.dict(...good, py.str("x"), value));
const stackGlobal = (name: string) =>
  bytes(py.str(name.slice(0, name.lastIndexOf("."))), py.str(name.slice(name.lastIndexOf(".") + 1)), 0x93);
const inst = (name: string) =>
  bytes("(", command, `i${name.slice(0, name.lastIndexOf("."))}\n${name.slice(name.lastIndexOf(".") + 1)}\n`);
const all = [...dangerous, ...unlisted];

const calls: Case[] = [
  ...all.map((g): Case => [`a zip that calls ${g}`, torchZip(beside(py.call(g, command))), naming(g)]),
  ...all.map(
    (g): Case => [
      `a legacy file that calls ${g}`,
      legacy(beside(bytes(stackGlobal(g), py.tuple(command), "R"))),
      naming(g),
    ],
  ),
  ...dangerous
    .slice(0, 30)
    .map(
      (g): Case => [`a new object of ${g}`, torchZip(beside(bytes(py.global(g), py.tuple(command), 0x81))), naming(g)],
    ),
  ...all.slice(0, 30).map((g): Case => [`INST of ${g}`, torchZip(beside(inst(g))), naming(g)]),
  ...all
    .slice(0, 30)
    .map((g): Case => [`OBJ of ${g}`, torchZip(beside(bytes("(", py.global(g), command, "o"))), naming(g)]),
  ...dangerous
    .slice(0, 20)
    .map((g): Case => [`a bare pickle of protocol 0 that calls ${g}`, bytes(py.global(g), "(S'x'\ntR."), naming(g)]),
  ...dangerous
    .slice(0, 20)
    .map((g): Case => [`${g} in place of the magic number`, py.pickle(py.call(g, command)), naming(g)]),
  [
    "a dangerous global as a dict's factory",
    torchZip(beside(py.call("collections.defaultdict", py.global("os.system")))),
    /os\.system/,
  ],
  [
    "a dangerous global rebuilding a tensor",
    torchZip(
      beside(
        py.call(
          "torch._tensor._rebuild_from_type_v2",
          py.global("posix.system"),
          py.global("torch.Tensor"),
          py.tuple(command),
        ),
      ),
    ),
    /posix\.system/,
  ],
  [
    "an unlisted global rebuilding a tensor",
    torchZip(
      beside(
        py.call(
          "torch._tensor._rebuild_from_type_v2",
          py.global("evil.f"),
          py.global("torch.Tensor"),
          py.tuple(command),
        ),
      ),
    ),
    /evil\.f/,
  ],
  [
    "a call of what a call made",
    torchZip(beside(bytes(py.call("argparse.Namespace"), py.tuple(), "R"))),
    /a call of an object of argparse/,
  ],
  ["a call of a string", torchZip(beside(bytes(py.str("os.system"), py.tuple(command), "R"))), /a call of the string/],
  [
    "a global with a line break in its name",
    torchZip(beside(bytes(py.str("os\n"), py.str("system"), 0x93, py.tuple(command), "R"))),
    /os\\n\.system/,
  ],
  [
    "dots that lead into another module",
    torchZip(
      beside(bytes(py.str("collections"), py.str("OrderedDict.__reduce__.system"), 0x93, py.tuple(command), "R")),
    ),
    /OrderedDict\.__reduce__/,
  ],
  [
    "a global of 100,000 letters",
    torchZip(beside(bytes(py.str("m".repeat(1e5)), py.str("f"), 0x93, py.tuple(), "R"))),
    /mmmm/,
  ],
  ["BUILD of a global", torchZip(beside(bytes(py.global("torch.Tensor"), py.dict(), "b"))), /BUILD of the global/],
];

// The stack machine

const ops = (code: string) => py.pickle(bytes(code));
const many = (count: number, piece: string | Bytes) => Buffer.concat(Array.from({ length: count }, () => bytes(piece)));
const machine: Case[] = [
  ...[..."0RabeusdlotpqrQ2"].map(
    (c): Case => [
      `${c} on an empty stack`,
      torchZip(ops(`${c}\x01\x00\x00\x00\n`)),
      /empty stack|MARK|memo|place of|unread/,
    ],
  ),
  ...[0x81, 0x85, 0x86, 0x87, 0x90, 0x91, 0x92, 0x93, 0x94].map(
    (c): Case => [`opcode ${c} on an empty stack`, torchZip(py.pickle(bytes(c))), /empty stack|MARK/],
  ),
  ...[0x00, 0x01, 0x21, 0x41, 0x7f, 0x99, 0xaa, 0xff].map(
    (c): Case => [`the byte ${c} as an opcode`, torchZip(py.pickle(bytes(c))), /is no opcode/],
  ),
  ...[0x82, 0x83, 0x84].map(
    (c): Case => [`an extension's opcode ${c}`, torchZip(py.pickle(bytes(c, le(4, 1)))), /EXT/],
  ),
  ...[0x97, 0x98].map((c): Case => [`an out-of-band opcode ${c}`, torchZip(py.pickle(bytes(c))), /outside the file/]),
  ...[6, 255].map((p): Case => [`protocol ${p}`, torchZip(bytes(0x80, p, "N.")), /protocol/]),
  ...[2 ** 31, 2 ** 32 - 1].map(
    (n): Case => [`text of ${n} bytes announced`, torchZip(py.pickle(bytes("X", le(4, n)))), /truncated|longer than/],
  ),
  ...[2n ** 40n, 2n ** 63n, 2n ** 64n - 1n].map(
    (n): Case => [`text of ${n} bytes announced`, torchZip(py.pickle(bytes(0x8d, le(8, n)))), /announced|longer/],
  ),
  ...[2n ** 40n, 2n ** 64n - 1n].map(
    (n): Case => [`bytes of ${n} announced`, torchZip(py.pickle(bytes(0x8e, le(8, n)))), /announced|longer/],
  ),
  ...[2n ** 33n].map(
    (n): Case => [
      `a bytearray of ${n} bytes announced`,
      torchZip(py.pickle(bytes(0x96, le(8, n)))),
      /announced|longer/,
    ],
  ),
  ...[257, 2 ** 31 - 1, -1].map(
    (n): Case => [`an integer of ${n} bytes`, torchZip(py.pickle(bytes(0x8b, le(4, n)))), /LONG4 of/],
  ),
  ["a Python 2 string of negative length", torchZip(py.pickle(bytes("T", le(4, -5)))), /BINSTRING of -5/],
  ["a whole number of a million digits", torchZip(py.pickle(bytes("I", "9".repeat(1e6), "\n"))), /line longer/],
  ["a whole number of ten thousand digits", torchZip(py.pickle(bytes("L", "9".repeat(1e4), "L\n"))), /cannot be read/],
  ["a whole number that is none", torchZip(py.pickle(bytes("Iten\n"))), /"ten" cannot be read/],
  ["a float that is none", torchZip(py.pickle(bytes("F1e\n"))), /"1e" cannot be read/],
  ["a quoted string without its quote", torchZip(py.pickle(bytes("S'abc\n"))), /cannot be read/],
  ["a character past Unicode", torchZip(py.pickle(bytes("V\\UFFFFFFFF\n"))), /cannot be read/],
  ["text that is not UTF-8", torchZip(py.pickle(bytes("X", le(4, 2), 0xff, 0xfe))), /not UTF-8/],
  ["half of a surrogate pair", torchZip(py.pickle(bytes("X", le(4, 3), 0xed, 0xa0, 0x80))), /not UTF-8/],
  [
    "a memo that was never written",
    torchZip(py.pickle(bytes("j", le(4, 2 ** 32 - 1)))),
    /nothing was kept under 4294967295/,
  ],
  ["a memo index that is no number", torchZip(py.pickle(bytes("g__proto__\n"))), /memo index/],
  ["a million lists inside each other", torchZip(py.pickle(many(1e6, "]"), many(1e6 - 1, "a"))), /more than/],
  ["a million marks", torchZip(py.pickle(many(1e6, "("))), /more than/],
  ["a million dicts", torchZip(py.pickle(many(1e6, "}"))), /more than/],
  ["three million steps", torchZip(py.pickle(many(1.5e6, "N0"), bytes("N"))), /more than 2000000 steps/],
  ["a pickle that never stops", torchZip(bytes(0x80, 2, many(1000, "N"))), /truncated/],
  ["nothing at all", torchZip(new Uint8Array(0)), /truncated/],
  ["STOP alone", torchZip(bytes(".")), /empty stack/],
  ["values left over", torchZip(bytes("NN.")), /values left/],
  ["an open MARK at the end", torchZip(bytes("(N.")), /values left/],
  ["a key without a value", torchZip(py.pickle(bytes("}(Nu"))), /a key without a value/],
  ["a lone key in DICT", torchZip(py.pickle(bytes("(Nd"))), /a key without a value/],
  ["items for a number", torchZip(py.pickle(bytes("K\x01Na"))), /in place of a list/],
  ["entries for a list", torchZip(py.pickle(bytes("]NNs"))), /in place of a dict/],
  ["members for a dict", torchZip(py.pickle(bytes("}(N\x90"))), /in place of a set/],
  [
    "REDUCE with a list for its arguments",
    torchZip(py.pickle(bytes(py.global("collections.OrderedDict"), "]R"))),
    /in place of a tuple/,
  ],
  ["STACK_GLOBAL of numbers", torchZip(py.pickle(bytes("K\x01K\x02\x93"))), /two strings/],
  ["a new object of a number", torchZip(py.pickle(bytes("K\x01)\x81"))), /a new object of/],
  ["BUILD of a number", torchZip(py.pickle(bytes("K\x01}b"))), /BUILD of/],
  ["an OrderedDict of a number", torchZip(beside(py.call("collections.OrderedDict", py.int(3)))), /in place of pairs/],
  [
    "an OrderedDict of triples",
    torchZip(beside(py.call("collections.OrderedDict", py.tuple(py.sizes(1, 2, 3))))),
    /in place of a pair/,
  ],
  [
    "a list named a thousand times as a dict's pairs",
    torchZip(
      py.pickle(
        bytes("]q\x00("),
        many(1000, bytes("N", "N", "\x86")),
        bytes("e("),
        many(1000, bytes(py.global("collections.OrderedDict"), "h\x00\x85R")),
        bytes("t"),
      ),
    ),
    /more than/,
  ],
  ["a persistent id that is no tuple", torchZip(py.pickle(bytes("K\x01Q"))), /no storage/],
  ["a persistent id of another kind", torchZip(py.pickle(bytes(py.tuple(py.str("module")), "Q"))), /no storage/],
  ["a persistent id as text", torchZip(py.pickle(bytes("Pstorage\n"))), /protocol 0/],
];

// A value named again and again costs nothing to write and, walked, all the time there is.

const laughs = (): Bytes => {
  const levels = [bytes("}", "q\x00", py.str("a"), "Ns")];
  for (let i = 1; i < 60; i++)
    levels.push(bytes("}", "q", i, py.str("a"), "h", i - 1, "s", py.str("b"), "h", i - 1, "s"));
  return py.pickle(...levels.flatMap((level, i) => (i < 59 ? [level, bytes("0")] : [level])));
};
const shape = (...values: number[]) => py.sizes(...values);
const made = (size: Bytes, stride: Bytes, offset = py.int(0), storage = py.storage("0", 2)) =>
  torchZip(py.pickle(py.dict(py.str("w"), py.tensor(storage, offset, size, stride))));

const tensors: Case[] = [
  ["a value named 2^60 times over", torchZip(laughs()), /more than 1000000 values/],
  ["a dict that holds itself and no tensor", torchZip(py.pickle(bytes("}q\x00", py.str("a"), "h\x00s"))), /no tensors/],
  [
    "a tensor 200 dicts deep",
    torchZip(py.pickle(many(200, bytes("}", py.str("a"))), py.two(), many(200, "s"))),
    /no tensors|deeper/,
  ],
  [
    "a name of a million letters",
    torchZip(py.pickle(py.dict(py.str("n".repeat(1e6)), py.two()))),
    /a name of more than 512/,
  ],
  [
    "two names that become one",
    torchZip(py.pickle(py.dict(py.str("a.b"), py.two(), py.str("a"), py.dict(py.str("b"), py.two())))),
    /two tensors are named "a.b"/,
  ],
  ["a size past the storage", made(shape(3), shape(1)), /in a storage of 2/],
  ["an offset past the storage", made(shape(1), shape(1), py.int(2)), /in a storage of 2/],
  ["a stride past the storage", made(shape(2), shape(2)), /in a storage of 2/],
  ["a negative size", made(shape(-1), shape(1)), /the size is not/],
  ["a negative stride", made(shape(2), shape(-1)), /the stride is not/],
  ["a negative offset", made(shape(1), shape(1), py.int(-1)), /offset is not/],
  ["an offset of 2^62", made(shape(1), shape(1), py.int(2 ** 62)), /offset is not/],
  ["a size of 2^62", made(shape(2 ** 62), shape(0)), /the size is not/],
  ["sizes that overflow", made(shape(2 ** 30, 2 ** 30), shape(0, 0)), /too many elements/],
  ["an expanded tensor of 2^50 numbers", made(shape(2 ** 25, 2 ** 25), shape(0, 0)), /repeated out of/],
  ["an expanded tensor of 2^28 numbers", made(shape(2 ** 28), shape(0)), /repeated out of/],
  ["65 dimensions", made(shape(...Array(65).fill(1)), shape(...Array(65).fill(1))), /at most 64 sizes/],
  ["more strides than sizes", made(shape(1), shape(1, 1)), /1 sizes and 2 strides/],
  ["a size that is no tuple", made(py.int(2), shape(1)), /the size is not/],
  ["a fraction for a size", made(py.tuple(bytes("G", 0x3f, 0xf8, 0, 0, 0, 0, 0, 0)), shape(1)), /the size is not/],
  ["a string for an offset", made(shape(1), shape(1), py.str("0")), /offset is not/],
  ["None for a storage", made(shape(1), shape(1), py.int(0), bytes("N")), /in place of a storage/],
  [
    "a storage of an unknown class",
    made(shape(1), shape(1), py.int(0), py.storage("0", 2, "torch.EvilStorage")),
    /unknown class "torch.EvilStorage"/,
  ],
  [
    "a storage of another library's class",
    made(shape(1), shape(1), py.int(0), py.storage("0", 2, "numpy.FloatStorage")),
    /unknown class/,
  ],
  ["a storage of negative count", made(shape(1), shape(1), py.int(0), py.storage("0", -2)), /no storage/],
  ["a storage of 2^50 numbers", made(shape(1), shape(1), py.int(0), py.storage("0", 2 ** 50)), /its entry has 8/],
  ["a storage smaller than its entry", made(shape(1), shape(1), py.int(0), py.storage("0", 1)), /its entry has 8/],
  [
    "a storage of another width",
    made(shape(1), shape(1), py.int(0), py.storage("0", 2, "torch.DoubleStorage")),
    /its entry has 8/,
  ],
  ["a storage that is not there", made(shape(1), shape(1), py.int(0), py.storage("1", 2)), /"1" is not in the archive/],
  [
    "a storage that is a path",
    made(shape(1), shape(1), py.int(0), py.storage("../../../../etc/passwd", 2)),
    /not in the archive/,
  ],
  [
    "a storage that is the pickle",
    made(shape(1), shape(1), py.int(0), py.storage("../data.pkl", 2)),
    /not in the archive/,
  ],
  [
    "one storage of two types",
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
    "one storage of two sizes",
    torchZip(
      py.pickle(
        py.dict(py.str("a"), py.two(), py.str("b"), py.tensor(py.storage("0", 3), py.int(0), shape(1), shape(1))),
      ),
    ),
    /in one place/,
  ],
  [
    "a part of a storage outside it",
    made(
      shape(1),
      shape(1),
      py.int(0),
      bytes(
        py.tuple(
          py.str("storage"),
          py.global("torch.FloatStorage"),
          py.str("0"),
          py.str("cpu"),
          py.int(2),
          py.tuple(py.str("v"), py.int(1), py.int(2)),
        ),
        "Q",
      ),
    ),
    /not inside it/,
  ],
  [
    "a tensor of an unknown type over bytes",
    torchZip(
      beside(
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
    "a parameter around no tensor",
    torchZip(beside(py.call("torch._utils._rebuild_parameter", py.int(1)))),
    /in place of a tensor/,
  ],
  [
    "a tensor rebuilt from too little",
    torchZip(beside(py.call("torch._utils._rebuild_tensor_v2"))),
    /in place of a storage/,
  ],
];

// Archives

const fine = py.pickle(py.dict(...good));
const archive = torchZip(fine);
const entry = { name: "archive/data.pkl", data: fine };
const data0 = { name: "archive/data/0", data: new Uint8Array(8) };
const bomb = deflateRawSync(Buffer.alloc(64 << 20));
const zips: Case[] = [
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
  ["an encrypted pickle", zip([{ ...entry, flags: 1, size: fine.length - 12, packedSize: fine.length }]), /encrypted/],
  ["an unknown compression", zip([{ ...entry, method: 99 }]), /compressed \(method 99\)/],
  ["a stored entry of two sizes", zip([{ ...entry, size: 4 << 20, packedSize: fine.length }]), /zip archive/],
  ["an entry longer than the file", zip([entry, { ...data0, size: 1 << 30 }]), /zip archive/],
  [
    "two entries over the same bytes",
    zip([entry, data0, { ...data0, name: "archive/data/1", at: 30 + entry.name.length + fine.length }]),
    /share bytes/,
  ],
  [
    "an entry inside another",
    zip([
      entry,
      { name: "archive/data/0", data: bytes("PK\x03\x04", new Uint8Array(60)), size: 64 },
      { name: "archive/data/1", data: new Uint8Array(8), at: 30 + entry.name.length + fine.length + 30 + 14 },
    ]),
    /share bytes/,
  ],
  ["one entry twice", zip([entry, data0, data0]), /is there twice/],
  ["a local header that is none", zip([entry, { ...data0, at: 3 }]), /local file header/],
  ["a local header past the end", zip([entry, { ...data0, at: 1 << 30 }]), /truncated/],
  ["more entries announced than there are", zip([entry, data0], { entries: 60_000 }), /truncated/],
  ["a directory past the end", zip([entry, data0], { directoryAt: 0x7fffffff }), /truncated/],
  ["a directory in the middle of something", zip([entry, data0], { directoryAt: 7 }), /central directory/],
  ["a comment that is not there", zip([entry, data0], { comment: 77 }), /comment length/i],
  ["one disk of several", zip([entry, data0], { disk: 3 }), /disk/],
  ["an archive without a pickle", zip([data0]), /with 0 entries FOLDER\/data\.pkl/],
  ["an archive with two pickles", zip([entry, { ...entry, name: "other/data.pkl" }, data0]), /with 2 entries/],
  ["an empty archive", zip([]), /with 0 entries/],
  [
    "a big-endian archive",
    torchZip(fine, undefined, [{ name: "archive/byteorder", data: bytes("big") }]),
    /byte order "big"/,
  ],
  [
    "a byte order of a megabyte",
    torchZip(fine, undefined, [{ name: "archive/byteorder", data: new Uint8Array(1 << 20) }]),
    /byte order/,
  ],
  [
    "a name of 60,000 letters",
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

const old = legacy(fine);
const legacies: Case[] = [
  ...Array.from(
    { length: 19 },
    (_, i): Case => [
      `a legacy file cut at ${5 * (i + 1)} %`,
      old.subarray(0, Math.floor((old.length * (i + 1)) / 20)),
      /truncated|pickle|in a file/,
    ],
  ),
  [
    "a pickle of something else",
    py.pickle(py.dict(py.str("a"), py.int(1))),
    /a pickle of a dict, not one of PyTorch's/,
  ],
  ["another magic number", legacy(fine, { magic: py.int(5) }), /not one of PyTorch's/],
  ["another version", legacy(fine, { version: py.int(1002) }), /1002 as the version/],
  ["a big-endian machine", legacy(fine, { machine: py.dict(py.str("little_endian"), bytes(0x89)) }), /big-endian/],
  ["no machine", legacy(fine, { machine: bytes("N") }), /facts about the machine/],
  ["keys that are no list", legacy(fine, { keys: py.int(1) }), /storages' keys/],
  [
    "a key that no tensor names",
    legacy(fine, { keys: bytes("](", py.str("0"), py.str("1"), "e") }),
    /"1" as the key of a storage that no tensor/,
  ],
  ["a key that is no string", legacy(fine, { keys: bytes("](", py.int(0), "e") }), /as the key/],
  ["a key twice", legacy(fine, { keys: bytes("](", py.str("0"), py.str("0"), "e") }), /is there twice/],
  ["a storage that is not there", legacy(fine, { keys: bytes("]") }), /"0" is not in the file/],
  [
    "a storage of another count",
    legacy(fine, { storages: bytes(le(8, 3), new Uint8Array(12)) }),
    /has 3 numbers, its tensors say 2/,
  ],
  ["a storage of negative count", legacy(fine, { storages: bytes(le(8, -1), new Uint8Array(8)) }), /has -1 numbers/],
  [
    "a storage of 2^50 numbers",
    legacy(py.pickle(py.dict(py.str("w"), py.tensor(py.storage("0", 2 ** 50), py.int(0), shape(2 ** 50), shape(1)))), {
      storages: le(8, 2 ** 50),
    }),
    /truncated/,
  ],
];

const one = (offsets: string, type = "F32", size = "[1]") =>
  `{"a":{"dtype":"${type}","shape":${size},"data_offsets":${offsets}}}`;
const others: Case[] = [
  ["an oversized safetensors header", safetensors("{}", 0, 2n ** 40n), /at most 100000000/],
  ["a safetensors header of 2^64 - 1", safetensors("{}", 0, 2n ** 64n - 1n), /at most/],
  ["a safetensors header past the end", safetensors("{}", 0, 1000), /header of 1000 bytes/],
  [
    "overlapping tensors",
    safetensors(
      '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
      3,
    ),
    /overlap or hole/,
  ],
  [
    "a hole between tensors",
    safetensors(
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}',
      3,
    ),
    /overlap or hole/,
  ],
  ["offsets past the file", safetensors(one("[0,4]")), /cover 4 bytes/],
  ["offsets of 2^60", safetensors(one("[0,1152921504606846976]"), 4), /not a pair/],
  ["sizes of 2^53", safetensors(one("[0,4]", "F32", "[9007199254740991,9007199254740991]"), 4), /too many elements/],
  ["a header nested a million deep", safetensors(`{"a":${"[".repeat(1e6)}`), /nested deeper/],
  ["a header without an end", safetensors(`{"a":"${"x".repeat(1e6)}`), /does not end/],
  ["an index that is no object", bytes(" {}"), /without a "weight_map"/],
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
  ["an index whose shard is missing", bytes('{ "weight_map": {"a": "nowhere.safetensors"}}'), /is not there/],
  [
    "an index of two thousand shards",
    bytes(`{ "weight_map": {${Array.from({ length: 2000 }, (_, i) => `"t${i}":"s${i}"`).join()}}}`),
    /2000 shards/,
  ],
  ["nothing", new Uint8Array(0), /0 bytes of an unknown format/],
  ["one byte", bytes("x"), /unknown format/],
  ["zeros", new Uint8Array(4096), /unknown format/],
  ["a page of HTML", bytes("<!DOCTYPE html><html>404</html>"), /HTML/],
  ["a Git LFS pointer", bytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), /git lfs pull/],
  ["a gzip archive", bytes("\x1f\x8b\x08", new Uint8Array(50)), /gzip/],
  ["a tar archive", bytes(new Uint8Array(257), "ustar", new Uint8Array(300)), /tar archive/],
  ["a NumPy array", bytes("\x93NUMPY\x01\x00", new Uint8Array(50)), /NumPy/],
  ["an HDF5 file", bytes("\x89HDF\r\n\x1a\n", new Uint8Array(50)), /HDF5/],
  ["text", bytes("weights are not here\n"), /unknown format/],
];

const cases = [...calls, ...machine, ...tensors, ...zips, ...legacies, ...others];

test("there are at least 200 of them, and their good sisters are read", async () => {
  expect(cases.length).toBeGreaterThanOrEqual(200);
  for (const [name, file] of [
    ["zip", archive],
    ["legacy", old],
  ] as const) {
    writeFileSync(join(folder, name), file);
    expect(await outcome(join(folder, name))).toBeUndefined();
  }
});

describe.each([
  ["globals", calls],
  ["the stack machine", machine],
  ["tensors", tensors],
  ["zip archives", zips],
  ["legacy files", legacies],
  ["other files", others],
] as const)("%s", (_, group) => {
  test.each(group)("%s", async (_, file, reason) => refused(file, reason));
});

describe("what is no file", () => {
  test("an index that names itself", async () => {
    writeFileSync(join(folder, "self"), '{ "weight_map": {"a": "self"}}');
    expect(String(await outcome(join(folder, "self")))).toMatch(/an index in the place of a shard/);
  });

  test("an empty folder", async () => {
    mkdirSync(join(folder, "empty"));
    expect(String(await outcome(join(folder, "empty")))).toMatch(/UnsupportedFileError: .*a folder without weights/);
  });

  test.skipIf(process.platform === "win32")("a pipe, which would wait for ever", async () => {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    expect(String(await outcome(join(folder, "pipe")))).toMatch(/not a regular file/);
  });
});

test("nothing ran", () => {
  expect(existsSync(mark)).toBe(false);
});
