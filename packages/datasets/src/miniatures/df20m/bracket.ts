import type { Stream } from "@dit-bench/random";
import { foliage, scene } from "../raster/backdrops.ts";
import { at, type Canvas } from "../raster/canvas.ts";
import { around, between, count, pick, side } from "../raster/chance.ts";
import { type Color, hex, scaled, varied } from "../raster/color.ts";
import { clamp, smoothstep } from "../raster/elementary.ts";
import { clouds, noise, stretched } from "../raster/noise.ts";
import { flat, grained, lerp, round, soft, solid } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { ellipse, polygon, rough } from "../raster/shapes.ts";

export function bracket(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  foliage(b, r, around(r, 0.24, 0.06));
  const bark = varied(r, pick(r, [hex("6b5443"), hex("4d3f35"), hex("8a7a6a"), hex("c9c3b8")]), 0.05);
  const grain = stretched(clouds(r), between(r, 7, 12), 2.5);
  const from = around(r, 0.2, 0.12);
  const wide = between(r, 0.5, 0.8);
  const flip = side(r);
  const trunk = at(b, flip < 0 ? 1 : 0, 0, 1, around(r, 0, 0.1), flip);
  round(
    trunk,
    polygon([
      [from - 0.3, -0.2],
      [from + wide - 0.3, -0.2],
      [from + wide - 0.25, 1.2],
      [from - 0.35, 1.2],
    ]),
    grained(solid(bark), grain, 0.45),
    { bevel: wide * 0.5 },
  );
  const edge = from + wide - 0.3;
  const n = count(r, 2, 5);
  const rings: Color[] = pick(r, [
    [hex("3d2b22"), hex("a5723f"), hex("d9b98a"), hex("f4ead2")],
    [hex("4a4550"), hex("8f7a6a"), hex("5f7a8a"), hex("eee6da")],
    [hex("8f3a16"), hex("d9691e"), hex("f0a23c"), hex("fbe7b0")],
    [hex("5d5a3a"), hex("a9a36a"), hex("c9b98f"), hex("f6f0df")],
  ]);
  const turns = between(r, 2.2, 4);
  for (let i = 0; i < n; i++) {
    const y = (i + 0.7) / (n + 0.3) + around(r, 0, 0.04);
    const s = between(r, 0.9, 1.3) * (n < 4 ? 0.34 : 0.26);
    const x = n < 4 ? edge + around(r, -0.12, 0.15) : edge + around(r, -0.16, 0.2);
    const f = at(trunk, x, y, s, around(r, 0, 0.15));
    soft(f, ellipse(0, 0.32, 0.9, 0.25), [0.03, 0.02, 0.02], 0.3, 0.5);
    const wave = noise(r);
    const shelf = rough(ellipse(0, 0, 1, between(r, 0.42, 0.55)), (px, py) => wave(px * 3, py * 3), 0.07);
    flat(at(f, 0, 0.12, 1), shelf, scaled(rings[3]!, 0.72));
    round(
      f,
      shelf,
      (px, py, _d, ink) => {
        const far = Math.sqrt(px * px + (py + 0.25) * (py + 0.25) * 3) + 0.08 * wave(px * 3, py * 3);
        const t = clamp(far) * turns;
        const k = Math.floor(t);
        if (far > 0.95) lerp(ink, rings[3]!, rings[3]!, 0);
        else lerp(ink, rings[k % 3]!, rings[(k + 1) % 3]!, smoothstep(0.4, 1, t - k));
      },
      { bevel: 0.2, gloss: 0.1 },
    );
  }
  return develop(b.canvas, r);
}
