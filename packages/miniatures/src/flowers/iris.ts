import type { Stream } from "@dit-bench/random";
import { at, type Brush, type Canvas } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { type Color, hex, hsl, mix, scaled, varied } from "../raster/color.ts";
import { noise, stretched } from "../raster/noise.ts";
import { flat, grained, round, solid } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { curve, line, type Point, polygon, stroke } from "../raster/shapes.ts";
import { bed } from "./bed.ts";

export function iris(r: Stream, size: number): Canvas {
  const b = bed(r, size);
  const hue = pick(r, [0.74, 0.72, 0.76, 0.68, 0.62, 0.14]);
  const tone = hsl(hue, between(r, 0.5, 0.75), hue < 0.2 ? 0.6 : between(r, 0.36, 0.55));
  const falls = happens(r, 0.5) ? scaled(tone, 0.7) : tone;
  const green = hsl(0.3, 0.35, between(r, 0.3, 0.42));
  for (let k = 0; k < 4; k++) {
    const foot = around(r, 0.5, 0.45);
    if (happens(r, 0.7))
      round(
        b,
        stroke(curve([foot, 1.1], [foot, 0.7], [foot + around(r, 0, 0.25), between(r, 0.3, 0.65)], 4), 0.04, 0.005),
        green,
        { bevel: 0.04 },
      );
  }
  const n = pick(r, [1, 1, 2]);
  for (let i = 0; i < n; i++) {
    const x = n === 1 ? around(r, 0.5, 0.14) : 0.28 + 0.44 * i + around(r, 0, 0.04);
    const y = n === 1 ? around(r, 0.47, 0.09) : between(r, 0.32, 0.62);
    const s = n === 1 ? between(r, 0.33, 0.46) : between(r, 0.22, 0.29);
    round(b, line(x, y, x + around(r, 0, 0.06), 1.1, 0.03), green, { bevel: 0.03 });
    bloom(at(b, x, y, s, around(r, 0, 0.3), between(r, 0.82, 1.05)), r, varied(r, tone, 0.04), varied(r, falls, 0.04));
  }
  return develop(b.canvas, r);
}

/** Three petals that stand and three that fall. */
function bloom(f: Brush, r: Stream, tone: Color, falls: Color): void {
  const veins = stretched(noise(r), 10, 3);
  const petal = (points: Point[], c: Color, bevel: number): void =>
    round(f, polygon(points, 0.05), grained(solid(c), veins, 0.18), { bevel });
  for (const side of [-1, 1])
    petal(
      [
        ...curve([0, 0.1], [side * 0.9, -0.5], [side * 0.3, -1], 6),
        ...curve([side * 0.3, -1], [side * -0.1, -0.5], [0, 0.1], 4).slice(1, -1),
      ],
      scaled(mix(tone, [1, 1, 1], 0.22), 0.9),
      0.3,
    );
  petal(
    [...curve([0, 0.15], [-0.85, -0.5], [0, -1.02], 6), ...curve([0, -1.02], [0.85, -0.5], [0, 0.15], 6).slice(1, -1)],
    mix(tone, [1, 1, 1], 0.28),
    0.35,
  );
  for (const side of [-1, 1]) {
    petal(
      [
        ...curve([0, 0], [side * 0.9, -0.35], [side * 1.02, 0.42], 6),
        ...curve([side * 1.02, 0.42], [side * 0.45, 0.5], [0, 0.05], 6).slice(1, -1),
      ],
      falls,
      0.3,
    );
    flat(f, stroke(curve([side * 0.12, 0.02], [side * 0.5, -0.05], [side * 0.65, 0.14], 4), 0.07, 0.02), hex("f6c928"));
  }
  petal(
    [...curve([0, -0.05], [-0.75, 0.5], [0, 0.98], 6), ...curve([0, 0.98], [0.75, 0.5], [0, -0.05], 6).slice(1, -1)],
    scaled(falls, 0.95),
    0.35,
  );
  flat(f, line(0, 0.02, 0, 0.5, 0.1, 0.03), hex("f6c928"));
  flat(f, line(0, 0.05, 0, 0.3, 0.04, 0.02), hex("fff3c0"));
}
