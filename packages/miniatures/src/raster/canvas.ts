// The canvas, and the function that fills shapes on it. Coordinates run from 0 to 1, y downwards. Shapes are drawn with
// analytic edge coverage on a grid of twice the image's size; `toPixels` averages 2 x 2 grid points into a pixel. G =
// side of the grid (2 S), S = side in pixels.

import type { Color } from "./color.ts";
import { atan2, clamp, cos, sin } from "./elementary.ts";
import type { Shape } from "./shapes.ts";

export interface Canvas {
  /** S. */
  readonly size: number;
  /** G. */
  readonly grid: number;
  /** [G, G, 3], red, green and blue of about 0 to 1. */
  readonly rgb: Float32Array;
}

/** A directional light: the unit vector (x, y, z) towards it in canvas coordinates, and its colours. */
export interface Light {
  readonly x: number;
  readonly y: number;
  /** Towards the viewer. */
  readonly z: number;
  /** Share of the light that reaches a surface facing away from it. */
  readonly ambient: number;
  readonly bright: Color;
  readonly shade: Color;
}

/** A canvas, a light, and the local coordinates of the shapes to draw. */
export interface Brush {
  readonly canvas: Canvas;
  readonly light: Light;
  readonly frame: Frame;
}

/** The transform from local (x, y) to canvas coordinates: (a x + c y + e, b x + d y + f). */
export interface Frame {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** The output of a paint: red, green, blue, opacity. */
export type Ink = Float64Array;

/** Sets the ink at the local point (x, y), whose signed distance to the edge of the filled shape is d. */
export type Paint = (x: number, y: number, d: number, ink: Ink) => void;

export function createCanvas(size: number): Canvas {
  const grid = size * 2;
  return { size, grid, rgb: new Float32Array(grid * grid * 3) };
}

/** A brush in canvas coordinates. */
export function createBrush(canvas: Canvas, light: Light): Brush {
  return { canvas: canvas, light, frame: { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 } };
}

/**
 * The brush moved to (x, y), scaled, rotated clockwise by `angle` in radians, and scaled by sx and sy (negative:
 * mirrored).
 */
export function placeBrush(b: Brush, x: number, y: number, scale: number, angle = 0, sx = 1, sy = 1): Brush {
  const f = b.frame;
  const u = cos(angle) * scale;
  const v = sin(angle) * scale;
  return {
    ...b,
    frame: {
      a: (f.a * u + f.c * v) * sx,
      b: (f.b * u + f.d * v) * sx,
      c: (f.c * u - f.a * v) * sy,
      d: (f.d * u - f.b * v) * sy,
      e: f.a * x + f.c * y + f.e,
      f: f.b * x + f.d * y + f.f,
    },
  };
}

/** Fills a shape. `softness` is the width of the edge's transition in local units; 0 is sharp. */
export function fill(b: Brush, shape: Shape, paint: Paint, softness = 0, opacity = 1): void {
  const { grid, rgb } = b.canvas;
  const m = b.frame;
  const det = m.a * m.d - m.b * m.c;
  if (det === 0) return;
  const perUnit = Math.sqrt(Math.abs(det)) * grid;
  const width = 1 + softness * perUnit;
  const pad = (0.5 * width) / perUnit;
  const [left, top, right, bottom] = gridBounds(m, shape, pad, grid);
  // From canvas (X, Y) back to local coordinates: x = ia X + ic Y, y = ib X + id Y.
  const ia = m.d / det;
  const ib = -m.b / det;
  const ic = -m.c / det;
  const id = m.a / det;
  for (let j = top; j < bottom; j++) {
    const Y = (j + 0.5) / grid - m.f;
    for (let i = left; i < right; i++) {
      const X = (i + 0.5) / grid - m.e;
      const x = ia * X + ic * Y;
      const y = ib * X + id * Y;
      const d = shape.distance(x, y);
      let cover = 0.5 - (d * perUnit) / width;
      if (cover <= 0) continue;
      if (cover > 1) cover = 1;
      else if (softness > 0) cover = cover * cover * (3 - 2 * cover);
      ink[3] = 1;
      paint(x, y, d, ink);
      const k = cover * opacity * ink[3]!;
      const offset = (j * grid + i) * 3;
      rgb[offset] = rgb[offset]! + (ink[0]! - rgb[offset]!) * k;
      rgb[offset + 1] = rgb[offset + 1]! + (ink[1]! - rgb[offset + 1]!) * k;
      rgb[offset + 2] = rgb[offset + 2]! + (ink[2]! - rgb[offset + 2]!) * k;
    }
  }
}

/** The direction of the light in the brush's local coordinates. */
export function localLight(b: Brush): { x: number; y: number; z: number } {
  const { frame: m, light: l } = b;
  const x = m.a * l.x + m.b * l.y;
  const y = m.c * l.x + m.d * l.y;
  const flat = Math.sqrt(l.x * l.x + l.y * l.y);
  const k = flat / (Math.sqrt(x * x + y * y) || 1);
  return { x: x * k, y: y * k, z: l.z };
}

/** Angle of the brush's local x axis on the canvas, in radians. */
export function heading(b: Brush): number {
  return atan2(b.frame.b, b.frame.a);
}

/** Blurs the canvas by two box blurs of the given radius in canvas units, which is close to a Gaussian blur. */
export function blur(canvas: Canvas, radius: number): void {
  const n = Math.floor(radius * canvas.grid + 0.5);
  if (n < 1) return;
  for (let pass = 0; pass < 2; pass++) {
    for (let line = 0; line < canvas.grid; line++) blurLine(canvas.rgb, line * canvas.grid * 3, 3, canvas.grid, n);
    for (let line = 0; line < canvas.grid; line++) blurLine(canvas.rgb, line * 3, canvas.grid * 3, canvas.grid, n);
  }
}

/** The finished image: 8-bit RGB, [S, S, 3]. */
export function toPixels(from: Canvas): Uint8Array {
  const { size, grid, rgb } = from;
  const out = new Uint8Array(size * size * 3);
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) {
      const p = (2 * j * grid + 2 * i) * 3;
      const q = p + grid * 3;
      for (let c = 0; c < 3; c++) {
        const sum = clamp(rgb[p + c]!) + clamp(rgb[p + 3 + c]!) + clamp(rgb[q + c]!) + clamp(rgb[q + 3 + c]!);
        out[(j * size + i) * 3 + c] = Math.floor(sum * 63.75 + 0.5);
      }
    }
  }
  return out;
}

