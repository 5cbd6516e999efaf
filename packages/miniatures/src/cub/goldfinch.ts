import type { Stream } from "@dit-bench/random";
import { bokeh, scene } from "../raster/backdrops.ts";
import type { Canvas } from "../raster/canvas.ts";
import { around, between } from "../raster/chance.ts";
import { hex, hsl, scaled, varied } from "../raster/color.ts";
import { flat } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { both, ellipse } from "../raster/shapes.ts";
import { perched } from "./perch.ts";
import { bill, eye, headOf, songbird } from "./songbird.ts";

export function goldfinch(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const a = hsl(around(r, 0.3, 0.12), between(r, 0.2, 0.5), between(r, 0.4, 0.75));
  bokeh(b, r, a, varied(r, a, 0.12), 6);
  const f = perched(b, r);
  const yellow = varied(r, hex("f6cf1b"), 0.04);
  songbird(f, r, {
    back: scaled(yellow, 0.92),
    belly: yellow,
    wing: hex("17171a"),
    bars: 2,
    tail: hex("1b1b1e"),
    crest: 0,
    long: 0.75,
  });
  flat(f, both(headOf, ellipse(0.66, -0.72, 0.26, 0.2)), hex("141416"));
  bill(f, hex("f0a070"), 0.22, 0.13);
  eye(f);
  return develop(b.canvas, r);
}
