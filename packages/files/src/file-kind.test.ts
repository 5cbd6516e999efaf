// Tests that files are recognised by their content, and that messages describe files of the wrong kind.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { describeWrongFile, fileKind, kindOfBytes } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "dit-bench-kind-"));
afterAll(() => rmSync(folder, { recursive: true }));

const latin1 = (text: string) => Buffer.from(text, "latin1");
/** A local header of a zip archive (APPNOTE.TXT 4.3.7), without its file. */
function zipEntry(name: string): Buffer {
  const header = Buffer.alloc(30);
  header.write("PK\x03\x04", "latin1");
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, latin1(name)]);
}
function safetensors(): Buffer {
  const header = '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}';
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, latin1(`${header}x`)]);
}

describe("kindOfBytes", () => {
  it.each<[string, Buffer, string]>([
    ["a PNG image", latin1("\x89PNG\r\n\x1a\n"), "image"],
    ["a JPEG image", latin1("\xff\xd8\xff\xe0"), "image"],
    ["a WebP image", latin1("RIFF\x10\0\0\0WEBPVP8 "), "image"],
    ["a BMP image", latin1("BM\x10\0\0\0\0\0\0\0"), "image"],
    ["a text file", latin1("BMW and others"), "other"],
    ["a PPM, PGM or PBM image", latin1("P6\n2 2\n255\n"), "image"],
    ["an AVIF image", latin1("\0\0\0\x20ftypavif\0\0\0\0"), "image"],
    ["a HEIC image", latin1("\0\0\0\x18ftypheic\0\0\0\0"), "image"],
    ["a video", latin1("\0\0\0\x18ftypisom\0\0\0\0"), "other"],
    ["a zip archive of images", zipEntry("1.png"), "archive"],
    ["a zip archive of images", Buffer.concat([zipEntry("rose/"), zipEntry("rose/1.JPG")]), "archive"],
    ["a zip archive", zipEntry("report.docx"), "archive"],
    ["a PyTorch checkpoint", zipEntry("archive/data.pkl"), "checkpoint"],
    ["a NumPy archive (.npz)", zipEntry("arr_0.npy"), "array"],
    ["a NumPy array (.npy)", latin1("\x93NUMPY\x01\0"), "array"],
    ["a tar archive", Buffer.concat([Buffer.alloc(257, "x"), latin1("ustar")]), "archive"],
    ["a gzip archive", latin1("\x1f\x8b\x08"), "archive"],
    ["a Python pickle", latin1("\x80\x04\x95"), "pickle"],
    ["a safetensors file", safetensors(), "checkpoint"],
    ["an empty file", Buffer.alloc(0), "empty"],
    ["a file of zeros", Buffer.alloc(100), "unknown"],
    ["a text file", Buffer.from("schön und 玫瑰\n"), "other"],
    ["a JSON file", latin1('{"a": 1}'), "other"],
    ["a page of HTML or XML (did a download go wrong?)", latin1("<!doctype html>"), "other"],
    ["a file of an unknown format", latin1("\x01\x02\x03\x04"), "unknown"],
  ])("recognises %s", (title, bytes, group) => {
    expect(kindOfBytes(bytes)).toEqual({ group, title });
  });

  it("does not take a header longer than the file for safetensors", () => {
    expect(kindOfBytes(safetensors().subarray(0, 30)).title).not.toContain("safetensors");
  });

  it("returns a kind for random bytes", () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48271) % 2147483647;
      return seed;
    };
    for (const start of ["PK\x03\x04", "\x89PNG", "\x80\x02", "\0\0\0\x18ftyp", "{"])
      for (let i = 0; i < 100; i++)
        expect(
          kindOfBytes(
            Buffer.concat([latin1(start), Buffer.from(Array.from({ length: random() % 300 }, () => random() % 256))]),
          ).title,
        ).toMatch(/^an? /);
  });
});

describe("describeWrongFile", () => {
  const file = (name: string, content: Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  it("describes a file and gives advice for each expected kind", () => {
    const zip = file("images.zip", zipEntry("1.png"));
    expect(fileKind(zip).title).toBe("a zip archive of images");
    expect(describeWrongFile("images", zip)).toBe("a zip archive of images; unpack it and give the folder");
    expect(describeWrongFile("weights", zip)).toBe(
      "a zip archive of images; unpack it and give the file or folder of weights in it",
    );
    const image = file("1.dat", latin1("\xff\xd8\xff"));
    expect(describeWrongFile("images", image)).toBe("a JPEG image; give the folder that it is in");
    expect(describeWrongFile("weights", image)).toBe("a JPEG image");
    expect(describeWrongFile("class folders", file("e", Buffer.alloc(0)))).toBe(
      "an empty file; was a download interrupted?",
    );
  });

  it("describes folders and missing files", () => {
    mkdirSync(join(folder, "inside"));
    expect(describeWrongFile("images", join(folder, "inside"))).toBe("a folder");
    expect(describeWrongFile("images", join(folder, "missing"))).toBe("a file that cannot be read (ENOENT)");
  });
});
