// Tests that valid tar, tar.gz and zip archives are unpacked, and that hostile ones are refused without leaving a file.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { makeTar, paxRecords, type TarEntry } from "../testing/make-tar.ts";
import { makeZip, type ZipEntry, type ZipOptions } from "../testing/make-zip.ts";
import { ArchiveError, type ArchiveErrorCode } from "./archive-error.ts";
import { type UnpackOptions, unpack } from "./unpack.ts";

const place = mkdtempSync(join(tmpdir(), "unpack-"));
afterAll(() => rmSync(place, { recursive: true }));
let archiveCount = 0;

async function unpackAndList(archive: Uint8Array, options?: UnpackOptions) {
  const path = join(place, `archive${archiveCount++}`);
  const to = `${path}.out/target`;
  writeFileSync(path, archive);
  const counts = await unpack(path, to, options);
  const files = (readdirSync(to, { recursive: true, encoding: "utf8" }) as string[])
    .filter((f) => statSync(join(to, f)).isFile())
    .map((f) => [f, readFileSync(join(to, f), "utf8")]);
  return { counts, files: Object.fromEntries(files.sort()) };
}

/** The error for an archive that must be refused. Checks that no file is left in the target or beside it. */
async function refusal(archive: Uint8Array, options?: UnpackOptions): Promise<ArchiveError> {
  const path = join(place, `archive${archiveCount++}`);
  writeFileSync(path, archive);
  const placeBefore = readdirSync(place).sort();
  const error = await unpack(path, `${path}.out/target`, options).then(
    () => undefined,
    (e) => e,
  );
  expect(error, "it was unpacked").toBeInstanceOf(ArchiveError);
  expect(error.message).toContain(path);
  expect(readdirSync(`${path}.out`)).toEqual([]);
  expect(readdirSync(place).sort()).toEqual([...placeBefore, `archive${archiveCount - 1}.out`].sort());
  return error;
}

const twoFiles: TarEntry[] = [
  { name: "a/", type: "5" },
  { name: "a/1.txt", body: "one" },
  { name: "./b//2.txt", body: "two" },
];
const files = { "a/1.txt": "one", "b/2.txt": "two" };
const counts = { files: 2, bytes: 6, passedOver: 0 };
const longName = `${"long/".repeat(25)}${"n".repeat(120)}.txt`;

