// Draws cardinals.

import type { Stream } from "@dit-bench/random";
import { createScene, drawBokeh, drawFoliage } from "../raster/backdrops.ts";
import type { Brush, Canvas } from "../raster/canvas.ts";
import { between, happens } from "../raster/chance.ts";
import { hex, scaleColor, varyColor } from "../raster/color.ts";
import { fillFlat, fillSoft } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { circle, intersection } from "../raster/shapes.ts";
import { drawPerch } from "./perch.ts";
import { drawBill, drawEye, drawSongbird, headShape } from "./songbird.ts";

export function cardinal(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  if (happens(r, 0.4)) drawBokeh(b, r, hex("dfe6ee"), hex("9fb0c2"), 8);
  else drawFoliage(b, r);
  const f = drawPerch(b, r);
  const red = varyColor(r, hex("cf1f24"), 0.04);
  drawSongbird(f, r, {
    back: scaleColor(red, 0.82),
    belly: red,
    wing: scaleColor(red, 0.6),
    bars: 0,
    tail: scaleColor(red, 0.7),
    crest: 0.38,
    length: 1,
  });
  fillFlat(f, intersection(headShape, circle(0.82, -0.42, 0.27)), hex("150d0d"));
  drawBill(f, hex("f08a3c"), 0.27, 0.15);
  drawEye(f);
  if (happens(r, 0.4)) drawSnow(b, r);
  return develop(b.canvas, r);
}

function drawSnow(b: Brush, r: Stream): void {
  for (let i = 0; i < 10; i++)
    fillSoft(b, circle(r.uniform(), r.uniform(), between(r, 0.01, 0.022)), [1, 1, 1], 0.015, 0.85);
}
