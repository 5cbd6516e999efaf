// Draws the perch of a songbird.

import type { Stream } from "@dit-bench/random";
import { type Brush, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, randomCount, randomSign } from "../raster/chance.ts";
import { hex, mix, varyColor } from "../raster/color.ts";
import { noise, stretchField } from "../raster/noise.ts";
import { fillRound, grainedPaint, solidPaint } from "../raster/paint.ts";
import { ellipse, line } from "../raster/shapes.ts";

/** Draws a branch, a post or a stone. Returns a brush for the bird on it. */
export function drawPerch(b: Brush, r: Stream): Brush {
  const s = between(r, 0.28, 0.42);
  const x = around(r, 0.5, 0.09);
  const y = around(r, 0.5, 0.07);
  const tilt = around(r, -0.08, 0.35);
  const facing = randomSign(r);
  const foot = y + s * 0.66;
  const bark = mix(varyColor(r, hex("6b4f3a"), 0.08), hex("9a8f86"), r.uniform() * 0.5);
  const barkNoise = stretchField(noise(r), 8, 25);
  const skin = grainedPaint(solidPaint(bark), barkNoise, 0.3);
  const kind = r.uniform();
  if (kind < 0.7) {
    const slope = around(r, 0, 0.3);
    const w = between(r, 0.025, 0.055);
    fillRound(b, line(-0.1, foot + w - slope * 0.6, 1.1, foot + w + slope * 0.6, w, w * 0.7), skin, { bevel: w });
    const twigs = randomCount(r, 0, 3);
    for (let i = 0; i < twigs; i++) {
      const at0 = between(r, 0.05, 0.95);
      const y0 = foot + w + slope * (at0 - 0.5);
      const up = happens(r, 0.5) ? -1 : 1;
      fillRound(b, line(at0, y0, at0 + around(r, 0, 0.25), y0 + up * between(r, 0.1, 0.3), w * 0.45, w * 0.2), skin, {
        bevel: w * 0.4,
      });
    }
  } else if (kind < 0.85) {
    fillRound(b, line(x, foot + 0.05, x + around(r, 0, 0.04), 1.2, 0.1), skin, { bevel: 0.1 });
  } else {
    fillRound(
      b,
      ellipse(x, foot + 0.28, 0.55, 0.28),
      grainedPaint(solidPaint(varyColor(r, hex("8a8a86"), 0.08)), barkNoise, 0.2),
      {
        bevel: 0.25,
      },
    );
  }
  return placeBrush(b, x, y, s, tilt * facing, facing);
}
