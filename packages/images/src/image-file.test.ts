// Tests readImageFile: its results, its reasons for unusable files, and its limit on the file size.

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ImageError } from "./image-error.ts";
import { readImageFile } from "./image-file.ts";

const folder = mkdtempSync(join(tmpdir(), "image-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("readImageFile passes the bytes to its callback, and gives the reason for an unusable file", async () => {
  const path = join(folder, "a.png");
  writeFileSync(path, "abc");
  expect(await readImageFile(path, (content) => content.length)).toBe(3);
  const refuse = () => {
    throw new ImageError("no image");
  };
  expect(await readImageFile(path, refuse)).toEqual({ reason: "no image" });
  expect(await readImageFile(join(folder, "none.png"), refuse)).toEqual({ reason: "cannot be read (ENOENT)" });
  const broken = readImageFile(path, () => {
    throw new Error("a bug");
  });
  await expect(broken).rejects.toThrow("a bug");
});

test("readImageFile does not read a file above the limit", async () => {
  const path = join(folder, "large.png");
  writeFileSync(path, "");
  truncateSync(path, 500_000_001); // a sparse file
  const never = () => expect.unreachable();
  expect(await readImageFile(path, never)).toEqual({ reason: "500000001 bytes: at most 500000000 are allowed" });
});
