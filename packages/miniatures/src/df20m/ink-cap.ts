// Draws ink caps.

import type { Stream } from "@dit-bench/random";
import { drawShadow } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, pick } from "../raster/chance.ts";
import { hex, varyColor } from "../raster/color.ts";
import { sin, smoothstep } from "../raster/elementary.ts";
import { noise } from "../raster/noise.ts";
import { fillRound, fillSoft, lerp } from "../raster/paint.ts";
import { curve, ellipse, line, polygon } from "../raster/shapes.ts";
import { drawForest, finishForest } from "./forest-floor.ts";

export function inkCap(r: Stream, size: number): Canvas {
  const [b, floor] = drawForest(r, size);
  const n = pick(r, [1, 2, 3]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.36, 0.46) : between(r, 0.24, 0.34);
    const x = n === 1 ? around(r, 0.5, 0.12) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.04);
    const f = placeBrush(b, x, floor + around(r, 0.12, 0.05), s, around(r, 0, 0.12));
    const height = between(r, 1.15, 1.6);
    const ivory = varyColor(r, hex("efe9dc"), 0.03);
    drawShadow(f, 0, 0.03, 0.4, 0.09, 0.5);
    fillRound(f, line(0, 0, 0, -height * 0.6, 0.12, 0.1), ivory, { bevel: 0.11 });
    const halfWidth = between(r, 0.32, 0.45);
    const rim = -height * between(r, 0.22, 0.4);
    const bell = polygon(
      [
        ...curve([-halfWidth * 1.05, rim], [-halfWidth * 0.95, -height * 1.02], [0, -height], 6),
        ...curve([0, -height], [halfWidth * 0.95, -height * 1.02], [halfWidth * 1.05, rim], 6).slice(1),
      ],
      0.05,
    );
    const scales = noise(r);
    const ink0 = between(r, 0.05, 0.3);
    fillRound(
      f,
      bell,
      (px, py, _d, ink) => {
        const flake = smoothstep(0.1, 0.6, scales(px * 7 + 3, py * 8) + 0.25 * sin(py * 18));
        lerp(ink, ivory, hex("a9885f"), flake * 0.75);
        const black = smoothstep(ink0 + 0.12, ink0 - 0.05, rim - py);
        const [p, q, t] = [ink[0]!, ink[1]!, ink[2]!];
        lerp(ink, [p, q, t], hex("231d20"), black * 0.9);
      },
      { bevel: halfWidth },
    );
    fillSoft(f, ellipse(0, -height + 0.05, 0.16, 0.1), hex("a07a4d"), 0.08, 0.8);
  }
  return finishForest(b, r, floor);
}
