import type { Stream } from "@dit-bench/random";
import { shadow } from "../raster/backdrops.ts";
import { at, type Canvas } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { hex, mix, scaled, varied } from "../raster/color.ts";
import { clouds, noise, stretched } from "../raster/noise.ts";
import { flat, gradient, mottled, round } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { both, box, ellipse, halfPlane, line, polygon, rough } from "../raster/shapes.ts";
import { room, sidePlate } from "./table.ts";

export function hamburger(r: Stream, size: number): Canvas {
  const b = room(r, size);
  const s = between(r, 0.28, 0.44);
  const f = at(b, around(r, 0.5, 0.08), around(r, 0.56, 0.05), s, around(r, 0, 0.18));
  if (happens(r, 0.6)) sidePlate(f, r, 0.74);
  else shadow(f, 0, 0.72, 1.1, 0.16, 0.55);
  if (happens(r, 0.4)) {
    const x = pick(r, [-1, 1]);
    for (let k = 0; k < 6; k++) {
      const u = x * between(r, 0.85, 1.15);
      round(f, line(u, 0.7, u + around(r, 0, 0.25), between(r, 0, 0.4), 0.07), varied(r, hex("f0c350"), 0.05), {
        bevel: 0.06,
      });
    }
  }
  const bread = varied(r, hex("cf8534"), 0.05);
  round(f, box(0, 0.52, 0.84, 0.19, 0.15), gradient(0, 0.3, mix(bread, hex("f4dcae"), 0.6), 0, 0.7, bread), {
    bevel: 0.2,
  });
  const meat = stretched(clouds(r), 8, 9);
  const patties = happens(r, 0.25) ? 2 : 1;
  let y = 0.3;
  for (let k = 0; k < patties; k++) {
    round(f, box(0, y, 0.9, 0.14, 0.12), mottled(meat, hex("2e170c"), hex("7d4526")), { bevel: 0.13, gloss: 0.2 });
    const c = varied(r, hex("f7b32b"), 0.03);
    flat(
      f,
      polygon(
        [
          [-0.9, y - 0.15],
          [0.9, y - 0.15],
          [0.84, y - 0.06],
          [0.5, y + 0.14],
          [0.3, y - 0.03],
          [-0.25, y - 0.03],
          [-0.5, y + 0.1],
          [-0.86, y - 0.06],
        ],
        0.02,
      ),
      c,
    );
    y -= 0.26;
  }
  if (happens(r, 0.8)) {
    for (const x of [-0.42, 0.42])
      round(f, box(x, y + 0.03, 0.44, 0.07, 0.06), hex("d8331f"), { bevel: 0.07, gloss: 0.5 });
    y -= 0.09;
  }
  const frill = noise(r);
  const green = varied(r, hex("6cb52f"), 0.05);
  round(
    f,
    rough(box(0, y, 0.96, 0.09, 0.08), (u, v) => frill(u * 5, v * 5), 0.1),
    mottled(stretched(frill, 9, 9), scaled(green, 0.6), scaled(green, 1.3)),
    { bevel: 0.08 },
  );
  const high = between(r, 0.5, 0.68);
  const bun = both(ellipse(0, y + 0.02, 0.92, high), halfPlane(0, y, 0, 1));
  round(f, bun, gradient(0, y - high, bread, 0, y, mix(bread, hex("f6d79c"), 0.35)), {
    bevel: high * 0.85,
    gloss: 0.55,
  });
  if (happens(r, 0.8)) {
    for (let k = 0; k < 12; k++) {
      const u = around(r, 0, 0.65);
      const v = y - high * between(r, 0.3, 0.88) * (1 - u * u);
      flat(f, ellipse(u, v, 0.055, 0.035), hex("f8ecc8"));
    }
  }
  return develop(b.canvas, r);
}
