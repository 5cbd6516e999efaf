import type { Stream } from "@dit-bench/random";
import { at, type Brush, type Canvas } from "../raster/canvas.ts";
import { around, between, count, happens, pick, side } from "../raster/chance.ts";
import { type Color, hex, hsl, mix, scaled, varied } from "../raster/color.ts";
import { clamp, cos, sin, TURN } from "../raster/elementary.ts";
import { clouds, stretched } from "../raster/noise.ts";
import { flat, gradient, lerp, wash } from "../raster/paint.ts";
import { box, circle, ellipse, line, type Point, pairs, polygon, stroke } from "../raster/shapes.ts";
import { easel, varnish } from "./easel.ts";

/** Figures, houses and horses broken into loud facets. */
export function expressionism(r: Stream, size: number): Canvas {
  const b = easel(size);
  const start = r.uniform();
  const palette = [0, 0.16, 0.36, 0.55, 0.78].map((step) =>
    hsl(start + step + around(r, 0, 0.05), between(r, 0.7, 0.95), between(r, 0.42, 0.6)),
  );
  const dark = hsl(start + 0.6, 0.5, 0.12);
  wash(b, palette[0]!);
  const shards = count(r, 10, 16);
  for (let i = 0; i < shards; i++) {
    const x = r.uniform();
    const y = r.uniform();
    const angle = r.uniform() * TURN;
    const points: Point[] = [];
    for (let k = 0; k < 3 + (i % 2); k++)
      points.push([x + cos(angle + k * 1.9) * between(r, 0.15, 0.4), y + sin(angle + k * 1.9) * between(r, 0.15, 0.4)]);
    const c = varied(r, pick(r, palette), 0.06);
    flat(b, polygon(points), gradient(x - 0.2, y - 0.2, scaled(c, 1.2), x + 0.2, y + 0.2, scaled(c, 0.7)), 0.92);
  }
  const motif = r.uniform();
  if (motif < 0.4)
    mask(
      at(b, around(r, 0.5, 0.06), around(r, 0.5, 0.05), between(r, 0.36, 0.44), around(r, 0, 0.3)),
      r,
      palette,
      dark,
    );
  else if (motif < 0.72)
    horse(
      at(b, around(r, 0.48, 0.05), around(r, 0.55, 0.05), between(r, 0.4, 0.48), around(r, 0, 0.15), side(r)),
      r,
      pick(r, [hex("2040c0"), hex("d82818"), hex("f0b818"), palette[3]!]),
      dark,
    );
  else houses(b, r, palette, dark);
  const brushwork = stretched(clouds(r), 5, 16);
  wash(b, (x, y, _d, ink) => {
    const v = brushwork(x + y * 0.5, y - x * 0.5);
    lerp(ink, v > 0 ? [1, 1, 0.9] : dark, v > 0 ? [1, 1, 0.9] : dark, 0);
    ink[3] = Math.abs(v) * 0.22;
  });
  return varnish(b, r, 0.05);
}

