import type { Stream } from "@dit-bench/random";
import { shadow } from "../raster/backdrops.ts";
import { at, type Canvas } from "../raster/canvas.ts";
import { around, between, pick } from "../raster/chance.ts";
import { hex, scaled, varied } from "../raster/color.ts";
import { clouds, noise, stretched } from "../raster/noise.ts";
import { grained, mottled, round, solid } from "../raster/paint.ts";
import { both, ellipse, halfPlane, line, melded, rough } from "../raster/shapes.ts";
import { finish, forest } from "./forest-floor.ts";

export function bolete(r: Stream, size: number): Canvas {
  const [b, floor] = forest(r, size);
  const n = pick(r, [1, 1, 2]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.34, 0.44) : between(r, 0.22, 0.3);
    const f = at(
      b,
      n === 1 ? around(r, 0.5, 0.12) : 0.28 + 0.42 * i,
      floor + around(r, 0.12, 0.05),
      s,
      around(r, 0, 0.12),
    );
    const tall = between(r, 0.5, 0.85);
    const stalk = varied(r, hex("d9c7a0"), 0.04);
    const net = stretched(noise(r), 8, 8);
    shadow(f, 0.1, 0.02, 0.75, 0.12, 0.5);
    round(
      f,
      melded(ellipse(0, -0.18, 0.42, 0.32), line(0, -0.2, 0, -tall, 0.28, 0.24), 0.2),
      grained(solid(stalk), net, 0.18),
      { bevel: 0.38 },
    );
    const brown = varied(r, pick(r, [hex("7a4321"), hex("94592c"), hex("5c3018"), hex("a8743d")]), 0.04);
    const high = between(r, 0.5, 0.75);
    round(f, ellipse(0, -tall + 0.02, 0.9, 0.22), varied(r, hex("d7c455"), 0.05), { bevel: 0.2 });
    const cap = both(ellipse(0, -tall + 0.02, 0.98, high), rough(halfPlane(0, -tall + 0.02, 0, 1), noise(r), 0.05));
    const mottle = stretched(clouds(r), 3, 4);
    round(f, cap, mottled(mottle, scaled(brown, 0.8), scaled(brown, 1.25)), {
      bevel: high * 0.85,
      gloss: between(r, 0.1, 0.7),
    });
  }
  return finish(b, r, floor);
}
