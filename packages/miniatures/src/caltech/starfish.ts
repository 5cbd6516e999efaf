import type { Stream } from "@dit-bench/random";
import { scene } from "../raster/backdrops.ts";
import { at, type Canvas } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { hex, mix, scaled, varied } from "../raster/color.ts";
import { clamp, cos, sin, smoothstep, TURN } from "../raster/elementary.ts";
import { clouds, noise, stretched } from "../raster/noise.ts";
import { flat, lerp, mottled, round, soft, wash } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { circle, curve, stroke, union } from "../raster/shapes.ts";
import { paper } from "./paper.ts";

export function starfish(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  if (happens(r, 0.5)) {
    const sand = varied(r, hex("e6d4ac"), 0.05);
    wash(b, mottled(stretched(clouds(r), 16, 16), scaled(sand, 0.82), scaled(sand, 1.12)));
  } else paper(b, r, happens(r, 0.4));
  const f = at(
    b,
    around(r, 0.5, 0.05),
    around(r, 0.5, 0.05),
    between(r, 0.38, 0.47),
    r.uniform() * TURN,
    1,
    between(r, 0.85, 1),
  );
  const tone = varied(
    r,
    pick(r, [hex("e0702c"), hex("c8382c"), hex("d89a4c"), hex("a85a8a"), hex("4a6ab8"), hex("b8543c")]),
    0.04,
  );
  const fat = between(r, 0.26, 0.38);
  const bend = [0, 1, 2, 3, 4].map(() => around(r, 0, 0.25));
  const arms = bend.map((lean, k) => {
    const angle = (k * TURN) / 5;
    return stroke(
      curve([0, 0], [cos(angle) * 0.5, sin(angle) * 0.5], [cos(angle + lean) * 0.92, sin(angle + lean) * 0.92], 3),
      fat,
      0.07,
    );
  });
  const body = union(...arms);
  soft(at(f, 0.07, 0.09, 1), body, [0.1, 0.08, 0.08], 0.15, 0.45);
  const bumps = stretched(noise(r), 11, 11);
  const pale = mix(tone, hex("fff0d0"), 0.65);
  round(
    f,
    body,
    (x, y, d, ink) =>
      lerp(
        ink,
        scaled(tone, 0.85),
        pale,
        clamp(bumps(x, y) * 0.9 - 0.15) + smoothstep(fat * 0.45, fat * 0.95, -d) * 0.35,
      ),
    { bevel: fat * 0.85, gloss: 0.1 },
  );
  bend.forEach((lean, k) => {
    const angle = (k * TURN) / 5;
    for (let q = 1; q < 5; q++) {
      const t = q * 0.2;
      flat(f, circle(cos(angle + lean * t) * t * 0.95, sin(angle + lean * t) * t * 0.95, 0.055 - t * 0.02), pale);
    }
  });
  flat(f, circle(0, 0, 0.07), pale);
  return develop(b.canvas, r, 0.7);
}
