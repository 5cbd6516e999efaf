// Draws two classes of the source domain: tilings and ridges of land.

import type { Stream } from "@dit-bench/random";
import { createScene, drawSky, randomColor } from "../raster/backdrops.ts";
import type { Canvas, Paint } from "../raster/canvas.ts";
import { around, between, happens, randomCount } from "../raster/chance.ts";
import { hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, cos, HALF_TURN, sin, smoothstep } from "../raster/elementary.ts";
import { cellNoise, clouds, stretchField } from "../raster/noise.ts";
import { fillCanvas, fillFlat, fillSoft, lerp, linearGradient } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { areaBelow, circle, halfPlane } from "../raster/shapes.ts";
import { drawLamp } from "./lamp.ts";

/** Tiles or bricks: from the front, rotated, or as a ground in perspective under a sky. */
export function tile(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const a = randomColor(r);
  const c = happens(r, 0.6) ? varyColor(r, a, 0.3) : randomColor(r);
  const grout = happens(r, 0.4) ? mix(a, [0.85, 0.85, 0.8], 0.8) : scaleColor(a, 0.4);
  const brick = happens(r, 0.5);
  const horizon = happens(r, 0.4) ? between(r, 0.15, 0.45) : -1;
  const n = between(r, 2.5, 7);
  const angle = brick && horizon < 0 ? around(r, 0, 0.15) : r.uniform() * HALF_TURN;
  const u = cos(angle) * n;
  const v = sin(angle) * n;
  const vary = cellNoise(r);
  const speckle = clouds(r);
  const joint = between(r, 0.06, 0.2);
  const paint: Paint = (x, y, _d, ink) => {
    const distance = horizon < 0 ? 1 : 0.5 / Math.max(y - horizon, 0.02);
    const px = (x - 0.5) * distance;
    const py = horizon < 0 ? y : distance;
    let gx = px * u + py * v + 40;
    const gy = (py * u - px * v) * (brick ? 1.8 : 1) + 40;
    if (brick && Math.floor(gy) % 2 !== 0) gx += 0.5;
    const i = Math.floor(gx);
    const j = Math.floor(gy);
    const edge = Math.min(gx - i, i + 1 - gx, gy - j, j + 1 - gy);
    const tone = brick ? vary(i, j) : ((i + j) % 2 === 0 ? 0 : 0.8) + vary(i, j) * 0.2;
    const haze = clamp(distance / 14);
    lerp(ink, a, c, clamp(tone + 0.15 * speckle(gx * 2, gy * 2)));
    const k = smoothstep(0, joint, edge) * (1 - haze) + haze * 0.8;
    for (let q = 0; q < 3; q++) ink[q] = grout[q]! + (ink[q]! - grout[q]!) * k;
  };
  fillCanvas(b, paint);
  if (horizon > 0) {
    const top = randomColor(r);
    fillFlat(b, halfPlane(0, horizon, 0, 1), linearGradient(0, 0, top, 0, horizon, mix(top, [1, 1, 1], 0.5)));
  }
  drawLamp(b, r, 0.25);
  return develop(b.canvas, r);
}

/** Ridges of land, fading into haze, in random colours under a random sky. */
export function ridge(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const zenith = randomColor(r);
  const haze = mix(randomColor(r), [1, 0.97, 0.92], 0.5);
  let y = between(r, 0.25, 0.55);
  drawSky(b, r, [zenith, haze], y + 0.1, r.uniform() * 0.9, [0.97, 0.96, 0.98]);
  if (happens(r, 0.4)) {
    const radius = between(r, 0.04, 0.11);
    fillSoft(
      b,
      circle(r.uniform(), y - between(r, 0.02, 0.3), radius),
      [1, 0.95, 0.8],
      radius * between(r, 0.2, 1.2),
      0.9,
    );
  }
  const nearColor = hsl(r.uniform(), between(r, 0.1, 0.6), between(r, 0.08, 0.5));
  const n = randomCount(r, 2, 5);
  const texture = stretchField(clouds(r), between(r, 5, 14), between(r, 8, 30));
  for (let i = 0; i < n; i++) {
    const t = (i + 1) / n;
    const profile = clouds(r);
    const step = between(r, 1.2, 4.5);
    const relief = between(r, 0.03, 0.3) * (1.2 - t * 0.7);
    const level = y;
    const tone = mix(haze, varyColor(r, nearColor, 0.08), 0.25 + 0.75 * t);
    const darkColor = scaleColor(tone, 0.72);
    fillFlat(
      b,
      areaBelow((x) => level + relief * profile(x * step, i)),
      (px, py, _d, ink) => lerp(ink, tone, darkColor, clamp(0.5 + 0.8 * t * texture(px, py))),
    );
    y += between(r, 0.06, 0.9 / n);
  }
  if (happens(r, 0.3))
    fillFlat(b, halfPlane(0, between(r, 0.75, 0.9), 0, -1), linearGradient(0, 0.75, haze, 0, 1, zenith), 0.85);
  return develop(b.canvas, r);
}
