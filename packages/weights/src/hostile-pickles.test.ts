// Tests that pickles that try to run code and malformed pickles are refused.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bytes, le, legacy, py, torchZip } from "./hostile.test.data.ts";
import { type Case, expectRefusal, folder, pickleWith, repeat } from "./hostile-case.test.data.ts";

const namePattern = (name: string) => new RegExp(name.replaceAll(".", "\\."));
const markerFile = join(folder, "was-here");
const command = py.str(`touch ${markerFile}`);

/** Python globals. Each is called or constructed in a pickle that also has a valid tensor. */
const dangerous = (
  "os.system posix.system nt.system os.popen os.execv os.spawnl os.remove subprocess.Popen subprocess.call " +
  "subprocess.check_output subprocess.run builtins.eval builtins.exec builtins.compile builtins.open " +
  "builtins.__import__ builtins.getattr builtins.setattr builtins.globals builtins.map builtins.filter " +
  "builtins.apply __builtin__.eval __builtin__.execfile __builtin__.getattr __builtin__.input " +
  "importlib.import_module runpy.run_path runpy._run_code sys.exit shutil.rmtree socket.socket ctypes.CDLL " +
  "pty.spawn commands.getoutput code.interact webbrowser.open pip.main timeit.timeit cProfile.run pdb.run " +
  "trace.Trace operator.methodcaller _operator.attrgetter marshal.loads pickle.loads _pickle.loads dill.loads " +
  "tempfile.mktemp io.open asyncio.run multiprocessing.Process threading.Thread signal.alarm atexit.register " +
  "urllib.request.urlopen http.client.HTTPSConnection unittest.main"
).split(" ");

/** Globals outside Python's standard library. A pickle may name them; a call of them is refused. */
const unlisted = (
  "torch.load torch.hub.load torch.storage._load_from_bytes torch.jit._unpickle " +
  "torch._utils._rebuild_sparse_tensor torch._utils._rebuild_device_tensor_from_numpy " +
  "torch._dynamo.guards.GuardBuilder.get torch.fx.graph_module.reduce_graph_module numpy.load " +
  "numpy.testing._private.utils.runstring numpy.f2py.diagnose.run_command functools.partial types.FunctionType " +
  "collections.namedtuple copyreg.__newobj__ nltk.downloader.download pandas.read_pickle joblib.load " +
  "yaml.unsafe_load transformers.AutoModel.from_pretrained evil.payload __main__.f"
).split(" ");

const stackGlobal = (name: string) =>
  bytes(py.str(name.slice(0, name.lastIndexOf("."))), py.str(name.slice(name.lastIndexOf(".") + 1)), 0x93);
const inst = (name: string) =>
  bytes("(", command, `i${name.slice(0, name.lastIndexOf("."))}\n${name.slice(name.lastIndexOf(".") + 1)}\n`);
const refusedGlobals = [...dangerous, ...unlisted];

