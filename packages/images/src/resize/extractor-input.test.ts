import { expect, test } from "vitest";
import { readFixture } from "../fixtures/read-fixture.ts";
import { extractorInput, resizers } from "./extractor-input.ts";

const fixture = readFixture("resize.safetensors");
const images = [0, 1, 2, 3, 4, 5].map((i) => `image${i}`);
const stored = (name: string) => fixture.get(name) ?? expect.fail(`${name} is not in the fixture`);

// What each program does to the result of its resizer before the network sees it.
const scaled = {
  pytorch: ["torch_bilinear.29", (x: number) => 2 * x - 1],
  clean: ["pillow_bicubic_float.29", (x: number) => (Math.min(255, Math.max(0, x)) - 128) / 128],
  tensorflow: ["tensorflow1_bilinear.29", (x: number) => (x - 128) / 128],
} as const;

test.each(resizers)("%s gives the network what its program gives it", (resizer) => {
  const [name, scale] = scaled[resizer];
  for (const image of images) {
    const { shape, data } = stored(`${image}.pixels`);
    const [height, width] = shape as [number, number];
    const found = extractorInput({ width, height, pixels: Uint8Array.from(data) }, 29, resizer);
    const wanted = stored(`${image}.${name}`).data;
    expect(found.length).toBe(29 * 29 * 3);
    const apart = found.reduce((most, x, i) => Math.max(most, Math.abs(x - scale(wanted[i]!))), 0);
    expect(apart).toBeLessThan(resizer === "clean" ? 1e-7 : 2e-6);
  }
});
