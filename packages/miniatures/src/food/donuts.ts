// Draws doughnuts.

import type { Stream } from "@dit-bench/random";
import { drawShadow } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount } from "../raster/chance.ts";
import { hex, hsl, mix, varyColor } from "../raster/color.ts";
import { cos, HALF_TURN, sin, TURN } from "../raster/elementary.ts";
import { noise } from "../raster/noise.ts";
import { fillFlat, fillRound } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { circle, difference, intersection, line, type Point, roughShape } from "../raster/shapes.ts";
import { drawPlate, drawTable } from "./table.ts";

export function donuts(r: Stream, size: number): Canvas {
  const b = drawTable(r, size);
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
  const f = placeBrush(
    b,
    around(r, 0.5, 0.06),
    around(r, 0.5, 0.06),
    between(r, 0.42, 0.48),
    n > 1 ? r.uniform() * HALF_TURN : 0,
    1,
    between(r, 0.8, 1),
  );
  if (happens(r, 0.6)) drawPlate(f, r, n === 1 ? 1.06 : 1.12);
  for (const [x, y] of places) {
    const s = n === 1 ? between(r, 0.7, 0.86) : 0.46;
    const p = placeBrush(f, x, y, s, r.uniform() * TURN);
    const hole = between(r, 0.26, 0.36);
    const dough = varyColor(r, hex("d39a54"), 0.05);
    drawShadow(placeBrush(p, 0, 0, 1, 0), 0.05, 0.1, 1.08, 1.08, 0.45);
    fillRound(p, difference(circle(0, 0, 1), circle(0, 0, hole)), dough, { bevel: 0.34 });
    const drip = noise(r);
    const icing = roughShape(
      difference(circle(0, 0, 0.88), circle(0, 0, hole + 0.08)),
      (u, v) => drip(u * 4, v * 4),
      0.08,
    );
    const c = varyColor(r, pick(r, glaze), 0.04);
    fillRound(p, icing, c, { bevel: 0.28, gloss: 0.7 });
    const style = r.uniform();
    if (style < 0.55) {
      const bits = randomCount(r, 14, 22);
      for (let k = 0; k < bits; k++) {
        const angle = r.uniform() * TURN;
        const radius = between(r, hole + 0.16, 0.8);
        const q = placeBrush(p, cos(angle) * radius, sin(angle) * radius, 1, r.uniform() * HALF_TURN);
        fillFlat(q, line(-0.06, 0, 0.06, 0, 0.032), hsl(r.uniform(), 0.85, between(r, 0.5, 0.75)));
      }
    } else if (style < 0.8) {
      for (let k = -2; k <= 2; k++)
        fillFlat(
          p,
          intersection(icing, line(-1, k * 0.32, 1, k * 0.32 + 0.15, 0.045)),
          mix(c, c[0] + c[1] > 1.2 ? hex("4a2414") : [1, 1, 1], 0.75),
        );
    }
  }
  return develop(b.canvas, r);
}
