import type { Stream } from "@dit-bench/random";
import { anyColor, foliage, scene, shadow, studio, vivid } from "../raster/backdrops.ts";
import { at, type Brush, blur, type Canvas } from "../raster/canvas.ts";
import { around, between, happens, pick, side } from "../raster/chance.ts";
import { type Color, hsl, mix, scaled, varied } from "../raster/color.ts";
import { clamp, sin, smoothstep } from "../raster/elementary.ts";
import { clouds, noise, stretched } from "../raster/noise.ts";
import { flat, gradient, grained, lerp, rimmed, round, solid, wash } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { circle, curve, ellipse, line, melded, pairs, polygon, rough, type Shape, stroke } from "../raster/shapes.ts";

/** A furry animal: a face close up, or the whole beast from the side. */
export function critter(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  if (happens(r, 0.5)) foliage(b, r, r.uniform());
  else studio(b, r, anyColor(r), anyColor(r));
  const fur = hsl(pick(r, [0.06, 0.08, 0.1, 0.6, r.uniform()]), between(r, 0.05, 0.6), between(r, 0.15, 0.75));
  const hair = stretched(clouds(r), 4, 9);
  const coat = grained(solid(fur), hair, between(r, 0.1, 0.35));
  const pale = grained(solid(mix(fur, [1, 0.97, 0.9], 0.6)), hair, 0.1);
  if (happens(r, 0.55))
    face(at(b, around(r, 0.5, 0.1), around(r, 0.52, 0.08), between(r, 0.26, 0.4), around(r, 0, 0.25)), r, coat, pale);
  else
    beast(
      at(b, around(r, 0.5, 0.08), around(r, 0.55, 0.06), between(r, 0.28, 0.38), around(r, 0, 0.06), side(r)),
      r,
      coat,
      pale,
    );
  return develop(b.canvas, r);
}

/** Fish, one or a few, in water. */
export function fish(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const water = hsl(around(r, 0.53, 0.1), between(r, 0.3, 0.9), between(r, 0.25, 0.55));
  wash(b, gradient(0, 0, mix(water, [1, 1, 1], 0.3), 0.2, 1, scaled(water, 0.45)));
  const caustics = stretched(clouds(r), 3, 9);
  wash(b, (x, y, _d, ink) => {
    lerp(ink, [0.8, 1, 1], [0.8, 1, 1], 0);
    ink[3] = clamp(caustics(x, y)) * 0.35;
  });
  blur(b.canvas, 0.015);
  const n = pick(r, [1, 1, 2, 4]);
  const body = vivid(r);
  const band = mix(anyColor(r), [1, 1, 1], 0.4);
  const facing = side(r);
  const deep = between(r, 0.3, 0.6);
  const bars = happens(r, 0.6) ? between(r, 4, 11) : 0;
  const upright = happens(r, 0.5);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.3, 0.4) : n === 2 ? between(r, 0.2, 0.28) : between(r, 0.12, 0.2);
    const x = n === 1 ? around(r, 0.5, 0.08) : between(r, 0.2, 0.8);
    const y = n === 1 ? around(r, 0.5, 0.15) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.05);
    const f = at(b, x, y, s, around(r, 0, 0.3), facing);
    const fin = varied(r, mix(body, band, 0.4), 0.08);
    flat(f, polygon(pairs([-0.7, 0, -1.15, -0.42, -1, 0, -1.15, 0.42]), 0.04), fin);
    flat(
      f,
      polygon(
        [
          [-0.4, -deep * 0.7],
          [0.1, -deep - 0.25],
          [0.3, -deep * 0.6],
        ],
        0.03,
      ),
      fin,
    );
    flat(
      f,
      polygon(
        [
          [-0.2, deep * 0.7],
          [0, deep + 0.2],
          [0.2, deep * 0.7],
        ],
        0.03,
      ),
      fin,
    );
    round(
      f,
      ellipse(0, 0, 0.82, deep),
      (px, py, _d, ink) => {
        const k = bars > 0 ? smoothstep(0.1, 0.5, sin((upright ? px : py) * bars)) : 0;
        lerp(ink, body, band, Math.max(k, clamp(py * 1.2)));
      },
      { bevel: deep, gloss: 0.5 },
    );
    flat(f, circle(0.52, -0.1, 0.1), [1, 1, 1]);
    flat(f, circle(0.54, -0.1, 0.06), [0.02, 0.02, 0.05]);
  }
  return develop(b.canvas, r);
}

