// Training batches: order, mirroring, label dropout.

import { linearSchedule } from "@dit-bench/diffusion";
import { describe, expect, it } from "vitest";
import { batchIndices, denoisingBatch, toPixels } from "./batches.ts";

const settings = { batch: 4, seed: 3, flip: true, labelDropout: 0.1, nullClass: 5 };
const images = {
  pixels: Uint8Array.from({ length: 10 * 2 * 2 * 3 }, (_, i) => i),
  labels: Int32Array.from({ length: 10 }, (_, i) => i % 5),
  size: 2,
};

describe("batches", () => {
  it("contain every image once per epoch, in a new order each epoch", () => {
    const seen = [0, 1, 2, 3, 4].flatMap((step) => batchIndices(10, settings, step).map((b) => b.index));
    const epochs = [seen.slice(0, 10), seen.slice(10)];
    for (const epoch of epochs) expect([...epoch].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(epochs[0]).not.toEqual(epochs[1]);
  });

  it("depend on the step alone, so that a resumed run repeats them", () => {
    const schedule = linearSchedule();
    const later = denoisingBatch(images, schedule, settings, 7);
    denoisingBatch(images, schedule, settings, 6);
    expect(denoisingBatch(images, schedule, settings, 7)).toEqual(later);
    expect(denoisingBatch(images, schedule, { ...settings, seed: 4 }, 7)).not.toEqual(later);
  });

  it("mirror half of the images left to right, whole rows at a time", () => {
    const steps = Array.from({ length: 200 }, (_, step) => batchIndices(10, settings, step)).flat();
    const share = steps.filter((b) => b.mirrored).length / steps.length;
    expect(Math.abs(share - 0.5)).toBeLessThan(0.06);
    const { x0 } = denoisingBatch(images, linearSchedule(), settings, 0) as { x0: Float32Array };
    batchIndices(10, settings, 0).forEach(({ index, mirrored }, j) => {
      const red = [0, 1, 2, 3].map((p) => Math.round((x0[j * 12 + p]! + 1) * 127.5));
      const source = [0, 1, 2, 3].map((p) => images.pixels[index * 12 + p * 3]);
      expect(red).toEqual(mirrored ? [source[1], source[0], source[3], source[2]] : source);
    });
  });

  it("replace a tenth of the labels with the null class", () => {
    const schedule = linearSchedule();
    const labels = Array.from({ length: 300 }, (_, step) => [
      ...(denoisingBatch(images, schedule, settings, step).y as Int32Array),
    ]).flat();
    const dropped = labels.filter((y) => y === settings.nullClass).length / labels.length;
    expect(Math.abs(dropped - 0.1)).toBeLessThan(0.035);
  });
});

describe("toPixels", () => {
  it("converts planes in [-1, 1] to bytes, rounded and clipped", () => {
    const x = Float32Array.of(-1, 1, 0, 2, -3, 0.5, 1, -1, 0.0039, 0, 0, 0); // [1, 3, 2, 2]
    expect([...toPixels(x, 2)]).toEqual([0, 0, 128, 255, 191, 128, 128, 255, 128, 255, 0, 128]);
  });
});
