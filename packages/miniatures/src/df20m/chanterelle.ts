// Draws chanterelles.

import type { Stream } from "@dit-bench/random";
import { drawShadow } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, pick } from "../raster/chance.ts";
import { hex, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, sin, smoothstep } from "../raster/elementary.ts";
import { noise } from "../raster/noise.ts";
import { fillRound, fillSoft, lerp, linearGradient } from "../raster/paint.ts";
import { curve, ellipse, polygon, roughShape } from "../raster/shapes.ts";
import { drawForest, finishForest } from "./forest-floor.ts";

export function chanterelle(r: Stream, size: number): Canvas {
  const [b, floor] = drawForest(r, size);
  const n = pick(r, [1, 2, 3, 3]);
  const tone = varyColor(r, hex("f0a01e"), 0.04);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.4, 0.5) : between(r, 0.26, 0.36);
    const x = n === 1 ? around(r, 0.5, 0.1) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.05);
    const f = placeBrush(b, x, floor + around(r, 0.14, 0.06), s, around(r, 0, 0.25));
    const height = between(r, 0.9, 1.2);
    const halfWidth = between(r, 0.6, 0.85);
    const c = varyColor(r, tone, 0.05);
    drawShadow(f, 0, 0.03, 0.5, 0.1, 0.5);
    const funnel = polygon(
      [
        ...curve([-0.13, 0.02], [-0.12, -height * 0.6], [-halfWidth, -height], 6),
        ...curve([halfWidth, -height], [0.12, -height * 0.6], [0.13, 0.02], 6),
      ],
      0.03,
    );
    fillRound(
      f,
      funnel,
      (px, py, _d, ink) => {
        const spread = 0.2 + clamp(-py / height) * halfWidth;
        const gill = smoothstep(0.1, 0.9, sin((px / spread) * 16));
        lerp(ink, c, scaleColor(c, 0.62), gill * clamp(-py * 1.4 - 0.1));
      },
      { bevel: 0.22 },
    );
    const wave = noise(r);
    const lip = roughShape(
      ellipse(0, -height, halfWidth * 1.08, between(r, 0.16, 0.3)),
      (px, py) => wave(px * 4, py * 4),
      0.09,
    );
    fillRound(
      f,
      lip,
      linearGradient(0, -height - 0.2, scaleColor(c, 0.78), 0, -height + 0.2, mix(c, hex("ffdf80"), 0.35)),
      {
        bevel: 0.1,
      },
    );
    fillSoft(f, ellipse(0.02, -height - 0.02, halfWidth * 0.55, 0.09), scaleColor(c, 0.5), 0.12, 0.7);
  }
  return finishForest(b, r, floor);
}
