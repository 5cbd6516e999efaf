import type { Stream } from "@dit-bench/random";
import { type Brush, type Canvas, createBrush, createCanvas, type Light, placeBrush } from "../raster/canvas.ts";
import { between } from "../raster/chance.ts";
import type { Color } from "../raster/color.ts";
import { type Field, noise, stretchField } from "../raster/noise.ts";
import { fillCanvas, fillFlat, lerp } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { line } from "../raster/shapes.ts";

export function createEasel(
  size: number,
  from: { x: number; y: number; z: number } = { x: -0.4, y: -0.55, z: 0.73 },
  ambient = 0.35,
): Brush {
  const light: Light = { ...from, ambient, bright: [1.04, 1, 0.93], shade: [0.85, 0.86, 0.95] };
  return createBrush(createCanvas(size), light);
}

/** Strokes all over, down to height `low`: `turn` gives each one's direction, `tone` its colour. */
export function drawDabs(
  b: Brush,
  r: Stream,
  n: number,
  long: number,
  wide: number,
  turn: Field,
  tone: (x: number, y: number) => Color,
  low = 1.02,
): void {
  const columns = Math.floor(Math.sqrt(n));
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < columns; i++) {
      const x = (i + r.uniform()) / columns;
      const y = ((j + r.uniform()) / columns) * low;
      const half = long * between(r, 0.5, 1);
      fillFlat(placeBrush(b, x, y, 1, turn(x, y)), line(-half, 0, half, 0, wide * between(r, 0.8, 1.4)), tone(x, y));
    }
  }
}

/** The weave of the canvas and the camera's finish. */
export function varnish(b: Brush, r: Stream, weave: number): Canvas {
  const threads = stretchField(noise(r), 40, 40);
  fillCanvas(b, (x, y, _d, ink) => {
    const v = threads(x, y);
    const c: Color = v > 0 ? [1, 1, 1] : [0, 0, 0];
    lerp(ink, c, c, 0);
    ink[3] = Math.abs(v) * weave;
  });
  return develop(b.canvas, r, 0.6);
}
