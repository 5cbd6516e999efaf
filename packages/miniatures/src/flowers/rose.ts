// Draws roses.

import type { Stream } from "@dit-bench/random";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, pick, randomCount } from "../raster/chance.ts";
import { hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { cos, sin, smoothstep, TURN } from "../raster/elementary.ts";
import { fillFlat, fillRound, fillSoft, lerp } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { circle, ellipse, line, stroke, toPoints } from "../raster/shapes.ts";
import { drawBed } from "./bed.ts";

export function rose(r: Stream, size: number): Canvas {
  const b = drawBed(r, size);
  const tone = pick(r, [
    hex("c4122f"),
    hex("c4122f"),
    hex("e9587f"),
    hex("f6c1cf"),
    hex("f5efe2"),
    hex("f2c14b"),
    hex("f08a5d"),
  ]);
  const x = around(r, 0.5, 0.12);
  const y = around(r, 0.48, 0.1);
  const s = between(r, 0.3, 0.43);
  const green = hsl(around(r, 0.3, 0.03), 0.4, between(r, 0.16, 0.28));
  fillRound(b, line(x, y, x + around(r, 0, 0.15), 1.1, 0.025), green, { bevel: 0.025 });
  const leaves = randomCount(r, 2, 4);
  const start = r.uniform() * TURN;
  for (let k = 0; k < leaves; k++) {
    const angle = start + (k * TURN) / leaves;
    const p = placeBrush(b, x + cos(angle) * s * 1.05, y + sin(angle) * s * 1.05, s * 0.5, angle);
    fillRound(p, ellipse(0, 0, 0.9, 0.42), varyColor(r, green, 0.04), { bevel: 0.4, gloss: 0.2 });
    fillFlat(p, line(-0.8, 0, 0.8, 0, 0.04), scaleColor(green, 1.5), 0.6);
  }
  const f = placeBrush(b, x, y, s, r.uniform() * TURN, 1, between(r, 0.82, 1));
  const c = varyColor(r, tone, 0.05);
  const rings = [
    [0.62, 0.5, 5, 0.95],
    [0.42, 0.42, 5, 0.9],
    [0.24, 0.32, 4, 0.82],
    [0.11, 0.22, 3, 0.72],
  ] as const;
  rings.forEach(([far, radius, petals, k], ring) => {
    for (let q = 0; q < petals; q++) {
      const angle = ((q + ring * 0.5) * TURN) / petals + around(r, 0, 0.2);
      const px = cos(angle) * far;
      const py = sin(angle) * far;
      const petal = ellipse(px, py, radius * between(r, 0.92, 1.08), radius);
      fillSoft(f, circle(px * 0.96, py * 0.96, radius), scaleColor(c, 0.2), 0.2, 0.55);
      const innerColor = scaleColor(c, k * 0.5);
      const outerColor = scaleColor(mix(c, [1, 0.95, 0.92], 0.18), k * 1.12);
      fillRound(
        f,
        petal,
        (u, v, _d, ink) =>
          lerp(ink, innerColor, outerColor, smoothstep(far * 0.7, far + radius, Math.sqrt(u * u + v * v))),
        { bevel: radius * 0.5, gloss: 0.1 },
      );
    }
  });
  fillSoft(f, circle(0.02, 0, 0.1), scaleColor(c, 0.25), 0.1, 0.9);
  fillFlat(f, stroke(toPoints([-0.1, -0.02, 0, -0.11, 0.11, -0.02, 0.05, 0.08]), 0.025), mix(c, [1, 0.9, 0.9], 0.25));
  return develop(b.canvas, r);
}
