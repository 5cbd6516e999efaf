import type { Stream } from "@dit-bench/random";
import { shadow } from "../raster/backdrops.ts";
import { at, type Canvas } from "../raster/canvas.ts";
import { around, between, count, pick } from "../raster/chance.ts";
import { hex, scaled, varied } from "../raster/color.ts";
import { flat, gradient, round } from "../raster/paint.ts";
import { both, ellipse, halfPlane, line, melded, polygon } from "../raster/shapes.ts";
import { finish, forest } from "./forest-floor.ts";

export function flyAgaric(r: Stream, size: number): Canvas {
  const [b, floor] = forest(r, size);
  const n = pick(r, [1, 1, 2]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.32, 0.42) : between(r, 0.2, 0.3);
    const f = at(
      b,
      n === 1 ? around(r, 0.5, 0.12) : 0.28 + 0.42 * i + around(r, 0, 0.05),
      floor + around(r, 0.1, 0.05),
      s,
      around(r, 0, 0.15),
    );
    const tall = between(r, 0.8, 1.2);
    const cream = varied(r, hex("f1ead8"), 0.03);
    shadow(f, 0.1, 0.02, 0.7, 0.12, 0.5);
    round(f, melded(line(0, 0, 0, -tall, 0.2, 0.16), ellipse(0, -0.02, 0.3, 0.2), 0.15), cream, { bevel: 0.22 });
    round(
      f,
      polygon(
        [
          [-0.2, -tall * 0.72],
          [0.2, -tall * 0.72],
          [0.3, -tall * 0.52],
          [-0.3, -tall * 0.52],
        ],
        0.03,
      ),
      scaled(cream, 0.92),
      { bevel: 0.1 },
    );
    const flatness = between(r, 0.45, 0.8);
    const red = varied(r, pick(r, [hex("d3201a"), hex("d3201a"), hex("e0491a")]), 0.04);
    flat(f, ellipse(0, -tall, 0.92, 0.16), gradient(-0.9, 0, scaled(cream, 0.8), 0.9, 0, scaled(cream, 0.6)));
    const cap = both(ellipse(0, -tall - 0.02, 1, flatness), halfPlane(0, -tall + 0.06, 0, 1));
    round(f, cap, red, { bevel: flatness * 0.9, gloss: 0.5 });
    const warts = count(r, 9, 15);
    for (let k = 0; k < warts; k++) {
      const u = around(r, 0, 0.9);
      const v = -r.uniform() * 0.9;
      if (u * u + v * v > 0.85) continue;
      flat(f, ellipse(u * 0.97, -tall + v * flatness, between(r, 0.06, 0.11), between(r, 0.05, 0.08)), hex("fbf6e6"));
    }
  }
  return finish(b, r, floor);
}
