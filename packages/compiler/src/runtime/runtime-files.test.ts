// Tests that damaged native files are found before they are loaded. The process would end without a message.

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  checkElf,
  checkKoffiFiles,
  checkNativeFiles,
  checkRuntimeFiles,
  runtimeFolder,
  runtimeLibrary,
} from "./runtime-files.ts";

const folder = mkdtempSync(join(tmpdir(), "dit-bench-native-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the files of the installed runtime and of koffi are whole", () => {
  expect(() => checkRuntimeFiles()).not.toThrow();
  expect(() => checkKoffiFiles()).not.toThrow();
  expect(readdirSync(dirname(runtimeLibrary())).length).toBeGreaterThan(1);
});

describe.skipIf(process.platform !== "linux")("a truncated library", () => {
  const library = runtimeLibrary();
  const bytes = readFileSync(library);
  // The last bytes are section headers and debug names, which the loader does not need.
  test.each([0.999, 0.9, 0.2, 0.001, 70 / bytes.length])("is refused with %f of its bytes", (share) => {
    const path = join(folder, basename(library));
    const kept = Math.floor(share * bytes.length);
    writeFileSync(path, bytes.subarray(0, kept));
    expect(() => checkElf(path)).toThrow(
      new RegExp(
        `${basename(library).replaceAll(".", "\\.")} is truncated: it has ${kept} bytes, wanted at least \\d+`,
      ),
    );
    expect(() => checkNativeFiles(folder)).toThrow("is truncated");
  });

  test("is not found where the file is whole, has no segments, or is no library", () => {
    const path = join(folder, basename(library));
    copyFileSync(library, path);
    expect(() => checkNativeFiles(folder)).not.toThrow();
    for (const text of ["", "hello", "\x7fELF"]) {
      writeFileSync(path, text);
      expect(() => checkElf(path)).not.toThrow();
    }
  });
});

test("a folder without a library for this machine is named", () => {
  expect(() => runtimeLibrary(join(folder, "none"))).toThrow(
    `onnxruntime-node has no library for ${process.platform} on ${process.arch} in ${join(folder, "none")}`,
  );
});

test("of the library's two names on macOS, the one that Node's binding loads is taken", () => {
  const names = ["libonnxruntime.1.30.0.dylib", "libonnxruntime.1.dylib", "onnxruntime_binding.node"];
  const made = join(folder, "darwin");
  mkdirSync(made);
  for (const name of names) writeFileSync(join(made, name), "");
  expect(runtimeLibrary(made)).toBe(join(made, "libonnxruntime.1.dylib"));
});

test("every platform's folder in the package has a library that is found", () => {
  const platforms = dirname(dirname(runtimeFolder()));
  const folders = ["linux/x64", "linux/arm64", "darwin/arm64", "win32/x64", "win32/arm64"];
  const libraries = folders.map((name) => basename(runtimeLibrary(join(platforms, name))));
  expect(libraries).toEqual([
    ...["libonnxruntime.so.1", "libonnxruntime.so.1", "libonnxruntime.1.dylib", "onnxruntime.dll", "onnxruntime.dll"],
  ]);
});
