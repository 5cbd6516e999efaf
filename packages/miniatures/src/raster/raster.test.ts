// Tests the renderer: elementary functions, shapes, the canvas, colours and noise.

import { stream } from "@dit-bench/random";
import { describe, expect, it } from "vitest";
import { blur, type Canvas, createBrush, createCanvas, type Light, placeBrush, toPixels } from "./canvas.ts";
import { hex, hsl } from "./color.ts";
import { atan2, cos, sin } from "./elementary.ts";
import { clouds, noise } from "./noise.ts";
import { fillFlat, fillRound, fillSoft } from "./paint.ts";
import {
  box,
  circle,
  curve,
  difference,
  ellipse,
  line,
  polygon,
  type Shape,
  smoothUnion,
  toPoints,
  union,
} from "./shapes.ts";

const light: Light = { x: -0.6, y: -0.6, z: 0.53, ambient: 0.3, bright: [1, 1, 1], shade: [1, 1, 1] };

describe("the elementary functions", () => {
  it("sin and cos differ from those of Math by less than 1e-6", () => {
    let largest = 0;
    for (let x = -40; x < 40; x += 0.037)
      largest = Math.max(largest, Math.abs(sin(x) - Math.sin(x)), Math.abs(cos(x) - Math.cos(x)));
    expect(largest).toBeLessThan(1e-6);
  });

  it("atan2 differs from Math.atan2 by less than 2e-5 in all quadrants, and is right on the axes", () => {
    let largest = 0;
    for (let a = -3.1; a < 3.1; a += 0.01)
      for (const k of [1e-3, 1, 50]) largest = Math.max(largest, Math.abs(atan2(k * Math.sin(a), k * Math.cos(a)) - a));
    expect(largest).toBeLessThan(2e-5);
    expect([atan2(0, 1), atan2(1, 0), atan2(0, 0)].map((v) => Math.round(v * 1e4))).toEqual([0, 15708, 0]);
  });
});

describe("shapes", () => {
  it.each<[string, Shape, number]>([
    ["circle", circle(0.5, 0.5, 0.3), Math.PI * 0.09],
    ["ellipse", ellipse(0.5, 0.5, 0.4, 0.2), Math.PI * 0.08],
    ["box", box(0.5, 0.5, 0.3, 0.2), 0.24],
    ["line", line(0.3, 0.5, 0.7, 0.5, 0.1), 0.08 + Math.PI * 0.01],
    ["triangle", polygon(toPoints([0.1, 0.1, 0.9, 0.1, 0.1, 0.9])), 0.32],
    ["pair of circles", union(circle(0.25, 0.5, 0.2), circle(0.75, 0.5, 0.2)), Math.PI * 0.08],
    ["ring", difference(circle(0.5, 0.5, 0.4), circle(0.5, 0.5, 0.2)), Math.PI * 0.12],
  ])("a filled %s covers its area, with an error below 0.5 % of the canvas", (_name, shape, area) => {
    const canvas = createCanvas(32);
    fillFlat(createBrush(canvas, light), shape, [1, 1, 1]);
    expect(Math.abs(mean(canvas) - area)).toBeLessThan(0.005);
  });

  it("the distance to a polygon is exact on both sides of an edge and at a corner", () => {
    const square = polygon(toPoints([0, 0, 1, 0, 1, 1, 0, 1]));
    expect(square.distance(0.5, 0.2)).toBeCloseTo(-0.2, 12);
    expect(square.distance(0.5, -0.3)).toBeCloseTo(0.3, 12);
    expect(square.distance(1.3, 1.4)).toBeCloseTo(0.5, 12);
  });

  it("smoothUnion fills the gap between two shapes and does not change the first shape far away", () => {
    const [a, c] = [circle(-0.5, 0, 0.5), circle(0.5, 0, 0.5)];
    const joined = smoothUnion(a, c, 0.4);
    expect(joined.distance(0, 0.05)).toBeLessThan(-0.05);
    expect(joined.distance(-2, 0)).toBe(a.distance(-2, 0));
  });

  it("curve runs from its first to its last point, halfway towards its control point", () => {
    const points = curve([0, 0], [1, 2], [2, 0], 4);
    expect([points[0], points[2], points[4]]).toEqual([
      [0, 0],
      [1, 1],
      [2, 0],
    ]);
  });
});

