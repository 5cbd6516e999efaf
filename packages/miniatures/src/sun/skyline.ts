// Draws skylines.

import type { Stream } from "@dit-bench/random";
import { createScene, drawSky } from "../raster/backdrops.ts";
import type { Brush, Canvas } from "../raster/canvas.ts";
import { between, happens, pick } from "../raster/chance.ts";
import { type Color, hex, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp } from "../raster/elementary.ts";
import { cellNoise, clouds, noise, stretchField } from "../raster/noise.ts";
import { fillFlat, lerp, linearGradient, mottledPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { areaBelow, box, halfPlane, line, polygon } from "../raster/shapes.ts";

export function skyline(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const hour = pick(r, ["day", "day", "dusk", "night"] as const);
  const top = hour === "night" ? hex("0c1230") : hour === "dusk" ? hex("3f3f7c") : varyColor(r, hex("5a9bdc"), 0.07);
  const horizonColor = hour === "night" ? hex("3a3560") : hour === "dusk" ? hex("f39a5c") : hex("dbe8f2");
  const ground = between(r, 0.74, 0.88);
  drawSky(
    b,
    r,
    [top, horizonColor],
    ground,
    hour === "night" ? 0.2 : r.uniform() * 0.7,
    hour === "day" ? hex("fcfcfc") : mix(horizonColor, [1, 0.8, 0.75], 0.4),
  );
  const glass = pick(r, [hex("5d7688"), hex("8a7a6c"), hex("6d6f7a"), hex("7f8c98")]);
  for (let k = 0; k < 3; k++) {
    const t = k / 2;
    let x = between(r, -0.12, 0);
    while (x < 1.02) {
      const w = between(r, 0.09, 0.2);
      const top = ground - between(r, 0.16, 0.62) * (1 - 0.42 * t);
      drawTower(
        b,
        r,
        x,
        w,
        top,
        ground + 0.03,
        mix(horizonColor, scaleColor(varyColor(r, glass, 0.08), hour === "day" ? 1 : 0.45), 0.35 + 0.65 * t),
        hour,
        t,
      );
      x += w * between(r, 0.85, 1.5);
    }
  }
  const water = happens(r, 0.5);
  const tone = water
    ? mix(scaleColor(horizonColor, 0.6), hex("284a66"), 0.5)
    : scaleColor(hex("4a5a3c"), hour === "night" ? 0.4 : 1);
  fillFlat(
    b,
    halfPlane(0, ground, 0, -1),
    linearGradient(0, ground, scaleColor(tone, 1.2), 0, 1, scaleColor(tone, 0.7)),
  );
  if (water) {
    const streaks = stretchField(clouds(r), 12, 6);
    const shine = hour === "day" ? hex("e8f0f6") : hex("f7c36a");
    fillFlat(b, halfPlane(0, ground + 0.01, 0, -1), (x, y, _d, ink) => {
      lerp(ink, shine, shine, 0);
      ink[3] = clamp(streaks(x, y)) * 0.6;
    });
  } else {
    const bush = noise(r);
    fillFlat(
      b,
      areaBelow((x) => ground - 0.02 + 0.03 * bush(x * 12, 0)),
      mottledPaint(stretchField(bush, 16, 16), scaleColor(tone, 0.6), scaleColor(tone, 1.3)),
    );
  }
  return develop(b.canvas, r);
}

function drawTower(
  b: Brush,
  r: Stream,
  x: number,
  w: number,
  top: number,
  foot: number,
  tone: Color,
  hour: "day" | "dusk" | "night",
  near: number,
): void {
  const shaded = b.light.x < 0 ? 0.75 : 1.12;
  fillFlat(
    b,
    box(x + w / 2, (top + foot) / 2, w / 2, (foot - top) / 2),
    linearGradient(x, 0, scaleColor(tone, 1.87 - shaded), x + w, 0, scaleColor(tone, shaded)),
  );
  const roof = r.uniform();
  if (roof < 0.2) fillFlat(b, line(x + w / 2, top, x + w / 2, top - w * 0.8, 0.007), tone);
  else if (roof < 0.4) fillFlat(b, box(x + w / 2, top - 0.02, w * 0.3, 0.04), scaleColor(tone, 0.95));
  else if (roof < 0.5)
    fillFlat(
      b,
      polygon([
        [x, top],
        [x + w, top],
        [x + w / 2, top - w * 0.7],
      ]),
      scaleColor(tone, 0.9),
    );
  if (near === 0) return;
  const windowNoise = cellNoise(r);
  const columns = Math.max(2, Math.floor(w * 26));
  const rows = Math.floor((foot - top) * 24);
  const lamp = hour === "day" ? mix(tone, hex("dff0fb"), 0.45) : hex("ffd878");
  const share = hour === "day" ? 0.35 : hour === "dusk" ? 0.5 : 0.45;
  fillFlat(b, box(x + w / 2, (top + foot) / 2, w / 2 - 0.012, (foot - top) / 2 - 0.015), (px, py, _d, ink) => {
    const u = ((px - x) / w) * columns;
    const v = ((py - top) / (foot - top)) * rows;
    const inU = u - Math.floor(u);
    const inV = v - Math.floor(v);
    const pane = windowNoise(u, v) > share && inU > 0.25 && inV > 0.3 ? 1 : 0;
    lerp(ink, lamp, lamp, 0);
    ink[3] = pane * (0.45 + 0.4 * near);
  });
}
