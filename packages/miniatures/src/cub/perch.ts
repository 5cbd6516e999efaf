import type { Stream } from "@dit-bench/random";
import { at, type Brush } from "../raster/canvas.ts";
import { around, between, count, happens, side } from "../raster/chance.ts";
import { hex, mix, varied } from "../raster/color.ts";
import { noise, stretched } from "../raster/noise.ts";
import { grained, round, solid } from "../raster/paint.ts";
import { ellipse, line } from "../raster/shapes.ts";

/** A branch, a post or a stone under the bird; returns the bird's frame. */
export function perched(b: Brush, r: Stream): Brush {
  const s = between(r, 0.28, 0.42);
  const x = around(r, 0.5, 0.09);
  const y = around(r, 0.5, 0.07);
  const tilt = around(r, -0.08, 0.35);
  const facing = side(r);
  const foot = y + s * 0.66;
  const bark = mix(varied(r, hex("6b4f3a"), 0.08), hex("9a8f86"), r.uniform() * 0.5);
  const rough = stretched(noise(r), 8, 25);
  const skin = grained(solid(bark), rough, 0.3);
  const kind = r.uniform();
  if (kind < 0.7) {
    const slope = around(r, 0, 0.3);
    const w = between(r, 0.025, 0.055);
    round(b, line(-0.1, foot + w - slope * 0.6, 1.1, foot + w + slope * 0.6, w, w * 0.7), skin, { bevel: w });
    const twigs = count(r, 0, 3);
    for (let i = 0; i < twigs; i++) {
      const at0 = between(r, 0.05, 0.95);
      const y0 = foot + w + slope * (at0 - 0.5);
      const up = happens(r, 0.5) ? -1 : 1;
      round(b, line(at0, y0, at0 + around(r, 0, 0.25), y0 + up * between(r, 0.1, 0.3), w * 0.45, w * 0.2), skin, {
        bevel: w * 0.4,
      });
    }
  } else if (kind < 0.85) {
    round(b, line(x, foot + 0.05, x + around(r, 0, 0.04), 1.2, 0.1), skin, { bevel: 0.1 });
  } else {
    round(b, ellipse(x, foot + 0.28, 0.55, 0.28), grained(solid(varied(r, hex("8a8a86"), 0.08)), rough, 0.2), {
      bevel: 0.25,
    });
  }
  return at(b, x, y, s, tilt * facing, facing);
}
