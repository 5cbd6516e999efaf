// Draws plates of sushi.

import type { Stream } from "@dit-bench/random";
import { drawShadow } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { hex, mix, varyColor } from "../raster/color.ts";
import { sin, smoothstep } from "../raster/elementary.ts";
import { noise, stretchField } from "../raster/noise.ts";
import { fillFlat, fillRound, grainedPaint, lerp, solidPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { box, circle, ellipse, line } from "../raster/shapes.ts";
import { drawTable } from "./table.ts";

export function sushi(r: Stream, size: number): Canvas {
  const b = drawTable(r, size);
  const angle = around(r, 0, 0.5);
  const f = placeBrush(b, 0.5, 0.5, between(r, 0.44, 0.52), angle);
  const board = pick(r, [hex("1d1d22"), hex("f2f0ea"), hex("2f3a4a"), hex("b98a52"), hex("6a2a22")]);
  drawShadow(f, 0.04, 0.1, 0.98, 0.66, 0.5);
  fillRound(f, box(0, 0, 0.95, 0.62, 0.1), board, { bevel: 0.08, gloss: 0.2 });
  const rolls = happens(r, 0.5);
  const rows = 2;
  const columns = rolls ? 3 : 3;
  const fish = [hex("f5793b"), hex("d8323a"), hex("f6b58a"), hex("f3d24b"), hex("efe6de")];
  const firstFish = pick(r, fish);
  const secondFish = happens(r, 0.5) ? firstFish : pick(r, fish);
  const fineNoise = stretchField(noise(r), 22, 22);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const x = (i - 1) * 0.58 + around(r, 0, 0.04);
      const y = (j - 0.5) * 0.56 + around(r, 0, 0.03);
      const top = j === 0 ? firstFish : secondFish;
      if (rolls) {
        const p = placeBrush(f, x, y, 0.26);
        drawShadow(p, 0.15, 0.25, 1.05, 1.05, 0.5);
        fillRound(p, circle(0, 0, 1), hex("17241c"), { bevel: 0.15 });
        fillRound(p, circle(0, 0, 0.84), grainedPaint(solidPaint(hex("f6f3ea")), fineNoise, 0.1), { bevel: 0.1 });
        fillRound(p, ellipse(0.05, 0, 0.44, 0.38), varyColor(r, top, 0.05), { bevel: 0.2 });
        fillFlat(p, ellipse(-0.3, 0.12, 0.13, 0.24), varyColor(r, hex("5ea33a"), 0.05));
      } else {
        const p = placeBrush(f, x, y, 0.27, around(r, 0.25, 0.15));
        drawShadow(p, 0.1, 0.35, 1.1, 0.8, 0.45);
        fillRound(p, box(0, 0.22, 0.9, 0.52, 0.4), grainedPaint(solidPaint(hex("f8f5ee")), fineNoise, 0.1), {
          bevel: 0.3,
        });
        const slice = box(0, -0.06, 1.02, 0.5, 0.35);
        const c = varyColor(r, top, 0.05);
        fillRound(
          p,
          slice,
          (u, v, _d, ink) => lerp(ink, c, mix(c, [1, 1, 1], 0.55), smoothstep(0.6, 1, sin((u + v * 0.5) * 11))),
          { bevel: 0.35, gloss: 0.5 },
        );
        if (top === fish[3]) fillFlat(p, box(0, 0.05, 0.16, 0.56), hex("1a221c"));
      }
    }
  }
  if (happens(r, 0.5)) fillRound(f, ellipse(0.8, 0.48, 0.11, 0.09), hex("9cc25a"), { bevel: 0.1 });
  if (happens(r, 0.5)) {
    const y = around(r, 0.86, 0.06);
    for (const d of [0, 0.09]) fillRound(f, line(-1, y + d, 1, y + d * 2, 0.03, 0.02), hex("5a2d1a"), { bevel: 0.03 });
  }
  return develop(b.canvas, r);
}
