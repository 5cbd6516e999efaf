// Draws surrealist paintings: odd objects on empty plains.

import type { Stream } from "@dit-bench/random";
import { type Brush, type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { hex, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, sin } from "../raster/elementary.ts";
import { noise } from "../raster/noise.ts";
import { fillCanvas, fillFlat, fillRound, fillSoft, lerp, linearGradient, radialGradient } from "../raster/paint.ts";
import {
  areaBelow,
  box,
  circle,
  curve,
  ellipse,
  halfPlane,
  intersection,
  line,
  polygon,
  stroke,
  toPoints,
} from "../raster/shapes.ts";
import { createEasel, varnish } from "./easel.ts";

/** Two of these on an empty plain: a melting watch, an egg, a floating apple, an eye in the sky, a bare tree. */
export function surrealism(r: Stream, size: number): Canvas {
  const b = createEasel(size, { x: -0.6, y: -0.5, z: 0.62 });
  const line = between(r, 0.48, 0.62);
  const top = varyColor(r, pick(r, [hex("2f6f9a"), hex("4a9ab0"), hex("c8883c"), hex("3a4a7a")]), 0.05);
  const horizonColor = varyColor(r, pick(r, [hex("f4dca0"), hex("f2b87a"), hex("f6ecd0")]), 0.04);
  fillCanvas(b, linearGradient(0, 0, top, 0, line, horizonColor));
  if (happens(r, 0.6))
    for (let i = 0; i < 3; i++) {
      const p = placeBrush(b, r.uniform(), between(r, 0.08, line - 0.18), between(r, 0.08, 0.14));
      for (let k = 0; k < 4; k++)
        fillSoft(p, ellipse((k - 1.5) * 0.5, around(r, 0, 0.2), 0.6, 0.4), [1, 1, 1], 0.5, 0.85);
    }
  const groundColor = varyColor(r, pick(r, [hex("c8955a"), hex("b8784a"), hex("d8b878"), hex("8a6a4a")]), 0.05);
  fillFlat(
    b,
    halfPlane(0, line, 0, -1),
    linearGradient(0, line, mix(groundColor, horizonColor, 0.5), 0, 1, scaleColor(groundColor, 0.65)),
  );
  if (happens(r, 0.35))
    fillFlat(b, halfPlane(0, line, 0, -1), (x, y, _d, ink) => {
      const t = 0.3 / (y - line + 0.03);
      const k = (Math.floor((x - 0.5) * t * 4 + 40) + Math.floor(t * 4)) % 2;
      lerp(ink, hex("f0e4c8"), hex("3a2a24"), k);
      ink[3] = 0.8 * clamp((y - line) * 8);
    });
  const cliffs = noise(r);
  fillFlat(
    b,
    intersection(
      areaBelow((x) => line - 0.12 * Math.max(0, cliffs(x * 3, 0))),
      halfPlane(0, line, 0, 1),
    ),
    mix(groundColor, top, 0.35),
  );
  const motifs = [drawMeltingWatch, drawEgg, drawFloatingApple, drawSkyEye, drawBareTree] as const;
  const first = pick(r, motifs);
  const second = pick(r, motifs);
  first(placeBrush(b, around(r, 0.36, 0.1), line + between(r, 0.1, 0.2), between(r, 0.24, 0.32)), r);
  if (second !== first)
    second(placeBrush(b, around(r, 0.74, 0.08), line + between(r, 0.06, 0.14), between(r, 0.16, 0.22)), r);
  return varnish(b, r, 0.02);
}

function drawMeltingWatch(p: Brush, r: Stream): void {
  const gold = hex("d8a83c");
  fillSoft(p, ellipse(0.5, 0.12, 0.9, 0.1), [0.1, 0.06, 0.05], 0.15, 0.55);
  fillRound(p, box(0, -0.1, 0.7, 0.24, 0.03), hex("7a5434"), { bevel: 0.06 });
  const drip = between(r, 0.25, 0.5);
  const body = polygon(
    [
      ...curve([-0.75, -0.42], [-0.3, -0.85], [0.45, -0.55], 6),
      ...curve([0.45, -0.55], [0.95, -0.4], [0.8, drip], 5).slice(1),
      ...curve([0.8, drip], [0.5, drip + 0.15], [0.4, -0.1], 4).slice(1),
      ...curve([0.4, -0.1], [-0.3, -0.05], [-0.75, -0.42], 4).slice(1, -1),
    ],
    0.05,
  );
  fillRound(p, body, gold, { bevel: 0.12, gloss: 0.5 });
  const dial = { ...body, distance: (x: number, y: number) => body.distance(x, y) + 0.1 };
  fillFlat(p, dial, hex("f4f0dc"));
  fillFlat(p, line(0, -0.4, -0.3, -0.5, 0.035), hex("2a2018"));
  fillFlat(p, line(0, -0.4, 0.35, -0.28, 0.03), hex("2a2018"));
  for (let k = 0; k < 6; k++) fillFlat(p, circle(-0.45 + k * 0.17, -0.32 - 0.22 * sin(k * 0.6), 0.03), hex("2a2018"));
}

function drawEgg(p: Brush, r: Stream): void {
  const shell = varyColor(r, hex("f4ece0"), 0.03);
  fillSoft(p, ellipse(0.7, 0.05, 1, 0.12), [0.1, 0.06, 0.05], 0.15, 0.55);
  fillRound(p, ellipse(0, -0.62, 0.55, 0.72), shell, { bevel: 0.55, gloss: 0.3 });
  if (happens(r, 0.6)) {
    fillFlat(
      p,
      polygon(
        toPoints([
          -0.1, -1.25, 0.12, -1, 0.02, -0.9, 0.2, -0.65, 0.05, -0.5, 0.3, -0.75, 0.18, -0.95, 0.3, -1.05, 0.1, -1.3,
        ]),
        0.02,
      ),
      hex("2a1c16"),
    );
    fillSoft(p, circle(0.12, -0.95, 0.1), hex("f0b848"), 0.1, 0.8);
  }
}

function drawFloatingApple(p: Brush, r: Stream): void {
  const tone = varyColor(r, pick(r, [hex("5a9a2c"), hex("c8281c"), hex("e8a020")]), 0.04);
  const up = between(r, 0.9, 1.5);
  fillSoft(p, ellipse(0.2, 0, 0.6, 0.1), [0.1, 0.06, 0.05], 0.15, 0.5);
  const f = placeBrush(p, 0, -up, 1);
  fillRound(
    f,
    polygon(
      [
        ...curve([0, -0.5], [-0.95, -0.75], [-0.62, 0.1], 6),
        ...curve([-0.62, 0.1], [-0.4, 0.7], [0, 0.52], 5).slice(1),
        ...curve([0, 0.52], [0.4, 0.7], [0.62, 0.1], 5).slice(1),
        ...curve([0.62, 0.1], [0.95, -0.75], [0, -0.5], 6).slice(1, -1),
      ],
      0.03,
    ),
    tone,
    { bevel: 0.55, gloss: 0.8 },
  );
  fillFlat(
    f,
    stroke(
      [
        [0, -0.45],
        [0.06, -0.7],
      ],
      0.035,
    ),
    hex("4a2c18"),
  );
  fillRound(f, ellipse(0.25, -0.68, 0.22, 0.1), hex("4a8a2c"), { bevel: 0.1 });
}

function drawSkyEye(p: Brush, r: Stream): void {
  const f = placeBrush(p, 0, -1.5, 1.1, around(r, 0, 0.2));
  const lid = polygon(
    [...curve([-1, 0], [0, -0.95], [1, 0], 8), ...curve([1, 0], [0, 0.9], [-1, 0], 8).slice(1, -1)],
    0.03,
  );
  fillSoft(f, lid, hex("a86a4c"), 0.3, 0.9);
  fillFlat(f, lid, hex("f8f4ec"));
  const iris = pick(r, [hex("3a8ac8"), hex("4aa05a"), hex("8a5a2c")]);
  fillFlat(
    f,
    intersection(lid, circle(0, 0, 0.42)),
    radialGradient(0, 0, 0.42, mix(iris, [1, 1, 1], 0.4), scaleColor(iris, 0.6)),
  );
  fillFlat(f, circle(0, 0, 0.2), hex("0c0a0c"));
  fillFlat(f, circle(-0.12, -0.14, 0.08), [1, 1, 1]);
  fillFlat(f, stroke(curve([-1, 0], [0, -0.95], [1, 0], 8), 0.05), hex("4a2c20"));
}

function drawBareTree(p: Brush, r: Stream): void {
  const bark = hex("3a2a20");
  fillSoft(p, line(0, 0, 1.4, 0.12, 0.07, 0.02), [0.1, 0.06, 0.05], 0.08, 0.5);
  fillRound(p, stroke(curve([0, 0.05], [around(r, 0, 0.2), -0.8], [0.1, -1.5], 6), 0.13, 0.05), bark, { bevel: 0.1 });
  for (const s of [-1, 1])
    fillFlat(
      p,
      stroke(curve([0.05, -1 + s * 0.15], [s * 0.35, -1.15], [s * 0.75, -1.2 + s * 0.15], 4), 0.06, 0.025),
      bark,
    );
  fillFlat(p, stroke(curve([0.08, -1.4], [0.25, -1.8], [0.15, -2], 4), 0.05, 0.02), bark);
}
