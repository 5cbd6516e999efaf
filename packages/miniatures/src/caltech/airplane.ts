// Draws airplanes.

import type { Stream } from "@dit-bench/random";
import { createScene, drawSky } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomSign } from "../raster/chance.ts";
import { hex, mix, scaleColor, varyColor } from "../raster/color.ts";
import { smoothstep } from "../raster/elementary.ts";
import { fillFlat, fillRound, lerp } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { box, curve, polygon, toPoints } from "../raster/shapes.ts";
import { drawPaper } from "./paper.ts";

export function airplane(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  if (happens(r, 0.75)) {
    const top = varyColor(r, pick(r, [hex("a8c8e6"), hex("c8d4e0"), hex("8fb8e0"), hex("e0e4e8")]), 0.05);
    drawSky(b, r, [top, mix(top, [1, 1, 1], 0.7)], 1, r.uniform() * 0.6, [1, 1, 1]);
  } else drawPaper(b, r);
  const f = placeBrush(
    b,
    around(r, 0.5, 0.04),
    around(r, 0.5, 0.08),
    between(r, 0.4, 0.47),
    around(r, 0, 0.3),
    randomSign(r),
  );
  const white = varyColor(r, pick(r, [hex("f2f3f5"), hex("f2f3f5"), hex("c8ccd2"), hex("e8e0cc")]), 0.02);
  const livery = varyColor(
    r,
    pick(r, [hex("1f4fa0"), hex("c8202c"), hex("1d8a5a"), hex("e88a1c"), hex("3a3a44"), hex("7a2a8a")]),
    0.04,
  );
  const sweep = between(r, 0.25, 0.45);
  const lift = between(r, 0.1, 0.3);
  // From back to front: the far wing and tail plane, the body, the near wing.
  fillFlat(
    f,
    polygon(
      [
        [0.15, -0.08],
        [-0.1, -0.08],
        [-0.1 - sweep, -0.3 - lift],
        [0 - sweep + 0.02, -0.3 - lift],
      ],
      0.02,
    ),
    scaleColor(white, 0.62),
  );
  fillFlat(
    f,
    polygon(toPoints([-0.72, -0.05, -0.86, -0.05, -1.02, -0.2, -0.94, -0.2]), 0.015),
    scaleColor(white, 0.62),
  );
  const fin = happens(r, 0.7) ? livery : white;
  fillRound(f, polygon(toPoints([-0.55, -0.1, -0.88, -0.52, -1.02, -0.52, -0.92, -0.04]), 0.02), fin, { bevel: 0.06 });
  const stripe = happens(r, 0.65) ? 1 : 0;
  const half = between(r, 0.13, 0.17);
  const hull = polygon(
    [
      ...curve([-1, -0.06], [-0.7, -half], [-0.3, -half], 4),
      ...curve([0.6, -half], [0.98, -half * 0.8], [1.02, 0.04], 5),
      ...curve([1.02, 0.04], [0.9, half], [0.5, half], 4),
      ...curve([-0.3, half], [-0.7, half * 0.9], [-1, -0.06], 4).slice(0, -1),
    ],
    0.02,
  );
  fillRound(f, hull, (_x, y, _d, ink) => lerp(ink, white, livery, stripe * smoothstep(0.02, 0.05, y)), {
    bevel: half,
    gloss: 0.4,
  });
  for (let k = 0; k < 9; k++) fillFlat(f, box(0.62 - k * 0.13, -0.055, 0.028, 0.025), hex("2c3640"));
  fillFlat(f, polygon(toPoints([0.8, -0.09, 0.93, -0.06, 0.95, -0.01, 0.8, -0.02]), 0.01), hex("28323c"));
  fillRound(f, box(0.06, 0.24, 0.13, 0.07, 0.06), mix(white, livery, 0.5), { bevel: 0.07 });
  fillRound(
    f,
    polygon(
      [
        [0.22, 0.06],
        [-0.14, 0.08],
        [-0.28 - sweep, 0.42 + lift],
        [-0.12 - sweep, 0.42 + lift],
      ],
      0.025,
    ),
    scaleColor(white, 0.86),
    { bevel: 0.1 },
  );
  fillRound(f, polygon(toPoints([-0.68, 0, -0.86, 0, -1.04, 0.17, -0.94, 0.17]), 0.015), scaleColor(white, 0.86), {
    bevel: 0.05,
  });
  return develop(b.canvas, r, 0.7);
}
