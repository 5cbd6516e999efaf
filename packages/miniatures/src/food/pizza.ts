// Draws pizzas, whole and by the slice.

import type { Stream } from "@dit-bench/random";
import { drawShadow } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount } from "../raster/chance.ts";
import { hex, scaleColor, varyColor } from "../raster/color.ts";
import { cos, sin, smoothstep, TURN } from "../raster/elementary.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import { fillBall, fillFlat, fillRound, fillSoft, lerp, mottledPaint, rimmedPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import {
  circle,
  difference,
  ellipse,
  intersection,
  line,
  outline,
  polygon,
  roughShape,
  type Shape,
  toPoints,
} from "../raster/shapes.ts";
import { drawPlate, drawTable } from "./table.ts";

/** An eighth of the pizza, from its centre along +x. */
const WEDGE = polygon(toPoints([0, 0, 2, -0.95, 2, 0.95]), 0.02);

export function pizza(r: Stream, size: number): Canvas {
  const b = drawTable(r, size);
  const form = pick(r, ["whole", "whole", "cut", "slice"] as const);
  const turn = r.uniform() * TURN;
  const s = form === "slice" ? between(r, 0.72, 0.85) : between(r, 0.35, 0.5);
  // A slice extends along +x from the centre of the pizza: move the pizza so that the slice is in the middle of the
  // image.
  const shift = form === "slice" ? s * 0.52 : 0;
  const f = placeBrush(
    b,
    around(r, 0.5, 0.08) - cos(turn) * shift,
    around(r, 0.5, 0.08) - sin(turn) * shift,
    s,
    turn,
    1,
    form === "slice" ? 1 : between(r, 0.78, 1),
  );
  if (form === "slice") {
    if (happens(r, 0.6)) drawPlate(placeBrush(f, 0.52, 0, 0.6), r, 1);
    fillSoft(placeBrush(f, 0.03, 0.04, 1), WEDGE, [0.05, 0.03, 0.03], 0.15, 0.5);
  } else if (happens(r, 0.6)) drawPlate(f, r, 1.12);
  else drawShadow(f, 0.05, 0.08, 1.05, 1.05, 0.5);
  const bumps = noise(r);
  const crust = varyColor(r, hex("d29a52"), 0.05);
  const char = stretchField(clouds(r), 4, 4);
  const cut = (shape: Shape): Shape =>
    form === "whole" ? shape : form === "cut" ? difference(shape, WEDGE) : intersection(shape, WEDGE);
  fillRound(
    f,
    cut(roughShape(circle(0, 0, 0.97), (x, y) => bumps(x * 4, y * 4), 0.04)),
    mottledPaint(char, scaleColor(crust, 0.65), scaleColor(crust, 1.2)),
    { bevel: 0.14, gloss: 0.1 },
  );
  const cheese = varyColor(r, pick(r, [hex("f3cb62"), hex("f0d890"), hex("e9b24e")]), 0.04);
  const sauce = varyColor(r, hex("c3371c"), 0.04);
  const melt = stretchField(clouds(r), 3, 3);
  fillFlat(f, cut(roughShape(circle(0, 0, 0.8), (x, y) => bumps(x * 5 + 9, y * 5), 0.05)), (x, y, _d, ink) =>
    lerp(ink, sauce, cheese, smoothstep(-0.5, 0, melt(x, y))),
  );
  const kind = r.uniform();
  const n = form === "slice" ? randomCount(r, 3, 5) : randomCount(r, 7, 12);
  for (let i = 0; i < n; i++) {
    const radius = form === "slice" ? 0.3 + (0.48 * (i + 0.3)) / n : 0.66 * Math.sqrt((i + 0.5) / n);
    const angle = form === "slice" ? (i % 2 === 0 ? 0.2 : -0.2) + around(r, 0, 0.08) : i * 2.4 + around(r, 0, 0.3);
    const p = placeBrush(f, cos(angle) * radius, sin(angle) * radius, form === "slice" ? 0.7 : 1, r.uniform() * TURN);
    if (form === "cut" && cos(angle) > 0.72) continue;
    if (kind < 0.45) {
      fillSoft(p, circle(0.01, 0.03, 0.16), [0.2, 0.08, 0.02], 0.08, 0.5);
      fillBall(
        p,
        0,
        0,
        0.22,
        0.22,
        circle(0, 0, 0.15),
        rimmedPaint(varyColor(r, hex("c4402a"), 0.04), hex("8a1f14"), 0.05),
        0.2,
      );
    } else if (kind < 0.75) {
      if (i % 2 === 0) fillRound(p, ellipse(0, 0, 0.16, 0.085), varyColor(r, hex("3f8a2c"), 0.05), { bevel: 0.1 });
      else fillBall(p, 0, 0, 0.18, 0.18, circle(0, 0, 0.14), varyColor(r, hex("d8301e"), 0.04), 0.5);
    } else {
      if (i % 2 === 0) fillFlat(p, outline(circle(0, 0, 0.1), 0.035), hex("2a2420"));
      else
        fillRound(
          p,
          polygon(toPoints([-0.12, 0.02, 0, -0.1, 0.12, 0.02, 0.03, 0.03, 0.03, 0.12, -0.03, 0.12, -0.03, 0.03]), 0.02),
          hex("efe3cc"),
          { bevel: 0.06 },
        );
    }
  }
  if (form !== "slice" && happens(r, 0.6))
    for (let k = 0; k < 4; k++)
      fillFlat(
        f,
        cut(line(-cos(k * 0.785 + 0.2), -sin(k * 0.785 + 0.2), cos(k * 0.785 + 0.2), sin(k * 0.785 + 0.2), 0.012)),
        hex("7a3c14"),
        0.55,
      );
  return develop(b.canvas, r);
}
