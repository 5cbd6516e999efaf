// Reads texts of a zip archive, and refuses a damaged one.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { makeZip } from "../testing/make-zip.ts";
import { readTexts } from "./read-texts.ts";

const place = mkdtempSync(join(tmpdir(), "read-texts-"));
afterAll(() => rmSync(place, { recursive: true }));
const path = join(place, "a.zip");

it("readTexts returns the chosen entries that are files of at most 1 MB, and writes none", async () => {
  const body = "x".repeat(1 << 20);
  writeFileSync(
    path,
    makeZip([
      { name: "a/one", body: "first" },
      { name: "a/other", body: "not chosen" },
      { name: "a/link-one", body: "/etc/passwd", mode: 0o120777 },
      { name: "large-one", body, method: 0 },
      { name: "too-large-one", body: `${body}x`, method: 0 },
      { name: "../one", body: "outside" },
    ]),
  );
  const texts = await readTexts(path, (name) => name.endsWith("one"));
  expect(Object.fromEntries(texts)).toEqual({ "a/one": "first", "large-one": body, "../one": "outside" });
  expect(readdirSync(place)).toEqual(["a.zip"]);
});

it("readTexts throws an ArchiveError for a truncated archive", async () => {
  writeFileSync(path, makeZip([{ name: "one", body: "first" }]).subarray(0, 60));
  await expect(readTexts(path, () => true)).rejects.toMatchObject({ name: "ArchiveError", code: "corrupt" });
});
