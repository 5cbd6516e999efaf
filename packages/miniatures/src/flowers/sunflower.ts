// Draws sunflowers.

import type { Stream } from "@dit-bench/random";
import { createScene, drawBokeh, drawFoliage } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount } from "../raster/chance.ts";
import { hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, TURN } from "../raster/elementary.ts";
import { noise, stretchField } from "../raster/noise.ts";
import { fillBall, fillFlat, fillRound, fillSoft, lerp, linearGradient } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { circle, curve, ellipse, line, polygon } from "../raster/shapes.ts";
import { drawHead, petalBrightness } from "./bed.ts";

export function sunflower(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  if (happens(r, 0.45)) drawBokeh(b, r, hex("3f86d0"), hex("a9cdec"), 4);
  else drawFoliage(b, r, around(r, 0.26, 0.04));
  const n = pick(r, [1, 1, 1, 2]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.34, 0.47) : between(r, 0.23, 0.3);
    const x = n === 1 ? around(r, 0.5, 0.14) : 0.3 + i * 0.42;
    const y = n === 1 ? around(r, 0.45, 0.1) : between(r, 0.3, 0.6);
    const green = hsl(0.27, 0.5, between(r, 0.22, 0.36));
    fillRound(b, line(x, y, x + around(r, 0, 0.1), 1.1, 0.035), green, { bevel: 0.035 });
    for (const side of [-1, 1])
      if (happens(r, 0.6))
        fillRound(
          placeBrush(b, x + side * s * 0.8, between(r, 0.8, 1), s * 0.6, side * 0.5),
          ellipse(0, 0, 1, 0.5),
          green,
          {
            bevel: 0.5,
          },
        );
    const f = drawHead(b, r, x, y, s, false);
    const yellow = varyColor(r, hex("f7b90f"), 0.05);
    const petals = randomCount(r, 15, 20);
    for (const layer of [0, 1]) {
      for (let k = 0; k < petals; k++) {
        const p = placeBrush(f, 0, 0, 1, ((k + layer * 0.5) * TURN) / petals + around(r, 0, 0.1));
        const length = between(r, 0.9, 1.08) - layer * 0.12;
        const shape = polygon(
          [
            ...curve([0.35, 0], [0.7, -0.24], [length, 0], 4),
            ...curve([length, 0], [0.7, 0.24], [0.35, 0], 4).slice(1, -1),
          ],
          0.01,
        );
        const tone = scaleColor(yellow, petalBrightness(p, layer ? 1.05 : 0.72));
        fillFlat(p, shape, linearGradient(0.4, 0, mix(tone, hex("b8560a"), 0.55), 0.8, 0, tone));
      }
    }
    const seeds = between(r, 0.42, 0.54);
    const grain = stretchField(noise(r), 12, 12);
    const brown = varyColor(r, hex("5a3210"), 0.05);
    fillBall(f, 0, 0, seeds * 1.3, seeds * 1.3, circle(0, 0, seeds), (px, py, d, ink) => {
      const k = clamp(-d / seeds);
      lerp(ink, k < 0.35 ? hex("8a4f12") : brown, hex("2a1708"), clamp(0.5 + 0.6 * grain(px, py)) * 0.7);
    });
    fillSoft(f, circle(0, 0, seeds * 0.35), hex("8f7a22"), seeds * 0.5, 0.6);
  }
  return develop(b.canvas, r);
}