describe("unpack", () => {
  it.each<[string, Uint8Array]>([
    ["tar", makeTar(twoFiles)],
    ["tar.gz", gzipSync(makeTar(twoFiles))],
    [
      "tar.gz in two members",
      Buffer.concat([gzipSync(makeTar(twoFiles).subarray(0, 700)), gzipSync(makeTar(twoFiles).subarray(700))]),
    ],
    [
      "tar with the old type flag of a file",
      makeTar([...twoFiles.slice(0, 2), { name: "b/2.txt", body: "two", type: "\0" }]),
    ],
    ["tar with a global header", makeTar([{ name: "g", type: "g", body: paxRecords({ comment: "x" }) }, ...twoFiles])],
    ["zip", makeZip([{ name: "a/" }, { name: "a/1.txt", body: "one" }, { name: "b/2.txt", body: "two", method: 0 }])],
    [
      "zip without Unix modes",
      makeZip([
        { name: "a/1.txt", body: "one", mode: 0 },
        { name: "b/2.txt", body: "two" },
      ]),
    ],
    [
      "zip64",
      makeZip(
        [
          { name: "a/1.txt", body: "one" },
          { name: "b/2.txt", body: "two" },
        ],
        { zip64: true },
      ),
    ],
  ])("unpacks a %s", async (_, archive) => {
    expect(await unpackAndList(archive)).toEqual({ counts, files });
  });

  it("reads long names of pax, GNU and the ustar prefix, and names beyond ASCII", async () => {
    const pax = { name: "x", type: "x", body: paxRecords({ path: longName }) };
    const gnu = { name: "././@LongLink", type: "L", body: `${longName}2\0` };
    const unpacked = await unpackAndList(
      makeTar([
        ...[pax, { name: "short", body: "1" }, gnu, { name: "short", body: "2" }],
        ...[
          { name: "c.txt", prefix: "prefix/b", body: "3" },
          { name: "Blåhat/çé.txt", body: "4" },
        ],
      ]),
    );
    expect(unpacked.files).toEqual({
      [longName]: "1",
      [`${longName}2`]: "2",
      "prefix/b/c.txt": "3",
      "Blåhat/çé.txt": "4",
    });
    expect((await unpackAndList(makeZip([{ name: "Blåhat/çé.txt", body: "4" }]))).files).toEqual({
      "Blåhat/çé.txt": "4",
    });
  });

  it("unpacks only the selected entries and counts the others", async () => {
    const link = { name: "b/link", type: "2", linkname: "/etc/passwd" };
    const icon = { name: "Icon\r", body: "of a Macintosh" };
    const unpacked = await unpackAndList(makeTar([...twoFiles, link, icon]), {
      select: (path) => path.startsWith("a"),
    });
    expect(unpacked).toEqual({ counts: { files: 1, bytes: 3, passedOver: 3 }, files: { "a/1.txt": "one" } });
  });

  it("accepts refused entries in a zip archive if they are not selected", async () => {
    const refusedEntries: ZipEntry[] = [
      ...["..\\evil", "b\\c.txt", "../evil", "/etc/evil", "C:/evil"].map((name) => ({ name, body: "2" })),
      { name: "secret", body: "3", flags: 0x801 },
      { name: "bzip2", body: "4", method: 12 },
      { name: "link", body: "/etc/passwd", mode: 0o120777 },
    ];
    const archive = makeZip([...refusedEntries, { name: "a/1.txt", body: "one" }]);
    expect(await unpackAndList(archive, { select: (path) => path.startsWith("a/") })).toEqual({
      counts: { files: 1, bytes: 3, passedOver: refusedEntries.length },
      files: { "a/1.txt": "one" },
    });
    for (const entry of refusedEntries)
      expect(
        (await refusal(archive, { select: (path) => path === entry.name || path.startsWith("a/") })).message,
        entry.name,
      ).toContain(JSON.stringify(entry.name));
  });

  it("accepts a high compression ratio of a small archive, and empty files", async () => {
    const zeros = Buffer.alloc(8e6);
    expect(
      (await unpackAndList(gzipSync(makeTar([{ name: "zeros", body: zeros }, { name: "none" }])))).counts.bytes,
    ).toBe(8e6);
  });

  it("unpacks an archive again after an interruption", async () => {
    const path = join(place, `archive${archiveCount++}`);
    writeFileSync(path, makeTar(twoFiles));
    await expect(unpack(path, `${path}.out`, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: "interrupted",
    });
    expect(existsSync(`${path}.out`)).toBe(false);
    await unpack(path, `${path}.out`);
    await expect(unpack(path, `${path}.out`)).rejects.toThrow(/ENOTEMPTY|EEXIST/);
  });
});

