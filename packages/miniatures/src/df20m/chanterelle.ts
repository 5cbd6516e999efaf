import type { Stream } from "@dit-bench/random";
import { shadow } from "../raster/backdrops.ts";
import { at, type Canvas } from "../raster/canvas.ts";
import { around, between, pick } from "../raster/chance.ts";
import { hex, mix, scaled, varied } from "../raster/color.ts";
import { clamp, sin, smoothstep } from "../raster/elementary.ts";
import { noise } from "../raster/noise.ts";
import { gradient, lerp, round, soft } from "../raster/paint.ts";
import { curve, ellipse, polygon, rough } from "../raster/shapes.ts";
import { finish, forest } from "./forest-floor.ts";

export function chanterelle(r: Stream, size: number): Canvas {
  const [b, floor] = forest(r, size);
  const n = pick(r, [1, 2, 3, 3]);
  const tone = varied(r, hex("f0a01e"), 0.04);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.4, 0.5) : between(r, 0.26, 0.36);
    const x = n === 1 ? around(r, 0.5, 0.1) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.05);
    const f = at(b, x, floor + around(r, 0.14, 0.06), s, around(r, 0, 0.25));
    const tall = between(r, 0.9, 1.2);
    const wide = between(r, 0.6, 0.85);
    const c = varied(r, tone, 0.05);
    shadow(f, 0, 0.03, 0.5, 0.1, 0.5);
    const funnel = polygon(
      [
        ...curve([-0.13, 0.02], [-0.12, -tall * 0.6], [-wide, -tall], 6),
        ...curve([wide, -tall], [0.12, -tall * 0.6], [0.13, 0.02], 6),
      ],
      0.03,
    );
    round(
      f,
      funnel,
      (px, py, _d, ink) => {
        const spread = 0.2 + clamp(-py / tall) * wide;
        const gill = smoothstep(0.1, 0.9, sin((px / spread) * 16));
        lerp(ink, c, scaled(c, 0.62), gill * clamp(-py * 1.4 - 0.1));
      },
      { bevel: 0.22 },
    );
    const wave = noise(r);
    const lip = rough(ellipse(0, -tall, wide * 1.08, between(r, 0.16, 0.3)), (px, py) => wave(px * 4, py * 4), 0.09);
    round(f, lip, gradient(0, -tall - 0.2, scaled(c, 0.78), 0, -tall + 0.2, mix(c, hex("ffdf80"), 0.35)), {
      bevel: 0.1,
    });
    soft(f, ellipse(0.02, -tall - 0.02, wide * 0.55, 0.09), scaled(c, 0.5), 0.12, 0.7);
  }
  return finish(b, r, floor);
}
