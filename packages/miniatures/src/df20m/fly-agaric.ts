// Draws fly agarics.

import type { Stream } from "@dit-bench/random";
import { drawShadow } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, pick, randomCount } from "../raster/chance.ts";
import { hex, scaleColor, varyColor } from "../raster/color.ts";
import { fillFlat, fillRound, linearGradient } from "../raster/paint.ts";
import { ellipse, halfPlane, intersection, line, polygon, smoothUnion } from "../raster/shapes.ts";
import { drawForest, finishForest } from "./forest-floor.ts";

export function flyAgaric(r: Stream, size: number): Canvas {
  const [b, floor] = drawForest(r, size);
  const n = pick(r, [1, 1, 2]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.32, 0.42) : between(r, 0.2, 0.3);
    const f = placeBrush(
      b,
      n === 1 ? around(r, 0.5, 0.12) : 0.28 + 0.42 * i + around(r, 0, 0.05),
      floor + around(r, 0.1, 0.05),
      s,
      around(r, 0, 0.15),
    );
    const height = between(r, 0.8, 1.2);
    const cream = varyColor(r, hex("f1ead8"), 0.03);
    drawShadow(f, 0.1, 0.02, 0.7, 0.12, 0.5);
    fillRound(f, smoothUnion(line(0, 0, 0, -height, 0.2, 0.16), ellipse(0, -0.02, 0.3, 0.2), 0.15), cream, {
      bevel: 0.22,
    });
    fillRound(
      f,
      polygon(
        [
          [-0.2, -height * 0.72],
          [0.2, -height * 0.72],
          [0.3, -height * 0.52],
          [-0.3, -height * 0.52],
        ],
        0.03,
      ),
      scaleColor(cream, 0.92),
      { bevel: 0.1 },
    );
    const flatness = between(r, 0.45, 0.8);
    const red = varyColor(r, pick(r, [hex("d3201a"), hex("d3201a"), hex("e0491a")]), 0.04);
    fillFlat(
      f,
      ellipse(0, -height, 0.92, 0.16),
      linearGradient(-0.9, 0, scaleColor(cream, 0.8), 0.9, 0, scaleColor(cream, 0.6)),
    );
    const cap = intersection(ellipse(0, -height - 0.02, 1, flatness), halfPlane(0, -height + 0.06, 0, 1));
    fillRound(f, cap, red, { bevel: flatness * 0.9, gloss: 0.5 });
    const warts = randomCount(r, 9, 15);
    for (let k = 0; k < warts; k++) {
      const u = around(r, 0, 0.9);
      const v = -r.uniform() * 0.9;
      if (u * u + v * v > 0.85) continue;
      fillFlat(
        f,
        ellipse(u * 0.97, -height + v * flatness, between(r, 0.06, 0.11), between(r, 0.05, 0.08)),
        hex("fbf6e6"),
      );
    }
  }
  return finishForest(b, r, floor);
}