describe("unpack refuses a name in tar and zip", () => {
  it.each<[string, string]>([
    ["../evil", "climbs"],
    ["a/../../evil", "climbs"],
    ["a/..", "climbs"],
    ["..", "climbs"],
    ["/etc/evil", "absolute"],
    ["//host/share/evil", "absolute"],
    ["C:/evil", "colon|absolute"],
    ["c:evil", "colon"],
    ["a/file:stream", "colon"],
    ["..\\evil", "backslash|climbs"],
    ["a\\b", "backslash"],
    ["a/nul", "device"],
    ["CON.txt", "device"],
    ["com1/x", "device"],
    ["a/b.", "dot or a space"],
    ["a/b ", "dot or a space"],
    ["...", "dot or a space"],
    ["a/\x01b", "unprintable"],
    ["line\nbreak", "unprintable"],
    ["gpj.\u202eexe", "unprintable"],
    [`${"d/".repeat(40)}x`, "segments, more than 32"],
    [`${"x".repeat(256)}`, "longer than 255"],
    [`${"x/".repeat(15)}${"y".repeat(200)}/${"z/".repeat(10)}${"w".repeat(1000)}`, "bytes"],
  ])("%j", async (name, reason) => {
    const tar = await refusal(
      makeTar([
        { name: "first", body: "1" },
        { name: "x", type: "x", body: paxRecords({ path: name }) },
        { name: "y", body: "2" },
      ]),
    );
    expect(tar.code).toBe("path");
    expect(tar.message).toMatch(new RegExp(reason));
    const zip = await refusal(
      makeZip([
        { name: "first", body: "1" },
        { name, body: "2" },
      ]),
    );
    expect(zip.code).toBe("path");
    if (name.length <= 100) expect((await refusal(makeTar([{ name, body: "2" }]))).code).toBe("path");
  });

  it("in bytes that are not UTF-8", async () => {
    const archive = makeTar([{ name: "a?b", body: "1" }]);
    archive[1] = 0xff;
    archive.write(" ".repeat(8), 148);
    const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    archive.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    expect((await refusal(archive)).message).toContain("damaged");
  });

  it("that is the folder itself, for an entry that is a file", async () => {
    expect((await refusal(makeTar([{ name: "./.", body: "x" }]))).code).toBe("path");
  });
});

describe("unpack refuses two names that collide:", () => {
  it.each<[string, string, string]>([
    ["the same name twice", "a/x.jpg", "a/x.jpg"],
    ["the same path spelled differently", "a/x.jpg", "a/./x.jpg"],
    ["names that differ in case", "a/x.jpg", "a/X.JPG"],
    ["folders that differ in case", "a/x.jpg", "A/y.jpg"],
    ["names in different Unicode normalization forms", "caf\u00e9", "cafe\u0301"],
    ["a file and a folder", "a", "a/b"],
    ["a folder and a file", "a/b", "a"],
  ])("%s", async (_, firstName, secondName) => {
    const entries = [
      { name: firstName, body: "1" },
      { name: secondName, body: "2" },
    ];
    expect((await refusal(makeTar(entries))).code).toBe("collision");
    expect((await refusal(makeZip(entries))).code).toBe("collision");
  });
});

describe("unpack refuses the entry type", () => {
  it.each<[string, TarEntry[], ArchiveErrorCode]>([
    ["a symbolic link", [{ name: "a", type: "2", linkname: "b" }], "link"],
    [
      "a symbolic link out",
      [
        { name: "a", type: "2", linkname: "../../etc" },
        { name: "a/x", body: "1" },
      ],
      "link",
    ],
    [
      "a hard link",
      [
        { name: "b", body: "1" },
        { name: "a", type: "1", linkname: "b" },
      ],
      "link",
    ],
    ["a hard link out", [{ name: "a", type: "1", linkname: "/etc/passwd" }], "link"],
    ["a character device", [{ name: "a", type: "3" }], "type"],
    ["a block device", [{ name: "a", type: "4" }], "type"],
    ["a pipe", [{ name: "a", type: "6" }], "type"],
    [
      "a sparse file of pax",
      [{ name: "x", type: "x", body: paxRecords({ "GNU.sparse.major": "1" }) }, { name: "a" }],
      "type",
    ],
    ["a sparse file", [{ name: "a", type: "S" }], "type"],
    ["a folder of a GNU dump", [{ name: "a", type: "D" }], "type"],
    ["an unknown type", [{ name: "a", type: "Z" }], "type"],
    ["a continuation from another volume", [{ name: "a", type: "M" }], "type"],
  ])("tar: %s", async (_, entries, code) => {
    expect((await refusal(makeTar([{ name: "first", body: "1" }, ...entries]))).code).toBe(code);
  });

  it.each<[string, number, ArchiveErrorCode]>([
    ["a symbolic link", 0o120777, "link"],
    ["a character device", 0o020644, "type"],
    ["a block device", 0o060644, "type"],
    ["a pipe", 0o010644, "type"],
    ["a socket", 0o140644, "type"],
  ])("zip: %s", async (_, mode, code) => {
    expect((await refusal(makeZip([{ name: "a", mode, body: "/etc/passwd" }]))).code).toBe(code);
  });
});

