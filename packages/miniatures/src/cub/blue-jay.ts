// Draws blue jays.

import type { Stream } from "@dit-bench/random";
import { createScene, drawFoliage } from "../raster/backdrops.ts";
import type { Canvas } from "../raster/canvas.ts";
import { around } from "../raster/chance.ts";
import { hex, scaleColor, varyColor } from "../raster/color.ts";
import { fillFlat } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { curve, ellipse, intersection, stroke } from "../raster/shapes.ts";
import { drawPerch } from "./perch.ts";
import { drawBill, drawEye, drawSongbird, headShape } from "./songbird.ts";

export function blueJay(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  drawFoliage(b, r, around(r, 0.2, 0.1));
  const f = drawPerch(b, r);
  const blue = varyColor(r, hex("3f74d1"), 0.04);
  drawSongbird(f, r, {
    back: blue,
    belly: hex("e4e8ee"),
    wing: scaleColor(blue, 0.85),
    bars: 3,
    tail: scaleColor(blue, 0.9),
    crest: 0.24,
    length: 1.25,
  });
  fillFlat(f, intersection(headShape, ellipse(0.68, -0.36, 0.2, 0.22)), hex("eef1f4"));
  fillFlat(f, stroke(curve([0.15, -0.4], [0.35, 0.05], [0.66, -0.12], 5), 0.045), hex("10131a"));
  drawBill(f, hex("22242a"), 0.32, 0.09);
  drawEye(f);
  return develop(b.canvas, r);
}
