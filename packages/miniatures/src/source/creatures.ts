// Draws two classes of the source domain: furry animals and fish.

import type { Stream } from "@dit-bench/random";
import { createScene, drawFoliage, drawShadow, drawStudio, randomColor, vividColor } from "../raster/backdrops.ts";
import { type Brush, blur, type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomSign } from "../raster/chance.ts";
import { type Color, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, sin, smoothstep } from "../raster/elementary.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import {
  fillCanvas,
  fillFlat,
  fillRound,
  grainedPaint,
  lerp,
  linearGradient,
  rimmedPaint,
  solidPaint,
} from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import {
  circle,
  curve,
  ellipse,
  line,
  polygon,
  roughShape,
  type Shape,
  smoothUnion,
  stroke,
  toPoints,
} from "../raster/shapes.ts";

/** A furry animal: its face close up, or the whole animal from the side. */
export function critter(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  if (happens(r, 0.5)) drawFoliage(b, r, r.uniform());
  else drawStudio(b, r, randomColor(r), randomColor(r));
  const fur = hsl(pick(r, [0.06, 0.08, 0.1, 0.6, r.uniform()]), between(r, 0.05, 0.6), between(r, 0.15, 0.75));
  const hair = stretchField(clouds(r), 4, 9);
  const coat = grainedPaint(solidPaint(fur), hair, between(r, 0.1, 0.35));
  const paleFur = grainedPaint(solidPaint(mix(fur, [1, 0.97, 0.9], 0.6)), hair, 0.1);
  if (happens(r, 0.55))
    drawFace(
      placeBrush(b, around(r, 0.5, 0.1), around(r, 0.52, 0.08), between(r, 0.26, 0.4), around(r, 0, 0.25)),
      r,
      coat,
      paleFur,
    );
  else
    drawAnimal(
      placeBrush(
        b,
        around(r, 0.5, 0.08),
        around(r, 0.55, 0.06),
        between(r, 0.28, 0.38),
        around(r, 0, 0.06),
        randomSign(r),
      ),
      r,
      coat,
      paleFur,
    );
  return develop(b.canvas, r);
}

/** Fish, one or a few, in water. */
export function fish(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const water = hsl(around(r, 0.53, 0.1), between(r, 0.3, 0.9), between(r, 0.25, 0.55));
  fillCanvas(b, linearGradient(0, 0, mix(water, [1, 1, 1], 0.3), 0.2, 1, scaleColor(water, 0.45)));
  const caustics = stretchField(clouds(r), 3, 9);
  fillCanvas(b, (x, y, _d, ink) => {
    lerp(ink, [0.8, 1, 1], [0.8, 1, 1], 0);
    ink[3] = clamp(caustics(x, y)) * 0.35;
  });
  blur(b.canvas, 0.015);
  const n = pick(r, [1, 1, 2, 4]);
  const body = vividColor(r);
  const band = mix(randomColor(r), [1, 1, 1], 0.4);
  const facing = randomSign(r);
  const depth = between(r, 0.3, 0.6);
  const bars = happens(r, 0.6) ? between(r, 4, 11) : 0;
  const upright = happens(r, 0.5);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.3, 0.4) : n === 2 ? between(r, 0.2, 0.28) : between(r, 0.12, 0.2);
    const x = n === 1 ? around(r, 0.5, 0.08) : between(r, 0.2, 0.8);
    const y = n === 1 ? around(r, 0.5, 0.15) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.05);
    const f = placeBrush(b, x, y, s, around(r, 0, 0.3), facing);
    const fin = varyColor(r, mix(body, band, 0.4), 0.08);
    fillFlat(f, polygon(toPoints([-0.7, 0, -1.15, -0.42, -1, 0, -1.15, 0.42]), 0.04), fin);
    fillFlat(
      f,
      polygon(
        [
          [-0.4, -depth * 0.7],
          [0.1, -depth - 0.25],
          [0.3, -depth * 0.6],
        ],
        0.03,
      ),
      fin,
    );
    fillFlat(
      f,
      polygon(
        [
          [-0.2, depth * 0.7],
          [0, depth + 0.2],
          [0.2, depth * 0.7],
        ],
        0.03,
      ),
      fin,
    );
    fillRound(
      f,
      ellipse(0, 0, 0.82, depth),
      (px, py, _d, ink) => {
        const k = bars > 0 ? smoothstep(0.1, 0.5, sin((upright ? px : py) * bars)) : 0;
        lerp(ink, body, band, Math.max(k, clamp(py * 1.2)));
      },
      { bevel: depth, gloss: 0.5 },
    );
    fillFlat(f, circle(0.52, -0.1, 0.1), [1, 1, 1]);
    fillFlat(f, circle(0.54, -0.1, 0.06), [0.02, 0.02, 0.05]);
  }
  return develop(b.canvas, r);
}

