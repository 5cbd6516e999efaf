// Draws two classes of the source domain: vessels and furniture.

import type { Stream } from "@dit-bench/random";
import { createScene, drawBackdrop, drawShadow, drawStudio, randomColor, vividColor } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomSign } from "../raster/chance.ts";
import { hsl, mix, scaleColor } from "../raster/color.ts";
import { fillFlat, fillRound, fillSoft, lerp, solidPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { box, curve, line, outline, type Point, polygon } from "../raster/shapes.ts";

/** Bottles, vases and jars of glass, ceramic or metal. */
export function vessel(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  drawBackdrop(b, r);
  const n = pick(r, [1, 1, 1, 2, 3]);
  for (let i = 0; i < n; i++) {
    const x = n === 1 ? around(r, 0.5, 0.15) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.04);
    const s = n === 1 ? between(r, 0.38, 0.52) : between(r, 0.27, 0.38);
    const base = between(r, 0.82, 0.92);
    const belly = between(r, 0.3, 0.62);
    const foot = between(r, 0.15, 0.45);
    const neck = between(r, 0.08, 0.3);
    const lip = neck * between(r, 0.9, 1.7);
    const bottom = between(r, 0.3, 1.1);
    const top = bottom + between(r, 0.3, 0.6);
    const half: Point[] = [
      ...curve([foot, 0], [belly * 1.25, -bottom * 0.35], [belly, -bottom], 4),
      ...curve([belly, -bottom], [belly * 0.95, -top * 0.95], [neck, -top], 3).slice(1),
      [lip, -top - between(r, 0.25, 0.6)],
    ];
    const body = polygon([...half, ...half.map(([px, py]): Point => [-px, py]).reverse()], 0.02);
    const here = placeBrush(b, x, base, s);
    drawShadow(here, -b.light.x * 0.3, 0, belly * 1.2, 0.14, 0.5);
    const glaze = randomColor(r);
    const secondColor = randomColor(r);
    const from = between(r, -1.2, -0.2);
    const to = from + between(r, 0.1, 0.6);
    const pattern = happens(r, 0.5) ? 1 : 0;
    fillRound(here, body, (_x, y, _d, ink) => lerp(ink, glaze, secondColor, y > from && y < to ? pattern : 0), {
      bevel: belly * 0.9,
      gloss: between(r, 0.2, 1),
    });
    fillSoft(
      here,
      line(-belly * 0.45, -bottom * 0.6, -belly * 0.4, -top * 0.85, 0.04),
      [1, 1, 1],
      0.08,
      between(r, 0, 0.6),
    );
  }
  return develop(b.canvas, r);
}

/** Chairs, tables and stools in a room. */
export function furniture(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const floor = drawStudio(b, r, mix(randomColor(r), [0.9, 0.88, 0.85], 0.4), randomColor(r));
  const frames = mix(randomColor(r), hsl(0.08, 0.5, 0.35), 0.5);
  if (happens(r, 0.4)) {
    const w = between(r, 0.1, 0.2);
    const x = between(r, 0.15, 0.85);
    fillFlat(b, box(x, floor * 0.4, w, w * 0.8), mix(randomColor(r), [1, 1, 1], 0.3));
    fillFlat(b, outline(box(x, floor * 0.4, w, w * 0.8), 0.012), scaleColor(frames, 0.8));
  }
  const p = placeBrush(b, around(r, 0.5, 0.12), between(r, 0.86, 0.95), between(r, 0.62, 0.85), 0, randomSign(r));
  const wood = solidPaint(frames);
  const seat = between(r, 0.3, 0.55);
  const w = between(r, 0.25, 0.45);
  const tilt = between(r, 0.06, 0.16);
  const leg = between(r, 0.02, 0.045);
  const cloth = vividColor(r);
  drawShadow(p, 0.05, 0, w * 1.3, 0.07, 0.5);
  for (const [x, y, k] of [
    [-w + tilt, -tilt, 0.7],
    [w + tilt, -tilt, 0.7],
    [-w, 0, 1],
    [w, 0, 1],
  ] as const)
    fillFlat(p, line(x, y, x, -seat + y, leg), scaleColor(frames, k));
  const top: Point[] = [
    [-w, -seat],
    [w, -seat],
    [w + tilt, -seat - tilt],
    [-w + tilt, -seat - tilt],
  ];
  const seatBack = between(r, 0.3, 0.6);
  const kind = r.uniform();
  if (kind < 0.55)
    fillRound(
      p,
      polygon(
        [
          [w, -seat],
          [w + tilt, -seat - tilt],
          [w + tilt + 0.05, -seat - tilt - seatBack],
          [w + 0.05, -seat - seatBack],
        ],
        0.03,
      ),
      happens(r, 0.5) ? cloth : wood,
      { bevel: 0.08 },
    );
  fillRound(p, polygon(top, 0.035), kind < 0.8 ? cloth : wood, { bevel: 0.1, gloss: 0.2 });
  fillFlat(p, line(-w, -seat + 0.03, w, -seat + 0.03, 0.03), scaleColor(kind < 0.8 ? cloth : frames, 0.7));
  if (kind >= 0.55) {
    const x = around(r, 0.05, w * 0.5);
    const h = between(r, 0.1, 0.28);
    fillRound(p, box(x, -seat - tilt * 0.5 - h, between(r, 0.06, 0.14), h, 0.05), vividColor(r), {
      bevel: 0.1,
      gloss: 0.5,
    });
  }
  return develop(b.canvas, r);
}
