// Compares bilinear resizing with the results of PyTorch and torch-fidelity.

import { expect, test } from "vitest";
import { readFixture } from "../fixtures/read-fixture.ts";
import { resizeTensorflow1Bilinear, resizeTorchBilinear } from "./bilinear.ts";

const fixture = readFixture("resize.safetensors");
const cases: [string, number][] = [
  ...[0, 1, 2, 3, 4, 5].map((i): [string, number] => [`image${i}`, 29]),
  ["image0", 299],
  ["image2", 299],
];

test.each(cases)(
  "resizeTorchBilinear of %s to side %i differs from PyTorch by less than 2e-7 of the value range",
  (image, size) => {
    const ours = resizeTorchBilinear(floatImage(image, 1 / 255), size, size);
    expect(largestDifference(ours.values, `${image}.torch_bilinear.${size}`)).toBeLessThan(2e-7);
  },
);

test.each(cases)(
  "resizeTensorflow1Bilinear of %s to side %i differs from torch-fidelity by less than 1e-6 of the value range",
  (image, size) => {
    const ours = resizeTensorflow1Bilinear(floatImage(image, 1), size, size);
    expect(largestDifference(ours.values, `${image}.tensorflow1_bilinear.${size}`) / 255).toBeLessThan(1e-6);
  },
);

function floatImage(name: string, scale: number) {
  const { shape, data } = fixture.get(`${name}.pixels`) ?? expect.fail(`${name} is not in the fixture`);
  return { height: shape[0] as number, width: shape[1] as number, values: Float32Array.from(data, (v) => v * scale) };
}

function largestDifference(ours: Float32Array, name: string): number {
  const { data } = fixture.get(name) ?? expect.fail(`${name} is not in the fixture`);
  let largest = 0;
  for (let i = 0; i < data.length; i++)
    largest = Math.max(largest, Math.abs((ours[i] as number) - (data[i] as number)));
  return largest;
}
