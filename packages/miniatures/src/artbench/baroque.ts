// Draws baroque paintings: portraits and still lifes.

import type { Stream } from "@dit-bench/random";
import { type Brush, type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount, randomSign } from "../raster/chance.ts";
import { hex, mix, scaleColor, varyColor } from "../raster/color.ts";
import { sin } from "../raster/elementary.ts";
import { clouds, stretchField } from "../raster/noise.ts";
import {
  fillCanvas,
  fillFlat,
  fillRound,
  fillSoft,
  grainedPaint,
  lerp,
  linearGradient,
  radialGradient,
  solidPaint,
} from "../raster/paint.ts";
import { circle, curve, ellipse, halfPlane, line, polygon, stroke, toPoints } from "../raster/shapes.ts";
import { createEasel, varnish } from "./easel.ts";

/** A portrait or a still life, lit by a single light before a dark background. */
export function baroque(r: Stream, size: number): Canvas {
  const sx = randomSign(r);
  const b = createEasel(size, { x: sx * 0.66, y: -0.36, z: 0.66 }, 0.14);
  const darkColor = varyColor(r, hex("1a100b"), 0.015);
  fillCanvas(b, radialGradient(0.5 + sx * 0.4, 0.1, 0.9, mix(darkColor, hex("7a5026"), between(r, 0.5, 1)), darkColor));
  if (happens(r, 0.62)) {
    const f = placeBrush(b, around(r, 0.5, 0.07), around(r, 0.42, 0.04), between(r, 0.26, 0.34), around(r, 0, 0.2));
    const skin = varyColor(r, hex("f8cc9c"), 0.04);
    const robe = varyColor(
      r,
      pick(r, [hex("a81c18"), hex("2c201a"), hex("6a4a20"), hex("2a4478"), hex("b8781c"), hex("2a5a3c")]),
      0.04,
    );
    const cloth = stretchField(clouds(r), 2, 4);
    fillRound(
      f,
      polygon(
        [...curve([-2.3, 3], [-1.7, 1.2], [-0.45, 1.05], 5), ...curve([0.45, 1.05], [1.7, 1.2], [2.3, 3], 5)],
        0.1,
      ),
      grainedPaint(solidPaint(robe), cloth, 0.4),
      { bevel: 1.2 },
    );
    const hair = varyColor(r, pick(r, [hex("2a180c"), hex("5a3414"), hex("1a120e"), hex("8a8078")]), 0.03);
    const hat = happens(r, 0.35);
    fillRound(f, ellipse(0, -0.1, 0.98, 1.15), hair, { bevel: 0.7 });
    fillRound(f, line(0, 0.7, 0, 1.2, 0.36, 0.42), scaleColor(skin, 0.75), { bevel: 0.35 });
    const collar = pick(r, ["ruff", "lace", "none"] as const);
    if (collar === "ruff")
      fillRound(
        f,
        ellipse(0, 1.12, 1.15, 0.34),
        (x, _y, _d, ink) => lerp(ink, hex("f4ecd8"), hex("a89c84"), 0.5 + 0.5 * sin(x * 16)),
        { bevel: 0.2 },
      );
    else if (collar === "lace")
      fillRound(
        f,
        polygon(toPoints([-0.9, 1.2, 0, 1.05, 0.9, 1.2, 0.2, 1.75, 0, 1.45, -0.2, 1.75]), 0.06),
        hex("f2e8d2"),
        {
          bevel: 0.15,
        },
      );
    fillRound(f, ellipse(0, 0.1, 0.68, 0.85), skin, { bevel: 0.62, gloss: 0.15 });
    for (const s of [-1, 1]) {
      fillSoft(f, ellipse(s * 0.28, -0.04, 0.2, 0.12), scaleColor(skin, 0.4), 0.1, 0.6);
      fillFlat(f, ellipse(s * 0.28, 0, 0.13, 0.075), hex("e8d8c0"));
      fillFlat(f, circle(s * 0.28, 0, 0.08), hex("1c120c"));
    }
    fillSoft(f, line(-sx * 0.06, 0.05, -sx * 0.08, 0.34, 0.05, 0.09), scaleColor(skin, 0.45), 0.1, 0.7);
    fillFlat(f, stroke(curve([-0.2, 0.58], [0, 0.62], [0.2, 0.58], 3), 0.05), hex("9a3a2c"));
    if (hat) {
      fillRound(f, ellipse(0, -0.55, 1.5, 0.3), hex("15100e"), { bevel: 0.2 });
      fillRound(f, ellipse(0, -0.85, 0.8, 0.5), hex("1c1512"), { bevel: 0.4 });
    }
    const shade = placeBrush(b, 0.5 - sx * 0.75, 0.5, 1);
    fillSoft(shade, ellipse(0, 0, 0.5, 0.9), darkColor, 0.6, 0.75);
  } else drawStillLife(b, r, sx);
  fillCanvas(b, linearGradient(0.5 + sx * 0.5, 0, hex("c88a3c"), 0.5 - sx * 0.5, 1, darkColor), 0.14);
  return varnish(b, r, 0.04);
}

function drawStillLife(b: Brush, r: Stream, sx: number): void {
  const line = between(r, 0.66, 0.76);
  const cloth = varyColor(r, pick(r, [hex("5a3018"), hex("d8ccb4"), hex("5a1414")]), 0.04);
  fillFlat(
    b,
    halfPlane(0, line, 0, -1),
    linearGradient(0.5 + sx * 0.5, 0, cloth, 0.5 - sx * 0.6, 0, scaleColor(cloth, 0.15)),
  );
  const n = randomCount(r, 4, 6);
  const fruit = [hex("c8281c"), hex("d8781c"), hex("d8b02c"), hex("6a8a2c"), hex("5a1c3a")];
  if (happens(r, 0.6)) {
    const p = placeBrush(b, 0.5 + around(r, 0, 0.25), line + 0.06, between(r, 0.26, 0.34));
    const metal = pick(r, [hex("a88a4c"), hex("6a4a3a"), hex("8a9098")]);
    fillRound(
      p,
      polygon(
        [
          ...curve([-0.3, 0], [-0.75, -0.5], [-0.2, -1], 6),
          [-0.24, -1.35],
          [0.24, -1.35],
          ...curve([0.2, -1], [0.75, -0.5], [0.3, 0], 6),
        ],
        0.04,
      ),
      metal,
      { bevel: 0.45, gloss: 0.9 },
    );
  }
  for (let i = 0; i < n; i++) {
    const radius = between(r, 0.075, 0.125);
    const x = 0.2 + (0.62 * (i + 0.5)) / n + around(r, 0, 0.06);
    const y = line + between(r, 0, 0.12);
    fillSoft(
      b,
      ellipse(x - sx * radius * 0.7, y + radius * 0.85, radius * 1.2, radius * 0.3),
      [0.03, 0.02, 0.02],
      radius * 0.6,
      0.7,
    );
    fillRound(b, circle(x, y, radius), varyColor(r, pick(r, fruit), 0.05), { bevel: radius, gloss: 0.8 });
  }
  if (happens(r, 0.5))
    for (let k = 0; k < 9; k++) {
      const x = 0.5 + sx * 0.18 + around(r, 0, 0.12);
      fillRound(b, circle(x, line + 0.12 + around(r, 0, 0.06), 0.036), varyColor(r, hex("4a1a44"), 0.04), {
        bevel: 0.036,
        gloss: 1,
      });
    }
}