function mask(f: Brush, r: Stream, palette: readonly Color[], dark: Color): void {
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
  flat(f, polygon(shape, 0.08), dark);
  const shade = between(r, -0.1, 0.15);
  flat(f, polygon(shape, 0.01), (x, y, _d, ink) => {
    const k = x < shade + 0.08 * (y > 0.2 ? -1 : 1) ? 0 : 1;
    const c = k === 0 ? palette[1]! : palette[2]!;
    lerp(ink, c, mix(c, [1, 1, 0.7], 0.5), clamp(0.5 - y * 0.6));
  });
  flat(f, polygon(pairs([-0.6, -0.8, 0, -1.25, 0.6, -0.85, 0.3, -0.65, 0, -0.75, -0.35, -0.6]), 0.05), palette[4]!);
  for (const s of [-1, 1]) {
    const y = -0.18 + s * 0.05;
    flat(
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
    flat(f, circle(s * 0.35, y, 0.1), dark);
    flat(
      f,
      stroke(
        [
          [s * 0.1, y - 0.22],
          [s * 0.38, y - 0.33],
          [s * 0.65, y - 0.2],
        ],
        0.05,
      ),
      dark,
    );
  }
  flat(f, stroke(pairs([-0.02, -0.25, 0.16, 0.3, -0.06, 0.34]), 0.05), dark);
  if (happens(r, 0.5)) flat(f, ellipse(0, 0.65, 0.17, between(r, 0.14, 0.24)), dark);
  else {
    flat(f, polygon(pairs([-0.3, 0.6, 0, 0.52, 0.3, 0.62, 0, 0.75]), 0.03), hex("d81c2c"));
    flat(f, line(-0.28, 0.62, 0.28, 0.63, 0.025), dark);
  }
}

function horse(f: Brush, r: Stream, tone: Color, dark: Color): void {
  const c = varied(r, tone, 0.05);
  const bright = mix(c, [1, 1, 1], 0.3);
  const parts: [Point[], Color][] = [
    [
      [
        [-0.75, -0.05],
        [-1.05, 0.3],
        [-0.95, 0.7],
        [-0.8, 0.3],
      ],
      scaled(c, 0.6),
    ],
    [
      [
        [-0.6, 0.1],
        [-0.35, 0.15],
        [-0.42, 0.85],
        [-0.58, 0.85],
      ],
      scaled(c, 0.65),
    ],
    [
      [
        [0.25, 0.1],
        [0.5, 0.1],
        [0.5, 0.85],
        [0.35, 0.85],
      ],
      scaled(c, 0.65),
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
      bright,
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
      scaled(c, 0.7),
    ],
    [
      [
        [0.02, -0.3],
        [0.36, -0.95],
        [0.48, -0.88],
        [0.2, -0.2],
      ],
      dark,
    ],
    [
      [
        [-0.78, 0.1],
        [-0.55, 0.15],
        [-0.75, 0.88],
        [-0.9, 0.86],
      ],
      scaled(c, 0.85),
    ],
    [
      [
        [0.05, 0.15],
        [0.3, 0.18],
        [0.12, 0.88],
        [-0.03, 0.86],
      ],
      scaled(c, 0.85),
    ],
  ];
  for (const [points] of parts) flat(f, polygon(points, 0.06), dark);
  for (const [points, color] of parts) flat(f, polygon(points, 0.02), color);
  flat(f, circle(0.7, -0.72, 0.05), dark);
}

function houses(b: Brush, r: Stream, palette: readonly Color[], dark: Color): void {
  const n = count(r, 3, 4);
  for (let i = 0; i < n; i++) {
    const x = (i + 0.5) / n + around(r, 0, 0.06);
    const w = between(r, 0.11, 0.16);
    const high = between(r, 0.28, 0.5);
    const lean = around(r, 0, 0.16);
    const wall: Point[] = [
      [x - w, 1.05],
      [x - w + lean, high],
      [x + w + lean, high + around(r, 0, 0.06)],
      [x + w, 1.05],
    ];
    const roof: Point[] = [
      [x - w * 1.15 + lean, high + 0.02],
      [x + lean * 1.6, high - between(r, 0.14, 0.26)],
      [x + w * 1.15 + lean, high + 0.02],
    ];
    flat(b, polygon(wall, 0.02), dark);
    flat(b, polygon(wall), gradient(x - w, 0, palette[(i + 1) % 5]!, x + w, 0, scaled(palette[(i + 1) % 5]!, 0.6)));
    flat(b, polygon(roof, 0.02), dark);
    flat(b, polygon(roof), palette[(i + 3) % 5]!);
    for (let k = 0; k < 4; k++) {
      const y = high + 0.1 + Math.floor(k / 2) * 0.16;
      flat(
        b,
        box(x + lean * (1 - (y - high)) + (k % 2 === 0 ? -0.4 : 0.4) * w, y, w * 0.2, 0.04),
        happens(r, 0.5) ? hex("f8e04a") : dark,
      );
    }
  }
  if (happens(r, 0.5)) flat(b, circle(between(r, 0.15, 0.85), 0.14, 0.09), hex("f8d828"));
}
