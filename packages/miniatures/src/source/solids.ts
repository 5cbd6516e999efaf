// Draws four classes of the source domain: spheres, blocks, blobs and pebbles.

import type { Stream } from "@dit-bench/random";
import { createScene, drawBackdrop, drawShadow, randomColor, vividColor } from "../raster/backdrops.ts";
import { type Brush, type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount } from "../raster/chance.ts";
import { mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, cos, HALF_TURN, sin, smoothstep, TURN } from "../raster/elementary.ts";
import { cellNoise, clouds, stretchField } from "../raster/noise.ts";
import { fillBall, fillCanvas, fillFlat, fillRound, fillSoft, lerp, mottledPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { circle, ellipse, polygon, type Shape, smoothUnion } from "../raster/shapes.ts";

/** One to three balls, plain or patterned, on a random background. */
export function sphere(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  drawBackdrop(b, r);
  const n = pick(r, [1, 1, 2, 3]);
  for (let i = 0; i < n; i++) {
    const radius = n === 1 ? between(r, 0.22, 0.42) : between(r, 0.13, 0.23);
    const cx = n === 1 ? around(r, 0.5, 0.2) : around(r, (i + 0.5) / n, 0.15);
    const cy = n === 1 ? around(r, 0.52, 0.15) : between(r, 0.4, 0.7);
    drawShadow(b, cx - b.light.x * radius * 0.5, cy + radius * 0.95, radius, radius * 0.28);
    const a = vividColor(r);
    const c = randomColor(r);
    const spots = clouds(r);
    const angle = r.uniform() * HALF_TURN;
    const kind = r.uniform();
    const frequency = between(r, 2, 5);
    const u = cos(angle) / radius;
    const v = sin(angle) / radius;
    fillBall(
      b,
      cx,
      cy,
      radius,
      radius,
      circle(cx, cy, radius),
      (x, y, _d, ink) => {
        const t = (x - cx) * u + (y - cy) * v;
        const k =
          kind < 0.35
            ? 0
            : kind < 0.6
              ? smoothstep(-0.2, 0.2, sin(t * frequency))
              : kind < 0.85
                ? clamp(0.5 + 2.5 * spots(x * 9, y * 9))
                : clamp(0.5 + t * 12);
        lerp(ink, a, c, k);
      },
      between(r, 0, 0.9),
    );
  }
  return develop(b.canvas, r);
}

/** Boxes in oblique projection, single or stacked. */
export function block(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  drawBackdrop(b, r);
  const n = randomCount(r, 1, 4);
  const ground = between(r, 0.78, 0.92);
  const lean = between(r, 0.25, 0.75);
  let stacked = 0;
  for (let i = 0; i < n; i++) {
    const w = n === 1 ? between(r, 0.45, 0.75) : between(r, 0.26, 0.46);
    const h = n === 1 ? between(r, 0.28, 0.55) : between(r, 0.18, 0.36);
    const onTop = i > 0 && stacked < 0.4 && happens(r, 0.5);
    const x = onTop ? 0.5 + around(r, -w / 2, 0.1) : around(r, 0.5, 0.3) - w / 2;
    const y = onTop ? ground - stacked : ground + around(r, 0, 0.06);
    if (!onTop) drawShadow(b, x + w / 2, y, w * 0.6, 0.07, 0.4);
    drawCuboid(b, r, x, y, w, h, lean);
    if (!onTop) stacked = 0;
    stacked += h;
  }
  return develop(b.canvas, r);
}

/** Merging lumps, like dough, wax or glass. */
export function blob(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  drawBackdrop(b, r);
  const groups = randomCount(r, 1, 2);
  for (let g = 0; g < groups; g++) {
    const cx = groups === 1 ? around(r, 0.5, 0.15) : 0.3 + 0.4 * g;
    const cy = around(r, 0.55, 0.15);
    let body: Shape = circle(cx, cy, between(r, 0.16, 0.26));
    const n = randomCount(r, 2, 4);
    for (let i = 0; i < n; i++) {
      const angle = r.uniform() * TURN;
      const offset = between(r, 0.1, 0.25);
      const next = ellipse(
        cx + cos(angle) * offset,
        cy + sin(angle) * offset,
        between(r, 0.08, 0.18),
        between(r, 0.08, 0.18),
      );
      body = smoothUnion(body, next, 0.12);
    }
    fillSoft(placeBrush(b, -b.light.x * 0.06, 0.05, 1), body, [0.05, 0.05, 0.1], 0.12, 0.4);
    const a = vividColor(r);
    fillRound(b, body, happens(r, 0.5) ? a : mottledPaint(stretchField(clouds(r), 6, 6), a, randomColor(r)), {
      bevel: between(r, 0.08, 0.18),
      gloss: between(r, 0, 0.9),
    });
  }
  return develop(b.canvas, r);
}

/** Many small round objects: pebbles, beads, beans. */
export function pebble(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const ground = scaleColor(randomColor(r), 0.5);
  fillCanvas(b, ground);
  const palette = [randomColor(r), randomColor(r), randomColor(r)];
  const sameColor = happens(r, 0.5);
  const n = between(r, 3, 6.5);
  const aspect = between(r, 0.6, 1);
  const spread = between(r, 0.1, 0.4);
  const gloss = between(r, 0, 0.9);
  const rotation = r.uniform() * HALF_TURN;
  for (let j = -1; j < n + 1; j++) {
    for (let i = -1; i < n + 1; i++) {
      const x = (i + 0.5 + (j % 2) * 0.5 + around(r, 0, spread)) / n;
      const y = (j + 0.5 + around(r, 0, spread)) / n;
      const radius = between(r, 0.42, 0.62) / n;
      const p = placeBrush(b, x, y, radius, rotation + around(r, 0, 1));
      fillSoft(p, ellipse(0.1, 0.25, 1.1, aspect * 1.1), [0, 0, 0.03], 0.5, 0.5);
      fillBall(
        p,
        0,
        0,
        1,
        aspect,
        ellipse(0, 0, 1, aspect),
        varyColor(r, sameColor ? palette[0]! : pick(r, palette), 0.1),
        gloss,
      );
    }
  }
  return develop(b.canvas, r);
}

/** Draws the front, side and top of a box that stands on y with its left front edge at x. */
function drawCuboid(b: Brush, r: Stream, x: number, y: number, w: number, h: number, lean: number): void {
  const c = mix(vividColor(r), randomColor(r), r.uniform());
  const secondColor = randomColor(r);
  const front = w * lean;
  const rise = w * 0.18;
  const offset = x + w;
  const paint =
    (k: number, field: (px: number, py: number) => number) =>
    (px: number, py: number, _d: number, ink: Float64Array) => {
      lerp(ink, c, secondColor, field(px, py));
      for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
    };
  const kind = r.uniform();
  const patch = cellNoise(r);
  const grid = between(r, 8, 20);
  const field =
    kind < 0.5
      ? () => 0
      : kind < 0.75
        ? (px: number, py: number) => (Math.abs(py - y + h / 2) < h * 0.15 ? 1 + px * 0 : 0)
        : (px: number, py: number) => patch(px * grid, py * grid) * 0.7;
  const left = b.light.x < 0 ? 1.05 : 0.72;
  const right = b.light.x < 0 ? 0.68 : 1;
  fillFlat(
    b,
    polygon([
      [x, y - rise * 0.5],
      [x + front, y],
      [x + front, y - h],
      [x, y - h - rise * 0.5],
    ]),
    paint(left, field),
  );
  fillFlat(
    b,
    polygon([
      [x + front, y],
      [offset, y - rise * 0.5],
      [offset, y - h - rise * 0.5],
      [x + front, y - h],
    ]),
    paint(right, field),
  );
  fillFlat(
    b,
    polygon([
      [x, y - h - rise * 0.5],
      [x + front, y - h],
      [offset, y - h - rise * 0.5],
      [offset - front, y - h - rise],
    ]),
    paint(1.3, () => 0),
  );
}
