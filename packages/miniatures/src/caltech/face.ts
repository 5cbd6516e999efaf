// Draws faces.

import type { Stream } from "@dit-bench/random";
import { createScene } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { noise, stretchField } from "../raster/noise.ts";
import { fillFlat, fillRound, fillSoft, grainedPaint, solidPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import {
  box,
  circle,
  curve,
  difference,
  ellipse,
  intersection,
  line,
  outline,
  polygon,
  stroke,
} from "../raster/shapes.ts";
import { drawPaper } from "./paper.ts";

export function face(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  drawPaper(b, r, happens(r, 0.5));
  const skin = varyColor(
    r,
    pick(r, [hex("f0c8a4"), hex("e0a97e"), hex("c68a5c"), hex("8a5a3c"), hex("5c3a28"), hex("f4d6bc")]),
    0.03,
  );
  const hair = varyColor(
    r,
    pick(r, [hex("1c1512"), hex("4a2c18"), hex("8a5a2c"), hex("d8b068"), hex("9a9a9a"), hex("a8481c")]),
    0.03,
  );
  const shirt = hsl(r.uniform(), between(r, 0.1, 0.7), between(r, 0.25, 0.75));
  const f = placeBrush(b, around(r, 0.5, 0.08), around(r, 0.47, 0.05), between(r, 0.29, 0.38), around(r, 0, 0.15));
  const hasLongHair = happens(r, 0.45);
  const strand = stretchField(noise(r), 9, 3);
  const locks = grainedPaint(solidPaint(hair), strand, 0.25);
  if (hasLongHair) fillRound(f, box(0, 0.25, 0.92, 1.05, 0.6), locks, { bevel: 0.4 });
  fillRound(f, ellipse(0, 1.75, 1.35, 0.75), shirt, { bevel: 0.4 });
  fillRound(f, line(0, 0.7, 0, 1.2, 0.32, 0.36), scaleColor(skin, 0.82), { bevel: 0.3 });
  if (!hasLongHair)
    for (const s of [-1, 1]) fillRound(f, ellipse(s * 0.72, 0.05, 0.13, 0.2), scaleColor(skin, 0.9), { bevel: 0.1 });
  fillRound(f, ellipse(0, -0.42, 0.82, 0.68), locks, { bevel: 0.5 });
  const jaw = between(r, 0.5, 0.64);
  const head = polygon(
    [
      ...curve([-0.68, -0.3], [-0.72, 0.55], [-jaw * 0.5, 0.84], 5),
      ...curve([-jaw * 0.5, 0.84], [0, 1.02], [jaw * 0.5, 0.84], 4).slice(1),
      ...curve([jaw * 0.5, 0.84], [0.72, 0.55], [0.68, -0.3], 5).slice(1),
      ...curve([0.68, -0.3], [0.55, -0.85], [0, -0.86], 4).slice(1),
      ...curve([0, -0.86], [-0.55, -0.85], [-0.68, -0.3], 4).slice(1, -1),
    ],
    0.03,
  );
  fillRound(f, head, skin, { bevel: 0.62, gloss: 0.08 });
  const parting = around(r, 0, 0.5);
  if (happens(r, 0.85))
    fillRound(
      f,
      intersection(
        ellipse(0, -0.32, 0.76, 0.62),
        polygon(
          [
            [-1, -1.2],
            [1, -1.2],
            [0.82, -0.1],
            [0.55, -0.42],
            [parting, -0.68],
            [-0.55, -0.42],
            [-0.82, -0.1],
          ],
          0.05,
        ),
      ),
      locks,
      { bevel: 0.25 },
    );
  for (const s of [-1, 1]) fillSoft(f, ellipse(s * 0.4, 0.32, 0.2, 0.15), mix(skin, hex("e0604a"), 0.5), 0.2, 0.35);
  const iris = pick(r, [hex("3a2a1c"), hex("3a6a9a"), hex("4a7a4a"), hex("2a1a14")]);
  const eyeHeight = between(r, 0.075, 0.11);
  for (const s of [-1, 1]) {
    fillSoft(f, ellipse(s * 0.31, -0.06, 0.2, 0.14), scaleColor(skin, 0.55), 0.1, 0.5);
    fillFlat(f, ellipse(s * 0.31, -0.03, 0.155, eyeHeight), hex("f6f3ee"));
    fillFlat(f, circle(s * 0.31, -0.03, eyeHeight * 0.95), iris);
    fillFlat(f, circle(s * 0.31, -0.03, eyeHeight * 0.45), hex("0a0808"));
    fillFlat(f, stroke(curve([s * 0.14, -0.24], [s * 0.32, -0.33], [s * 0.5, -0.22], 3), 0.045), scaleColor(hair, 0.8));
  }
  fillSoft(f, line(0.04, 0.02, 0.07, 0.26, 0.03, 0.08), scaleColor(skin, 0.62), 0.08, 0.6);
  fillSoft(f, line(-0.02, 0, -0.03, 0.22, 0.03), mix(skin, [1, 1, 1], 0.4), 0.06, 0.6);
  const smile = between(r, 0, 0.12);
  const lip = mix(skin, hex("b8303a"), between(r, 0.45, 0.8));
  fillFlat(f, stroke(curve([-0.24, 0.52 - smile * 0.4], [0, 0.56 + smile], [0.24, 0.52 - smile * 0.4], 4), 0.05), lip);
  if (smile > 0.07)
    fillFlat(f, stroke(curve([-0.17, 0.51], [0, 0.51 + smile * 0.7], [0.17, 0.51], 4), 0.03), hex("fbf8f2"));
  if (happens(r, 0.25))
    for (const s of [-1, 1]) fillFlat(f, outline(ellipse(s * 0.31, -0.02, 0.23, 0.18), 0.03), hex("1a1618"));
  if (!hasLongHair && happens(r, 0.3))
    fillSoft(
      f,
      intersection(head, difference(ellipse(0, 0.75, 0.6, 0.5), ellipse(0, 0.42, 0.38, 0.24))),
      scaleColor(hair, 0.8),
      0.1,
      0.75,
    );
  return develop(b.canvas, r, 0.7);
}
