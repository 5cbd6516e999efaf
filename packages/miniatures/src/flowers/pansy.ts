// Draws pansies.

import type { Stream } from "@dit-bench/random";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, pick } from "../raster/chance.ts";
import { type Color, hex, mix, varyColor } from "../raster/color.ts";
import { atan2, clamp, sin, smoothstep } from "../raster/elementary.ts";
import { clouds, stretchField } from "../raster/noise.ts";
import { fillFlat, fillRound, fillSoft, lerp } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { ellipse } from "../raster/shapes.ts";
import { drawBed } from "./bed.ts";

export function pansy(r: Stream, size: number): Canvas {
  const b = drawBed(r, size);
  const pairs: [Color, Color][] = [
    [hex("5a2a9a"), hex("f6d32a")],
    [hex("f5d21f"), hex("f5d21f")],
    [hex("4a5fd0"), hex("dfe4fb")],
    [hex("7d1535"), hex("e06a2a")],
    [hex("f4f1fa"), hex("b79ae8")],
    [hex("e0822a"), hex("f5b62f")],
  ];
  const [upper, lower] = pick(r, pairs);
  const n = pick(r, [1, 1, 1, 2]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.32, 0.44) : between(r, 0.22, 0.27);
    const f =
      n === 1
        ? placeBrush(b, around(r, 0.5, 0.12), around(r, 0.5, 0.1), s, around(r, 0, 0.5))
        : placeBrush(b, 0.28 + i * 0.44, between(r, 0.3, 0.7), s, around(r, 0, 0.5));
    const u = varyColor(r, upper, 0.05);
    const l = varyColor(r, lower, 0.05);
    const darkColor = mix(hex("1d0a2e"), u, 0.1);
    const petals: [number, number, number, number, Color, number][] = [
      [-0.38, -0.45, 0.52, 0.5, u, 0.1],
      [0.38, -0.45, 0.52, 0.5, u, 0.1],
      [-0.52, 0.12, 0.48, 0.42, l, 0.55],
      [0.52, 0.12, 0.48, 0.42, l, 0.55],
      [0, 0.5, 0.6, 0.48, l, 0.62],
    ];
    for (const [px, py, rx, ry, c, blotch] of petals) {
      fillSoft(f, ellipse(px, py + 0.04, rx * 1.03, ry * 1.03), [0.05, 0.05, 0.05], 0.15, 0.4);
      const frill = stretchField(clouds(r), 3, 3);
      fillRound(
        f,
        ellipse(px, py, rx, ry),
        (x, y, _d, ink) => {
          const radius = Math.sqrt(x * x + (y - 0.05) * (y - 0.05)) + 0.08 * sin(atan2(y, x) * 14) + 0.1 * frill(x, y);
          lerp(
            ink,
            darkColor,
            c,
            blotch > 0.2 ? smoothstep(blotch - 0.12, blotch + 0.1, radius) : 0.35 + 0.65 * clamp(radius),
          );
        },
        { bevel: 0.22 },
      );
    }
    fillFlat(f, ellipse(0, 0.1, 0.13, 0.11), hex("f8d020"));
    fillFlat(f, ellipse(0, 0.02, 0.06, 0.05), hex("fffbe0"));
  }
  return develop(b.canvas, r);
}
