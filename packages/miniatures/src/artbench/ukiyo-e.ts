// Draws ukiyo-e prints: waves, mountains and the sun.

import type { Stream } from "@dit-bench/random";
import { type Brush, type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount, randomSign } from "../raster/chance.ts";
import { type Color, hex, mix, varyColor } from "../raster/color.ts";
import { sin, smoothstep } from "../raster/elementary.ts";
import { noise } from "../raster/noise.ts";
import { fillCanvas, fillFlat, lerp, linearGradient } from "../raster/paint.ts";
import {
  areaBelow,
  box,
  circle,
  curve,
  ellipse,
  intersection,
  line,
  type Point,
  polygon,
  stroke,
  toPoints,
} from "../raster/shapes.ts";
import { createEasel, varnish } from "./easel.ts";

/** A great wave, a mountain and a red sun in the flat colours of a woodblock print. */
export function ukiyoE(r: Stream, size: number): Canvas {
  const b = createEasel(size);
  const washi = varyColor(r, hex("eadfc0"), 0.03);
  const indigo = varyColor(r, hex("1f4470"), 0.04);
  const inkLine = hex("1a2430");
  const top = pick(r, [
    mix(washi, indigo, 0.5),
    mix(washi, hex("d8683c"), 0.55),
    washi,
    mix(washi, hex("6a9a8a"), 0.4),
  ]);
  fillCanvas(b, linearGradient(0, 0, top, 0, between(r, 0.25, 0.45), washi));
  const motif = r.uniform();
  if (happens(r, 0.55))
    fillFlat(
      b,
      circle(between(r, 0.15, 0.85), between(r, 0.14, 0.32), between(r, 0.08, 0.13)),
      varyColor(r, hex("cf3a26"), 0.03),
    );
  const foot = between(r, 0.6, 0.74);
  if (happens(r, motif < 0.5 ? 0.6 : 1)) {
    const x = between(r, 0.3, 0.72);
    const top = motif < 0.5 ? between(r, 0.36, 0.46) : between(r, 0.16, 0.26);
    const w = motif < 0.5 ? between(r, 0.2, 0.3) : between(r, 0.42, 0.55);
    const rock = motif < 0.5 ? indigo : pick(r, [hex("a8482c"), indigo, hex("5a6a7a")]);
    const side1 = curve([x - w, foot + 0.02], [x - w * 0.35, top + (foot - top) * 0.45], [x - 0.045, top], 6);
    const side2 = curve([x + 0.045, top], [x + w * 0.35, top + (foot - top) * 0.45], [x + w, foot + 0.02], 6);
    const fuji = polygon([...side1, ...side2]);
    fillFlat(b, fuji, linearGradient(0, top, rock, 0, foot, mix(rock, washi, 0.5)));
    const cap: Point[] = [];
    for (let k = 0; k <= 8; k++)
      cap.push([x - w * 0.5 + (k * w) / 8, top + (foot - top) * (k % 2 === 0 ? 0.24 : 0.42)]);
    fillFlat(b, intersection(fuji, polygon([[x - w, top - 0.1], [x + w, top - 0.1], ...cap.reverse()])), hex("f6f2e4"));
    fillFlat(b, stroke(side1, 0.008), inkLine);
    fillFlat(b, stroke(side2, 0.008), inkLine);
  }
  if (motif < 0.5) drawGreatWave(b, r, indigo, inkLine);
  else {
    const bandsOf = randomCount(r, 2, 3);
    for (let i = 0; i < bandsOf; i++) {
      const y = foot + i * 0.11;
      const roll = noise(r);
      const tone = mix(indigo, pick(r, [hex("5a9aa8"), hex("3a6a4a"), indigo]), 0.6);
      fillFlat(
        b,
        areaBelow((x) => y + 0.03 * roll(x * 4, i)),
        mix(tone, washi, 0.35 * (bandsOf - i - 1)),
      );
    }
    if (happens(r, 0.6)) {
      // A pine branch or a blossoming branch in the foreground.
      const s = randomSign(r);
      const p = placeBrush(b, s < 0 ? 0 : 1, between(r, 0.3, 0.6), 1, 0, -s);
      fillFlat(p, stroke(curve([-0.05, 0.3], [0.2, 0.05], [0.55, -0.12], 6), 0.028, 0.01), hex("3a2a22"));
      fillFlat(p, stroke(curve([0.18, 0.1], [0.3, 0.15], [0.45, 0.1], 4), 0.014, 0.007), hex("3a2a22"));
      const leaf = happens(r, 0.5) ? hex("f0a8b4") : hex("2f5a3c");
      for (let i = 0; i < 12; i++) {
        const t = between(r, 0.1, 1);
        fillFlat(
          p,
          ellipse(0.55 * t + around(r, 0, 0.07), 0.22 - 0.34 * t + around(r, 0, 0.08), 0.05, 0.03),
          varyColor(r, leaf, 0.06),
        );
      }
    } else {
      const p = placeBrush(
        b,
        between(r, 0.3, 0.7),
        foot + between(r, 0.1, 0.18),
        between(r, 0.14, 0.2),
        0,
        randomSign(r),
      );
      fillFlat(p, polygon(curve([-1.1, -0.15], [0, 0.55], [1.1, -0.25], 6), 0.05), hex("8a5a34"));
      fillFlat(p, line(0, 0.1, 0, -1.3, 0.05), hex("5a3a24"));
      fillFlat(p, polygon(toPoints([0.05, -1.3, 0.8, -1.1, 0.72, -0.25, 0.05, -0.15]), 0.03), hex("f2e8cc"));
    }
  }
  if (happens(r, 0.6)) {
    const x = pick(r, [0.08, 0.92]);
    fillFlat(b, box(x, 0.16, 0.035, 0.08), hex("c83a28"));
    for (let k = 0; k < 3; k++)
      fillFlat(b, line(x - 0.015, 0.11 + k * 0.05, x + 0.015, 0.11 + k * 0.05, 0.008), hex("f2e8cc"));
  }
  return varnish(b, r, 0.03);
}

