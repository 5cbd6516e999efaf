// Functions that the drawings of paintings share: light, brush strokes and the texture of the canvas.

import type { Stream } from "@dit-bench/random";
import { type Brush, type Canvas, createBrush, createCanvas, type Light, placeBrush } from "../raster/canvas.ts";
import { between } from "../raster/chance.ts";
import type { Color } from "../raster/color.ts";
import { type Field, noise, stretchField } from "../raster/noise.ts";
import { fillCanvas, fillFlat, lerp } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { line } from "../raster/shapes.ts";

/** A brush on a new canvas in the light of a studio; `from` is the direction of the light. */
export function createEasel(
  size: number,
  from: { x: number; y: number; z: number } = { x: -0.4, y: -0.55, z: 0.73 },
  ambient = 0.35,
): Brush {
  const light: Light = { ...from, ambient, bright: [1.04, 1, 0.93], shade: [0.85, 0.86, 0.95] };
  return createBrush(createCanvas(size), light);
}

/** Covers the canvas down to height `bottom` with n strokes; `turn` gives the angle of each, `tone` its colour. */
export function drawDabs(
  b: Brush,
  r: Stream,
  n: number,
  halfLength: number,
  halfWidth: number,
  turn: Field,
  tone: (x: number, y: number) => Color,
  bottom = 1.02,
): void {
  const columns = Math.floor(Math.sqrt(n));
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < columns; i++) {
      const x = (i + r.uniform()) / columns;
      const y = ((j + r.uniform()) / columns) * bottom;
      const half = halfLength * between(r, 0.5, 1);
      fillFlat(
        placeBrush(b, x, y, 1, turn(x, y)),
        line(-half, 0, half, 0, halfWidth * between(r, 0.8, 1.4)),
        tone(x, y),
      );
    }
  }
}

/** Adds the weave of the canvas, then varies the photograph. */
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
