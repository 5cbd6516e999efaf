// Draws mountains.

import type { Stream } from "@dit-bench/random";
import { createScene, drawSky } from "../raster/backdrops.ts";
import type { Brush, Canvas } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount } from "../raster/chance.ts";
import { type Color, hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, smoothstep } from "../raster/elementary.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import { fillFlat, lerp, linearGradient, mottledPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { areaBelow, halfPlane, polygon, roughShape } from "../raster/shapes.ts";

export function mountain(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const isDusk = happens(r, 0.25);
  const top = isDusk ? hex("5a4a8a") : varyColor(r, hex("3a7fd0"), 0.08);
  drawSky(
    b,
    r,
    [top, isDusk ? hex("f3a98a") : hex("cfe2f2")],
    0.6,
    r.uniform() * 0.7,
    isDusk ? hex("f7c8b8") : hex("fafafa"),
  );
  const base = between(r, 0.56, 0.68);
  const peaks = randomCount(r, 2, 3);
  const rock = varyColor(r, pick(r, [hex("6f7480"), hex("7a6a60"), hex("566274")]), 0.05);
  const litSide = b.light.x < 0 ? -1 : 1;
  const detail = noise(r);
  const order = [...Array(peaks).keys()];
  for (const i of order) {
    const x = peaks === 2 ? 0.28 + 0.45 * i + around(r, 0, 0.12) : [0.2, 0.82, 0.5][i]! + around(r, 0, 0.1);
    const height = i === peaks - 1 ? between(r, 0.1, 0.24) : between(r, 0.22, 0.38);
    const width = between(r, 0.42, 0.65);
    const snow = between(r, 0.35, 0.75);
    const crest = (y: number): number => x + 0.06 * detail(y * 8, i * 3) + (y - height) * 0.12 * litSide;
    const body = polygon([
      [x - width, base + 0.05],
      [x - width * 0.45, (height + base) * 0.52],
      [x - width * 0.2, height + (base - height) * 0.28],
      [x, height],
      [x + width * 0.15, height + (base - height) * 0.22],
      [x + width * 0.5, (height + base) * 0.55],
      [x + width, base + 0.05],
    ]);
    fillFlat(b, roughShape(body, stretchField(detail, 14, 14), 0.015), (px, py, _d, ink) => {
      const t = (py - height) / (base - height);
      const jag = 0.16 * detail(px * 16, py * 9) + 0.1 * detail(px * 30, 4);
      const white = smoothstep(snow + 0.06, snow - 0.06, t + jag);
      const bright = smoothstep(-0.02, 0.02, (px - crest(py) + 0.05 * detail(px * 18, py * 18)) * litSide);
      lerp(ink, mix(rock, hex("a8bcd2"), 0.12 + 0.3 * (1 - t)), hex("f5f8fc"), white);
      const k = 0.6 + 0.45 * bright;
      ink[0] = ink[0]! * k * (isDusk && bright > 0.5 ? 1.1 : 1);
      ink[1] = ink[1]! * k;
      ink[2] = ink[2]! * (k + 0.08 * (1 - bright));
    });
  }
  const hills = noise(r);
  const green = hsl(around(r, 0.28, 0.05), between(r, 0.25, 0.5), between(r, 0.16, 0.3));
  const grassy = stretchField(clouds(r), 10, 16);
  if (happens(r, 0.5)) {
    // A lake that reflects the sky.
    const water = mix(varyColor(r, hex("2f6f9a"), 0.06), top, 0.3);
    fillFlat(
      b,
      halfPlane(0, base + 0.03, 0, -1),
      linearGradient(0, base, mix(water, [1, 1, 1], 0.45), 0, 1, scaleColor(water, 0.7)),
    );
    const sparkle = stretchField(clouds(r), 3, 24);
    fillFlat(b, halfPlane(0, base + 0.05, 0, -1), (px, py, _d, ink) => {
      lerp(ink, hex("dceaf4"), hex("dceaf4"), 0);
      ink[3] = clamp(sparkle(px, py)) * 0.5;
    });
    drawPines(b, r, base + 0.05, 0.1, scaleColor(green, 0.7));
    if (happens(r, 0.6))
      fillFlat(
        b,
        areaBelow((x) => 0.93 + 0.05 * hills(x * 3, 0)),
        mottledPaint(grassy, scaleColor(green, 0.6), scaleColor(green, 1.4)),
      );
  } else {
    drawPines(b, r, base + 0.05, 0.12, scaleColor(green, 0.6));
    const meadow = mix(green, hex("8fae3f"), r.uniform() * 0.7);
    fillFlat(
      b,
      areaBelow((x) => base + 0.03 + 0.05 * hills(x * 3, 0)),
      (px, py, _d, ink) =>
        lerp(ink, scaleColor(meadow, 0.8), scaleColor(meadow, 1.45), clamp((py - base) * 1.6 + 0.35 * grassy(px, py))),
    );
    if (happens(r, 0.5)) drawPines(b, r, 1, 0.3, scaleColor(green, 0.5));
  }
  return develop(b.canvas, r);
}

function drawPines(b: Brush, r: Stream, foot: number, height: number, tone: Color): void {
  const n = Math.floor(3 + 2 / height);
  for (let i = 0; i < n; i++) {
    if (happens(r, 0.35)) continue;
    const x = (i + 0.5) / n + around(r, 0, 0.6 / n);
    const h = height * between(r, 0.5, 1.1);
    const c = varyColor(r, tone, 0.03);
    for (let k = 0; k < 3; k++)
      fillFlat(
        b,
        polygon([
          [x, foot - h * (1 - k * 0.24)],
          [x + h * (0.14 + k * 0.07), foot - h * (0.55 - k * 0.24)],
          [x - h * (0.14 + k * 0.07), foot - h * (0.55 - k * 0.24)],
        ]),
        scaleColor(c, 1 - k * 0.1),
      );
  }
}
