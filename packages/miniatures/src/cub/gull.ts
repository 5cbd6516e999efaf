// Draws gulls, standing and in flight.

import type { Stream } from "@dit-bench/random";
import { createScene, drawShadow, drawSky } from "../raster/backdrops.ts";
import { type Brush, type Canvas, type Paint, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomSign } from "../raster/chance.ts";
import { type Color, hex, mix, scaleColor, varyColor } from "../raster/color.ts";
import { smoothstep } from "../raster/elementary.ts";
import { clouds, stretchField } from "../raster/noise.ts";
import { fillFlat, fillRound, lerp, linearGradient, mottledPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { curve, ellipse, halfPlane, line, type Point, polygon, smoothUnion, toPoints } from "../raster/shapes.ts";
import { drawDot } from "./songbird.ts";

const WHITE_FEATHERS = hex("f7f7f5");
const TIP = hex("1c1d22");

export function gull(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const top = varyColor(r, pick(r, [hex("3f83c9"), hex("5a98d4"), hex("7a94b0"), hex("5d8fd0"), hex("c98a62")]), 0.05);
  const stands = happens(r, 0.4);
  const line = stands ? between(r, 0.3, 0.55) : between(r, 0.72, 1.1);
  drawSky(b, r, [top, mix(top, [1, 1, 1], 0.45)], Math.min(line, 0.9), r.uniform() * 0.6, hex("eceff2"));
  const sea = mix(scaleColor(top, 0.55), hex("1f5d6e"), 0.4);
  const swell = stretchField(clouds(r), 3, 16);
  fillFlat(b, halfPlane(0, line, 0, -1), mottledPaint(swell, scaleColor(sea, 0.75), scaleColor(sea, 1.35)));
  const gray = varyColor(r, hex("a3adba"), 0.05);
  if (stands) {
    const s = between(r, 0.32, 0.4);
    const y = between(r, 0.5, 0.58);
    const ground = y + s * 0.72;
    const sand = varyColor(r, pick(r, [hex("d8c49a"), hex("8a8680"), hex("6b5848")]), 0.05);
    fillFlat(
      b,
      halfPlane(0, ground - 0.02, 0, -1),
      linearGradient(0, ground, scaleColor(sand, 1.1), 0, 1, scaleColor(sand, 0.75)),
    );
    drawStanding(placeBrush(b, around(r, 0.5, 0.06), y, s, around(r, 0, 0.12), randomSign(r)), gray);
  } else {
    const s = between(r, 0.4, 0.5);
    const f = placeBrush(b, around(r, 0.5, 0.05), around(r, 0.52, 0.06), s, around(r, 0, 0.3), randomSign(r));
    if (happens(r, 0.55)) drawFlapping(f, r, gray);
    else drawSoaring(f, r, gray);
  }
  return develop(b.canvas, r);
}

function drawStanding(f: Brush, gray: Color): void {
  drawShadow(f, 0, 0.74, 0.7, 0.07, 0.4);
  for (const x of [-0.02, 0.16]) fillFlat(f, line(x, 0.3, x + 0.02, 0.72, 0.035), hex("e58a6a"));
  fillFlat(f, polygon(toPoints([-0.6, 0, -1.15, 0.24, -1.1, 0.33, -0.5, 0.25]), 0.03), TIP);
  const head = ellipse(0.58, -0.5, 0.27, 0.24);
  fillRound(
    f,
    smoothUnion(smoothUnion(ellipse(-0.05, 0.05, 0.66, 0.36), line(0.4, -0.05, 0.54, -0.4, 0.25, 0.2), 0.2), head, 0.1),
    WHITE_FEATHERS,
    {
      bevel: 0.32,
    },
  );
  const wing = polygon(
    [
      ...curve([0.35, -0.12], [-0.1, -0.38], [-1, 0.22], 6),
      ...curve([-1, 0.22], [-0.1, 0.42], [0.35, -0.12], 6).slice(1, -1),
    ],
    0.02,
  );
  fillRound(f, wing, (x, _y, _d, ink) => lerp(ink, TIP, gray, smoothstep(-0.66, -0.55, x)), { bevel: 0.2 });
  drawBill(f, 0.8, -0.46);
  drawDot(f, 0.64, -0.56, 0.06);
}

/** Draws a gull from the side with raised wings. */
function drawFlapping(f: Brush, r: Stream, gray: Color): void {
  const lift = between(r, 0.75, 1.05);
  const sweep = between(r, -0.3, 0.15);
  drawWing(
    f,
    toPoints([0.1, -0.05, 0.5, -0.5]),
    [0.62 + sweep, -lift],
    toPoints([0.28, -0.42, 0.3, 0.05]),
    scaleColor(gray, 0.72),
    lift,
  );
  fillFlat(f, polygon(toPoints([-0.4, 0, -0.9, -0.06, -0.92, 0.14, -0.4, 0.14]), 0.03), hex("eef0f0"));
  fillRound(f, ellipse(0, 0.06, 0.58, 0.19), WHITE_FEATHERS, { bevel: 0.19 });
  fillRound(f, ellipse(0.54, 0, 0.2, 0.17), hex("fbfbf9"), { bevel: 0.17 });
  drawBill(f, 0.7, 0.02);
  drawDot(f, 0.6, -0.05, 0.05);
  drawWing(
    f,
    toPoints([0.3, 0, 0.2, -0.5]),
    [-0.42 + sweep, -lift - 0.1],
    toPoints([-0.14, -0.36, -0.22, 0.06]),
    gray,
    lift,
  );
}

/** Draws a gull from the front with its wings spread like a flat M. */
function drawSoaring(f: Brush, r: Stream, gray: Color): void {
  const knee = between(r, 0.2, 0.42);
  const droop = between(r, -0.1, 0.2);
  for (const s of [-1, 1]) {
    const arm: Point[] = [
      [s * 0.08, -0.1],
      [s * 0.45, -knee],
    ];
    const trailing: Point[] = [
      [s * 0.5, -knee + 0.28],
      [s * 0.1, 0.12],
    ];
    drawWing(f, arm, [s * 1.02, droop], trailing, scaleColor(gray, s === 1 ? 1.05 : 0.85), 1, true);
  }
  fillFlat(f, polygon(toPoints([-0.16, 0.1, 0.16, 0.1, 0.2, 0.42, -0.2, 0.42]), 0.02), hex("eceeee"));
  fillRound(f, ellipse(0, 0.06, 0.2, 0.26), WHITE_FEATHERS, { bevel: 0.2 });
  fillRound(f, ellipse(0, -0.17, 0.15, 0.14), hex("fbfbf9"), { bevel: 0.14 });
  drawBill(f, 0.06, -0.15);
  drawDot(f, 0.06, -0.2, 0.04);
}

/** Draws a wing from its leading edge, tip and trailing edge. Its outer quarter is black. */
function drawWing(
  f: Brush,
  leading: Point[],
  tip: Point,
  trailing: Point[],
  gray: Color,
  reach: number,
  level = false,
): void {
  const shape = polygon([...leading, tip, ...trailing], 0.035);
  const feathers: Paint = (x, y, _d, ink) => {
    const distanceOut = (level ? Math.abs(x) : -y) / reach;
    lerp(ink, gray, TIP, smoothstep(0.7, 0.82, distanceOut));
  };
  fillRound(f, shape, feathers, { bevel: 0.2 });
  const [a, c] = [trailing[0]!, trailing[1]!];
  fillFlat(f, line(a[0], a[1], c[0], c[1], 0.035), WHITE_FEATHERS);
}

function drawBill(f: Brush, x: number, y: number): void {
  fillRound(
    f,
    polygon(
      [
        [x, y - 0.06],
        [x + 0.26, y + 0.03],
        [x, y + 0.07],
      ],
      0.03,
    ),
    hex("eeb02c"),
    { bevel: 0.05 },
  );
}