const callingPickles: Case[] = [
  ...refusedGlobals.map(
    (g): Case => [`a zip that calls ${g}`, torchZip(pickleWith(py.call(g, command))), namePattern(g)],
  ),
  ...refusedGlobals.map(
    (g): Case => [
      `a legacy file that calls ${g}`,
      legacy(pickleWith(bytes(stackGlobal(g), py.tuple(command), "R"))),
      namePattern(g),
    ],
  ),
  ...dangerous
    .slice(0, 30)
    .map(
      (g): Case => [
        `a new object of ${g}`,
        torchZip(pickleWith(bytes(py.global(g), py.tuple(command), 0x81))),
        namePattern(g),
      ],
    ),
  ...refusedGlobals.slice(0, 30).map((g): Case => [`INST of ${g}`, torchZip(pickleWith(inst(g))), namePattern(g)]),
  ...refusedGlobals
    .slice(0, 30)
    .map((g): Case => [`OBJ of ${g}`, torchZip(pickleWith(bytes("(", py.global(g), command, "o"))), namePattern(g)]),
  ...dangerous
    .slice(0, 20)
    .map(
      (g): Case => [`a bare pickle of protocol 0 that calls ${g}`, bytes(py.global(g), "(S'x'\ntR."), namePattern(g)],
    ),
  ...dangerous
    .slice(0, 20)
    .map((g): Case => [`${g} instead of the magic number`, py.pickle(py.call(g, command)), namePattern(g)]),
  [
    "a dangerous global as a dict's factory",
    torchZip(pickleWith(py.call("collections.defaultdict", py.global("os.system")))),
    /os\.system/,
  ],
  [
    "a dangerous global rebuilding a tensor",
    torchZip(
      pickleWith(
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
      pickleWith(
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
    "a call of the result of a call",
    torchZip(pickleWith(bytes(py.call("argparse.Namespace"), py.tuple(), "R"))),
    /a call of an object of argparse/,
  ],
  [
    "a call of a string",
    torchZip(pickleWith(bytes(py.str("os.system"), py.tuple(command), "R"))),
    /a call of the string/,
  ],
  [
    "a global with a line break in its name",
    torchZip(pickleWith(bytes(py.str("os\n"), py.str("system"), 0x93, py.tuple(command), "R"))),
    /os\\n\.system/,
  ],
  [
    "a dotted name of an attribute",
    torchZip(
      pickleWith(bytes(py.str("collections"), py.str("OrderedDict.__reduce__.system"), 0x93, py.tuple(command), "R")),
    ),
    /OrderedDict\.__reduce__/,
  ],
  [
    "a global of 100,000 characters",
    torchZip(pickleWith(bytes(py.str("m".repeat(1e5)), py.str("f"), 0x93, py.tuple(), "R"))),
    /mmmm/,
  ],
  ["BUILD of a global", torchZip(pickleWith(bytes(py.global("torch.Tensor"), py.dict(), "b"))), /BUILD of the global/],
];

const ops = (code: string) => py.pickle(bytes(code));
const malformedPickles: Case[] = [
  ...[..."0RabeusdlotpqrQ2"].map(
    (c): Case => [
      `${c} on an empty stack`,
      torchZip(ops(`${c}\x01\x00\x00\x00\n`)),
      /empty stack|too few values|MARK|memo|instead of|unread/,
    ],
  ),
  ...[0x81, 0x85, 0x86, 0x87, 0x90, 0x91, 0x92, 0x93, 0x94].map(
    (c): Case => [`opcode ${c} on an empty stack`, torchZip(py.pickle(bytes(c))), /empty stack|too few values|MARK/],
  ),
  ...[0x00, 0x01, 0x21, 0x41, 0x7f, 0x99, 0xaa, 0xff].map(
    (c): Case => [`the byte ${c} as an opcode`, torchZip(py.pickle(bytes(c))), /is not an opcode/],
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
  ["an integer of a million digits", torchZip(py.pickle(bytes("I", "9".repeat(1e6), "\n"))), /line longer/],
  ["an integer of ten thousand digits", torchZip(py.pickle(bytes("L", "9".repeat(1e4), "L\n"))), /cannot be read/],
  ["a malformed integer", torchZip(py.pickle(bytes("Iten\n"))), /"ten" cannot be read/],
  ["a malformed float", torchZip(py.pickle(bytes("F1e\n"))), /"1e" cannot be read/],
  ["a quoted string without its closing quote", torchZip(py.pickle(bytes("S'abc\n"))), /cannot be read/],
  ["a character above U+10FFFF", torchZip(py.pickle(bytes("V\\UFFFFFFFF\n"))), /cannot be read/],
  ["text that is not UTF-8", torchZip(py.pickle(bytes("X", le(4, 2), 0xff, 0xfe))), /not UTF-8/],
  ["a lone surrogate", torchZip(py.pickle(bytes("X", le(4, 3), 0xed, 0xa0, 0x80))), /not UTF-8/],
  ["an empty memo entry", torchZip(py.pickle(bytes("j", le(4, 2 ** 32 - 1)))), /nothing in the memo at 4294967295/],
  ["a memo index that is not a number", torchZip(py.pickle(bytes("g__proto__\n"))), /memo index/],
  ["a million lists inside each other", torchZip(py.pickle(repeat(1e6, "]"), repeat(1e6 - 1, "a"))), /more than/],
  ["a million marks", torchZip(py.pickle(repeat(1e6, "("))), /more than/],
  ["a million dicts", torchZip(py.pickle(repeat(1e6, "}"))), /more than/],
  ["three million steps", torchZip(py.pickle(repeat(1.5e6, "N0"), bytes("N"))), /more than 2000000 steps/],
  ["a pickle without STOP", torchZip(bytes(0x80, 2, repeat(1000, "N"))), /truncated/],
  ["an empty pickle", torchZip(new Uint8Array(0)), /truncated/],
  ["only STOP", torchZip(bytes(".")), /empty stack/],
  ["values left over", torchZip(bytes("NN.")), /values left/],
  ["an open MARK at the end", torchZip(bytes("(N.")), /values left/],
  ["a key without a value", torchZip(py.pickle(bytes("}(Nu"))), /a key without a value/],
  ["a lone key in DICT", torchZip(py.pickle(bytes("(Nd"))), /a key without a value/],
  ["items for a number", torchZip(py.pickle(bytes("K\x01Na"))), /instead of a list/],
  ["entries for a list", torchZip(py.pickle(bytes("]NNs"))), /instead of a dict/],
  ["members for a dict", torchZip(py.pickle(bytes("}(N\x90"))), /instead of a set/],
  [
    "REDUCE with a list for its arguments",
    torchZip(py.pickle(bytes(py.global("collections.OrderedDict"), "]R"))),
    /instead of a tuple/,
  ],
  ["STACK_GLOBAL of numbers", torchZip(py.pickle(bytes("K\x01K\x02\x93"))), /two strings/],
  ["a new object of a number", torchZip(py.pickle(bytes("K\x01)\x81"))), /a new object of/],
  ["BUILD of a number", torchZip(py.pickle(bytes("K\x01}b"))), /BUILD of/],
  ["an OrderedDict of a number", torchZip(pickleWith(py.call("collections.OrderedDict", py.int(3)))), /wanted pairs/],
  [
    "an OrderedDict of triples",
    torchZip(pickleWith(py.call("collections.OrderedDict", py.tuple(py.sizes(1, 2, 3))))),
    /wanted a pair/,
  ],
  [
    "a list used a thousand times as the pairs of a dict",
    torchZip(
      py.pickle(
        bytes("]q\x00("),
        repeat(1000, bytes("N", "N", "\x86")),
        bytes("e("),
        repeat(1000, bytes(py.global("collections.OrderedDict"), "h\x00\x85R")),
        bytes("t"),
      ),
    ),
    /more than/,
  ],
  ["a persistent id that is not a tuple", torchZip(py.pickle(bytes("K\x01Q"))), /not a storage/],
  ["a persistent id of another kind", torchZip(py.pickle(bytes(py.tuple(py.str("module")), "Q"))), /not a storage/],
  ["a persistent id as text", torchZip(py.pickle(bytes("Pstorage\n"))), /protocol 0/],
];

describe("openCheckpoint refuses the pickle:", () => {
  test.each(callingPickles)("%s", async (_, file, reason) => expectRefusal(file, reason));
});

describe("openCheckpoint refuses the malformed pickle:", () => {
  test.each(malformedPickles)("%s", async (_, file, reason) => expectRefusal(file, reason));
});

test("no code of these pickles ran", () => {
  expect(existsSync(markerFile)).toBe(false);
});
