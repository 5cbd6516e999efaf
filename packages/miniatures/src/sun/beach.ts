// Draws beaches.

import type { Stream } from "@dit-bench/random";
import { createScene, drawSky } from "../raster/backdrops.ts";
import type { Brush, Canvas } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount, randomSign } from "../raster/chance.ts";
import { hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, sin, smoothstep } from "../raster/elementary.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import { fillFlat, fillRound, fillSoft, grainedPaint, lerp, linearGradient, solidPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import {
  areaBelow,
  circle,
  curve,
  ellipse,
  halfPlane,
  intersection,
  line,
  type Point,
  stroke,
} from "../raster/shapes.ts";

export function beach(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const line = between(r, 0.28, 0.46);
  const isDusk = happens(r, 0.3);
  const top = isDusk ? pick(r, [hex("4a4a86"), hex("e0703a"), hex("7a4a7a")]) : varyColor(r, hex("3f8fdc"), 0.08);
  const horizonColor = isDusk ? hex("f9c27a") : hex("cfe8f6");
  drawSky(b, r, [top, horizonColor], line, r.uniform() * 0.8, isDusk ? hex("f6b09a") : hex("fdfdfd"));
  if (isDusk) drawSunDisc(b, r, between(r, 0.2, 0.8), line - between(r, 0.02, 0.12), 0.06);
  const deepColor = isDusk
    ? mix(scaleColor(top, 0.6), hex("30507a"), 0.4)
    : varyColor(r, pick(r, [hex("1673a8"), hex("1a8f9e"), hex("2a6f98")]), 0.05);
  const shallow = isDusk ? mix(horizonColor, deepColor, 0.4) : mix(deepColor, hex("7fe0d8"), 0.6);
  const swell = stretchField(clouds(r), 2, 22);
  fillFlat(b, halfPlane(0, line, 0, -1), (x, y, _d, ink) => {
    const t = clamp((y - line) / 0.3);
    lerp(ink, deepColor, shallow, t);
    const k = 1 + 0.22 * swell(x, y);
    for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
  });
  if (happens(r, 0.35)) drawIsland(b, r, line);
  const edge = noise(r);
  const slope = around(r, 0, 0.55);
  const level = between(r, 0.62, 0.74);
  const shore = (x: number): number => Math.max(line + 0.06, level + slope * (x - 0.5) + 0.035 * edge(x * 3, 0));
  const sand = varyColor(r, isDusk ? hex("b58a66") : hex("ecd7a6"), 0.04);
  const grain = stretchField(clouds(r), 9, 18);
  for (const [lift, k] of [
    [-0.1, 0.45],
    [-0.05, 0.75],
  ] as const)
    fillSoft(
      b,
      intersection(
        areaBelow((x) => shore(x) + lift),
        areaBelow((x) => shore(x) + lift),
      ),
      mix(shallow, [1, 1, 1], k),
      0.03,
      0.7,
    );
  fillFlat(
    b,
    areaBelow((x) => shore(x) - 0.012),
    hex("fbfdfd"),
  );
  fillFlat(
    b,
    areaBelow((x) => shore(x) + 0.03),
    linearGradient(0, level - 0.1, scaleColor(sand, 0.72), 0, level + 0.1, sand),
  );
  fillFlat(
    b,
    areaBelow((x) => shore(x) + 0.09),
    grainedPaint(solidPaint(sand), grain, 0.12),
  );
  const kind = r.uniform();
  if (kind < 0.35) drawPalm(b, r, randomSign(r));
  else if (kind < 0.6) drawParasol(b, r, shore);
  return develop(b.canvas, r);
}

function drawSunDisc(b: Brush, r: Stream, x: number, y: number, radius: number): void {
  fillSoft(b, circle(x, y, radius * 4), hex("ffd28a"), radius * 7, 0.55);
  fillFlat(b, circle(x, y, radius * between(r, 0.8, 1.2)), hex("fff3c9"));
}

function drawIsland(b: Brush, r: Stream, line: number): void {
  const x = r.uniform();
  const w = between(r, 0.12, 0.35);
  const height = between(r, 0.03, 0.11);
  const bump = noise(r);
  fillFlat(
    b,
    intersection(
      areaBelow((u) => line - height * Math.max(0, 1 - ((u - x) / w) * ((u - x) / w)) * (1 + 0.4 * bump(u * 9, 0))),
      halfPlane(0, line, 0, 1),
    ),
    mix(hex("4f6a5a"), hex("8aa0b8"), r.uniform() * 0.7),
  );
}

function drawPalm(b: Brush, r: Stream, s: number): void {
  const foot = s < 0 ? between(r, 0.05, 0.2) : between(r, 0.8, 0.95);
  const tip: Point = [foot - s * between(r, 0.08, 0.25), between(r, 0.16, 0.28)];
  fillRound(b, stroke(curve([foot, 0.9], [foot, 0.5], tip, 6), 0.026, 0.016), hex("7d6248"), { bevel: 0.02 });
  const green = hsl(0.29, 0.5, between(r, 0.2, 0.32));
  for (let k = 0; k < 7; k++) {
    const angle = -0.35 + k * 0.62 + around(r, 0, 0.2);
    const [cx, cy] = [Math.abs(angle - 1.5) * 0 + tip[0], tip[1]];
    const dx = sin(angle + 1.57) * 0.24;
    const dy = sin(angle) * 0.13;
    fillFlat(
      b,
      stroke(curve([cx, cy], [cx + dx * 0.6, cy + dy * 0.5 - 0.07], [cx + dx, cy + dy + 0.04], 4), 0.024, 0.006),
      scaleColor(green, between(r, 0.7, 1.3)),
    );
  }
}

function drawParasol(b: Brush, r: Stream, shore: (x: number) => number): void {
  const n = randomCount(r, 1, 3);
  for (let i = 0; i < n; i++) {
    const x = between(r, 0.15, 0.85);
    const y = Math.min(0.95, shore(x) + between(r, 0.14, 0.22));
    const s = between(r, 0.08, 0.14);
    const tone = hsl(pick(r, [0, 0.08, 0.13, 0.55, 0.9]), 0.85, 0.52);
    fillSoft(b, ellipse(x + 0.03, y, s, s * 0.25), [0.2, 0.15, 0.1], 0.04, 0.5);
    fillFlat(b, line(x, y, x, y - s * 1.6, 0.009), hex("e8e2d6"));
    fillFlat(
      b,
      intersection(ellipse(x, y - s * 1.1, s, s * 0.75), halfPlane(0, y - s * 1.1, 0, 1)),
      (px, _py, _d, ink) => lerp(ink, tone, hex("fbf7f0"), smoothstep(0, 0.3, sin(((px - x) / s) * 8))),
    );
  }
}
