import type { Stream } from "@dit-bench/random";
import { at, type Canvas } from "../raster/canvas.ts";
import { around, between, count, pick } from "../raster/chance.ts";
import { type Color, hex, scaled, varied } from "../raster/color.ts";
import { smoothstep } from "../raster/elementary.ts";
import { clouds, noise, stretched } from "../raster/noise.ts";
import { ball, flat, lerp, round } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { circle, curve, type Point, polygon, stroke } from "../raster/shapes.ts";
import { room, sidePlate } from "./table.ts";

export function cake(r: Stream, size: number): Canvas {
  const b = room(r, size);
  const s = between(r, 0.34, 0.44);
  const flip = pick(r, [-1, 1]);
  const f = at(b, around(r, 0.5, 0.06), around(r, 0.58, 0.04), s, 0, flip);
  sidePlate(f, r, 0.62);
  const kinds: [Color, Color, Color][] = [
    [hex("f3d9a0"), hex("fbf7ef"), hex("fbf7ef")],
    [hex("4a2514"), hex("6f3a20"), hex("2f160c")],
    [hex("a8201f"), hex("fbf4ea"), hex("fbf4ea")],
    [hex("f4e3b2"), hex("f7b9c8"), hex("f7b9c8")],
    [hex("7aa84e"), hex("f6f3e4"), hex("9cc46a")],
  ];
  const [sponge, filling, icing] = pick(r, kinds);
  const tall = between(r, 0.72, 0.95);
  const layers = count(r, 2, 3);
  const base = 0.55;
  const crumb = stretched(clouds(r), 10, 10);
  const low = base - tall;
  // A wedge: its cut face towards us, its tip at the left, its iced back at the right.
  const side: Point[] = [
    [-1, base - 0.04],
    [0.82, base + 0.08],
    [0.82, low + 0.08],
    [-1, low - 0.04],
  ];
  const topFace: Point[] = [
    [-1, low - 0.04],
    [0.82, low + 0.08],
    [0.98, low - 0.26],
  ];
  const back: Point[] = [
    [0.82, base + 0.08],
    [0.98, base - 0.24],
    [0.98, low - 0.26],
    [0.82, low + 0.08],
  ];
  flat(f, polygon(back, 0.02), scaled(icing, 0.7));
  flat(f, polygon(side), (x, y, _d, ink) => {
    const t = ((base - y + x * 0.06) / tall) * layers;
    const within = t - Math.floor(t);
    lerp(ink, scaled(sponge, 0.97), filling, smoothstep(0.72, 0.8, within));
    const k = (1 + 0.16 * crumb(x, y) * (within < 0.75 ? 1 : 0.2)) * (0.86 + 0.1 * x);
    for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
  });
  round(f, polygon(topFace, 0.06), icing, { bevel: 0.1, gloss: 0.3 });
  const drips = noise(r);
  flat(
    f,
    polygon(
      [
        [-1, low - 0.06],
        [0.82, low + 0.06],
        [0.82, low + 0.16],
        [0.4, low + 0.13 + 0.08 * drips(1, 2)],
        [0, low + 0.09 + 0.08 * drips(3, 2)],
        [-0.5, low + 0.06],
        [-1, low + 0.03],
      ],
      0.015,
    ),
    scaled(icing, 0.95),
  );
  const fruit = r.uniform();
  const berries = fruit < 0.7 ? count(r, 1, 2) : 0;
  for (let k = 0; k < berries; k++) {
    const p = at(f, 0.5 - k * 0.55, low - 0.22 + k * 0.04, 1);
    if (fruit < 0.5) {
      const red = varied(r, hex("d81f26"), 0.03);
      round(
        p,
        polygon(
          [...curve([-0.2, -0.1], [-0.22, 0.18], [0, 0.24], 4), ...curve([0, 0.24], [0.22, 0.18], [0.2, -0.1], 4)],
          0.05,
        ),
        red,
        { bevel: 0.2, gloss: 0.6 },
      );
      flat(
        p,
        polygon([
          [-0.2, -0.14],
          [-0.06, -0.1],
          [0, -0.26],
          [0.06, -0.1],
          [0.2, -0.14],
          [0.06, -0.03],
          [-0.06, -0.03],
        ]),
        hex("4f9a35"),
      );
    } else {
      ball(p, 0, 0.05, 0.17, 0.17, circle(0, 0.05, 0.17), hex("a3101f"), 0.8);
      flat(p, stroke(curve([0, -0.1], [0.05, -0.3], [0.2, -0.38], 4), 0.02), hex("5d7a2a"));
    }
  }
  return develop(b.canvas, r);
}