type Fur = Parameters<typeof round>[2];

function face(f: Brush, r: Stream, coat: Fur, pale: Fur): void {
  const pointed = happens(r, 0.5);
  const spread = between(r, 0.5, 0.75);
  for (const s of [-1, 1]) {
    const ear: Shape = pointed
      ? polygon(
          [
            [s * (spread - 0.3), -0.6],
            [s * (spread + 0.15), -1.2],
            [s * (spread + 0.3), -0.4],
          ],
          0.06,
        )
      : ellipse(s * (spread + 0.15), between(r, -0.75, -0.2), 0.26, between(r, 0.3, 0.6));
    round(f, ear, coat, { bevel: 0.2 });
  }
  const shaggy = noise(r);
  const head = rough(ellipse(0, 0, between(r, 0.8, 0.95), between(r, 0.75, 0.9)), (x, y) => shaggy(x * 7, y * 7), 0.05);
  round(f, head, coat, { bevel: 0.8 });
  round(f, ellipse(0, 0.38, between(r, 0.35, 0.5), between(r, 0.28, 0.4)), pale, { bevel: 0.4 });
  const iris: Color = hsl(pick(r, [0.1, 0.25, 0.55]), 0.6, 0.4);
  const eye = between(r, 0.11, 0.17);
  for (const s of [-1, 1]) {
    flat(f, circle(s * 0.36, -0.12, eye), rimmed(iris, [0.05, 0.03, 0.02], 0.05));
    flat(f, circle(s * 0.36, -0.12, eye * 0.6), [0.02, 0.02, 0.02]);
    flat(f, circle(s * 0.36 - 0.05, -0.17, eye * 0.3), [1, 1, 1]);
  }
  round(f, ellipse(0, 0.22, 0.16, 0.11), [0.12, 0.08, 0.08], { bevel: 0.1, gloss: 0.7 });
  flat(f, line(0, 0.3, 0, 0.46, 0.025), [0.15, 0.08, 0.06]);
  flat(f, stroke(curve([-0.2, 0.46], [0, 0.58], [0.2, 0.46], 3), 0.025), [0.15, 0.08, 0.06]);
}

function beast(f: Brush, r: Stream, coat: Fur, pale: Fur): void {
  const leg = between(r, 0.4, 0.75);
  const thick = between(r, 0.09, 0.15);
  shadow(f, 0, 0.25 + leg, 0.95, 0.12, 0.5);
  const tail = around(r, -0.3, 0.6);
  round(f, stroke(curve([-0.75, -0.1], [-1.1, tail], [-1.15, tail - 0.3], 4), 0.09, 0.05), coat, { bevel: 0.08 });
  for (const [x, k] of [
    [-0.5, 0.1],
    [0.35, 0.1],
    [-0.65, 0],
    [0.5, 0],
  ] as const)
    round(f, line(x + k, 0.1, x + k + around(r, 0, 0.12), 0.2 + leg - k * 0.6, thick, thick * 0.8), coat, {
      bevel: thick,
    });
  const long = between(r, 0.75, 0.95);
  round(f, melded(ellipse(-0.15, 0, long, 0.36), line(0.5, -0.1, 0.75, -0.5, 0.26, 0.2), 0.2), coat, { bevel: 0.34 });
  const hx = 0.85;
  const hy = between(r, -0.72, -0.55);
  round(f, ellipse(hx - 0.15, hy - 0.22, 0.1, 0.2), coat, { bevel: 0.1 });
  round(f, ellipse(hx, hy, 0.28, 0.25), coat, { bevel: 0.25 });
  round(f, ellipse(hx + 0.24, hy + 0.08, 0.17, 0.12), pale, { bevel: 0.12 });
  flat(f, circle(hx + 0.38, hy + 0.04, 0.06), [0.08, 0.06, 0.06]);
  flat(f, circle(hx + 0.08, hy - 0.06, 0.055), [0.03, 0.02, 0.02]);
}
