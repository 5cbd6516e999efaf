// Compares the input of feature extractors with the input that the reference programs compute.

import { expect, test } from "vitest";
import { readFixture } from "../fixtures/read-fixture.ts";
import { extractorInput, resizers } from "./extractor-input.ts";

const fixture = readFixture("resize.safetensors");
const images = [0, 1, 2, 3, 4, 5].map((i) => `image${i}`);
const tensor = (name: string) => fixture.get(name) ?? expect.fail(`${name} is not in the fixture`);

// The fixture of each resizer, and how the reference program scales the resized values.
const references = {
  pytorch: ["torch_bilinear.29", (x: number) => 2 * x - 1],
  clean: ["pillow_bicubic_float.29", (x: number) => (Math.min(255, Math.max(0, x)) - 128) / 128],
  tensorflow: ["tensorflow1_bilinear.29", (x: number) => (x - 128) / 128],
} as const;

test.each(resizers)(
  "extractorInput with resizer %s differs from the reference program by less than 2e-6",
  (resizer) => {
    const [name, scale] = references[resizer];
    for (const image of images) {
      const { shape, data } = tensor(`${image}.pixels`);
      const [height, width] = shape as [number, number];
      const input = extractorInput({ width, height, pixels: Uint8Array.from(data) }, 29, resizer);
      const expected = tensor(`${image}.${name}`).data;
      expect(input.length).toBe(29 * 29 * 3);
      const difference = input.reduce((max, x, i) => Math.max(max, Math.abs(x - scale(expected[i]!))), 0);
      expect(difference).toBeLessThan(resizer === "clean" ? 1e-7 : 2e-6);
    }
  },
);
