// Draws starfish.

import type { Stream } from "@dit-bench/random";
import { createScene } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { hex, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, cos, sin, smoothstep, TURN } from "../raster/elementary.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import { fillCanvas, fillFlat, fillRound, fillSoft, lerp, mottledPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { circle, curve, stroke, union } from "../raster/shapes.ts";
import { drawPaper } from "./paper.ts";

export function starfish(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  if (happens(r, 0.5)) {
    const sand = varyColor(r, hex("e6d4ac"), 0.05);
    fillCanvas(b, mottledPaint(stretchField(clouds(r), 16, 16), scaleColor(sand, 0.82), scaleColor(sand, 1.12)));
  } else drawPaper(b, r, happens(r, 0.4));
  const f = placeBrush(
    b,
    around(r, 0.5, 0.05),
    around(r, 0.5, 0.05),
    between(r, 0.38, 0.47),
    r.uniform() * TURN,
    1,
    between(r, 0.85, 1),
  );
  const tone = varyColor(
    r,
    pick(r, [hex("e0702c"), hex("c8382c"), hex("d89a4c"), hex("a85a8a"), hex("4a6ab8"), hex("b8543c")]),
    0.04,
  );
  const fat = between(r, 0.26, 0.38);
  const bend = [0, 1, 2, 3, 4].map(() => around(r, 0, 0.25));
  const arms = bend.map((lean, k) => {
    const angle = (k * TURN) / 5;
    return stroke(
      curve([0, 0], [cos(angle) * 0.5, sin(angle) * 0.5], [cos(angle + lean) * 0.92, sin(angle + lean) * 0.92], 3),
      fat,
      0.07,
    );
  });
  const body = union(...arms);
  fillSoft(placeBrush(f, 0.07, 0.09, 1), body, [0.1, 0.08, 0.08], 0.15, 0.45);
  const bumps = stretchField(noise(r), 11, 11);
  const paleColor = mix(tone, hex("fff0d0"), 0.65);
  fillRound(
    f,
    body,
    (x, y, d, ink) =>
      lerp(
        ink,
        scaleColor(tone, 0.85),
        paleColor,
        clamp(bumps(x, y) * 0.9 - 0.15) + smoothstep(fat * 0.45, fat * 0.95, -d) * 0.35,
      ),
    { bevel: fat * 0.85, gloss: 0.1 },
  );
  bend.forEach((lean, k) => {
    const angle = (k * TURN) / 5;
    for (let q = 1; q < 5; q++) {
      const t = q * 0.2;
      fillFlat(
        f,
        circle(cos(angle + lean * t) * t * 0.95, sin(angle + lean * t) * t * 0.95, 0.055 - t * 0.02),
        paleColor,
      );
    }
  });
  fillFlat(f, circle(0, 0, 0.07), paleColor);
  return develop(b.canvas, r, 0.7);
}
