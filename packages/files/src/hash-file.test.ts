// Digests of files, compared with those of their bytes.

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { digestOf, hashFile } from "./hash-file.ts";

const place = mkdtempSync(join(tmpdir(), "hash-file-"));
afterAll(() => rmSync(place, { recursive: true }));

it.each([0, 1, (4 << 20) - 1, 4 << 20, (4 << 20) + 1])(
  "digestOf a file of %i bytes is the digest of them",
  (length) => {
    const bytes = Buffer.alloc(length, "some bytes, again and again");
    const path = join(place, String(length));
    writeFileSync(path, bytes);
    for (const algorithm of ["sha256", "md5"] as const)
      expect(digestOf(path, algorithm)).toBe(createHash(algorithm).update(bytes).digest("hex"));
  },
);

it("hashFile adds a file's bytes to those before", () => {
  const path = join(place, "last");
  writeFileSync(path, "last");
  const hash = createHash("sha256").update("first ");
  hashFile(hash, path);
  expect(hash.digest("hex")).toBe(createHash("sha256").update("first last").digest("hex"));
});
