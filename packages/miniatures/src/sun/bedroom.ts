// Draws bedrooms.

import type { Stream } from "@dit-bench/random";
import { createScene } from "../raster/backdrops.ts";
import { type Brush, blur, type Canvas, placeBrush } from "../raster/canvas.ts";
import { between, happens, pick } from "../raster/chance.ts";
import { hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { sin, smoothstep } from "../raster/elementary.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import {
  fillCanvas,
  fillFlat,
  fillRound,
  fillSoft,
  grainedPaint,
  lerp,
  linearGradient,
  solidPaint,
} from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { box, circle, ellipse, line, outline, type Point, polygon } from "../raster/shapes.ts";

export function bedroom(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const wall = hsl(r.uniform(), between(r, 0.08, 0.4), between(r, 0.55, 0.85));
  const wood = varyColor(r, pick(r, [hex("a87a4c"), hex("6a4428"), hex("c9a77a"), hex("8f8780")]), 0.05);
  const x0 = between(r, 0.1, 0.28);
  const x1 = between(r, 0.74, 0.92);
  const y0 = between(r, 0.06, 0.14);
  const y1 = between(r, 0.56, 0.66);
  // One-point perspective: back wall, side walls, ceiling, floor.
  fillCanvas(b, scaleColor(wall, 0.95));
  fillFlat(
    b,
    polygon([
      [-0.3, 1.2],
      [x0, y1],
      [x0, y0],
      [-0.3, -0.2],
    ]),
    linearGradient(0, 0, scaleColor(wall, 0.7), x0, 0, scaleColor(wall, 0.88)),
  );
  fillFlat(
    b,
    polygon([
      [1.3, 1.2],
      [x1, y1],
      [x1, y0],
      [1.3, -0.2],
    ]),
    linearGradient(1, 0, scaleColor(wall, 0.66), x1, 0, scaleColor(wall, 0.84)),
  );
  fillFlat(
    b,
    polygon([
      [-0.3, -0.25],
      [x0, y0],
      [x1, y0],
      [1.3, -0.25],
    ]),
    mix(wall, [1, 1, 1], 0.7),
  );
  const boards = stretchField(noise(r), 10, 4);
  fillFlat(
    b,
    polygon([
      [-0.6, 1.3],
      [x0, y1],
      [x1, y1],
      [1.6, 1.3],
    ]),
    grainedPaint(solidPaint(happens(r, 0.7) ? wood : hsl(r.uniform(), 0.2, 0.55)), boards, 0.15),
  );
  const isLeft = happens(r, 0.5);
  const isDay = happens(r, 0.75);
  const wx = isLeft ? between(r, x0 + 0.04, x0 + 0.12) : between(r, x1 - 0.3, x1 - 0.22);
  drawWindow(b, r, wx, y0 + between(r, 0.06, 0.1), between(r, 0.17, 0.24), between(r, 0.22, 0.28), isDay);
  const bed = isLeft ? between(r, 0.56, 0.66) : between(r, 0.34, 0.44);
  const w = between(r, 0.17, 0.24);
  const sheet = happens(r, 0.5) ? hex("f3f0ea") : hsl(r.uniform(), 0.25, 0.8);
  const quilt = hsl(r.uniform(), between(r, 0.3, 0.75), between(r, 0.3, 0.65));
  const head = y1 - between(r, 0.14, 0.22);
  fillRound(b, box(bed, (head + y1) / 2, w + 0.02, (y1 - head) / 2 + 0.03, 0.02), scaleColor(wood, 0.8), {
    bevel: 0.03,
  });
  const front = between(r, 0.84, 0.95);
  const grow = 1.75;
  const footX = bed + (bed - 0.5) * 0.5;
  drawUnderBed(b, footX, front + 0.06, w * grow * 1.05);
  fillFlat(
    b,
    polygon(
      [
        [bed - w, y1 - 0.04],
        [bed + w, y1 - 0.04],
        [footX + w * grow, front - 0.06],
        [footX - w * grow, front - 0.06],
      ],
      0.015,
    ),
    sheet,
  );
  const mid = 0.35;
  const qy = y1 - 0.04 + (front - y1) * mid;
  const qx = bed + (footX - bed) * mid;
  const qw = w * (1 + (grow - 1) * mid);
  const folds = stretchField(clouds(r), 6, 6);
  const pattern = happens(r, 0.4) ? between(r, 20, 40) : 0;
  const quiltOutline: Point[] = [
    [qx - qw, qy],
    [qx + qw, qy],
    [footX + w * grow, front - 0.06],
    [footX - w * grow, front - 0.06],
  ];
  fillFlat(b, polygon(quiltOutline, 0.015), (px, py, _d, ink) => {
    lerp(ink, quilt, mix(quilt, [1, 1, 1], 0.6), pattern > 0 ? smoothstep(0.2, 0.6, sin(px * pattern)) : 0);
    const k = 1 + 0.18 * folds(px, py);
    for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
  });
  fillFlat(
    b,
    polygon(
      [
        [footX - w * grow, front - 0.065],
        [footX + w * grow, front - 0.065],
        [footX + w * grow, front + 0.05],
        [footX - w * grow, front + 0.05],
      ],
      0.012,
    ),
    scaleColor(quilt, 0.62),
  );
  for (const s of [-1, 1])
    fillRound(b, box(bed + s * w * 0.5, y1 - 0.03, w * 0.42, 0.042, 0.035), mix(sheet, [1, 1, 1], 0.4), {
      bevel: 0.04,
    });
  const lamp = isLeft ? bed + w + 0.09 : bed - w - 0.09;
  fillFlat(b, box(lamp, y1 + 0.02, 0.05, 0.07), scaleColor(wood, 0.7));
  fillFlat(b, line(lamp, y1 - 0.05, lamp, y1 - 0.12, 0.01), hex("5a4a3a"));
  const glow = isDay ? hex("f2e2bc") : hex("ffe9a8");
  fillSoft(b, circle(lamp, y1 - 0.14, 0.16), hex("ffdf9a"), 0.3, isDay ? 0.2 : 0.6);
  fillFlat(
    b,
    polygon([
      [lamp - 0.03, y1 - 0.19],
      [lamp + 0.03, y1 - 0.19],
      [lamp + 0.055, y1 - 0.11],
      [lamp - 0.055, y1 - 0.11],
    ]),
    glow,
  );
  if (happens(r, 0.6) && Math.abs(bed - wx - 0.1) > 0.24) {
    fillFlat(b, box(bed, y0 + 0.14, 0.09, 0.065), hsl(r.uniform(), 0.4, between(r, 0.3, 0.7)));
    fillFlat(b, outline(box(bed, y0 + 0.14, 0.09, 0.065), 0.011), scaleColor(wood, 0.6));
  }
  if (!isDay) fillCanvas(b, [0.1, 0.07, 0.15], 0.3);
  return develop(b.canvas, r);
}

