// Draws roads.

import type { Stream } from "@dit-bench/random";
import { createScene, drawSky } from "../raster/backdrops.ts";
import type { Brush, Canvas } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { type Color, hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, smoothstep } from "../raster/elementary.ts";
import { clouds, noise, stretchField } from "../raster/noise.ts";
import { fillFlat, fillRound, fillSoft, lerp, linearGradient, mottledPaint } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { areaBelow, ellipse, halfPlane, line, roughShape } from "../raster/shapes.ts";

export function road(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const horizon = between(r, 0.36, 0.52);
  const isDusk = happens(r, 0.25);
  const top = isDusk ? hex("4f4a80") : varyColor(r, hex("4a90d8"), 0.08);
  drawSky(
    b,
    r,
    [top, isDusk ? hex("f5a56a") : hex("d9e9f4")],
    horizon,
    r.uniform() * 0.8,
    isDusk ? hex("f3b9a0") : hex("fafafa"),
  );
  const land = pick(r, [hex("c99a5a"), hex("7f9a48"), hex("a8924f"), hex("5f8a44"), hex("d9b98a")]);
  const farColor = mix(land, hex("7f90b0"), 0.6);
  const ridge = clouds(r);
  if (happens(r, 0.7))
    fillFlat(
      b,
      areaBelow((x) => horizon - 0.06 + 0.14 * ridge(x * 2.5, 0)),
      linearGradient(0, horizon - 0.15, farColor, 0, horizon, mix(farColor, [0.8, 0.85, 0.9], 0.3)),
    );
  const scrub = stretchField(clouds(r), 8, 26);
  fillFlat(b, halfPlane(0, horizon, 0, -1), (x, y, _d, ink) => {
    const t = clamp((y - horizon) / 0.4);
    lerp(ink, mix(land, farColor, 0.35), land, t);
    const k = 1 + 0.3 * t * scrub(x, y);
    for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
  });
  const vanish = around(r, 0.5, 0.18);
  const foot = around(r, 0.5, 0.25);
  const halfWidth = between(r, 0.34, 0.55);
  const bend = around(r, 0, 0.9);
  // Half the width, and the centre, of the road at height y.
  const depth = (y: number): number => clamp((y - horizon) / (1 - horizon));
  const middle = (y: number): number => {
    const t = depth(y);
    return vanish + (foot - vanish) * t + bend * t * (1 - t) * (1 - t);
  };
  const asphalt = varyColor(r, pick(r, [hex("55565c"), hex("3f4046"), hex("7c7873")]), 0.04);
  const paintLine = happens(r, 0.6) ? hex("f3c63a") : hex("f2f2ee");
  const dash = between(r, 5, 9);
  const phase = r.uniform();
  fillFlat(b, halfPlane(0, horizon + 0.004, 0, -1), (x, y, _d, ink) => {
    const t = depth(y) + 0.015;
    const across = (x - middle(y)) / (halfWidth * t);
    const edge = Math.abs(across);
    const pixel = 0.012 / (halfWidth * t);
    lerp(
      ink,
      mix(asphalt, farColor, 0.4 * (1 - t)),
      hex("efefe9"),
      smoothstep(0.06 + pixel, 0.03, Math.abs(edge - 0.86)),
    );
    const along = dash * (0.35 / t) + phase;
    const on = along - Math.floor(along) < 0.55 ? 1 : 0;
    const [red, green, blue] = [ink[0]!, ink[1]!, ink[2]!];
    lerp(ink, [red, green, blue], paintLine, on * smoothstep(0.05 + pixel, 0.02, edge));
    ink[3] = smoothstep(1 + pixel, 1 - pixel, edge);
  });
  const verge = r.uniform();
  if (verge < 0.65) {
    for (let i = 0; i < 6; i++) {
      const t = 0.05 + (i / 6) * (i / 6) * 0.75;
      const y = horizon + t * (1 - horizon);
      for (const s of [-1, 1]) {
        if (happens(r, 0.3)) continue;
        const x = middle(y) + s * halfWidth * (t + 0.015) * between(r, 1.25, 1.9);
        const height = (t + 0.05) * between(r, 0.45, 0.7);
        if (verge < 0.4) drawBush(b, r, x, y, height, hsl(around(r, 0.27, 0.05), 0.4, between(r, 0.16, 0.34)));
        else {
          fillFlat(b, line(x, y, x, y - height, 0.012 * (0.4 + t)), hex("4f4238"));
          fillFlat(
            b,
            line(x - height * 0.2, y - height * 0.85, x + height * 0.2, y - height * 0.85, 0.009 * (0.4 + t)),
            hex("4f4238"),
          );
        }
      }
    }
  }
  return develop(b.canvas, r);
}

function drawBush(b: Brush, r: Stream, x: number, y: number, height: number, tone: Color): void {
  const puff = noise(r);
  fillSoft(b, ellipse(x, y, height * 0.5, height * 0.12), [0.1, 0.1, 0.05], 0.03, 0.4);
  fillFlat(b, line(x, y, x, y - height * 0.5, height * 0.07), hex("4a382b"));
  fillRound(
    b,
    roughShape(
      ellipse(x, y - height * 0.6, height * 0.42, height * 0.45),
      (u, v) => puff(u * 14, v * 14),
      height * 0.1,
    ),
    mottledPaint(stretchField(puff, 20, 20), scaleColor(tone, 0.75), scaleColor(tone, 1.35)),
    { bevel: height * 0.35 },
  );
}
