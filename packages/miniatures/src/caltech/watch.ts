// Draws wrist watches.

import type { Stream } from "@dit-bench/random";
import { createScene, drawShadow } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { type Color, hex, mix, scaleColor, varyColor } from "../raster/color.ts";
import { cos, sin, smoothstep, TURN } from "../raster/elementary.ts";
import { fillFlat, fillRound, fillSoft, lerp, linearGradient } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { box, circle, line, polygon, toPoints } from "../raster/shapes.ts";
import { drawPaper } from "./paper.ts";

export function watch(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  drawPaper(b, r);
  const tilt = around(r, 0, 0.6);
  const f = placeBrush(b, around(r, 0.5, 0.05), around(r, 0.5, 0.05), between(r, 0.28, 0.36), tilt);
  const metal = happens(r, 0.5);
  const steel = varyColor(r, pick(r, [hex("b8bcc4"), hex("d8b458"), hex("3c3e44"), hex("d8a890")]), 0.03);
  const strap = metal
    ? scaleColor(steel, 0.92)
    : varyColor(r, pick(r, [hex("6a3a1c"), hex("1c1c20"), hex("8a1f24"), hex("1f3a6a"), hex("3a5a3c")]), 0.03);
  const strapWidth = between(r, 0.42, 0.6);
  drawShadow(f, 0.15, 0.15, strapWidth * 1.2, 1.7, 0.3);
  for (const s of [-1, 1]) {
    const band = polygon(
      [
        [-strapWidth, s * 0.6],
        [strapWidth, s * 0.6],
        [strapWidth * 0.8, s * 1.95],
        [-strapWidth * 0.8, s * 1.95],
      ],
      0.04,
    );
    fillRound(
      f,
      band,
      (x, y, _d, ink) => {
        const link = metal
          ? smoothstep(0.6, 1, cos(y * 21)) * 0.5
          : smoothstep(0.02, 0.05, Math.abs(Math.abs(x) - strapWidth * 0.72)) < 1
            ? 0.35
            : 0;
        lerp(ink, strap, metal ? [0.15, 0.15, 0.17] : mix(strap, [1, 0.95, 0.85], 0.7), link);
      },
      { bevel: 0.2, gloss: metal ? 0.5 : 0.15 },
    );
  }
  fillRound(f, box(0.92, 0, 0.14, 0.12, 0.04), steel, { bevel: 0.1, gloss: 0.5 });
  const square = happens(r, 0.2);
  const shape = (k: number) => (square ? box(0, 0, 0.82 * k, 0.88 * k, 0.15 * k) : circle(0, 0, 0.9 * k));
  fillRound(f, shape(1), steel, { bevel: 0.2, gloss: 0.9 });
  const dial = varyColor(
    r,
    pick(r, [hex("f6f4ee"), hex("f6f4ee"), hex("16181e"), hex("1f3f78"), hex("1f5a40"), hex("d8c8a0")]),
    0.03,
  );
  fillFlat(f, shape(0.78), linearGradient(-0.5, -0.5, mix(dial, [1, 1, 1], 0.15), 0.5, 0.5, scaleColor(dial, 0.85)));
  const isLight = dial[0] + dial[1] + dial[2] > 1.5;
  const mark: Color = isLight ? hex("18181c") : hex("f4f0e6");
  for (let k = 0; k < 12; k++) {
    const angle = (k * TURN) / 12;
    const near = k % 3 === 0 ? 0.48 : 0.54;
    fillFlat(
      f,
      line(sin(angle) * near, -cos(angle) * near, sin(angle) * 0.62, -cos(angle) * 0.62, k % 3 === 0 ? 0.045 : 0.026),
      mark,
    );
  }
  const hour = r.uniform() * TURN;
  const minute = hour * 12;
  fillFlat(f, line(0, 0, sin(hour) * 0.34, -cos(hour) * 0.34, 0.06), mark);
  fillFlat(f, line(0, 0, sin(minute) * 0.52, -cos(minute) * 0.52, 0.042), mark);
  if (happens(r, 0.6)) fillFlat(f, line(0, 0, sin(hour * 5) * 0.55, -cos(hour * 5) * 0.55, 0.02), hex("d8281c"));
  fillFlat(f, circle(0, 0, 0.07), mark);
  fillSoft(f, polygon(toPoints([-0.5, -0.1, -0.1, -0.55, 0.1, -0.5, -0.45, 0.15])), [1, 1, 1], 0.1, 0.22);
  return develop(b.canvas, r, 0.7);
}
