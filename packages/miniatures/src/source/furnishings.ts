import type { Stream } from "@dit-bench/random";
import { anyBackdrop, anyColor, scene, shadow, studio, vivid } from "../raster/backdrops.ts";
import { at, type Canvas } from "../raster/canvas.ts";
import { around, between, happens, pick, side } from "../raster/chance.ts";
import { hsl, mix, scaled } from "../raster/color.ts";
import { flat, lerp, round, soft, solid } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { box, curve, line, outline, type Point, polygon } from "../raster/shapes.ts";

/** Bottles, vases and jars: turned profiles in glass, glaze or metal. */
export function vessel(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  anyBackdrop(b, r);
  const n = pick(r, [1, 1, 1, 2, 3]);
  for (let i = 0; i < n; i++) {
    const x = n === 1 ? around(r, 0.5, 0.15) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.04);
    const s = n === 1 ? between(r, 0.38, 0.52) : between(r, 0.27, 0.38);
    const base = between(r, 0.82, 0.92);
    const belly = between(r, 0.3, 0.62);
    const foot = between(r, 0.15, 0.45);
    const neck = between(r, 0.08, 0.3);
    const lip = neck * between(r, 0.9, 1.7);
    const low = between(r, 0.3, 1.1);
    const high = low + between(r, 0.3, 0.6);
    const half: Point[] = [
      ...curve([foot, 0], [belly * 1.25, -low * 0.35], [belly, -low], 4),
      ...curve([belly, -low], [belly * 0.95, -high * 0.95], [neck, -high], 3).slice(1),
      [lip, -high - between(r, 0.25, 0.6)],
    ];
    const body = polygon([...half, ...half.map(([px, py]): Point => [-px, py]).reverse()], 0.02);
    const here = at(b, x, base, s);
    shadow(here, -b.light.x * 0.3, 0, belly * 1.2, 0.14, 0.5);
    const glaze = anyColor(r);
    const second = anyColor(r);
    const from = between(r, -1.2, -0.2);
    const to = from + between(r, 0.1, 0.6);
    const pattern = happens(r, 0.5) ? 1 : 0;
    round(here, body, (_x, y, _d, ink) => lerp(ink, glaze, second, y > from && y < to ? pattern : 0), {
      bevel: belly * 0.9,
      gloss: between(r, 0.2, 1),
    });
    soft(here, line(-belly * 0.45, -low * 0.6, -belly * 0.4, -high * 0.85, 0.04), [1, 1, 1], 0.08, between(r, 0, 0.6));
  }
  return develop(b.canvas, r);
}

/** Chairs, tables and stools in a room. */
export function furniture(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const floor = studio(b, r, mix(anyColor(r), [0.9, 0.88, 0.85], 0.4), anyColor(r));
  const frames = mix(anyColor(r), hsl(0.08, 0.5, 0.35), 0.5);
  if (happens(r, 0.4)) {
    const w = between(r, 0.1, 0.2);
    const x = between(r, 0.15, 0.85);
    flat(b, box(x, floor * 0.4, w, w * 0.8), mix(anyColor(r), [1, 1, 1], 0.3));
    flat(b, outline(box(x, floor * 0.4, w, w * 0.8), 0.012), scaled(frames, 0.8));
  }
  const p = at(b, around(r, 0.5, 0.12), between(r, 0.86, 0.95), between(r, 0.62, 0.85), 0, side(r));
  const wood = solid(frames);
  const seat = between(r, 0.3, 0.55);
  const w = between(r, 0.25, 0.45);
  const tilt = between(r, 0.06, 0.16);
  const leg = between(r, 0.02, 0.045);
  const cloth = vivid(r);
  shadow(p, 0.05, 0, w * 1.3, 0.07, 0.5);
  for (const [x, y, k] of [
    [-w + tilt, -tilt, 0.7],
    [w + tilt, -tilt, 0.7],
    [-w, 0, 1],
    [w, 0, 1],
  ] as const)
    flat(p, line(x, y, x, -seat + y, leg), scaled(frames, k));
  const top: Point[] = [
    [-w, -seat],
    [w, -seat],
    [w + tilt, -seat - tilt],
    [-w + tilt, -seat - tilt],
  ];
  const back = between(r, 0.3, 0.6);
  const kind = r.uniform();
  if (kind < 0.55)
    round(
      p,
      polygon(
        [
          [w, -seat],
          [w + tilt, -seat - tilt],
          [w + tilt + 0.05, -seat - tilt - back],
          [w + 0.05, -seat - back],
        ],
        0.03,
      ),
      happens(r, 0.5) ? cloth : wood,
      { bevel: 0.08 },
    );
  round(p, polygon(top, 0.035), kind < 0.8 ? cloth : wood, { bevel: 0.1, gloss: 0.2 });
  flat(p, line(-w, -seat + 0.03, w, -seat + 0.03, 0.03), scaled(kind < 0.8 ? cloth : frames, 0.7));
  if (kind >= 0.55) {
    const x = around(r, 0.05, w * 0.5);
    const h = between(r, 0.1, 0.28);
    round(p, box(x, -seat - tilt * 0.5 - h, between(r, 0.06, 0.14), h, 0.05), vivid(r), { bevel: 0.1, gloss: 0.5 });
  }
  return develop(b.canvas, r);
}