describe("unpack stops at the limits for", () => {
  const zeros = Buffer.alloc(20e6);
  it.each<[string, () => Uint8Array, UnpackOptions["limits"], string]>([
    ["a gzip bomb", () => gzipSync(makeTar([{ name: "a", body: zeros }])), {}, "a bomb"],
    ["a bomb after the archive's end", () => gzipSync(Buffer.concat([makeTar(twoFiles), zeros])), {}, "a bomb"],
    ["a zip bomb", () => makeZip([{ name: "a", body: zeros }]), {}, "a bomb"],
    [
      "a zip bomb that announces a small size",
      () => makeZip([{ name: "a", body: zeros, size: 5 }]),
      {},
      "damaged|a bomb",
    ],
    ["entries that share bytes", () => zipWithSharedBytes(), {}, "share bytes"],
    ["too many entries, tar", () => makeTar(manyEntries(11)), { entries: 10 }, "more than 10 entries"],
    ["too many entries, zip", () => makeZip(manyEntries(11)), { entries: 10 }, "11 entries, more than 10"],
    [
      "too many folders",
      () => makeTar(manyEntries(11).map(({ name }) => ({ name, type: "5" }))),
      { entries: 10 },
      "more than 10",
    ],
    ["too many bytes, tar", () => makeTar([{ name: "a", body: zeros }]), { bytes: 1e6 }, "more than 1000000 bytes"],
    ["too many bytes, zip", () => makeZip([{ name: "a", body: "12345" }]), { bytes: 4 }, "more than 4 bytes"],
    ["gzip in gzip", () => gzipSync(gzipSync(makeTar(twoFiles))), {}, "truncated"],
    ["a name of a million bytes", () => makeTar(hugeName()), {}, "an extended header of type L with 2000000 bytes"],
  ])("%s", async (_, archive, limits, reason) => {
    const start = performance.now();
    const error = await refusal(archive(), { limits: limits ?? {} });
    expect(error.message).toMatch(new RegExp(reason));
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

const manyEntries = (n: number) => Array.from({ length: n }, (_, i) => ({ name: `f${i}`, body: "x" }));
const hugeName = (): TarEntry[] => [
  { name: "x", type: "L", body: "n".repeat(2e6) },
  { name: "a", body: "1" },
];
const zipWithSharedBytes = () =>
  makeZip([
    { name: "a", body: "1234567890" },
    { name: "b", body: "1234567890", offset: 0, localName: "a" },
  ]);

describe("unpack refuses an archive", () => {
  const tar = makeTar([
    { name: "a", body: Buffer.alloc(5000, 1) },
    { name: "b", body: "2" },
  ]);
  const zip = makeZip([
    { name: "a", body: Buffer.alloc(5000, 1), method: 0 },
    { name: "b", body: "2" },
  ]);

  it.each([0, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99])(
    "truncated to %i per cent: tar, tar.gz and zip",
    async (percent) => {
      for (const whole of [tar, gzipSync(tar, { level: 0 }), zip])
        expect(["corrupt", "unknown-format"]).toContain(
          (await refusal(whole.subarray(0, Math.floor((whole.length * percent) / 100)))).code,
        );
    },
  );

  it("without the end-of-archive marker", async () => {
    expect((await refusal(makeTar(twoFiles, { end: false }))).message).toContain("the end-of-archive marker");
  });

  it.each<[string, () => Uint8Array]>([
    [
      "with a wrong checksum in a tar header",
      () =>
        makeTar([
          { name: "a", body: "1" },
          { name: "b", body: "2", checksum: 7 },
        ]),
    ],
    ["with a tar size that is no number", () => makeTar([{ name: "a", body: "1", size: "zzzzzzzzzzz\0" }])],
    [
      "with a negative tar size",
      () => makeTar([{ name: "a", body: "1", size: "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" }]),
    ],
    ["with a tar size beyond the end of the file", () => makeTar([{ name: "a", body: "1", size: 1e9 }])],
    ["with a flipped bit in gzip", () => flipBit(gzipSync(makeTar([{ name: "a", body: Buffer.alloc(3000, 5) }])), 40)],
    ["with a wrong checksum of gzip", () => flipBitFromEnd(gzipSync(makeTar(twoFiles)), 6)],
    ["with a wrong checksum of a zip entry", () => makeZip([{ name: "a", body: "1", crc: 5 }])],
    ["with a zip entry whose size is too small", () => makeZip([{ name: "a", body: "12345", size: 3 }])],
    ["with a zip entry whose size is too large", () => makeZip([{ name: "a", body: "12345", size: 9 }])],
    [
      "with a zip entry beyond the end of the file",
      () => makeZip([{ name: "a", body: "1", method: 0, size: 1e6, packedSize: 1e6 }]),
    ],
    ["with a wrong offset of a zip entry", () => makeZip([{ name: "a", body: "1", offset: 3 }])],
    ["with a wrong number of zip entries", () => makeZip([{ name: "a", body: "1" }], { count: 3 })],
    ["that is an empty tar", () => makeTar([])],
    ["that is an empty zip", () => makeZip([])],
    ["with a folder that has data", () => makeTar([{ name: "a", type: "5", body: "x" }])],
    ["with a truncated pax header", () => makeTar([{ name: "x", type: "x", body: "99 path=a\n" }, ...twoFiles])],
    ["with a pax record without a value", () => makeTar([{ name: "x", type: "x", body: "7 path\n" }, ...twoFiles])],
    [
      "with a pax size that is no number",
      () => makeTar([{ name: "x", type: "x", body: paxRecords({ size: "-5" }) }, ...twoFiles]),
    ],
    [
      "with a global pax header that has a name",
      () => makeTar([{ name: "x", type: "g", body: paxRecords({ path: "a" }) }, ...twoFiles]),
    ],
  ])("%s", async (_, archive) => {
    expect(["corrupt", "unknown-format"]).toContain((await refusal(archive())).code);
  });

  it.each<[string, ZipEntry, ZipOptions, ArchiveErrorCode]>([
    ["encrypted", { name: "a", body: "1", flags: 1 }, {}, "encrypted"],
    ["compressed by bzip2", { name: "a", body: "1", method: 12 }, {}, "unknown-format"],
    ["encrypted, in 64 bits", { name: "a", body: "1", flags: 1 }, { zip64: true }, "encrypted"],
  ])("that is a zip %s", async (_, entry, options, code) => {
    expect((await refusal(makeZip([entry], options))).code).toBe(code);
  });

  // Node throws for such an offset inside a callback of yauzl, where nothing can catch the error.
  it.each([
    ["the directory's end", 22 + 20, 8],
    ["the directory", 22 + 20 + 56, 48],
    ["the first entry", 22 + 20 + 56 + 8, 0],
  ])("that is a zip in 64 bits with an offset of %s beyond the file", async (_, back, field) => {
    for (const offset of [1n << 40n, (1n << 53n) + 2n, (1n << 64n) - 1n]) {
      const zip = makeZip([{ name: "a", body: "1" }], { zip64: true });
      zip.writeBigUInt64LE(offset, zip.length - back + field);
      expect((await refusal(zip)).code).toBe("corrupt");
    }
  });

  it.each([
    ["nothing", ""],
    ["a web page", "<html>not found</html>"],
    ["text", "x".repeat(5000)],
    ["rar", `Rar!\x1a\x07\x01\0${"x".repeat(600)}`],
  ])("that is %s", async (_, text) => {
    expect((await refusal(Buffer.from(text, "latin1"))).code).toBe("unknown-format");
  });
});

function flipBit(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  return copy;
}

const flipBitFromEnd = (bytes: Buffer, back: number) => flipBit(bytes, bytes.length - back);
