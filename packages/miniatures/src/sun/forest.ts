// Draws forests.

import type { Stream } from "@dit-bench/random";
import { createScene } from "../raster/backdrops.ts";
import type { Canvas } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount } from "../raster/chance.ts";
import { hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp } from "../raster/elementary.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import {
  fillCanvas,
  fillFlat,
  fillRound,
  fillSoft,
  grainedPaint,
  lerp,
  linearGradient,
  mottledPaint,
  solidPaint,
} from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { areaBelow, halfPlane, polygon, roughShape } from "../raster/shapes.ts";

export function forest(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const autumn = happens(r, 0.3);
  const hue = autumn ? around(r, 0.09, 0.03) : around(r, 0.26, 0.04);
  const light = hsl(hue + 0.02, between(r, 0.35, 0.7), between(r, 0.55, 0.8));
  const darkColor = hsl(hue, 0.45, between(r, 0.12, 0.2));
  const line = between(r, 0.52, 0.66);
  fillCanvas(b, linearGradient(0, 0, mix(darkColor, light, 0.35), 0, line, light));
  const leafage = stretchField(clouds(r), 6, 7);
  fillCanvas(b, (x, y, _d, ink) => {
    const k = clamp(0.6 + leafage(x, y) - y * 0.7);
    lerp(ink, darkColor, hsl(hue, 0.5, 0.32), clamp(0.5 + leafage(x * 2 + 4, y * 2)));
    ink[3] = k;
  });
  const soil = autumn ? hsl(0.07, 0.55, 0.35) : hsl(hue - 0.02, 0.4, 0.27);
  const litter = stretchField(clouds(r), 8, 18);
  fillSoft(b, halfPlane(0, line, 0, -1), mottledPaint(litter, scaleColor(soil, 0.6), scaleColor(soil, 1.5)), 0.05);
  if (happens(r, 0.65)) {
    const x = around(r, 0.5, 0.15);
    const foot = around(r, 0.5, 0.3);
    const path = varyColor(r, hex("b79a72"), 0.06);
    fillSoft(
      b,
      polygon([
        [x - 0.02, line + 0.01],
        [x + 0.02, line + 0.01],
        [foot + 0.28, 1.05],
        [foot - 0.28, 1.05],
      ]),
      mottledPaint(litter, scaleColor(path, 0.75), scaleColor(path, 1.15)),
      0.05,
    );
  }
  const rows = 3;
  const bark = pick(r, [hex("4a382b"), hex("4a382b"), hex("6a5a4c"), hex("d8d4cc")]);
  for (let k = 0; k < rows; k++) {
    const t = (k + 0.5) / rows;
    const n = randomCount(r, 3, 5) - k;
    for (let i = 0; i < n; i++) {
      const x = k === rows - 1 ? (i % 2 === 0 ? between(r, -0.02, 0.25) : between(r, 0.75, 1.02)) : r.uniform();
      const w = (0.012 + 0.05 * t * t) * between(r, 0.8, 1.3);
      const foot = line + 0.02 + t * t * 0.36;
      const tone = mix(light, varyColor(r, bark, 0.04), 0.35 + 0.65 * t);
      const grain = stretchField(noise(r), 30, 8);
      fillRound(
        b,
        polygon([
          [x - w * 0.8, -0.05],
          [x + w * 0.8, -0.05],
          [x + w, foot - 0.04],
          [x + w * 1.5, foot],
          [x - w * 1.5, foot],
          [x - w, foot - 0.04],
        ]),
        grainedPaint(solidPaint(tone), grain, 0.3 * t),
        { bevel: w },
      );
    }
  }
  const canopy = noise(r);
  fillSoft(
    b,
    areaBelow((x) => 0.04 + 0.12 * canopy(x * 5, 0)),
    darkColor,
    0.05,
    0,
  );
  fillFlat(
    b,
    roughShape(halfPlane(0, between(r, 0, 0.1), 0, 1), stretchField(canopy, 9, 9), 0.12),
    mottledPaint(leafage, darkColor, hsl(hue, 0.55, 0.3)),
    0.9,
  );
  if (happens(r, 0.45)) {
    const x = r.uniform();
    for (let i = 0; i < 3; i++) {
      const u = x + around(r, 0, 0.3);
      fillSoft(
        b,
        polygon([
          [u, -0.1],
          [u + 0.08, -0.1],
          [u + 0.4 * (0.5 - x) + 0.2, 0.95],
          [u + 0.4 * (0.5 - x), 0.95],
        ]),
        [1, 0.97, 0.8],
        0.09,
        0.25,
      );
    }
  }
  return develop(b.canvas, r);
}
