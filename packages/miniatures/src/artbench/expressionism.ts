// Draws expressionist paintings: masks, horses and houses.

import type { Stream } from "@dit-bench/random";
import { type Brush, type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount, randomSign } from "../raster/chance.ts";
import { type Color, hex, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { clamp, cos, sin, TURN } from "../raster/elementary.ts";
import { clouds, stretchField } from "../raster/noise.ts";
import { fillCanvas, fillFlat, lerp, linearGradient } from "../raster/paint.ts";
import { box, circle, ellipse, line, type Point, polygon, stroke, toPoints } from "../raster/shapes.ts";
import { createEasel, varnish } from "./easel.ts";

/** A mask, a horse or houses in bright facets. */
export function expressionism(r: Stream, size: number): Canvas {
  const b = createEasel(size);
  const start = r.uniform();
  const palette = [0, 0.16, 0.36, 0.55, 0.78].map((step) =>
    hsl(start + step + around(r, 0, 0.05), between(r, 0.7, 0.95), between(r, 0.42, 0.6)),
  );
  const darkColor = hsl(start + 0.6, 0.5, 0.12);
  fillCanvas(b, palette[0]!);
  const shards = randomCount(r, 10, 16);
  for (let i = 0; i < shards; i++) {
    const x = r.uniform();
    const y = r.uniform();
    const angle = r.uniform() * TURN;
    const points: Point[] = [];
    for (let k = 0; k < 3 + (i % 2); k++)
      points.push([x + cos(angle + k * 1.9) * between(r, 0.15, 0.4), y + sin(angle + k * 1.9) * between(r, 0.15, 0.4)]);
    const c = varyColor(r, pick(r, palette), 0.06);
    fillFlat(
      b,
      polygon(points),
      linearGradient(x - 0.2, y - 0.2, scaleColor(c, 1.2), x + 0.2, y + 0.2, scaleColor(c, 0.7)),
      0.92,
    );
  }
  const motif = r.uniform();
  if (motif < 0.4)
    drawMask(
      placeBrush(b, around(r, 0.5, 0.06), around(r, 0.5, 0.05), between(r, 0.36, 0.44), around(r, 0, 0.3)),
      r,
      palette,
      darkColor,
    );
  else if (motif < 0.72)
    drawHorse(
      placeBrush(
        b,
        around(r, 0.48, 0.05),
        around(r, 0.55, 0.05),
        between(r, 0.4, 0.48),
        around(r, 0, 0.15),
        randomSign(r),
      ),
      r,
      pick(r, [hex("2040c0"), hex("d82818"), hex("f0b818"), palette[3]!]),
      darkColor,
    );
  else drawHouses(b, r, palette, darkColor);
  const brushwork = stretchField(clouds(r), 5, 16);
  fillCanvas(b, (x, y, _d, ink) => {
    const v = brushwork(x + y * 0.5, y - x * 0.5);
    lerp(ink, v > 0 ? [1, 1, 0.9] : darkColor, v > 0 ? [1, 1, 0.9] : darkColor, 0);
    ink[3] = Math.abs(v) * 0.22;
  });
  return varnish(b, r, 0.05);
}

function drawMask(f: Brush, r: Stream, palette: readonly Color[], darkColor: Color): void {
  const jaw = between(r, 0.35, 0.55);
  const shape: Point[] = [
    [-0.55, -0.85],
    [0.5, -0.9],
    [0.75, -0.1],
    [jaw, 0.75],
    [0, 1.05],
    [-jaw, 0.8],
    [-0.78, 0],
  ];
  fillFlat(f, polygon(shape, 0.08), darkColor);
  const shade = between(r, -0.1, 0.15);
  fillFlat(f, polygon(shape, 0.01), (x, y, _d, ink) => {
    const k = x < shade + 0.08 * (y > 0.2 ? -1 : 1) ? 0 : 1;
    const c = k === 0 ? palette[1]! : palette[2]!;
    lerp(ink, c, mix(c, [1, 1, 0.7], 0.5), clamp(0.5 - y * 0.6));
  });
  fillFlat(
    f,
    polygon(toPoints([-0.6, -0.8, 0, -1.25, 0.6, -0.85, 0.3, -0.65, 0, -0.75, -0.35, -0.6]), 0.05),
    palette[4]!,
  );
  for (const s of [-1, 1]) {
    const y = -0.18 + s * 0.05;
    fillFlat(
      f,
      polygon(
        [
          [s * 0.12, y],
          [s * 0.34, y - 0.16],
          [s * 0.6, y],
          [s * 0.34, y + 0.14],
        ],
        0.03,
      ),
      [0.97, 0.95, 0.85],
    );
    fillFlat(f, circle(s * 0.35, y, 0.1), darkColor);
    fillFlat(
      f,
      stroke(
        [
          [s * 0.1, y - 0.22],
          [s * 0.38, y - 0.33],
          [s * 0.65, y - 0.2],
        ],
        0.05,
      ),
      darkColor,
    );
  }
  fillFlat(f, stroke(toPoints([-0.02, -0.25, 0.16, 0.3, -0.06, 0.34]), 0.05), darkColor);
  if (happens(r, 0.5)) fillFlat(f, ellipse(0, 0.65, 0.17, between(r, 0.14, 0.24)), darkColor);
  else {
    fillFlat(f, polygon(toPoints([-0.3, 0.6, 0, 0.52, 0.3, 0.62, 0, 0.75]), 0.03), hex("d81c2c"));
    fillFlat(f, line(-0.28, 0.62, 0.28, 0.63, 0.025), darkColor);
  }
}

function drawHorse(f: Brush, r: Stream, tone: Color, darkColor: Color): void {
  const c = varyColor(r, tone, 0.05);
  const brightColor = mix(c, [1, 1, 1], 0.3);
  const parts: [Point[], Color][] = [
    [
      [
        [-0.75, -0.05],
        [-1.05, 0.3],
        [-0.95, 0.7],
        [-0.8, 0.3],
      ],
      scaleColor(c, 0.6),
    ],
    [
      [
        [-0.6, 0.1],
        [-0.35, 0.15],
        [-0.42, 0.85],
        [-0.58, 0.85],
      ],
      scaleColor(c, 0.65),
    ],
    [
      [
        [0.25, 0.1],
        [0.5, 0.1],
        [0.5, 0.85],
        [0.35, 0.85],
      ],
      scaleColor(c, 0.65),
    ],
    [
      [
        [-0.8, -0.2],
        [-0.3, -0.32],
        [0.35, -0.2],
        [0.55, 0.15],
        [0.1, 0.32],
        [-0.65, 0.25],
      ],
      c,
    ],
    [
      [
        [0.1, -0.25],
        [0.45, -0.85],
        [0.75, -0.7],
        [0.58, 0.12],
      ],
      brightColor,
    ],
    [
      [
        [0.42, -0.9],
        [0.62, -1.02],
        [1.02, -0.5],
        [0.9, -0.38],
        [0.6, -0.55],
      ],
      c,
    ],
    [
      [
        [0.45, -0.9],
        [0.5, -1.15],
        [0.6, -0.95],
      ],
      scaleColor(c, 0.7),
    ],
    [
      [
        [0.02, -0.3],
        [0.36, -0.95],
        [0.48, -0.88],
        [0.2, -0.2],
      ],
      darkColor,
    ],
    [
      [
        [-0.78, 0.1],
        [-0.55, 0.15],
        [-0.75, 0.88],
        [-0.9, 0.86],
      ],
      scaleColor(c, 0.85),
    ],
    [
      [
        [0.05, 0.15],
        [0.3, 0.18],
        [0.12, 0.88],
        [-0.03, 0.86],
      ],
      scaleColor(c, 0.85),
    ],
  ];
  for (const [points] of parts) fillFlat(f, polygon(points, 0.06), darkColor);
  for (const [points, color] of parts) fillFlat(f, polygon(points, 0.02), color);
  fillFlat(f, circle(0.7, -0.72, 0.05), darkColor);
}

function drawHouses(b: Brush, r: Stream, palette: readonly Color[], darkColor: Color): void {
  const n = randomCount(r, 3, 4);
  for (let i = 0; i < n; i++) {
    const x = (i + 0.5) / n + around(r, 0, 0.06);
    const w = between(r, 0.11, 0.16);
    const height = between(r, 0.28, 0.5);
    const lean = around(r, 0, 0.16);
    const wall: Point[] = [
      [x - w, 1.05],
      [x - w + lean, height],
      [x + w + lean, height + around(r, 0, 0.06)],
      [x + w, 1.05],
    ];
    const roof: Point[] = [
      [x - w * 1.15 + lean, height + 0.02],
      [x + lean * 1.6, height - between(r, 0.14, 0.26)],
      [x + w * 1.15 + lean, height + 0.02],
    ];
    fillFlat(b, polygon(wall, 0.02), darkColor);
    fillFlat(
      b,
      polygon(wall),
      linearGradient(x - w, 0, palette[(i + 1) % 5]!, x + w, 0, scaleColor(palette[(i + 1) % 5]!, 0.6)),
    );
    fillFlat(b, polygon(roof, 0.02), darkColor);
    fillFlat(b, polygon(roof), palette[(i + 3) % 5]!);
    for (let k = 0; k < 4; k++) {
      const y = height + 0.1 + Math.floor(k / 2) * 0.16;
      fillFlat(
        b,
        box(x + lean * (1 - (y - height)) + (k % 2 === 0 ? -0.4 : 0.4) * w, y, w * 0.2, 0.04),
        happens(r, 0.5) ? hex("f8e04a") : darkColor,
      );
    }
  }
  if (happens(r, 0.5)) fillFlat(b, circle(between(r, 0.15, 0.85), 0.14, 0.09), hex("f8d828"));
}