type Fur = Parameters<typeof fillRound>[2];

function drawFace(f: Brush, r: Stream, coat: Fur, paleFur: Fur): void {
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
    fillRound(f, ear, coat, { bevel: 0.2 });
  }
  const shaggy = noise(r);
  const head = roughShape(
    ellipse(0, 0, between(r, 0.8, 0.95), between(r, 0.75, 0.9)),
    (x, y) => shaggy(x * 7, y * 7),
    0.05,
  );
  fillRound(f, head, coat, { bevel: 0.8 });
  fillRound(f, ellipse(0, 0.38, between(r, 0.35, 0.5), between(r, 0.28, 0.4)), paleFur, { bevel: 0.4 });
  const iris: Color = hsl(pick(r, [0.1, 0.25, 0.55]), 0.6, 0.4);
  const eye = between(r, 0.11, 0.17);
  for (const s of [-1, 1]) {
    fillFlat(f, circle(s * 0.36, -0.12, eye), rimmedPaint(iris, [0.05, 0.03, 0.02], 0.05));
    fillFlat(f, circle(s * 0.36, -0.12, eye * 0.6), [0.02, 0.02, 0.02]);
    fillFlat(f, circle(s * 0.36 - 0.05, -0.17, eye * 0.3), [1, 1, 1]);
  }
  fillRound(f, ellipse(0, 0.22, 0.16, 0.11), [0.12, 0.08, 0.08], { bevel: 0.1, gloss: 0.7 });
  fillFlat(f, line(0, 0.3, 0, 0.46, 0.025), [0.15, 0.08, 0.06]);
  fillFlat(f, stroke(curve([-0.2, 0.46], [0, 0.58], [0.2, 0.46], 3), 0.025), [0.15, 0.08, 0.06]);
}

function drawAnimal(f: Brush, r: Stream, coat: Fur, paleFur: Fur): void {
  const leg = between(r, 0.4, 0.75);
  const thickness = between(r, 0.09, 0.15);
  drawShadow(f, 0, 0.25 + leg, 0.95, 0.12, 0.5);
  const tail = around(r, -0.3, 0.6);
  fillRound(f, stroke(curve([-0.75, -0.1], [-1.1, tail], [-1.15, tail - 0.3], 4), 0.09, 0.05), coat, { bevel: 0.08 });
  for (const [x, k] of [
    [-0.5, 0.1],
    [0.35, 0.1],
    [-0.65, 0],
    [0.5, 0],
  ] as const)
    fillRound(f, line(x + k, 0.1, x + k + around(r, 0, 0.12), 0.2 + leg - k * 0.6, thickness, thickness * 0.8), coat, {
      bevel: thickness,
    });
  const length = between(r, 0.75, 0.95);
  fillRound(f, smoothUnion(ellipse(-0.15, 0, length, 0.36), line(0.5, -0.1, 0.75, -0.5, 0.26, 0.2), 0.2), coat, {
    bevel: 0.34,
  });
  const hx = 0.85;
  const hy = between(r, -0.72, -0.55);
  fillRound(f, ellipse(hx - 0.15, hy - 0.22, 0.1, 0.2), coat, { bevel: 0.1 });
  fillRound(f, ellipse(hx, hy, 0.28, 0.25), coat, { bevel: 0.25 });
  fillRound(f, ellipse(hx + 0.24, hy + 0.08, 0.17, 0.12), paleFur, { bevel: 0.12 });
  fillFlat(f, circle(hx + 0.38, hy + 0.04, 0.06), [0.08, 0.06, 0.06]);
  fillFlat(f, circle(hx + 0.08, hy - 0.06, 0.055), [0.03, 0.02, 0.02]);
}
