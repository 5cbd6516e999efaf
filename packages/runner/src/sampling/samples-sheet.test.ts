// The contact sheet of `bench sample`.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeImage, encodePng } from "@dit-bench/images";
import { afterAll, beforeAll, expect, test } from "vitest";
import { samplesSheet } from "./samples-sheet.ts";

const place = mkdtempSync(join(tmpdir(), "samples-sheet-"));
const file = join(place, "a.png");
beforeAll(async () => writeFileSync(file, await encodePng({ width: 8, height: 8, pixels: new Uint8Array(192) })));
afterAll(() => rmSync(place, { recursive: true }));

const sheet = async (classes: number, last: string) => {
  const files = [...Array.from({ length: 2 * classes - 1 }, () => file), last];
  const named = Array.from({ length: classes }, (_, label) => ({ label, name: `class ${label}` }));
  return decodeImage(await samplesSheet({ classes: named, count: 2, title: "LoRA", notes: [], files }));
};

test("has a row for each of the first 100 classes, and does not read the other samples", async () => {
  const [few, full, many] = [await sheet(10, file), await sheet(100, file), await sheet(1000, join(place, "missing"))];
  const row = (full.height - few.height) / 90;
  expect(row).toBeGreaterThan(90);
  expect(many.height - full.height).toBeGreaterThan(0); // one line of text: the number of classes on the sheet
  expect(many.height - full.height).toBeLessThan(row);
});
