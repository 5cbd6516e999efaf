import type { Stream } from "@dit-bench/random";
import { shadow } from "../raster/backdrops.ts";
import { at, type Canvas } from "../raster/canvas.ts";
import { around, between, pick } from "../raster/chance.ts";
import { hex, varied } from "../raster/color.ts";
import { sin, smoothstep } from "../raster/elementary.ts";
import { noise } from "../raster/noise.ts";
import { lerp, round, soft } from "../raster/paint.ts";
import { curve, ellipse, line, polygon } from "../raster/shapes.ts";
import { finish, forest } from "./forest-floor.ts";

export function inkCap(r: Stream, size: number): Canvas {
  const [b, floor] = forest(r, size);
  const n = pick(r, [1, 2, 3]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.36, 0.46) : between(r, 0.24, 0.34);
    const x = n === 1 ? around(r, 0.5, 0.12) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.04);
    const f = at(b, x, floor + around(r, 0.12, 0.05), s, around(r, 0, 0.12));
    const tall = between(r, 1.15, 1.6);
    const ivory = varied(r, hex("efe9dc"), 0.03);
    shadow(f, 0, 0.03, 0.4, 0.09, 0.5);
    round(f, line(0, 0, 0, -tall * 0.6, 0.12, 0.1), ivory, { bevel: 0.11 });
    const wide = between(r, 0.32, 0.45);
    const low = -tall * between(r, 0.22, 0.4);
    const bell = polygon(
      [
        ...curve([-wide * 1.05, low], [-wide * 0.95, -tall * 1.02], [0, -tall], 6),
        ...curve([0, -tall], [wide * 0.95, -tall * 1.02], [wide * 1.05, low], 6).slice(1),
      ],
      0.05,
    );
    const scales = noise(r);
    const ink0 = between(r, 0.05, 0.3);
    round(
      f,
      bell,
      (px, py, _d, ink) => {
        const flake = smoothstep(0.1, 0.6, scales(px * 7 + 3, py * 8) + 0.25 * sin(py * 18));
        lerp(ink, ivory, hex("a9885f"), flake * 0.75);
        const black = smoothstep(ink0 + 0.12, ink0 - 0.05, low - py);
        const [p, q, t] = [ink[0]!, ink[1]!, ink[2]!];
        lerp(ink, [p, q, t], hex("231d20"), black * 0.9);
      },
      { bevel: wide },
    );
    soft(f, ellipse(0, -tall + 0.05, 0.16, 0.1), hex("a07a4d"), 0.08, 0.8);
  }
  return finish(b, r, floor);
}
