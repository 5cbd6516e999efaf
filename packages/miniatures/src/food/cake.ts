// Draws cakes, whole and by the slice.

import type { Stream } from "@dit-bench/random";
import { type Brush, type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount } from "../raster/chance.ts";
import { type Color, hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { cos, HALF_TURN, smoothstep } from "../raster/elementary.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import { fillBall, fillColumn, fillFlat, fillRound, fillSoft, lerp } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { box, circle, curve, ellipse, line, type Point, polygon, stroke, toPoints, union } from "../raster/shapes.ts";
import { drawRoom, drawSidePlate } from "./table.ts";

/** The colours of sponge, filling and icing. */
type Kind = readonly [Color, Color, Color];

const KINDS: readonly Kind[] = [
  [hex("f3d9a0"), hex("fbf7ef"), hex("fbf7ef")],
  [hex("4a2514"), hex("6f3a20"), hex("2f160c")],
  [hex("a8201f"), hex("fbf4ea"), hex("fbf4ea")],
  [hex("f4e3b2"), hex("f7b9c8"), hex("f7b9c8")],
  [hex("7aa84e"), hex("f6f3e4"), hex("9cc46a")],
];

/** A slice or a whole cake. */
export function cake(r: Stream, size: number): Canvas {
  const b = drawRoom(r, size);
  const s = between(r, 0.32, 0.44);
  const f = placeBrush(b, around(r, 0.5, 0.07), around(r, 0.58, 0.05), s, around(r, 0, 0.05), pick(r, [-1, 1]));
  drawSidePlate(f, r, 0.62);
  if (happens(r, 0.65)) drawSlice(f, r, pick(r, KINDS));
  else drawWholeCake(f, r, pick(r, KINDS));
  return develop(b.canvas, r);
}

/** Draws a slice with its cut face towards the viewer, its tip at the left and its iced back at the right. */
function drawSlice(f: Brush, r: Stream, [sponge, filling, icing]: Kind): void {
  const height = between(r, 0.72, 0.95);
  const layers = randomCount(r, 2, 3);
  const base = 0.55;
  const crumb = stretchField(clouds(r), 10, 10);
  const top = base - height;
  const side: Point[] = [
    [-1, base - 0.04],
    [0.82, base + 0.08],
    [0.82, top + 0.08],
    [-1, top - 0.04],
  ];
  const topFace: Point[] = [
    [-1, top - 0.04],
    [0.82, top + 0.08],
    [0.98, top - 0.26],
  ];
  const backOutline: Point[] = [
    [0.82, base + 0.08],
    [0.98, base - 0.24],
    [0.98, top - 0.26],
    [0.82, top + 0.08],
  ];
  fillFlat(f, polygon(backOutline, 0.02), scaleColor(icing, 0.7));
  fillFlat(f, polygon(side), (x, y, _d, ink) => {
    const t = ((base - y + x * 0.06) / height) * layers;
    const within = t - Math.floor(t);
    lerp(ink, scaleColor(sponge, 0.97), filling, smoothstep(0.72, 0.8, within));
    const k = (1 + 0.16 * crumb(x, y) * (within < 0.75 ? 1 : 0.2)) * (0.86 + 0.1 * x);
    for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
  });
  fillRound(f, polygon(topFace, 0.06), icing, { bevel: 0.1, gloss: 0.3 });
  const drips = noise(r);
  fillFlat(
    f,
    polygon(
      [
        [-1, top - 0.06],
        [0.82, top + 0.06],
        [0.82, top + 0.16],
        [0.4, top + 0.13 + 0.08 * drips(1, 2)],
        [0, top + 0.09 + 0.08 * drips(3, 2)],
        [-0.5, top + 0.06],
        [-1, top + 0.03],
      ],
      0.015,
    ),
    scaleColor(icing, 0.95),
  );
  const kind = r.uniform();
  const berries = kind < 0.7 ? randomCount(r, 1, 2) : 0;
  for (let k = 0; k < berries; k++) drawBerry(placeBrush(f, 0.5 - k * 0.55, top - 0.22 + k * 0.04, 1), r, kind < 0.5);
}

function drawWholeCake(f: Brush, r: Stream, [, filling, icing]: Kind): void {
  const base = 0.62;
  const top = base - between(r, 0.55, 0.8);
  const half = between(r, 0.78, 0.98);
  const depth = half * 0.24;
  const side = union(box(0, (top + base) / 2, half, (base - top) / 2), ellipse(0, base, half, depth));
  const trim = between(r, 0.3, 0.5);
  const drips = noise(r);
  const secondColor = mix(icing, hsl(r.uniform(), 0.6, 0.6), happens(r, 0.5) ? 0.7 : 0.15);
  fillColumn(
    f,
    side,
    () => half * 1.02,
    (x, y, _d, ink) =>
      lerp(ink, secondColor, icing, smoothstep(0.02, -0.02, y - top - depth - trim * (0.3 + 0.35 * drips(x * 4, 1)))),
    0.3,
  );
  for (let k = 0; k < 9; k++) {
    const t = cos((k + 0.5) * (HALF_TURN / 9));
    fillFlat(f, circle(t * half, base + depth * Math.sqrt(1 - t * t) * 0.8, 0.08), scaleColor(filling, 0.92));
  }
  fillRound(f, ellipse(0, top, half, depth), mix(icing, [1, 1, 1], 0.15), { bevel: 0.08, gloss: 0.2 });
  if (happens(r, 0.45)) {
    const candles = randomCount(r, 3, 5);
    for (let k = 0; k < candles; k++) {
      const x = ((k + 0.5) / candles - 0.5) * half * 1.4;
      const y = top + around(r, 0, depth * 0.3);
      fillFlat(f, line(x, y, x, y - 0.3, 0.04), hsl(r.uniform(), 0.7, 0.65));
      fillSoft(f, circle(x, y - 0.42, 0.16), hex("ffd060"), 0.2, 0.6);
      fillFlat(f, ellipse(x, y - 0.42, 0.045, 0.08), hex("fff0b0"));
    }
  } else {
    const berries = randomCount(r, 4, 6);
    const strawberry = happens(r, 0.6);
    for (let k = 0; k < berries; k++) {
      const t = cos((k + 0.5) * (HALF_TURN / berries));
      drawBerry(placeBrush(f, t * half * 0.78, top - 0.1 + depth * 0.5 * Math.sqrt(1 - t * t), 0.85), r, strawberry);
    }
  }
}

/** Draws a strawberry or a cherry with a radius of about 0.2. */
function drawBerry(p: Brush, r: Stream, strawberry: boolean): void {
  if (strawberry) {
    const red = varyColor(r, hex("d81f26"), 0.03);
    fillRound(
      p,
      polygon(
        [...curve([-0.2, -0.1], [-0.22, 0.18], [0, 0.24], 4), ...curve([0, 0.24], [0.22, 0.18], [0.2, -0.1], 4)],
        0.05,
      ),
      red,
      { bevel: 0.2, gloss: 0.6 },
    );
    fillFlat(
      p,
      polygon(toPoints([-0.2, -0.14, -0.06, -0.1, 0, -0.26, 0.06, -0.1, 0.2, -0.14, 0.06, -0.03, -0.06, -0.03])),
      hex("4f9a35"),
    );
  } else {
    fillBall(p, 0, 0.05, 0.17, 0.17, circle(0, 0.05, 0.17), hex("a3101f"), 0.8);
    fillFlat(p, stroke(curve([0, -0.1], [0.05, -0.3], [0.2, -0.38], 4), 0.02), hex("5d7a2a"));
  }
}
