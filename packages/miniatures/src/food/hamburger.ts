// Draws hamburgers.

import type { Stream } from "@dit-bench/random";
import { drawShadow } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { hex, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import { fillFlat, fillRound, linearGradient, mottledPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { box, ellipse, halfPlane, intersection, line, polygon, roughShape } from "../raster/shapes.ts";
import { drawRoom, drawSidePlate } from "./table.ts";

export function hamburger(r: Stream, size: number): Canvas {
  const b = drawRoom(r, size);
  const s = between(r, 0.28, 0.44);
  const f = placeBrush(b, around(r, 0.5, 0.08), around(r, 0.56, 0.05), s, around(r, 0, 0.18));
  if (happens(r, 0.6)) drawSidePlate(f, r, 0.74);
  else drawShadow(f, 0, 0.72, 1.1, 0.16, 0.55);
  if (happens(r, 0.4)) {
    const x = pick(r, [-1, 1]);
    for (let k = 0; k < 6; k++) {
      const u = x * between(r, 0.85, 1.15);
      fillRound(f, line(u, 0.7, u + around(r, 0, 0.25), between(r, 0, 0.4), 0.07), varyColor(r, hex("f0c350"), 0.05), {
        bevel: 0.06,
      });
    }
  }
  const bread = varyColor(r, hex("cf8534"), 0.05);
  fillRound(f, box(0, 0.52, 0.84, 0.19, 0.15), linearGradient(0, 0.3, mix(bread, hex("f4dcae"), 0.6), 0, 0.7, bread), {
    bevel: 0.2,
  });
  const meat = stretchField(clouds(r), 8, 9);
  const patties = happens(r, 0.25) ? 2 : 1;
  let y = 0.3;
  for (let k = 0; k < patties; k++) {
    fillRound(f, box(0, y, 0.9, 0.14, 0.12), mottledPaint(meat, hex("2e170c"), hex("7d4526")), {
      bevel: 0.13,
      gloss: 0.2,
    });
    const c = varyColor(r, hex("f7b32b"), 0.03);
    fillFlat(
      f,
      polygon(
        [
          [-0.9, y - 0.15],
          [0.9, y - 0.15],
          [0.84, y - 0.06],
          [0.5, y + 0.14],
          [0.3, y - 0.03],
          [-0.25, y - 0.03],
          [-0.5, y + 0.1],
          [-0.86, y - 0.06],
        ],
        0.02,
      ),
      c,
    );
    y -= 0.26;
  }
  if (happens(r, 0.8)) {
    for (const x of [-0.42, 0.42])
      fillRound(f, box(x, y + 0.03, 0.44, 0.07, 0.06), hex("d8331f"), { bevel: 0.07, gloss: 0.5 });
    y -= 0.09;
  }
  const frill = noise(r);
  const green = varyColor(r, hex("6cb52f"), 0.05);
  fillRound(
    f,
    roughShape(box(0, y, 0.96, 0.09, 0.08), (u, v) => frill(u * 5, v * 5), 0.1),
    mottledPaint(stretchField(frill, 9, 9), scaleColor(green, 0.6), scaleColor(green, 1.3)),
    { bevel: 0.08 },
  );
  const height = between(r, 0.5, 0.68);
  const bun = intersection(ellipse(0, y + 0.02, 0.92, height), halfPlane(0, y, 0, 1));
  fillRound(f, bun, linearGradient(0, y - height, bread, 0, y, mix(bread, hex("f6d79c"), 0.35)), {
    bevel: height * 0.85,
    gloss: 0.55,
  });
  if (happens(r, 0.8)) {
    for (let k = 0; k < 12; k++) {
      const u = around(r, 0, 0.65);
      const v = y - height * between(r, 0.3, 0.88) * (1 - u * u);
      fillFlat(f, ellipse(u, v, 0.055, 0.035), hex("f8ecc8"));
    }
  }
  return develop(b.canvas, r);
}
