// Draws impressionist paintings: ponds, gardens and harbours.

import type { Stream } from "@dit-bench/random";
import { type Brush, type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount, randomSign } from "../raster/chance.ts";
import { type Color, hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp } from "../raster/elementary.ts";
import { noise } from "../raster/noise.ts";
import { fillCanvas, fillFlat, lerp } from "../raster/paint.ts";
import { circle, curve, ellipse, halfPlane, intersection, line, polygon, stroke, toPoints } from "../raster/shapes.ts";
import { createEasel, drawDabs, varnish } from "./easel.ts";

/** A pond, a garden or a harbour in short strokes of varying colour. */
export function impressionism(r: Stream, size: number): Canvas {
  const b = createEasel(size);
  const motif = pick(r, ["pond", "field", "harbour"] as const);
  const horizon = motif === "pond" ? between(r, 0.08, 0.25) : between(r, 0.35, 0.55);
  const mood = around(r, 0, 0.05);
  const air =
    motif === "harbour" ? hsl(0.08 + mood, 0.55, between(r, 0.62, 0.72)) : hsl(0.56 + mood, 0.45, between(r, 0.7, 0.8));
  const water = hsl(0.56 + mood, between(r, 0.3, 0.5), between(r, 0.4, 0.58));
  const field = hsl(0.24 + mood, 0.42, between(r, 0.42, 0.58));
  const trees = hsl(0.33 + mood, 0.35, between(r, 0.24, 0.38));
  const sunX = between(r, 0.25, 0.75);
  const tuft = noise(r);
  const underpaint = (x: number, y: number): Color => {
    if (y < horizon - 0.05) return motif === "pond" ? trees : mix(air, [1, 0.96, 0.88], clamp(y / horizon) * 0.5);
    if (y < horizon + 0.05 * tuft(x * 5, 0) + 0.02) return motif === "harbour" ? mix(water, air, 0.5) : trees;
    return motif === "field"
      ? field
      : mix(water, motif === "harbour" ? air : trees, 0.35 * (0.5 + 0.5 * tuft(x * 3, y * 5)));
  };
  fillCanvas(b, (x, y, _d, ink) => {
    const c = underpaint(x, y);
    lerp(ink, c, c, 0);
  });
  drawDabs(
    b,
    r,
    260,
    0.05,
    0.02,
    (_x, y) => (y < horizon ? around(r, 0, 0.6) : 0),
    (x, y) => {
      const base = underpaint(x, y);
      const c = varyColor(r, base, 0.12);
      if (motif === "field" && y > horizon + 0.06 && happens(r, 0.16 + 0.2 * y))
        return varyColor(r, pick(r, [hex("d8382c"), hex("e85a3a"), hex("f2e6c8")]), 0.06);
      if (motif === "harbour" && y > horizon && Math.abs(x - sunX) < 0.06 + 0.05 * y && happens(r, 0.45))
        return hex("f58a3c");
      return c;
    },
  );
  if (motif === "pond") drawPond(b, r, horizon);
  else if (motif === "harbour") drawHarbour(b, r, horizon, sunX, water, air);
  else drawGarden(b, r, horizon, trees);
  return varnish(b, r, 0.08);
}

