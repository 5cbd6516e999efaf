// Paints, and functions that fill shapes with them.

import { type Brush, fill, type Ink, localLight, type Paint } from "./canvas.ts";
import type { Color } from "./color.ts";
import { clamp } from "./elementary.ts";
import type { Field } from "./noise.ts";
import { type Shape, wholePlane } from "./shapes.ts";

/** A uniform colour. */
export function solidPaint(c: Color): Paint {
  const [red, green, blue] = c;
  return (_x, _y, _d, ink) => {
    ink[0] = red;
    ink[1] = green;
    ink[2] = blue;
  };
}

/** A linear gradient from `a` at (x0, y0) to `b` at (x1, y1), constant beyond. */
export function linearGradient(x0: number, y0: number, a: Color, x1: number, y1: number, b: Color): Paint {
  const ex = x1 - x0;
  const ey = y1 - y0;
  const k = 1 / (ex * ex + ey * ey);
  return (x, y, _d, ink) => lerp(ink, a, b, clamp(((x - x0) * ex + (y - y0) * ey) * k));
}

/** A vertical gradient through the colours from y0 to y1. */
export function verticalGradient(y0: number, y1: number, colors: readonly Color[]): Paint {
  const n = colors.length - 1;
  return (_x, y, _d, ink) => {
    const t = clamp((y - y0) / (y1 - y0)) * n;
    const i = Math.min(n - 1, Math.floor(t));
    lerp(ink, colors[i]!, colors[i + 1]!, t - i);
  };
}

/** A radial gradient from `a` at (cx, cy) to `b` at the radius, constant beyond. */
export function radialGradient(cx: number, cy: number, radius: number, a: Color, b: Color): Paint {
  return (x, y, _d, ink) => {
    const u = x - cx;
    const v = y - cy;
    lerp(ink, a, b, Math.min(1, Math.sqrt(u * u + v * v) / radius));
  };
}

/** Interpolates from `a` where the field is -1 to `b` where it is 1. */
export function mottledPaint(field: Field, a: Color, b: Color): Paint {
  return (x, y, _d, ink) => lerp(ink, a, b, clamp(field(x, y) * 0.5 + 0.5));
}

/** Interpolates from `b` at the edge of the shape to `a` at `depth` inside it. */
export function rimmedPaint(a: Color, b: Color, depth: number): Paint {
  return (_x, _y, d, ink) => lerp(ink, b, a, clamp(-d / depth));
}

/** Blends `over` onto `base` with the field, limited to [0, 1], as opacity. */
export function layeredPaint(base: Paint, over: Paint, field: Field): Paint {
  return (x, y, d, ink) => {
    const k = clamp(field(x, y));
    if (k < 1) base(x, y, d, ink);
    if (k === 0) return;
    const [red, green, blue] = ink as unknown as Color;
    over(x, y, d, ink);
    if (k === 1) return;
    ink[0] = red + (ink[0]! - red) * k;
    ink[1] = green + (ink[1]! - green) * k;
    ink[2] = blue + (ink[2]! - blue) * k;
  };
}

/** `base` with its brightness varied by field * amount. */
export function grainedPaint(base: Paint, field: Field, amount: number): Paint {
  return (x, y, d, ink) => {
    base(x, y, d, ink);
    scaleInk(ink, 1 + amount * field(x, y));
  };
}

export interface Surface {
  /** Width of the curved margin, in local units from the edge. */
  readonly bevel: number;
  /** Strength of the highlight, 0 to 1. */
  readonly gloss?: number;
  readonly opacity?: number;
}

/** Fills a shape as a solid body whose surface rises from the edge like a quarter circle of radius `bevel`. */
export function fillRound(b: Brush, s: Shape, c: Color | Paint, surface: Surface): void {
  const base = toPaint(c);
  const { bevel, gloss = 0, opacity = 1 } = surface;
  const { x: lx, y: ly, z: lz } = localLight(b);
  const step = bevel * 0.02;
  fill(
    b,
    s,
    (x, y, d, ink) => {
      base(x, y, d, ink);
      const t = clamp(-d / bevel);
      const slope = t < 1 ? (1 - t) / step : 0;
      const nx = slope === 0 ? 0 : slope * (s.distance(x + step, y) - d);
      const ny = slope === 0 ? 0 : slope * (s.distance(x, y + step) - d);
      const nz = Math.sqrt(t * (2 - t));
      shadeInk(ink, b, nx * lx + ny * ly + nz * lz, gloss);
    },
    0,
    opacity,
  );
}

