// Detection of damaged PNG files.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { isWholePng } from "./whole-png.ts";

const folder = mkdtempSync(join(tmpdir(), "dit-bench-png-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("isWholePng is false once any bit of a PNG is flipped or any byte is missing", async () => {
  const path = join(folder, "a.png");
  expect(isWholePng(path)).toBe(false);
  const intactPng = await sharp({ create: { width: 5, height: 4, channels: 3, background: "#c08040" } })
    .png()
    .toBuffer();
  const whole = (bytes: Uint8Array) => {
    writeFileSync(path, bytes);
    return isWholePng(path);
  };
  expect(whole(intactPng)).toBe(true);
  expect(whole(Buffer.concat([intactPng, Buffer.of(0)]))).toBe(false);
  expect(whole(Buffer.alloc(intactPng.length))).toBe(false);
  for (let n = 0; n < intactPng.length; n++) {
    expect(whole(intactPng.subarray(0, n)), `${n} bytes`).toBe(false);
    const flipped = Buffer.from(intactPng);
    flipped[n]! ^= 1 << (n % 8);
    expect(whole(flipped), `byte ${n}`).toBe(false);
  }
});
