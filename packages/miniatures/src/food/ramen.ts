// Draws bowls of ramen.

import type { Stream } from "@dit-bench/random";
import { drawShadow } from "../raster/backdrops.ts";
import { type Brush, type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount } from "../raster/chance.ts";
import { hex, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, cos, HALF_TURN, sin, smoothstep, TURN } from "../raster/elementary.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import { fillFlat, fillRound, fillSoft, lerp, radialGradient } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { box, circle, ellipse, line, outline, roughShape } from "../raster/shapes.ts";
import { drawTable } from "./table.ts";

export function ramen(r: Stream, size: number): Canvas {
  const b = drawTable(r, size);
  const f = placeBrush(
    b,
    around(r, 0.5, 0.06),
    around(r, 0.52, 0.06),
    between(r, 0.4, 0.5),
    around(r, 0, 0.6),
    1,
    between(r, 0.8, 1),
  );
  const bowl = pick(r, [hex("1f1f24"), hex("b3261e"), hex("f1ede4"), hex("27406b"), hex("5a3a28")]);
  drawShadow(f, 0.08, 0.14, 1.08, 1.08, 0.55);
  fillRound(f, circle(0, 0, 1), varyColor(r, bowl, 0.03), { bevel: 0.16, gloss: 0.6 });
  const broth = varyColor(r, pick(r, [hex("b8752c"), hex("c9a15c"), hex("9a4a1c"), hex("d8b878")]), 0.04);
  fillFlat(
    f,
    circle(0, 0, 0.86),
    radialGradient(-0.1, -0.2, 1, mix(broth, [1, 0.95, 0.8], 0.25), scaleColor(broth, 0.7)),
  );
  const strand = varyColor(r, hex("f3d993"), 0.03);
  const lay = r.uniform() * HALF_TURN;
  const n = placeBrush(f, 0, 0, 1, lay);
  const wave = stretchField(noise(r), 2.5, 2.5);
  fillFlat(n, roughShape(ellipse(-0.1, 0.1, 0.68, 0.6), wave, 0.1), (x, y, _d, ink) => {
    const t = sin((y + wave(x, y) * 0.16 + 0.2 * x * x) * 34);
    lerp(ink, scaleColor(mix(strand, broth, 0.35), 0.62), strand, clamp(0.5 + 0.7 * t));
  });
  const start = r.uniform() * TURN;
  const put = (angle: number, radius: number): Brush =>
    placeBrush(f, cos(start + angle) * radius, sin(start + angle) * radius, 1, r.uniform() * TURN);
  const eggs = randomCount(r, 1, 2);
  for (let k = 0; k < eggs; k++) {
    const p = put(k * 0.75, 0.48);
    fillSoft(p, ellipse(0.02, 0.05, 0.3, 0.24), [0.2, 0.1, 0], 0.1, 0.4);
    fillRound(p, ellipse(0, 0, 0.29, 0.23), hex("fbf3e2"), { bevel: 0.08 });
    fillRound(p, circle(0.02, 0, 0.145), varyColor(r, hex("f08a16"), 0.03), { bevel: 0.15, gloss: 0.6 });
  }
  const pork = randomCount(r, 1, 3);
  for (let k = 0; k < pork; k++) {
    const p = put(2.1 + k * 0.6, 0.5);
    const fat = clouds(r);
    fillRound(
      p,
      ellipse(0, 0, 0.3, 0.24),
      (x, y, d, ink) =>
        lerp(ink, hex("b5684a"), hex("f0cdb0"), clamp(0.3 + fat(x * 5, y * 5) + smoothstep(-0.06, -0.02, d) * 0.8)),
      { bevel: 0.06 },
    );
  }
  if (happens(r, 0.7)) {
    const p = put(4.2, 0.78);
    fillFlat(p, box(0, 0, 0.2, 0.3, 0.02), hex("14241b"));
  }
  for (let k = 0; k < 12; k++) {
    const p = put(4.9 + around(r, 0, 0.7), between(r, 0.1, 0.65));
    fillFlat(p, outline(ellipse(0, 0, 0.06, 0.045), 0.022), varyColor(r, hex("69b53c"), 0.06));
  }
  if (happens(r, 0.5))
    for (const d of [0, 0.1])
      fillRound(b, line(0.02 + d, -0.05, 0.4 + d * 0.6, 0.5, 0.016, 0.01), hex("6a2f1c"), { bevel: 0.015 });
  return develop(b.canvas, r);
}
