// Draws the surroundings of a car.

import type { Stream } from "@dit-bench/random";
import { drawSky } from "../raster/backdrops.ts";
import { type Brush, blur } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount } from "../raster/chance.ts";
import { hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import { fillCanvas, fillFlat, fillSoft, linearGradient, mottledPaint } from "../raster/paint.ts";
import { box, halfPlane, line, roughShape } from "../raster/shapes.ts";

/** Draws a street, a showroom, a field or a coast. Returns the height where the ground begins. */
export function drawStreet(b: Brush, r: Stream): number {
  const kind = r.uniform();
  const kerb = between(r, 0.5, 0.64);
  const tar = varyColor(r, pick(r, [hex("6a6a6e"), hex("8a8884"), hex("4e5056"), hex("a8a49c")]), 0.05);
  if (kind < 0.25) {
    const wall = hsl(r.uniform(), between(r, 0, 0.2), between(r, 0.4, 0.9));
    fillCanvas(b, linearGradient(0, 0, wall, 0, kerb, scaleColor(wall, 0.85)));
    fillSoft(
      b,
      halfPlane(0, kerb, 0, -1),
      linearGradient(0, kerb, scaleColor(wall, 0.75), 0, 1, scaleColor(wall, 1.05)),
      0.1,
    );
    return kerb + 0.02;
  }
  const top = varyColor(r, pick(r, [hex("4f94da"), hex("8ab4dc"), hex("b8c4cc"), hex("e8a878")]), 0.06);
  drawSky(b, r, [top, mix(top, [1, 1, 1], 0.6)], kerb, r.uniform() * 0.8, [0.98, 0.98, 0.98]);
  if (kind < 0.6) {
    const green = hsl(around(r, 0.28, 0.06), between(r, 0.25, 0.5), between(r, 0.16, 0.36));
    const leaf = stretchField(clouds(r), 6, 8);
    fillFlat(
      b,
      roughShape(halfPlane(0, kerb - between(r, 0.06, 0.28), 0, -1), stretchField(noise(r), 7, 7), 0.1),
      mottledPaint(leaf, scaleColor(green, 0.6), scaleColor(green, 1.4)),
    );
  } else if (kind < 0.85) {
    let x = -0.1;
    while (x < 1) {
      const w = between(r, 0.16, 0.34);
      const height = between(r, 0.05, 0.42);
      const tone = varyColor(r, pick(r, [hex("a8846a"), hex("c8bca8"), hex("8a8e96"), hex("b86a50")]), 0.06);
      fillFlat(b, box(x + w / 2, (height + kerb) / 2 + 0.05, w / 2, (kerb - height) / 2 + 0.05), tone);
      for (let k = 0; k < randomCount(r, 1, 3); k++)
        fillFlat(
          b,
          box(x + w * between(r, 0.25, 0.75), height + between(r, 0.08, 0.25), w * 0.12, 0.04),
          scaleColor(tone, 0.5),
        );
      x += w * 1.02;
    }
  } else {
    const hills = stretchField(clouds(r), 2.4, 1);
    fillFlat(b, roughShape(halfPlane(0, kerb - 0.06, 0, -1), hills, 0.1), mix(top, hsl(r.uniform(), 0.3, 0.4), 0.6));
  }
  blur(b.canvas, 0.012);
  const grain = stretchField(clouds(r), 6, 22);
  fillFlat(b, halfPlane(0, kerb, 0, -1), mottledPaint(grain, scaleColor(tar, 0.85), scaleColor(tar, 1.12)));
  fillSoft(b, line(-0.1, kerb + 0.02, 1.1, kerb + 0.02, 0.015), scaleColor(tar, 1.3), 0.015, 0.8);
  if (happens(r, 0.35)) fillFlat(b, line(-0.1, 0.95, 1.1, 0.95 + around(r, 0, 0.03), 0.014), hex("e8e4d6"), 0.8);
  return kerb;
}
