// Draws bracket fungi.

import type { Stream } from "@dit-bench/random";
import { createScene, drawFoliage } from "../raster/backdrops.ts";
import { type Brush, type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, pick, randomCount } from "../raster/chance.ts";
import { type Color, hex, scaleColor, varyColor } from "../raster/color.ts";
import { smoothstep } from "../raster/elementary.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import { fillFlat, fillRound, fillSoft, grainedPaint, lerp, solidPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { ellipse, halfPlane, intersection, polygon, roughShape, toPoints } from "../raster/shapes.ts";

/** Colours of the rings from the stalk outwards, and of the growing edge. */
type Rings = readonly [Color, Color, Color, Color];

/** Tiers of fan-shaped brackets on a tree trunk. */
export function bracket(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  drawFoliage(b, r, around(r, 0.24, 0.06));
  const trunk = placeBrush(b, around(r, 0.5, 0.22), 0.5, 1, around(r, 0, 0.18));
  const half = between(r, 0.26, 0.42);
  const bark = varyColor(r, pick(r, [hex("6b5443"), hex("4d3f35"), hex("8a7a6a"), hex("cfcac0")]), 0.05);
  const grain = stretchField(clouds(r), between(r, 9, 15), 3);
  fillRound(
    trunk,
    polygon([
      [-half, -0.9],
      [half, -0.9],
      [half * 1.1, 0.9],
      [-half * 1.1, 0.9],
    ]),
    grainedPaint(solidPaint(bark), grain, 0.5),
    {
      bevel: half,
    },
  );
  const rings: Rings = pick(r, [
    [hex("3d2b22"), hex("a5723f"), hex("d9b98a"), hex("f6ecd6")],
    [hex("3a3844"), hex("8f7a6a"), hex("5f7a8a"), hex("eee6da")],
    [hex("9c3c12"), hex("e0741c"), hex("f4aa3c"), hex("fde9b0")],
    [hex("54522f"), hex("a9a36a"), hex("c9b98f"), hex("f6f0df")],
  ]);
  const tiers = randomCount(r, 2, 4);
  const turns = between(r, 2.5, 4);
  // From the lowest upwards, since each fan overhangs the one below.
  for (let i = tiers - 1; i >= 0; i--) {
    const y = -0.36 + ((i + 0.35) * 0.86) / tiers + around(r, 0, 0.04);
    const across = pick(r, [1, 1, 2]);
    for (let k = 0; k < across; k++) {
      const x = across === 1 ? around(r, 0, half * 0.8) : (k - 0.5) * half * 1.2 + around(r, 0, 0.05);
      drawFan(
        placeBrush(
          trunk,
          x,
          y,
          (across === 1 ? between(r, 0.24, 0.36) : between(r, 0.18, 0.24)) * (tiers < 4 ? 1 : 0.8),
          around(r, 0, 0.12),
        ),
        r,
        rings,
        turns,
      );
    }
  }
  return develop(b.canvas, r);
}

function drawFan(f: Brush, r: Stream, rings: Rings, turns: number): void {
  const wave = noise(r);
  const depth = between(r, 0.55, 0.75);
  fillSoft(
    f,
    intersection(ellipse(0, 0.16, 1.05, depth * 1.15), halfPlane(0, 0, 0, -1)),
    [0.03, 0.02, 0.02],
    0.3,
    0.65,
  );
  const shape = roughShape(
    intersection(ellipse(0, 0, 1, depth), polygon(toPoints([-1.2, -0.02, 0, -0.22, 1.2, -0.02, 1.2, 1, -1.2, 1]))),
    (x, y) => wave(x * 3, y * 3),
    0.06,
  );
  fillFlat(placeBrush(f, 0, 0.1, 1), shape, scaleColor(rings[3], 0.6));
  fillRound(
    f,
    shape,
    (x, y, d, ink) => {
      const radius = Math.sqrt(x * x + (y * y) / (depth * depth)) + 0.1 * wave(x * 4, y * 4);
      const t = Math.max(radius, 0) * turns;
      const k = Math.floor(t);
      lerp(ink, rings[(k % 3) as 0 | 1 | 2], rings[((k + 1) % 3) as 0 | 1 | 2], smoothstep(0.3, 1, t - k));
      const edge = smoothstep(0.16, 0.08, -d) * (y > 0.05 ? 1 : 0);
      lerp(ink, [ink[0]!, ink[1]!, ink[2]!], rings[3], edge);
    },
    { bevel: 0.16, gloss: 0.1 },
  );
}
