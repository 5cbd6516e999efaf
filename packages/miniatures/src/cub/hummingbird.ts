// Draws hummingbirds.

import type { Stream } from "@dit-bench/random";
import { createScene, drawBokeh } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomSign } from "../raster/chance.ts";
import { hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { smoothstep } from "../raster/elementary.ts";
import { noise, stretchField } from "../raster/noise.ts";
import { fillFlat, fillRound, fillSoft, lerp } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { curve, ellipse, line, polygon, smoothUnion, toPoints } from "../raster/shapes.ts";
import { drawDot } from "./songbird.ts";

export function hummingbird(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const a = hsl(around(r, 0.28, 0.1), between(r, 0.3, 0.6), between(r, 0.3, 0.7));
  drawBokeh(b, r, a, hsl(around(r, 0.3, 0.15), 0.4, between(r, 0.35, 0.75)), 8);
  const facing = randomSign(r);
  const f = placeBrush(
    b,
    around(r, 0.5, 0.08) - facing * 0.06,
    around(r, 0.52, 0.08),
    between(r, 0.34, 0.42),
    around(r, 0, 0.2),
    facing,
  );
  if (happens(r, 0.7)) {
    const bloom = hsl(pick(r, [0.97, 0.02, 0.9, 0.08]), 0.85, 0.52);
    const p = placeBrush(f, 1.32, -0.62, 0.42, around(r, 0, 0.3));
    for (let k = 0; k < 5; k++)
      fillRound(placeBrush(p, 0.3, 0, 1, (k - 2) * 0.75), ellipse(0.35, 0, 0.5, 0.24), varyColor(r, bloom, 0.06), {
        bevel: 0.2,
      });
    fillFlat(p, line(-0.25, 0, 0.3, 0, 0.1, 0.18), scaleColor(bloom, 0.75));
  }
  const green = varyColor(r, hex("1f8f5a"), 0.05);
  const throat = pick(r, [hex("c4163a"), hex("b01670"), hex("e0501a"), hex("6a2bb0")]);
  const feather = mix(hex("6f6a66"), green, 0.15);
  const lift = between(r, 0.9, 1.25);
  const wing = (x: number, k: number): void => {
    const shape = polygon(
      [
        ...curve([0.12, -0.15], [x + 0.3, -lift * 0.75], [x, -lift], 5),
        ...curve([x, -lift], [x - 0.45, -lift * 0.5], [-0.25, 0.05], 5),
      ],
      0.03,
    );
    fillSoft(f, shape, scaleColor(feather, k), 0.16, 0.8);
    for (let q = 0; q < 3; q++)
      fillFlat(f, line(-0.05, -0.2, x - 0.18 + q * 0.14, -lift * 0.85, 0.012), scaleColor(feather, k * 0.6), 0.6);
  };
  wing(0.15, 1.25);
  fillFlat(f, polygon(toPoints([-0.42, 0.5, -0.95, 0.95, -0.6, 1.05, -0.25, 0.68]), 0.03), scaleColor(green, 0.45));
  const shimmer = stretchField(noise(r), 12, 12);
  const body = smoothUnion(line(0.2, -0.2, -0.35, 0.5, 0.27, 0.12), ellipse(0.05, 0.05, 0.26, 0.32), 0.1);
  fillRound(
    f,
    body,
    (x, y, _d, ink) => {
      lerp(ink, green, hex("dcdcd0"), smoothstep(-0.05, 0.18, x + y * 0.75));
      const k = 1 + 0.2 * shimmer(x, y);
      for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
    },
    { bevel: 0.25, gloss: 0.3 },
  );
  wing(-0.55, 0.95);
  fillRound(f, ellipse(0.35, -0.42, 0.25, 0.22), green, { bevel: 0.22, gloss: 0.4 });
  fillRound(f, ellipse(0.4, -0.25, 0.18, 0.14), throat, { bevel: 0.14, gloss: 0.7 });
  fillFlat(f, line(0.55, -0.44, 1.22, -0.6, 0.035, 0.018), hex("15120f"));
  drawDot(f, 0.42, -0.46, 0.065);
  return develop(b.canvas, r);
}
