// Draws goldfinches.

import type { Stream } from "@dit-bench/random";
import { createScene, drawBokeh } from "../raster/backdrops.ts";
import type { Canvas } from "../raster/canvas.ts";
import { around, between } from "../raster/chance.ts";
import { hex, hsl, scaleColor, varyColor } from "../raster/color.ts";
import { fillFlat } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { ellipse, intersection } from "../raster/shapes.ts";
import { drawPerch } from "./perch.ts";
import { drawBill, drawEye, drawSongbird, headShape } from "./songbird.ts";

export function goldfinch(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const a = hsl(around(r, 0.3, 0.12), between(r, 0.2, 0.5), between(r, 0.4, 0.75));
  drawBokeh(b, r, a, varyColor(r, a, 0.12), 6);
  const f = drawPerch(b, r);
  const yellow = varyColor(r, hex("f6cf1b"), 0.04);
  drawSongbird(f, r, {
    back: scaleColor(yellow, 0.92),
    belly: yellow,
    wing: hex("17171a"),
    bars: 2,
    tail: hex("1b1b1e"),
    crest: 0,
    length: 0.75,
  });
  fillFlat(f, intersection(headShape, ellipse(0.66, -0.72, 0.26, 0.2)), hex("141416"));
  drawBill(f, hex("f0a070"), 0.22, 0.13);
  drawEye(f);
  return develop(b.canvas, r);
}
