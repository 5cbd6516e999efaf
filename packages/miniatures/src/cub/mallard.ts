// Draws mallards on water.

import type { Stream } from "@dit-bench/random";
import { createScene } from "../raster/backdrops.ts";
import { type Brush, blur, type Canvas, type Paint, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomSign } from "../raster/chance.ts";
import { type Color, hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, smoothstep } from "../raster/elementary.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import {
  fillCanvas,
  fillFlat,
  fillRound,
  fillSoft,
  grainedPaint,
  lerp,
  linearGradient,
  scaleInk,
  solidPaint,
} from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { curve, ellipse, halfPlane, line, polygon, smoothUnion, stroke, toPoints } from "../raster/shapes.ts";
import { drawDot } from "./songbird.ts";

export function mallard(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const water = pick(r, [hex("4f7f9e"), hex("5d8274"), hex("3c5f86"), hex("8a9aa2"), hex("6f7f4e")]);
  const horizon = between(r, 0.05, 0.3);
  drawRipples(b, r, varyColor(r, water, 0.08), horizon);
  const heading = randomSign(r);
  const x = around(r, 0.5, 0.12);
  const y = around(r, 0.62, 0.08);
  const s = between(r, 0.29, 0.42);
  if (happens(r, 0.3)) {
    const away = happens(r, 0.5) ? -heading : heading;
    drawDuck(
      placeBrush(b, x - heading * between(r, 0.2, 0.4), y - between(r, 0.16, 0.24), s * 0.72, 0, away),
      r,
      false,
    );
  }
  drawDuck(placeBrush(b, x, y, s, around(r, 0, 0.06), heading), r, true);
  drawWaves(b, r, water, between(r, 0.8, 0.88));
  return develop(b.canvas, r);
}

/** Draws a swimming duck that faces +x: a drake or a brown hen. */
function drawDuck(f: Brush, r: Stream, drake: boolean): void {
  fillSoft(placeBrush(f, 0, 0.42, 1), ellipse(0, 0, 1.05, 0.16), [0.02, 0.05, 0.05], 0.25, 0.6);
  const flank = varyColor(r, drake ? hex("bdb6ab") : hex("a8845a"), 0.04);
  const breast = drake ? hex("6e3a22") : hex("7d5a38");
  const fineNoise = stretchField(noise(r), 14, 14);
  const fleck = drake ? 0.14 : 0.3;
  fillFlat(
    f,
    polygon(toPoints([-0.7, -0.12, -1.2, -0.3, -1.05, 0.02, -0.7, 0.2]), 0.04),
    drake ? hex("f0ece2") : hex("c8aa80"),
  );
  const body = smoothUnion(ellipse(-0.1, 0.08, 0.92, 0.38), ellipse(0.5, 0.02, 0.42, 0.36), 0.15);
  const coat: Paint = (x, y, _d, ink) => {
    if (drake && x < -0.72) lerp(ink, RUMP, RUMP, 0);
    else lerp(ink, flank, breast, smoothstep(0.35, 0.5, x - 0.1 * y));
    scaleInk(ink, 1 + fleck * fineNoise(x, y));
  };
  fillRound(f, body, coat, { bevel: 0.38 });
  fillRound(
    f,
    ellipse(-0.22, -0.04, 0.55, 0.2),
    grainedPaint(solidPaint(drake ? hex("8d7f6f") : hex("7a5a3a")), fineNoise, 0.25),
    {
      bevel: 0.2,
    },
  );
  fillFlat(f, polygon(toPoints([-0.55, 0.06, -0.2, 0.03, -0.22, 0.13, -0.55, 0.14]), 0.01), hex("3c5cc8"));
  const head = drake ? varyColor(r, hex("12663c"), 0.03) : hex("8f6c48");
  const gloss = drake ? 0.7 : 0;
  fillRound(f, line(0.58, 0, 0.66, -0.45, 0.24, 0.2), head, { bevel: 0.22, gloss: gloss * 0.6 });
  if (drake) fillFlat(f, line(0.42, -0.02, 0.8, -0.02, 0.05), hex("f4f2ea"));
  fillRound(f, ellipse(0.72, -0.56, 0.27, 0.25), head, { bevel: 0.25, gloss });
  const bill = drake ? hex("e6b32a") : hex("c8783a");
  fillRound(f, polygon(toPoints([0.9, -0.62, 1.32, -0.46, 1.3, -0.38, 0.9, -0.42]), 0.05), bill, { bevel: 0.08 });
  if (!drake) fillFlat(f, line(0.6, -0.6, 0.9, -0.56, 0.04), hex("4a3320"));
  drawDot(f, 0.8, -0.62, 0.06);
}

const RUMP: Color = [0.1, 0.1, 0.1];

function drawRipples(b: Brush, r: Stream, water: Color, horizon: number): void {
  fillCanvas(b, linearGradient(0, horizon, mix(water, [1, 1, 1], 0.25), 0, 1, scaleColor(water, 0.7)));
  const lines = stretchField(clouds(r), 3, 16);
  const light = mix(water, [1, 1, 1], 0.5);
  fillCanvas(b, (x, y, _d, ink) => {
    lerp(ink, light, light, 0);
    ink[3] = clamp(lines(x, y)) * 0.6;
  });
  if (horizon > 0.14) {
    const bank = hsl(around(r, 0.25, 0.06), 0.35, between(r, 0.15, 0.35));
    const tufts = noise(r);
    fillSoft(b, halfPlane(0, horizon, 0, 1), linearGradient(0, 0, scaleColor(bank, 1.5), 0, horizon, bank), 0.06);
    fillSoft(b, halfPlane(0, horizon + 0.03 * tufts(1, 1), 0, 1), scaleColor(bank, 0.6), 0.12, 0.4);
  }
  blur(b.canvas, 0.01);
}

/** Draws rings on the water around a duck. */
function drawWaves(b: Brush, r: Stream, water: Color, y: number): void {
  for (let i = 0; i < 3; i++) {
    const x = 0.5 + around(r, 0, 0.3);
    const w = between(r, 0.15, 0.35);
    const dy = y + i * 0.06;
    fillFlat(b, stroke(curve([x - w, dy], [x, dy + 0.03], [x + w, dy], 4), 0.009), mix(water, [1, 1, 1], 0.7), 0.7);
  }
}
