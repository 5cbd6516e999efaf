// Draws post-impressionist paintings: swirling skies over fields.

import type { Stream } from "@dit-bench/random";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount, randomSign } from "../raster/chance.ts";
import { type Color, hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { atan2, clamp, HALF_TURN, sin } from "../raster/elementary.ts";
import { clouds, type Field, noise } from "../raster/noise.ts";
import { fillCanvas, fillFlat } from "../raster/paint.ts";
import { areaBelow, box, circle, line, polygon } from "../raster/shapes.ts";
import { createEasel, drawDabs, varnish } from "./easel.ts";

/** A sky by night or day, cypresses and fields in swirling strokes. */
export function postImpressionism(r: Stream, size: number): Canvas {
  const b = createEasel(size);
  const isNight = happens(r, 0.6);
  const horizon = between(r, 0.55, 0.7);
  const blue = varyColor(r, isNight ? hex("1f3f8a") : hex("5aa0d0"), 0.05);
  const paleColor = isNight ? hex("8fb8d8") : hex("e8f0d8");
  fillCanvas(b, scaleColor(blue, 0.8));
  const eddies: [number, number, number, number][] = [];
  const n = randomCount(r, 2, 3);
  for (let i = 0; i < n; i++)
    eddies.push([
      (i + 0.5) / n + around(r, 0, 0.15),
      between(r, 0.15, horizon - 0.16),
      between(r, 0.13, 0.22),
      randomSign(r),
    ]);
  const stars = isNight ? randomCount(r, 3, 6) : 1;
  const lights: [number, number, number][] = [];
  for (let i = 0; i < stars; i++)
    lights.push([
      r.uniform(),
      between(r, 0.06, horizon - 0.12),
      i === 0 ? between(r, 0.07, 0.1) : between(r, 0.025, 0.045),
    ]);
  const flow: Field = (x, y) => {
    let u = 1;
    let v = 0.25;
    for (const [ex, ey, er, turn] of eddies) {
      const dx = x - ex;
      const dy = y - ey;
      const k = (4 * turn) / (1 + ((dx * dx + dy * dy) / (er * er)) * 1.5);
      u += (-dy / er) * k;
      v += (dx / er) * k;
    }
    return atan2(v, u);
  };
  const ripple = clouds(r);
  const tone = (x: number, y: number): Color => {
    let c = mix(blue, paleColor, clamp(0.3 + 0.6 * ripple(x * 5, y * 5)));
    for (const [ex, ey, er, turn] of eddies) {
      const dx = x - ex;
      const dy = y - ey;
      const radius = Math.sqrt(dx * dx + dy * dy) / er;
      // A spiral of two arms that fades outwards.
      if (radius < 1.6)
        c = mix(c, paleColor, clamp(sin(radius * 5 - turn * atan2(dy, dx) * 2) * 1.5) * clamp(1.8 - radius) * 0.9);
    }
    for (const [lx, ly, lr] of lights) {
      const d = Math.sqrt((x - lx) * (x - lx) + (y - ly) * (y - ly)) / lr;
      if (d < 2.4) c = mix(hex("f8d84a"), c, clamp((d - 0.8) / 1.6));
    }
    return varyColor(r, c, 0.07);
  };
  drawDabs(b, r, 330, 0.06, 0.014, flow, tone, horizon + 0.05);
  for (const [lx, ly, lr] of lights) fillFlat(b, circle(lx, ly, lr * 0.75), hex("fbe98a"));
  const land = isNight ? hsl(0.5, 0.35, 0.22) : hsl(0.13, 0.75, 0.52);
  const hill = noise(r);
  const slope: Field = (x) => horizon + 0.07 * hill(x * 2.5, 0);
  fillFlat(
    b,
    areaBelow((x) => slope(x, 0)),
    scaleColor(land, 0.8),
  );
  const furrow = around(r, 0, 0.4);
  for (let i = 0; i < 120; i++) {
    const x = r.uniform();
    const y = between(r, slope(x, 0) + 0.02, 1);
    const p = placeBrush(b, x, y, 1, furrow + 0.5 * hill(x * 4, y * 4));
    fillFlat(
      p,
      line(-0.05, 0, 0.05, 0, 0.013),
      varyColor(r, mix(land, isNight ? hex("3a6a9a") : hex("8a9a2c"), r.uniform() * 0.6), 0.1),
    );
  }
  if (isNight) {
    for (let i = 0; i < 6; i++) {
      const x = between(r, 0.3, 1);
      const y = slope(x, 0) + between(r, 0.04, 0.12);
      fillFlat(b, box(x, y, 0.035, 0.028), hsl(0.6, 0.25, 0.22));
      fillFlat(
        b,
        polygon([
          [x - 0.045, y - 0.025],
          [x, y - 0.065],
          [x + 0.045, y - 0.025],
        ]),
        hsl(0.03, 0.35, 0.25),
      );
      fillFlat(b, box(x, y, 0.012, 0.012), hex("f8d24a"));
    }
  }
  if (happens(r, 0.75)) {
    const x = pick(r, [between(r, 0.1, 0.28), between(r, 0.72, 0.9)]);
    const height = between(r, 0.08, 0.3);
    const w = between(r, 0.07, 0.12);
    for (let i = 0; i < 46; i++) {
      const t = i / 46;
      const y = 1.02 - t * (1.02 - height);
      const half = w * (1 - t * t) * (0.7 + 0.3 * sin(t * 14));
      const p = placeBrush(b, x + around(r, 0, half), y, 1, -HALF_TURN / 2 + around(r, 0, 0.5));
      fillFlat(
        p,
        line(-0.05, 0, 0.05, 0, 0.017, 0.008),
        varyColor(r, pick(r, [hex("1c3a24"), hex("2c5a30"), hex("4a5a24"), hex("16261e")]), 0.05),
      );
    }
  }
  return varnish(b, r, 0.05);
}