function drawWindow(b: Brush, r: Stream, x: number, y: number, w: number, h: number, isDay: boolean): void {
  const outside = isDay ? hsl(0.56, 0.5, between(r, 0.75, 0.92)) : hex("141a36");
  const cx = x + w / 2;
  const cy = y + h / 2;
  fillFlat(
    b,
    box(cx, cy, w / 2, h / 2),
    linearGradient(0, y, outside, 0, y + h, isDay ? mix(outside, hex("8fb86a"), 0.5) : scaleColor(outside, 1.6)),
  );
  fillFlat(b, outline(box(cx, cy, w / 2, h / 2), 0.012), hex("f5f3ee"));
  fillFlat(b, line(cx, y, cx, y + h, 0.007), hex("f5f3ee"));
  fillFlat(b, line(x, cy, x + w, cy, 0.007), hex("f5f3ee"));
  const curtain = hsl(r.uniform(), between(r, 0.2, 0.6), between(r, 0.45, 0.8));
  const pleat = between(r, 90, 130);
  for (const s of [-1, 1])
    fillFlat(b, box(cx + s * (w / 2 + 0.005), cy + 0.02, 0.032, h / 2 + 0.04), (px, _py, _d, ink) =>
      lerp(ink, scaleColor(curtain, 0.75), scaleColor(curtain, 1.1), 0.5 + 0.5 * sin(px * pleat)),
    );
}

function drawUnderBed(b: Brush, x: number, y: number, w: number): void {
  fillSoft(b, ellipse(x, y, w, 0.05), [0.05, 0.04, 0.04], 0.06, 0.5);
}

void placeBrush;
void blur;