describe("the canvas", () => {
  it("nested brushes combine translation, rotation and mirroring", () => {
    const canvas = createCanvas(32);
    const b = placeBrush(placeBrush(createBrush(canvas, light), 0.5, 0.5, 0.5, Math.PI / 2), 0.5, 0, 0.5, 0, -1);
    fillFlat(b, circle(0.2, 0, 0.3), [1, 1, 1]); // local (0.2, 0) -> (-0.1 + 0.5, 0) * 0.5 rotated by 90° -> (0.5, 0.7)
    const [x, y] = centroid(canvas);
    expect(x).toBeCloseTo(0.5, 3);
    expect(y).toBeCloseTo(0.7, 3);
  });

  it("a shape outside the canvas changes no pixel", () => {
    const canvas = createCanvas(32);
    fillFlat(createBrush(canvas, light), circle(2, 2, 0.5), [1, 1, 1]);
    expect(mean(canvas)).toBe(0);
  });

  it("a soft edge covers the same area as a sharp one", () => {
    const canvas = createCanvas(32);
    fillSoft(createBrush(canvas, light), box(0.5, 1, 5, 0.5), [1, 1, 1], 0.2);
    expect(mean(canvas)).toBeCloseTo(0.5, 2);
  });

  it("blur keeps the mean of a shape away from the borders, and lowers its peak", () => {
    const canvas = createCanvas(32);
    fillFlat(createBrush(canvas, light), circle(0.5, 0.5, 0.1), [1, 1, 1]);
    const before = mean(canvas);
    blur(canvas, 0.05);
    expect(mean(canvas)).toBeCloseTo(before, 5);
    expect(Math.max(...canvas.rgb)).toBeLessThan(0.95);
  });

  it("a lit ball is brighter towards the light", () => {
    const canvas = createCanvas(32);
    fillRound(createBrush(canvas, light), circle(0.5, 0.5, 0.4), [0.6, 0.6, 0.6], { bevel: 0.4 });
    const p = toPixels(canvas);
    expect(p[(9 * 32 + 9) * 3]!).toBeGreaterThan(2 * p[(22 * 32 + 22) * 3]!);
  });

  it("toPixels clips values to black and white", () => {
    const canvas = createCanvas(32);
    canvas.rgb.fill(7, 0, 64 * 3 * 32);
    canvas.rgb.fill(-7, 64 * 3 * 32);
    const p = toPixels(canvas);
    expect([p[0], p[p.length - 1]]).toEqual([255, 0]);
  });
});

describe("colours and noise", () => {
  it("hsl gives the colours that CSS defines", () => {
    const bytes = (c: readonly number[]): number[] => c.map((v) => Math.round(v * 255));
    expect(bytes(hsl(0, 1, 0.5))).toEqual([255, 0, 0]);
    expect(bytes(hsl(1 / 3, 1, 0.25))).toEqual([0, 128, 0]);
    expect(bytes(hsl(210 / 360, 0.5, 0.6))).toEqual([102, 153, 204]); // #6699cc
    expect(bytes(hex("6699cc"))).toEqual([102, 153, 204]);
  });

  it.each([
    ["noise", noise],
    ["clouds", clouds],
  ])("%s is smooth, bounded and not constant", (_name, make) => {
    const field = make(stream(3, "noise", 0));
    const values: number[] = [];
    let steepest = 0;
    for (let i = 0; i < 4000; i++) {
      const [x, y] = [(i % 63) * 0.31 - 9, i * 0.0113];
      values.push(field(x, y));
      steepest = Math.max(steepest, Math.abs(field(x + 1e-4, y) - field(x, y)) / 1e-4);
    }
    expect(steepest).toBeLessThan(20);
    expect(Math.max(...values)).toBeLessThanOrEqual(1.05);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1.05);
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(1);
  });
});

function mean(canvas: Canvas): number {
  let sum = 0;
  for (const v of canvas.rgb) sum += v;
  return sum / canvas.rgb.length;
}

function centroid(canvas: Canvas): [number, number] {
  let [sum, sx, sy] = [0, 0, 0];
  for (let j = 0; j < canvas.grid; j++)
    for (let i = 0; i < canvas.grid; i++) {
      const v = canvas.rgb[(j * canvas.grid + i) * 3]!;
      sum += v;
      sx += (v * (i + 0.5)) / canvas.grid;
      sy += (v * (j + 0.5)) / canvas.grid;
    }
  return [sx / sum, sy / sum];
}
