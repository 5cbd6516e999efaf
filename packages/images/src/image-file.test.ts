// Reading image files: results, reasons and limits.

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ImageError } from "./image-error.ts";
import { fromImageFile } from "./image-file.ts";

const place = mkdtempSync(join(tmpdir(), "image-file-"));
afterAll(() => rmSync(place, { recursive: true }));

test("fromImageFile passes the bytes on, and gives a reason without the name of an unusable file", async () => {
  const path = join(place, "a.png");
  writeFileSync(path, "abc");
  expect(await fromImageFile(path, (content) => content.length)).toBe(3);
  const refuse = () => {
    throw new ImageError("no image");
  };
  expect(await fromImageFile(path, refuse)).toEqual({ reason: "no image" });
  expect(await fromImageFile(join(place, "none.png"), refuse)).toEqual({ reason: "cannot be read (ENOENT)" });
  const broken = fromImageFile(path, () => {
    throw new Error("a bug");
  });
  await expect(broken).rejects.toThrow("a bug");
});

test("fromImageFile does not read a file above the limit", async () => {
  const path = join(place, "large.png");
  writeFileSync(path, "");
  truncateSync(path, 500_000_001); // a sparse file
  const never = () => expect.unreachable();
  expect(await fromImageFile(path, never)).toEqual({ reason: "500000001 bytes: at most 500000000 are allowed" });
});
