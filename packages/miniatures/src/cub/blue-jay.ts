import type { Stream } from "@dit-bench/random";
import { foliage, scene } from "../raster/backdrops.ts";
import type { Canvas } from "../raster/canvas.ts";
import { around } from "../raster/chance.ts";
import { hex, scaled, varied } from "../raster/color.ts";
import { flat } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { both, curve, ellipse, stroke } from "../raster/shapes.ts";
import { perched } from "./perch.ts";
import { bill, eye, headOf, songbird } from "./songbird.ts";

export function jay(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  foliage(b, r, around(r, 0.2, 0.1));
  const f = perched(b, r);
  const blue = varied(r, hex("3f74d1"), 0.04);
  songbird(f, r, {
    back: blue,
    belly: hex("e4e8ee"),
    wing: scaled(blue, 0.85),
    bars: 3,
    tail: scaled(blue, 0.9),
    crest: 0.24,
    long: 1.25,
  });
  flat(f, both(headOf, ellipse(0.68, -0.36, 0.2, 0.22)), hex("eef1f4"));
  flat(f, stroke(curve([0.15, -0.4], [0.35, 0.05], [0.66, -0.12], 5), 0.045), hex("10131a"));
  bill(f, hex("22242a"), 0.32, 0.09);
  eye(f);
  return develop(b.canvas, r);
}
