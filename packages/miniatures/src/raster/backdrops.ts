// Draws backgrounds that the miniatures and the source domain share.

import type { Stream } from "@dit-bench/random";
import { type Brush, blur, createBrush, createCanvas } from "./canvas.ts";
import { around, between, happens, pick, randomCount } from "./chance.ts";
import { type Color, hsl, mix, scaleColor, varyColor } from "./color.ts";
import { clamp, cos, HALF_TURN, sin } from "./elementary.ts";
import { clouds, type Field, noise, stretchField } from "./noise.ts";
import {
  fillCanvas,
  fillSoft,
  grainedPaint,
  lerp,
  linearGradient,
  mottledPaint,
  solidPaint,
  verticalGradient,
} from "./paint.ts";
import { daylight } from "./photograph.ts";
import { areaBelow, circle, ellipse } from "./shapes.ts";

/** A brush on a new canvas, in daylight. */
export function createScene(r: Stream, size: number, ambient?: number): Brush {
  return createBrush(createCanvas(size), daylight(r, ambient === undefined ? {} : { ambient }));
}

/** A random colour of any hue, from pale to deep. */
export function randomColor(r: Stream): Color {
  return hsl(r.uniform(), between(r, 0.15, 0.85), between(r, 0.2, 0.8));
}

/** A random saturated colour of medium lightness. */
export function vividColor(r: Stream): Color {
  return hsl(r.uniform(), between(r, 0.55, 0.95), between(r, 0.35, 0.62));
}

/** Draws a wall and a floor. Returns the height where they meet. */
export function drawStudio(b: Brush, r: Stream, wall: Color, floor: Color): number {
  const line = between(r, 0.55, 0.72);
  fillCanvas(b, linearGradient(0, 0, scaleColor(wall, between(r, 0.8, 1.15)), between(r, -0.5, 0.5), line, wall));
  fillSoft(
    b,
    areaBelow(() => line),
    linearGradient(0, line, scaleColor(floor, 0.85), 0, 1, scaleColor(floor, 1.1)),
    between(r, 0.01, 0.12),
  );
  return line;
}

/** Draws out-of-focus discs of light on a gradient from `a` to `c`. */
export function drawBokeh(b: Brush, r: Stream, a: Color, c: Color, amount = 8): void {
  const angle = r.uniform() * 2 * HALF_TURN;
  const u = cos(angle) * 0.5;
  const v = sin(angle) * 0.5;
  fillCanvas(b, linearGradient(0.5 - u, 0.5 - v, a, 0.5 + u, 0.5 + v, c));
  const n = randomCount(r, Math.floor(amount / 2), amount);
  for (let i = 0; i < n; i++) {
    const tone = mix(varyColor(r, pick(r, [a, c]), 0.15), [1, 1, 0.9], between(r, 0, 0.35));
    const radius = between(r, 0.05, 0.22);
    fillSoft(b, circle(r.uniform(), r.uniform(), radius), tone, radius * 0.6, between(r, 0.25, 0.7));
  }
  blur(b.canvas, between(r, 0.015, 0.05));
}

/** Draws out-of-focus leaves in tones of `hue` (in revolutions; 0.28 is leaf green). */
export function drawFoliage(b: Brush, r: Stream, hue = around(r, 0.27, 0.06)): void {
  const depth = between(r, 0.12, 0.26);
  const strength = between(r, 0.25, 0.6);
  fillCanvas(
    b,
    mottledPaint(
      stretchField(clouds(r), between(r, 3, 6), between(r, 3, 6)),
      hsl(hue, strength, depth * 0.5),
      hsl(hue, strength, depth * 2),
    ),
  );
  const n = randomCount(r, 4, 10);
  for (let i = 0; i < n; i++) {
    const radius = between(r, 0.04, 0.16);
    const tone = hsl(hue + around(r, 0, 0.05), strength, between(r, depth, depth * 2.6));
    fillSoft(b, ellipse(r.uniform(), r.uniform(), radius, radius * between(r, 0.4, 1)), tone, radius * 0.7, 0.6);
  }
  blur(b.canvas, between(r, 0.01, 0.045));
}

/** Draws planks of wood in tones of `tone`, rotated by `angle` from the x axis. */
export function drawPlanks(b: Brush, r: Stream, tone: Color, angle: number): void {
  const u = cos(angle);
  const v = sin(angle);
  const grain = stretchField(noise(r), 2, 22);
  const shift = r.uniform();
  const width = between(r, 3, 6);
  const field: Field = (x, y) => {
    const along = x * u + y * v;
    const across = y * u - x * v;
    const plank = (across + shift) * width;
    const within = plank - Math.floor(plank);
    const seam = within < 0.07 ? -1.2 : 0;
    return grain(along, across + Math.floor(plank)) * 0.7 + sin(Math.floor(plank) * 2.4) * 0.5 + seam;
  };
  fillCanvas(b, grainedPaint(solidPaint(tone), field, 0.2));
}

/** Draws a sky with a gradient from the top to `horizon`. `cover` is the cloud cover, 0 to 1. */
export function drawSky(
  b: Brush,
  r: Stream,
  colors: readonly Color[],
  horizon: number,
  cover: number,
  cloud: Color,
): void {
  const base = verticalGradient(0, horizon, colors);
  if (cover <= 0) {
    fillCanvas(b, base);
    return;
  }
  const field = stretchField(clouds(r), between(r, 1.6, 3), between(r, 4, 8));
  fillCanvas(b, (x, y, d, ink) => {
    base(x, y, d, ink);
    const k = clamp((field(x, y) + cover * 1.6 - 0.8) * 1.8);
    if (k > 0) lerp(ink, [ink[0]!, ink[1]!, ink[2]!], cloud, k * 0.9);
  });
}

/** Draws the soft shadow of an object on the ground. */
export function drawShadow(b: Brush, cx: number, cy: number, rx: number, ry: number, strength = 0.45): void {
  fillSoft(b, ellipse(cx, cy, rx, ry), [0.05, 0.05, 0.1], Math.min(rx, ry) * 1.2, strength);
}

/** Draws a random background: a studio, bokeh, foliage or planks in random colours. */
export function drawBackdrop(b: Brush, r: Stream): void {
  const a = randomColor(r);
  const c = happens(r, 0.5) ? varyColor(r, a, 0.2) : randomColor(r);
  const kind = r.uniform();
  if (kind < 0.45) drawStudio(b, r, a, c);
  else if (kind < 0.75) drawBokeh(b, r, a, c);
  else if (kind < 0.88) drawFoliage(b, r, r.uniform());
  else drawPlanks(b, r, a, r.uniform() * HALF_TURN);
}
