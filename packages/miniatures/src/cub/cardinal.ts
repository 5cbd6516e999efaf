import type { Stream } from "@dit-bench/random";
import { bokeh, foliage, scene } from "../raster/backdrops.ts";
import type { Brush, Canvas } from "../raster/canvas.ts";
import { between, happens } from "../raster/chance.ts";
import { hex, scaled, varied } from "../raster/color.ts";
import { flat, soft } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { both, circle } from "../raster/shapes.ts";
import { perched } from "./perch.ts";
import { bill, eye, headOf, songbird } from "./songbird.ts";

export function cardinal(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  if (happens(r, 0.4)) bokeh(b, r, hex("dfe6ee"), hex("9fb0c2"), 8);
  else foliage(b, r);
  const f = perched(b, r);
  const red = varied(r, hex("cf1f24"), 0.04);
  songbird(f, r, {
    back: scaled(red, 0.82),
    belly: red,
    wing: scaled(red, 0.6),
    bars: 0,
    tail: scaled(red, 0.7),
    crest: 0.38,
    long: 1,
  });
  flat(f, both(headOf, circle(0.82, -0.42, 0.27)), hex("150d0d"));
  bill(f, hex("f08a3c"), 0.27, 0.15);
  eye(f);
  if (happens(r, 0.4)) snow(b, r);
  return develop(b.canvas, r);
}

function snow(b: Brush, r: Stream): void {
  for (let i = 0; i < 10; i++)
    soft(b, circle(r.uniform(), r.uniform(), between(r, 0.01, 0.022)), [1, 1, 1], 0.015, 0.85);
}