const ink: Ink = new Float64Array(4);

function gridBounds(m: Frame, s: Shape, pad: number, grid: number): [number, number, number, number] {
  const x0 = s.x0 - pad;
  const x1 = s.x1 + pad;
  const y0 = s.y0 - pad;
  const y1 = s.y1 + pad;
  const left = m.e + Math.min(m.a * x0, m.a * x1) + Math.min(m.c * y0, m.c * y1);
  const right = m.e + Math.max(m.a * x0, m.a * x1) + Math.max(m.c * y0, m.c * y1);
  const top = m.f + Math.min(m.b * x0, m.b * x1) + Math.min(m.d * y0, m.d * y1);
  const bottom = m.f + Math.max(m.b * x0, m.b * x1) + Math.max(m.d * y0, m.d * y1);
  return [
    Math.max(0, Math.floor(left * grid)),
    Math.max(0, Math.floor(top * grid)),
    Math.min(grid, Math.floor(right * grid) + 1),
    Math.min(grid, Math.floor(bottom * grid) + 1),
  ];
}

const scratch = new Float64Array(1024);

/** Running mean over 2 n + 1 points of one line of the grid, in place. The end points are repeated. */
function blurLine(rgb: Float32Array, start: number, stride: number, length: number, n: number): void {
  const last = length - 1;
  for (let c = 0; c < 3; c++) {
    const base = start + c;
    for (let i = 0; i < length; i++) scratch[i] = rgb[base + i * stride]!;
    let sum = scratch[0]! * n;
    for (let i = 0; i <= n; i++) sum += scratch[Math.min(i, last)]!;
    for (let i = 0; i < length; i++) {
      rgb[base + i * stride] = sum / (2 * n + 1);
      const leaving = i - n;
      const next = i + n + 1;
      sum += scratch[Math.min(next, last)]! - scratch[Math.max(leaving, 0)]!;
    }
  }
}
