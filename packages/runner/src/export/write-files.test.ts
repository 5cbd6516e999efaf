// The folder of an export: complete or unchanged, and files of others stay.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { textFile } from "./format.ts";
import { checkFolder, writeFiles } from "./write-files.ts";

let place: string;
let folder: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "dit-bench-export-"));
  folder = join(place, "made", "here");
});
afterEach(() => rmSync(place, { recursive: true }));

/** Writes files with this text, as `bench export` does. */
const write = (text: string, names: readonly string[], overwrite = false) =>
  writeFiles(
    folder,
    names.map((name) => textFile(name, text)),
    checkFolder(folder, overwrite),
  );
const contents = () =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name !== ".bench-export.json")
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );

describe("the folder of an export", () => {
  it("is made, also inside folders that do not exist", () => {
    write("1", ["a", "b"]);
    expect(contents()).toEqual({ a: "1", b: "1" });
  });

  it("is refused if it has a file of others, with and without --overwrite", () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "mine.txt"), "mine");
    for (const overwrite of [false, true])
      expect(() => write("1", ["a"], overwrite)).toThrow("it holds mine.txt, which 'bench export' did not write");
    expect(contents()).toEqual({ "mine.txt": "mine" });
  });

  it("is refused without --overwrite if it has an earlier export; with it, only the files of that are replaced", () => {
    write("1", ["a", "b"]);
    expect(() => write("2", ["a"])).toThrow(/it holds 2 files, such as a, and an earlier .* or add --overwrite/);
    expect(contents()).toEqual({ a: "1", b: "1" });
    writeFileSync(join(folder, "mine.txt"), "mine");
    write("2", ["a", "c"], true);
    expect(contents()).toEqual({ a: "2", c: "2", "mine.txt": "mine" });
    expect(() => write("3", ["mine.txt"], true)).toThrow("it holds mine.txt, which 'bench export' did not write");
    expect(contents()).toEqual({ a: "2", c: "2", "mine.txt": "mine" });
  });

  it("stays as it was if a file cannot be written", () => {
    write("1", ["a", "b"]);
    const failing = {
      name: "b",
      write: () => {
        throw new Error("full");
      },
    };
    expect(() => writeFiles(folder, [textFile("a", "2"), failing], checkFolder(folder, true))).toThrow("full");
    expect(contents()).toEqual({ a: "1", b: "1" });
  });

  it("is not trusted with files elsewhere", () => {
    write("1", ["a"]);
    writeFileSync(join(place, "made", "victim"), "mine");
    for (const name of ["../victim", "/etc/passwd", ".hidden"]) {
      const list = { version: 1, command: "bench export", files: ["a", name] };
      writeFileSync(join(folder, ".bench-export.json"), JSON.stringify(list));
      expect(() => write("2", ["a"], true), name).toThrow("which 'bench export' did not write");
    }
    expect(existsSync(join(place, "made", "victim"))).toBe(true);
  });
});
