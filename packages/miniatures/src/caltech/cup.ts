// Draws cups.

import type { Stream } from "@dit-bench/random";
import { createScene, drawShadow } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomSign } from "../raster/chance.ts";
import { hex, hsl, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, cos, smoothstep } from "../raster/elementary.ts";
import { fillColumn, fillFlat, fillRound, fillSoft, lerp, linearGradient } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { curve, ellipse, intersection, outline, polygon, stroke } from "../raster/shapes.ts";
import { drawPaper } from "./paper.ts";

export function cup(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  drawPaper(b, r);
  const s = between(r, 0.3, 0.4);
  const hand = randomSign(r);
  const f = placeBrush(b, 0.5 - hand * 0.06 + around(r, 0, 0.05), around(r, 0.52, 0.05), s, around(r, 0, 0.06), hand);
  const china = varyColor(
    r,
    pick(r, [hex("f4f2ee"), hex("f4f2ee"), hsl(r.uniform(), 0.7, 0.5), hsl(r.uniform(), 0.4, 0.7), hex("2a2c34")]),
    0.03,
  );
  const height = between(r, 0.65, 0.95);
  const foot = between(r, 0.45, 0.85);
  const mouth = between(r, 0.2, 0.34);
  const saucer = happens(r, 0.45);
  drawShadow(f, 0.15, height, saucer ? 1.5 : 1.1, 0.26, 0.45);
  if (saucer) {
    fillRound(f, ellipse(0, height * 0.95, 1.3, 0.3), china, { bevel: 0.12, gloss: 0.4 });
    fillSoft(f, ellipse(0, height * 0.92, 0.8, 0.14), scaleColor(china, 0.6), 0.15, 0.7);
  }
  const loop = outline(ellipse(0.98, 0, 0.36, between(r, 0.34, 0.46)), 0.11);
  fillRound(f, loop, china, { bevel: 0.1, gloss: 0.5 });
  const band = varyColor(r, hsl(r.uniform(), 0.7, 0.48), 0.05);
  const pattern = pick(r, ["none", "none", "band", "dots", "stripes"] as const);
  const body = polygon(
    [
      ...curve([-1, -height], [-1, height * 0.6], [-foot, height], 6),
      ...curve([foot, height], [1, height * 0.6], [1, -height], 6),
    ],
    0.03,
  );
  const half = (y: number): number => {
    const t = clamp((y + height) / (2 * height));
    return 1.03 - (1 - foot) * t * t * t;
  };
  fillColumn(
    f,
    body,
    half,
    (x, y, _d, ink) => {
      const turn = x / Math.sqrt(Math.max(0.1, 1.15 - x * x));
      const k =
        pattern === "band"
          ? smoothstep(0.24, 0.2, Math.abs(y - 0.05))
          : pattern === "dots"
            ? smoothstep(0.55, 0.75, cos(turn * 7) * cos(y * 7))
            : pattern === "stripes"
              ? smoothstep(-0.1, 0.1, cos(turn * 9))
              : 0;
      lerp(ink, china, band, k);
    },
    0.6,
  );
  fillRound(f, ellipse(0, -height, 1.02, mouth), scaleColor(china, 1.05), { bevel: 0.06 });
  const inside = ellipse(0, -height + 0.01, 0.9, mouth * 0.82);
  fillFlat(f, inside, scaleColor(china, 0.55));
  const drink = pick(r, [hex("3a1c0c"), hex("8a5a30"), hex("b8641c"), hex("6a8a3a")]);
  const level = intersection(inside, ellipse(0, -height + mouth * 0.3, 0.9, mouth * 0.8));
  fillFlat(f, level, linearGradient(-0.8, 0, scaleColor(drink, 0.8), 0.8, 0, scaleColor(drink, 1.4)));
  if (happens(r, 0.35))
    for (const x of [-0.25, 0.15])
      fillSoft(
        f,
        stroke(
          [
            [x, -height - 0.2],
            [x + 0.12, -height - 0.4],
            [x, -height - 0.6],
            [x + 0.1, -height - 0.8],
          ],
          0.05,
        ),
        [1, 1, 1],
        0.15,
        0.6,
      );
  return develop(b.canvas, r, 0.7);
}
