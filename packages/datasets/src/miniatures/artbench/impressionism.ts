import type { Stream } from "@dit-bench/random";
import { at, type Brush, type Canvas } from "../raster/canvas.ts";
import { around, between, count, happens, pick, side } from "../raster/chance.ts";
import { type Color, hex, hsl, mix, scaled, varied } from "../raster/color.ts";
import { clamp } from "../raster/elementary.ts";
import { noise } from "../raster/noise.ts";
import { flat, lerp, wash } from "../raster/paint.ts";
import { both, circle, curve, ellipse, halfPlane, line, polygon, stroke } from "../raster/shapes.ts";
import { dabs, easel, varnish } from "./easel.ts";

/** Ponds, gardens and harbours in dabs of broken colour. */
export function impressionism(r: Stream, size: number): Canvas {
  const b = easel(size);
  const motif = pick(r, ["pond", "field", "harbour"] as const);
  const horizon = motif === "pond" ? between(r, 0.08, 0.25) : between(r, 0.35, 0.55);
  const mood = around(r, 0, 0.05);
  const air =
    motif === "harbour" ? hsl(0.08 + mood, 0.55, between(r, 0.62, 0.72)) : hsl(0.56 + mood, 0.45, between(r, 0.7, 0.8));
  const water = hsl(0.56 + mood, between(r, 0.3, 0.5), between(r, 0.4, 0.58));
  const field = hsl(0.24 + mood, 0.42, between(r, 0.42, 0.58));
  const trees = hsl(0.33 + mood, 0.35, between(r, 0.24, 0.38));
  const sunX = between(r, 0.25, 0.75);
  const tuft = noise(r);
  const underpaint = (x: number, y: number): Color => {
    if (y < horizon - 0.05) return motif === "pond" ? trees : mix(air, [1, 0.96, 0.88], clamp(y / horizon) * 0.5);
    if (y < horizon + 0.05 * tuft(x * 5, 0) + 0.02) return motif === "harbour" ? mix(water, air, 0.5) : trees;
    return motif === "field"
      ? field
      : mix(water, motif === "harbour" ? air : trees, 0.35 * (0.5 + 0.5 * tuft(x * 3, y * 5)));
  };
  wash(b, (x, y, _d, ink) => {
    const c = underpaint(x, y);
    lerp(ink, c, c, 0);
  });
  dabs(
    b,
    r,
    260,
    0.05,
    0.02,
    (_x, y) => (y < horizon ? around(r, 0, 0.6) : 0),
    (x, y) => {
      const base = underpaint(x, y);
      const c = varied(r, base, 0.12);
      if (motif === "field" && y > horizon + 0.06 && happens(r, 0.16 + 0.2 * y))
        return varied(r, pick(r, [hex("d8382c"), hex("e85a3a"), hex("f2e6c8")]), 0.06);
      if (motif === "harbour" && y > horizon && Math.abs(x - sunX) < 0.06 + 0.05 * y && happens(r, 0.45))
        return hex("f58a3c");
      return c;
    },
  );
  if (motif === "pond") {
    const pads = count(r, 5, 9);
    for (let i = 0; i < pads; i++) {
      const t = between(r, 0.1, 1);
      const p = at(b, r.uniform(), horizon + 0.06 + t * (0.9 - horizon), 0.05 + 0.09 * t);
      for (let k = 0; k < 5; k++)
        flat(p, dash(around(r, 0, 0.8), around(r, 0, 0.22), 0.5, 0.14), varied(r, hsl(0.3, 0.35, 0.5), 0.1));
      if (happens(r, 0.65))
        for (let k = 0; k < 3; k++)
          flat(
            p,
            dash(around(r, 0, 0.3), -0.2 + around(r, 0, 0.12), 0.2, 0.15),
            varied(r, pick(r, [hex("f4c8d4"), hex("f8f0ee"), hex("e890b0")]), 0.05),
          );
    }
    if (happens(r, 0.4))
      flat(
        b,
        stroke(curve([-0.1, horizon + 0.2], [0.5, horizon - 0.18], [1.1, horizon + 0.2], 8), 0.025),
        varied(r, hex("4a7a78"), 0.05),
      );
  } else if (motif === "harbour") {
    flat(b, circle(sunX, horizon - between(r, 0.1, 0.25), between(r, 0.05, 0.07)), hex("f5642c"));
    for (let i = 0; i < 3; i++) {
      const p = at(b, between(r, 0.12, 0.88), horizon + between(r, 0.02, 0.3), between(r, 0.08, 0.16), 0, side(r));
      const tone = mix(scaled(water, 0.4), hex("2a3044"), 0.5);
      flat(
        p,
        polygon(
          [
            [-0.9, 0],
            [0.9, 0],
            [0.6, 0.3],
            [-0.6, 0.3],
          ],
          0.04,
        ),
        tone,
      );
      flat(p, line(0, 0, 0, -1.5, 0.07), tone);
      if (happens(r, 0.7))
        flat(
          p,
          polygon(
            [
              [0.06, -1.5],
              [0.75, -0.15],
              [0.06, -0.15],
            ],
            0.04,
          ),
          mix(air, [1, 1, 1], 0.4),
        );
    }
  } else {
    for (let i = 0; i < 3; i++) {
      const x = r.uniform();
      const s = between(r, 0.08, 0.15);
      for (let k = 0; k < 14; k++)
        flat(
          b,
          dash(x + around(r, 0, s), horizon - s * 0.9 + around(r, 0, s), s * 0.3, s * 0.16),
          varied(r, trees, 0.1),
        );
    }
    if (happens(r, 0.5)) parasolLady(b, r, between(r, 0.25, 0.75), between(r, 0.62, 0.75));
  }
  return varnish(b, r, 0.08);
}

function dash(x: number, y: number, long: number, wide: number) {
  return line(x - long, y, x + long, y, wide);
}

function parasolLady(b: Brush, r: Stream, x: number, y: number): void {
  const p = at(b, x, y, between(r, 0.13, 0.18), 0, side(r));
  flat(
    p,
    polygon(
      [
        [-0.18, -0.6],
        [0.18, -0.6],
        [0.55, 1],
        [-0.5, 1],
      ],
      0.05,
    ),
    varied(r, pick(r, [hex("f4f0ea"), hex("e8c8d0"), hex("a8b8d8")]), 0.04),
  );
  flat(p, ellipse(0, -0.85, 0.18, 0.2), hex("e0b090"));
  flat(p, ellipse(0, -1, 0.3, 0.1), hex("d8b060"));
  flat(p, line(0.2, -0.4, 0.42, -1.35, 0.045), hex("6a4a2c"));
  flat(
    p,
    both(ellipse(0.42, -1.25, 0.75, 0.5), halfPlane(0, -1.22, 0, 1)),
    varied(r, pick(r, [hex("5a9a6a"), hex("e8e0d0"), hex("d86a4a")]), 0.05),
  );
}
