import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ImageError } from "./image-error.ts";
import { fromImageFile } from "./image-file.ts";

const place = mkdtempSync(join(tmpdir(), "image-file-"));
afterAll(() => rmSync(place, { recursive: true }));

test("an image file's bytes are given on, and what cannot be used has a reason without its name", async () => {
  const path = join(place, "a.png");
  writeFileSync(path, "abc");
  expect(await fromImageFile(path, (content) => content.length)).toBe(3);
  const refuse = () => {
    throw new ImageError("no picture");
  };
  expect(await fromImageFile(path, refuse)).toEqual({ reason: "no picture" });
  expect(await fromImageFile(join(place, "none.png"), refuse)).toEqual({ reason: "cannot be read (ENOENT)" });
  const broken = fromImageFile(path, () => {
    throw new Error("a mistake of the program's");
  });
  await expect(broken).rejects.toThrow("a mistake");
});

test("a file above the limit is not read", async () => {
  const path = join(place, "large.png");
  writeFileSync(path, "");
  truncateSync(path, 500_000_001); // takes no room on the disk
  const never = () => expect.unreachable();
  expect(await fromImageFile(path, never)).toEqual({ reason: "500000001 bytes: at most 500000000 are allowed" });
});
