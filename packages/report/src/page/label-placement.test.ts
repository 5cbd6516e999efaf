// Tests the placement of labels.

import fc from "fast-check";
import { expect, test } from "vitest";
import { type Anchor, overlap, placeLabels } from "./client/label-placement.js";

const bounds = { left: 0, top: 0, right: 860, bottom: 420 };

const anchor = fc.record<Anchor>({
  x: fc.double({ min: 20, max: 840, noNaN: true }),
  y: fc.double({ min: 20, max: 400, noNaN: true }),
  radius: fc.constant(11),
  width: fc.double({ min: 60, max: 160, noNaN: true }),
  height: fc.constant(18),
});

test("up to twelve labels never overlap, cover a point or leave the plot, at any positions", () => {
  const property = fc.property(fc.array(anchor, { minLength: 1, maxLength: 12 }), (anchors) => {
    const points = anchors.map(({ x, y }) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 }));
    const boxes = placeLabels(anchors, points, bounds);
    expect(boxes).toHaveLength(anchors.length);
    for (const [index, box] of boxes.entries()) {
      expect(overlap(box, bounds)).toBeCloseTo(anchors[index]!.width * anchors[index]!.height, 6);
      for (const other of [...boxes.slice(index + 1), ...points]) expect(overlap(box, other)).toBe(0);
    }
  });
  fc.assert(property, { numRuns: 100, seed: 1 });
});

test("labels of twelve points at the same position do not overlap", () => {
  const anchors = Array.from({ length: 12 }, () => ({ x: 400, y: 200, radius: 11, width: 110, height: 18 }));
  const boxes = placeLabels(anchors, [], bounds);
  for (const [index, box] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) expect(overlap(box, other)).toBe(0);
  }
});

test("a single label is right of its point, or left of it at the right edge", () => {
  const placeOne = (x: number) =>
    placeLabels(
      [{ x, y: 200, radius: 11, width: 100, height: 18 }],
      [{ left: x - 6, right: x + 6, top: 150, bottom: 250 }],
      bounds,
    );
  expect(placeOne(400)[0]).toEqual({ left: 411, right: 511, top: 191, bottom: 209 });
  expect(placeOne(850)[0]).toEqual({ left: 739, right: 839, top: 191, bottom: 209 });
});

test("an obstacle moves a label only as far as necessary", () => {
  const anchors = [{ x: 400, y: 200, radius: 11, width: 100, height: 18 }];
  const wall = { left: 412, right: 600, top: 0, bottom: 420 };
  const [box] = placeLabels(anchors, [wall], bounds);
  expect(overlap(box!, wall)).toBe(0);
  expect(box!.right).toBeGreaterThan(380); // next to the point, not somewhere on the left
});

test("every label gets a box even if there is not enough room", () => {
  const anchors = Array.from({ length: 15 }, () => ({ x: 30, y: 30, radius: 11, width: 50, height: 18 }));
  expect(placeLabels(anchors, [], { left: 0, top: 0, right: 60, bottom: 60 })).toHaveLength(15);
  expect(placeLabels([], [], bounds)).toEqual([]);
});