function drawGreatWave(b: Brush, r: Stream, indigo: Color, inkLine: Color): void {
  const p = placeBrush(b, 0.5, 0.5, 0.5, 0, randomSign(r), 1);
  const reach = between(r, 0, 0.3);
  const top = between(r, -0.75, -0.45);
  const wave = polygon([
    [-1.2, 1.2],
    [-1.2, -0.1],
    ...curve([-1.2, -0.1], [-0.7, top - 0.35], [reach, top + 0.15], 7),
    ...curve([reach, top + 0.15], [reach + 0.2, top + 0.35], [reach + 0.02, top + 0.55], 4).slice(1),
    ...curve([reach - 0.08, top + 0.42], [-0.5, top + 0.35], [-0.35, 0.45], 6),
    ...curve([-0.35, 0.45], [0.2, 0.95], [1.2, between(r, 0.1, 0.5)], 6).slice(1),
    [1.2, 1.2],
  ]);
  const paleColor = mix(indigo, hex("a8c8d0"), 0.55);
  const foam = noise(r);
  fillFlat(p, wave, (x, y, d, ink) => {
    const t = sin((x * 0.7 + y * 1.1 + 0.2 * foam(x * 3, y * 3)) * 15);
    lerp(ink, indigo, paleColor, smoothstep(0.1, 0.5, t));
    const edge = smoothstep(0.17, 0.1, -d + 0.05 * foam(x * 9, y * 9)) * (y < 0.55 ? 1 : 0);
    const [p0, p1, p2] = [ink[0]!, ink[1]!, ink[2]!];
    lerp(ink, [p0, p1, p2], hex("f6f2e4"), edge);
  });
  for (let k = 0; k < 9; k++) {
    const t = k / 8;
    const x = -0.55 + t * (reach + 0.65);
    const y = top + 0.02 + 0.28 * t * t + around(r, 0, 0.05);
    fillFlat(p, circle(x, y + 0.03, between(r, 0.05, 0.09)), hex("f8f5ea"));
    fillFlat(p, circle(x + around(r, 0.15, 0.12), y + between(r, 0.1, 0.4) * t, between(r, 0.02, 0.04)), hex("f8f5ea"));
  }
  if (happens(r, 0.4)) fillFlat(p, stroke(curve([0.15, 0.72], [0.5, 0.85], [0.95, 0.6], 5), 0.05), hex("c8a064"));
  fillFlat(p, stroke(curve([-0.35, 0.5], [0.2, 1], [1.2, 0.4], 6), 0.014), inkLine, 0.6);
}
