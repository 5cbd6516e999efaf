// Draws bonnets (Mycena).

import type { Stream } from "@dit-bench/random";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, pick, randomCount } from "../raster/chance.ts";
import { hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, sin, smoothstep } from "../raster/elementary.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import { fillRound, grainedPaint, lerp, solidPaint } from "../raster/paint.ts";
import { areaBelow, curve, type Point, polygon, stroke } from "../raster/shapes.ts";
import { drawForest, finishForest } from "./forest-floor.ts";

export function bonnet(r: Stream, size: number): Canvas {
  const [b, floor] = drawForest(r, size);
  const moss = hsl(around(r, 0.25, 0.04), between(r, 0.35, 0.6), between(r, 0.2, 0.35));
  const tuft = noise(r);
  fillRound(
    b,
    areaBelow((x) => floor + 0.12 + 0.05 * tuft(x * 4, 0)),
    grainedPaint(solidPaint(moss), stretchField(clouds(r), 14, 14), 0.4),
    { bevel: 0.1 },
  );
  const n = randomCount(r, 5, 9);
  const tone = varyColor(r, pick(r, [hex("b59a7c"), hex("8f7d70"), hex("d3b48a"), hex("c98a6a"), hex("a9a2b0")]), 0.04);
  const spread = between(r, 0.3, 0.42);
  const rows: [number, number][] = [];
  for (let i = 0; i < n; i++)
    rows.push([0.5 + spread * (((i + 0.5) / n) * 2 - 1) * 0.9 + around(r, 0, 0.06), r.uniform()]);
  rows.sort((p, q) => p[1] - q[1]);
  for (const [x, near] of rows) {
    const s = between(r, 0.1, 0.14) * (0.8 + 0.4 * near);
    const foot = floor + 0.14 + near * 0.14;
    const height = between(r, 0.28, 0.5);
    const lean = (x - 0.5) * 0.25 + around(r, 0, 0.06);
    const c = varyColor(r, tone, 0.05);
    const top: Point = [x + lean, foot - height];
    fillRound(b, stroke(curve([x, foot], [x, foot - height * 0.6], top, 5), 0.016), mix(c, [1, 0.95, 0.85], 0.35), {
      bevel: 0.016,
    });
    const f = placeBrush(b, top[0], top[1] + s * 0.6, s, lean * 1.2);
    const bell = polygon(
      [
        ...curve([-0.95, 0.25], [-0.6, -1.15], [0, -1.1], 6),
        ...curve([0, -1.1], [0.6, -1.15], [0.95, 0.25], 6).slice(1),
      ],
      0.08,
    );
    fillRound(
      f,
      bell,
      (px, py, _d, ink) => {
        const lines = smoothstep(0, 1, sin((px / (1.2 + py)) * 17));
        lerp(ink, scaleColor(c, 0.75), mix(c, [1, 0.96, 0.88], 0.35), clamp(py + 0.8) * (0.5 + 0.5 * lines));
      },
      { bevel: 0.7, gloss: 0.35 },
    );
  }
  return finishForest(b, r, floor);
}
