// Digests of files and folders of weights.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256Of } from "./hashes.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dit-bench-weights-"));
  writeFileSync(join(folder, "a.safetensors"), "a");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("sha256Of a folder", () => {
  it("changes with the bytes, the names and the number of the files below it", () => {
    const digests = new Set([sha256Of(folder)]);
    mkdirSync(join(folder, "inside"));
    for (const [name, text] of [
      ["a.safetensors", "other"],
      ["inside/b.safetensors", "b"],
      ["inside/c.safetensors", "b"],
    ] as const) {
      writeFileSync(join(folder, name), text);
      digests.add(sha256Of(folder));
    }
    expect(digests.size).toBe(4);
  });

  it("does not change with hidden files and files in hidden folders", () => {
    const before = sha256Of(folder);
    writeFileSync(join(folder, ".DS_Store"), "icons");
    writeFileSync(join(folder, ".a.safetensors.checked"), "1 2\n");
    mkdirSync(join(folder, ".cache", "huggingface"), { recursive: true });
    writeFileSync(join(folder, ".cache", "huggingface", "a.metadata"), "tag");
    expect(sha256Of(folder)).toBe(before);
  });

  it.runIf(process.platform === "linux")("does not change with broken links and names that are not UTF-8", () => {
    const before = sha256Of(folder);
    symlinkSync("gone", join(folder, "link"));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xe9, 0x2e, 0x62])]), "b");
    expect(sha256Of(folder)).toBe(before);
  });
});
