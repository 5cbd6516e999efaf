// Draws a small bird from a description of its plumage.

import type { Stream } from "@dit-bench/random";
import type { Brush } from "../raster/canvas.ts";
import { between } from "../raster/chance.ts";
import { type Color, hex, scaleColor } from "../raster/color.ts";
import { cos, sin, smoothstep } from "../raster/elementary.ts";
import { clouds, stretchField } from "../raster/noise.ts";
import { fillFlat, fillRound, lerp } from "../raster/paint.ts";
import { circle, curve, ellipse, line, polygon, type Shape, smoothUnion } from "../raster/shapes.ts";

export const headShape: Shape = circle(0.6, -0.48, 0.34);

interface Plumage {
  readonly back: Color;
  readonly belly: Color;
  readonly wing: Color;
  /** Number of white bars across the wing. */
  readonly bars: number;
  readonly tail: Color;
  /** Height of the crest; 0 for none. */
  readonly crest: number;
  /** Length of the tail, in body widths. */
  readonly length: number;
}

/** Draws a small bird from the side that faces +x, with its feet near (0.05, 0.62). */
export function drawSongbird(f: Brush, r: Stream, p: Plumage): void {
  const down = between(r, 0.15, 0.7);
  const plump = between(r, 0.4, 0.5);
  for (const x of [0.05, 0.22]) fillFlat(f, line(x - 0.05, 0.35, x, 0.66, 0.035), hex("3a2a22"));
  fillRound(
    f,
    polygon(
      [
        [-0.5, 0.02],
        [-0.75 - p.length * 0.5, down],
        [-0.65 - p.length * 0.5, down + 0.2],
        [-0.35, 0.3],
      ],
      0.05,
    ),
    p.tail,
    { bevel: 0.12 },
  );
  if (p.crest > 0)
    fillRound(
      f,
      polygon(
        [
          [0.82, -0.68],
          [0.3, -0.72 - p.crest],
          [0.3, -0.5],
        ],
        0.05,
      ),
      p.back,
      { bevel: 0.14 },
    );
  const downNoise = stretchField(clouds(r), 7, 9);
  const body = smoothUnion(ellipse(-0.02, 0.05, 0.66, plump), headShape, 0.25);
  fillRound(
    f,
    body,
    (x, y, _d, ink) => {
      lerp(ink, p.back, p.belly, smoothstep(-0.2, 0.15, y + x * 0.55 - 0.1));
      const k = 1 + 0.12 * downNoise(x, y);
      for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
    },
    { bevel: 0.42 },
  );
  const wing = polygon(
    [
      ...curve([0.25, -0.12], [-0.2, -0.4], [-0.85, 0.3], 6),
      ...curve([-0.85, 0.3], [-0.1, 0.42], [0.25, -0.12], 6).slice(1, -1),
    ],
    0.03,
  );
  fillRound(
    f,
    wing,
    (x, y, _d, ink) => {
      const feathers = smoothstep(0.5, 1, sin((x + y * 2.4) * 17));
      lerp(ink, p.wing, scaleColor(p.wing, 0.6), feathers * 0.6);
      if (p.bars > 0) {
        const bar = smoothstep(0.75, 0.95, cos((x - y * 0.5) * (6 + p.bars)));
        lerp(ink, [ink[0]!, ink[1]!, ink[2]!], [0.95, 0.95, 0.95], bar);
      }
    },
    { bevel: 0.2 },
  );
}

export function drawBill(f: Brush, c: Color, length: number, height: number): void {
  fillRound(
    f,
    polygon(
      [
        [0.88, -0.48 - height],
        [0.92 + length, -0.42],
        [0.86, -0.44 + height],
      ],
      0.03,
    ),
    c,
    { bevel: 0.08 },
  );
}

export function drawEye(f: Brush): void {
  drawDot(f, 0.7, -0.54, 0.075);
}

export function drawDot(f: Brush, x: number, y: number, radius: number): void {
  fillFlat(f, circle(x, y, radius), [0.03, 0.02, 0.02]);
  fillFlat(f, circle(x + radius * 0.3, y - radius * 0.35, radius * 0.35), [1, 1, 1]);
}
