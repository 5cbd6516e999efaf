/** What stands behind things: shared by the miniatures and the source domain. */
import type { Stream } from "@dit-bench/random";
import { type Brush, blur, brush, canvas } from "./canvas.ts";
import { around, between, count, happens, pick } from "./chance.ts";
import { type Color, hsl, mix, scaled, varied } from "./color.ts";
import { clamp, cos, HALF, sin } from "./elementary.ts";
import { clouds, type Field, noise, stretched } from "./noise.ts";
import { bands, gradient, grained, lerp, mottled, soft, solid, wash } from "./paint.ts";
import { daylight } from "./photograph.ts";
import { circle, ellipse, under } from "./shapes.ts";

/** A fresh canvas with a brush on it, lit by daylight. */
export function scene(r: Stream, size: number, ambient?: number): Brush {
  return brush(canvas(size), daylight(r, ambient === undefined ? {} : { ambient }));
}

/** Any colour, from pale to deep. */
export function anyColor(r: Stream): Color {
  return hsl(r.uniform(), between(r, 0.15, 0.85), between(r, 0.2, 0.8));
}

/** A saturated colour of middle lightness. */
export function vivid(r: Stream): Color {
  return hsl(r.uniform(), between(r, 0.55, 0.95), between(r, 0.35, 0.62));
}

/** A wall and a floor that meet in a soft line; returns the height of that line. */
export function studio(b: Brush, r: Stream, wall: Color, floor: Color): number {
  const line = between(r, 0.55, 0.72);
  wash(b, gradient(0, 0, scaled(wall, between(r, 0.8, 1.15)), between(r, -0.5, 0.5), line, wall));
  soft(
    b,
    under(() => line),
    gradient(0, line, scaled(floor, 0.85), 0, 1, scaled(floor, 1.1)),
    between(r, 0.01, 0.12),
  );
  return line;
}

/** Out-of-focus discs of light on a colour that runs from `a` to `c`. */
export function bokeh(b: Brush, r: Stream, a: Color, c: Color, amount = 8): void {
  const angle = r.uniform() * 2 * HALF;
  const u = cos(angle) * 0.5;
  const v = sin(angle) * 0.5;
  wash(b, gradient(0.5 - u, 0.5 - v, a, 0.5 + u, 0.5 + v, c));
  const n = count(r, Math.floor(amount / 2), amount);
  for (let i = 0; i < n; i++) {
    const tone = mix(varied(r, pick(r, [a, c]), 0.15), [1, 1, 0.9], between(r, 0, 0.35));
    const radius = between(r, 0.05, 0.22);
    soft(b, circle(r.uniform(), r.uniform(), radius), tone, radius * 0.6, between(r, 0.25, 0.7));
  }
  blur(b.canvas, between(r, 0.015, 0.05));
}

/** Leaves and shadows of a hedge, out of focus, in tones of `hue` (turns; 0.28 is leaf green). */
export function foliage(b: Brush, r: Stream, hue = around(r, 0.27, 0.06)): void {
  const depth = between(r, 0.12, 0.26);
  const strength = between(r, 0.25, 0.6);
  wash(
    b,
    mottled(
      stretched(clouds(r), between(r, 3, 6), between(r, 3, 6)),
      hsl(hue, strength, depth * 0.5),
      hsl(hue, strength, depth * 2),
    ),
  );
  const n = count(r, 4, 10);
  for (let i = 0; i < n; i++) {
    const radius = between(r, 0.04, 0.16);
    const tone = hsl(hue + around(r, 0, 0.05), strength, between(r, depth, depth * 2.6));
    soft(b, ellipse(r.uniform(), r.uniform(), radius, radius * between(r, 0.4, 1)), tone, radius * 0.7, 0.6);
  }
  blur(b.canvas, between(r, 0.01, 0.045));
}

/** Planks of wood in tones of `tone`, running along x at `angle`. */
export function planks(b: Brush, r: Stream, tone: Color, angle: number): void {
  const u = cos(angle);
  const v = sin(angle);
  const grain = stretched(noise(r), 2, 22);
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
  wash(b, grained(solid(tone), field, 0.2));
}

/** A sky from its zenith to the horizon at y = `low`; `cover` is how much cloud, 0 to 1. */
export function sky(b: Brush, r: Stream, colors: readonly Color[], low: number, cover: number, cloud: Color): void {
  const base = bands(0, low, colors);
  if (cover <= 0) {
    wash(b, base);
    return;
  }
  const field = stretched(clouds(r), between(r, 1.6, 3), between(r, 4, 8));
  wash(b, (x, y, d, ink) => {
    base(x, y, d, ink);
    const k = clamp((field(x, y) + cover * 1.6 - 0.8) * 1.8);
    if (k > 0) lerp(ink, [ink[0]!, ink[1]!, ink[2]!], cloud, k * 0.9);
  });
}

/** The soft dark patch a thing throws on the ground beneath it. */
export function shadow(b: Brush, cx: number, cy: number, rx: number, ry: number, strength = 0.45): void {
  soft(b, ellipse(cx, cy, rx, ry), [0.05, 0.05, 0.1], Math.min(rx, ry) * 1.2, strength);
}

/** A backdrop for any object: studio, bokeh or planks, in free colours. Returns nothing to stand on. */
export function anyBackdrop(b: Brush, r: Stream): void {
  const a = anyColor(r);
  const c = happens(r, 0.5) ? varied(r, a, 0.2) : anyColor(r);
  const kind = r.uniform();
  if (kind < 0.45) studio(b, r, a, c);
  else if (kind < 0.75) bokeh(b, r, a, c);
  else if (kind < 0.88) foliage(b, r, r.uniform());
  else planks(b, r, a, r.uniform() * HALF);
}