/** Fills a shape with the shading of the ellipsoid of centre (cx, cy) and radii rx and ry. */
export function fillBall(
  b: Brush,
  cx: number,
  cy: number,
  rx: number,
  ry: number,
  s: Shape,
  c: Color | Paint,
  gloss = 0,
): void {
  const base = toPaint(c);
  const { x: lx, y: ly, z: lz } = localLight(b);
  fill(b, s, (x, y, d, ink) => {
    base(x, y, d, ink);
    const nx = (x - cx) / rx;
    const ny = (y - cy) / ry;
    const nz = Math.sqrt(Math.max(0, 1 - nx * nx - ny * ny));
    shadeInk(ink, b, nx * lx + ny * ly + nz * lz, gloss);
  });
}

/** Fills a shape with the shading of an upright round column around x = 0, with radius half(y) at height y. */
export function fillColumn(b: Brush, s: Shape, half: (y: number) => number, c: Color | Paint, gloss = 0): void {
  const base = toPaint(c);
  const { x: lx, z: lz } = localLight(b);
  const k = 1 / Math.sqrt(lx * lx + lz * lz);
  fill(b, s, (x, y, d, ink) => {
    base(x, y, d, ink);
    const nx = x / half(y);
    const nz = Math.sqrt(Math.max(0, 1 - nx * nx));
    shadeInk(ink, b, (nx * lx + nz * lz) * k * 0.97, gloss);
  });
}

/** Fills a shape without shading. */
export function fillFlat(b: Brush, s: Shape, c: Color | Paint, opacity = 1): void {
  fill(b, s, toPaint(c), 0, opacity);
}

/** Fills a shape with a blurred edge, for shadows, haze and glows. */
export function fillSoft(b: Brush, s: Shape, c: Color | Paint, softness: number, opacity = 1): void {
  fill(b, s, toPaint(c), softness, opacity);
}

/** Fills the whole canvas. */
export function fillCanvas(b: Brush, c: Color | Paint, opacity = 1): void {
  fill(b, wholePlane, toPaint(c), 0, opacity);
}

/** Converts a colour to a paint. */
export function toPaint(c: Color | Paint): Paint {
  return typeof c === "function" ? c : solidPaint(c);
}

/** Sets the ink to a + (b - a) t. */
export function lerp(ink: Ink, a: Color, b: Color, t: number): void {
  ink[0] = a[0] + (b[0] - a[0]) * t;
  ink[1] = a[1] + (b[1] - a[1]) * t;
  ink[2] = a[2] + (b[2] - a[2]) * t;
}

/** Multiplies the ink by k. */
export function scaleInk(ink: Ink, k: number): void {
  ink[0] = ink[0]! * k;
  ink[1] = ink[1]! * k;
  ink[2] = ink[2]! * k;
}

/** Applies the light to the ink. `cosine` is the cosine of the angle between the surface normal and the light. */
export function shadeInk(ink: Ink, b: Brush, cosine: number, gloss: number): void {
  const { ambient, bright, shade } = b.light;
  const brightness = Math.max(cosine, 0);
  const k = ambient + (1 - ambient) * brightness;
  for (let c = 0; c < 3; c++) ink[c] = ink[c]! * (shade[c]! + (bright[c]! - shade[c]!) * brightness) * k * 1.25;
  if (gloss > 0 && cosine > 0.7) {
    const t = (cosine - 0.7) / 0.3;
    const shine = gloss * t * t * t;
    for (let c = 0; c < 3; c++) ink[c] = ink[c]! + (bright[c]! - ink[c]!) * shine;
  }
}
