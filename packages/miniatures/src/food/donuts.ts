import type { Stream } from "@dit-bench/random";
import { shadow } from "../raster/backdrops.ts";
import { at, type Canvas } from "../raster/canvas.ts";
import { around, between, count, happens, pick } from "../raster/chance.ts";
import { hex, hsl, mix, varied } from "../raster/color.ts";
import { cos, HALF, sin, TURN } from "../raster/elementary.ts";
import { noise } from "../raster/noise.ts";
import { flat, round } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { both, circle, line, type Point, rough, without } from "../raster/shapes.ts";
import { plate, table } from "./table.ts";

export function donuts(r: Stream, size: number): Canvas {
  const b = table(r, size);
  const n = pick(r, [1, 1, 2, 3, 4]);
  const glaze = [
    hex("f38ab5"),
    hex("5a2e1a"),
    hex("f6efe4"),
    hex("8fd0c9"),
    hex("e9b04a"),
    hex("b48ad8"),
    hex("8a4a24"),
  ];
  const places: readonly Point[] =
    n === 1
      ? [[0, 0]]
      : n === 2
        ? [
            [-0.48, -0.2],
            [0.48, 0.2],
          ]
        : n === 3
          ? [
              [-0.5, 0.38],
              [0.5, 0.38],
              [0, -0.46],
            ]
          : [
              [-0.5, -0.5],
              [0.5, -0.5],
              [-0.5, 0.5],
              [0.5, 0.5],
            ];
  const f = at(
    b,
    around(r, 0.5, 0.06),
    around(r, 0.5, 0.06),
    between(r, 0.42, 0.48),
    n > 1 ? r.uniform() * HALF : 0,
    1,
    between(r, 0.8, 1),
  );
  if (happens(r, 0.6)) plate(f, r, n === 1 ? 1.06 : 1.12);
  for (const [x, y] of places) {
    const s = n === 1 ? between(r, 0.7, 0.86) : 0.46;
    const p = at(f, x, y, s, r.uniform() * TURN);
    const hole = between(r, 0.26, 0.36);
    const dough = varied(r, hex("d39a54"), 0.05);
    shadow(at(p, 0, 0, 1, 0), 0.05, 0.1, 1.08, 1.08, 0.45);
    round(p, without(circle(0, 0, 1), circle(0, 0, hole)), dough, { bevel: 0.34 });
    const drip = noise(r);
    const icing = rough(without(circle(0, 0, 0.88), circle(0, 0, hole + 0.08)), (u, v) => drip(u * 4, v * 4), 0.08);
    const c = varied(r, pick(r, glaze), 0.04);
    round(p, icing, c, { bevel: 0.28, gloss: 0.7 });
    const style = r.uniform();
    if (style < 0.55) {
      const bits = count(r, 14, 22);
      for (let k = 0; k < bits; k++) {
        const angle = r.uniform() * TURN;
        const far = between(r, hole + 0.16, 0.8);
        const q = at(p, cos(angle) * far, sin(angle) * far, 1, r.uniform() * HALF);
        flat(q, line(-0.06, 0, 0.06, 0, 0.032), hsl(r.uniform(), 0.85, between(r, 0.5, 0.75)));
      }
    } else if (style < 0.8) {
      for (let k = -2; k <= 2; k++)
        flat(
          p,
          both(icing, line(-1, k * 0.32, 1, k * 0.32 + 0.15, 0.045)),
          mix(c, c[0] + c[1] > 1.2 ? hex("4a2414") : [1, 1, 1], 0.75),
        );
    }
  }
  return develop(b.canvas, r);
}