/** Draws water lilies and sometimes a footbridge. */
function drawPond(b: Brush, r: Stream, horizon: number): void {
  const leaf = hsl(around(r, 0.3, 0.04), 0.42, between(r, 0.42, 0.55));
  if (happens(r, 0.5)) {
    const wood = varyColor(r, hex("5f9a8a"), 0.06);
    const y = horizon + between(r, 0.12, 0.2);
    for (const lift of [0, -0.09])
      fillFlat(
        b,
        stroke(
          curve([-0.1, y + 0.16 + lift], [0.5, y - 0.24 + lift], [1.1, y + 0.16 + lift], 10),
          lift === 0 ? 0.03 : 0.014,
        ),
        wood,
      );
    for (let k = 0; k < 7; k++) {
      const x = 0.05 + k * 0.15;
      const deck = y + 0.16 - 0.4 * 2 * ((x + 0.1) / 1.2) * (1 - (x + 0.1) / 1.2);
      fillFlat(b, line(x, deck, x, deck - 0.09, 0.01), wood);
    }
  }
  const pads = randomCount(r, 6, 9);
  for (let i = 0; i < pads; i++) {
    const t = (i + r.uniform()) / pads;
    const p = placeBrush(b, r.uniform(), horizon + 0.2 + t * (0.78 - horizon), 0.07 + 0.11 * t);
    for (let k = 0; k < 6; k++)
      fillFlat(p, dash(around(r, 0, 0.7), around(r, 0, 0.26), 0.5, 0.16), varyColor(r, leaf, 0.12));
    if (happens(r, 0.75)) {
      const petal = pick(r, [hex("f6b8cc"), hex("fbf3f0"), hex("ee8aae")]);
      for (let k = 0; k < 4; k++)
        fillFlat(p, dash(around(r, 0, 0.3), -0.22 + around(r, 0, 0.16), 0.16, 0.18), varyColor(r, petal, 0.06));
    }
  }
}

/** Draws a red sun and boats. */
function drawHarbour(b: Brush, r: Stream, horizon: number, sunX: number, water: Color, air: Color): void {
  fillFlat(b, circle(sunX, horizon - between(r, 0.1, 0.25), between(r, 0.05, 0.07)), hex("f5642c"));
  const tone = mix(scaleColor(water, 0.4), hex("2a3044"), 0.5);
  const boats = randomCount(r, 1, 3);
  for (let i = 0; i < boats; i++) {
    const p = placeBrush(
      b,
      between(r, 0.12, 0.88),
      horizon + between(r, 0.04, 0.32),
      between(r, 0.1, 0.18),
      0,
      randomSign(r),
    );
    fillFlat(p, polygon(toPoints([-0.9, 0, 0.9, 0, 0.6, 0.3, -0.6, 0.3]), 0.04), tone);
    fillFlat(p, line(0, 0, 0, -1.5, 0.07), tone);
    if (happens(r, 0.75))
      fillFlat(p, polygon(toPoints([0.06, -1.5, 0.75, -0.15, 0.06, -0.15]), 0.04), mix(air, [1, 1, 1], 0.4));
  }
}

/** Draws trees at the edge of a field, and a woman with a parasol. */
function drawGarden(b: Brush, r: Stream, horizon: number, trees: Color): void {
  for (let i = 0; i < 3; i++) {
    const x = r.uniform();
    const s = between(r, 0.08, 0.15);
    for (let k = 0; k < 14; k++)
      fillFlat(
        b,
        dash(x + around(r, 0, s), horizon - s * 0.9 + around(r, 0, s), s * 0.3, s * 0.16),
        varyColor(r, trees, 0.1),
      );
  }
  if (happens(r, 0.5)) drawParasolLady(b, r, between(r, 0.25, 0.75), between(r, 0.62, 0.75));
}

function dash(x: number, y: number, halfLength: number, halfWidth: number) {
  return line(x - halfLength, y, x + halfLength, y, halfWidth);
}

function drawParasolLady(b: Brush, r: Stream, x: number, y: number): void {
  const p = placeBrush(b, x, y, between(r, 0.13, 0.18), 0, randomSign(r));
  fillFlat(
    p,
    polygon(toPoints([-0.18, -0.6, 0.18, -0.6, 0.55, 1, -0.5, 1]), 0.05),
    varyColor(r, pick(r, [hex("f4f0ea"), hex("e8c8d0"), hex("a8b8d8")]), 0.04),
  );
  fillFlat(p, ellipse(0, -0.85, 0.18, 0.2), hex("e0b090"));
  fillFlat(p, ellipse(0, -1, 0.3, 0.1), hex("d8b060"));
  fillFlat(p, line(0.2, -0.4, 0.42, -1.35, 0.045), hex("6a4a2c"));
  fillFlat(
    p,
    intersection(ellipse(0.42, -1.25, 0.75, 0.5), halfPlane(0, -1.22, 0, 1)),
    varyColor(r, pick(r, [hex("5a9a6a"), hex("e8e0d0"), hex("d86a4a")]), 0.05),
  );
}
