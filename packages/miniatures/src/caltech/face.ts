import type { Stream } from "@dit-bench/random";
import { scene } from "../raster/backdrops.ts";
import { at, type Canvas } from "../raster/canvas.ts";
import { around, between, happens, pick } from "../raster/chance.ts";
import { hex, hsl, mix, scaled, varied } from "../raster/color.ts";
import { noise, stretched } from "../raster/noise.ts";
import { flat, grained, round, soft, solid } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { both, box, circle, curve, ellipse, line, outline, polygon, stroke, without } from "../raster/shapes.ts";
import { paper } from "./paper.ts";

export function face(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  paper(b, r, happens(r, 0.5));
  const skin = varied(
    r,
    pick(r, [hex("f0c8a4"), hex("e0a97e"), hex("c68a5c"), hex("8a5a3c"), hex("5c3a28"), hex("f4d6bc")]),
    0.03,
  );
  const hair = varied(
    r,
    pick(r, [hex("1c1512"), hex("4a2c18"), hex("8a5a2c"), hex("d8b068"), hex("9a9a9a"), hex("a8481c")]),
    0.03,
  );
  const shirt = hsl(r.uniform(), between(r, 0.1, 0.7), between(r, 0.25, 0.75));
  const f = at(b, around(r, 0.5, 0.08), around(r, 0.47, 0.05), between(r, 0.29, 0.38), around(r, 0, 0.15));
  const long = happens(r, 0.45);
  const strand = stretched(noise(r), 9, 3);
  const locks = grained(solid(hair), strand, 0.25);
  if (long) round(f, box(0, 0.25, 0.92, 1.05, 0.6), locks, { bevel: 0.4 });
  round(f, ellipse(0, 1.75, 1.35, 0.75), shirt, { bevel: 0.4 });
  round(f, line(0, 0.7, 0, 1.2, 0.32, 0.36), scaled(skin, 0.82), { bevel: 0.3 });
  if (!long) for (const s of [-1, 1]) round(f, ellipse(s * 0.72, 0.05, 0.13, 0.2), scaled(skin, 0.9), { bevel: 0.1 });
  round(f, ellipse(0, -0.42, 0.82, 0.68), locks, { bevel: 0.5 });
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
  round(f, head, skin, { bevel: 0.62, gloss: 0.08 });
  const parting = around(r, 0, 0.5);
  if (happens(r, 0.85))
    round(
      f,
      both(
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
  for (const s of [-1, 1]) soft(f, ellipse(s * 0.4, 0.32, 0.2, 0.15), mix(skin, hex("e0604a"), 0.5), 0.2, 0.35);
  const iris = pick(r, [hex("3a2a1c"), hex("3a6a9a"), hex("4a7a4a"), hex("2a1a14")]);
  const open = between(r, 0.075, 0.11);
  for (const s of [-1, 1]) {
    soft(f, ellipse(s * 0.31, -0.06, 0.2, 0.14), scaled(skin, 0.55), 0.1, 0.5);
    flat(f, ellipse(s * 0.31, -0.03, 0.155, open), hex("f6f3ee"));
    flat(f, circle(s * 0.31, -0.03, open * 0.95), iris);
    flat(f, circle(s * 0.31, -0.03, open * 0.45), hex("0a0808"));
    flat(f, stroke(curve([s * 0.14, -0.24], [s * 0.32, -0.33], [s * 0.5, -0.22], 3), 0.045), scaled(hair, 0.8));
  }
  soft(f, line(0.04, 0.02, 0.07, 0.26, 0.03, 0.08), scaled(skin, 0.62), 0.08, 0.6);
  soft(f, line(-0.02, 0, -0.03, 0.22, 0.03), mix(skin, [1, 1, 1], 0.4), 0.06, 0.6);
  const smile = between(r, 0, 0.12);
  const lip = mix(skin, hex("b8303a"), between(r, 0.45, 0.8));
  flat(f, stroke(curve([-0.24, 0.52 - smile * 0.4], [0, 0.56 + smile], [0.24, 0.52 - smile * 0.4], 4), 0.05), lip);
  if (smile > 0.07)
    flat(f, stroke(curve([-0.17, 0.51], [0, 0.51 + smile * 0.7], [0.17, 0.51], 4), 0.03), hex("fbf8f2"));
  if (happens(r, 0.25))
    for (const s of [-1, 1]) flat(f, outline(ellipse(s * 0.31, -0.02, 0.23, 0.18), 0.03), hex("1a1618"));
  if (!long && happens(r, 0.3))
    soft(
      f,
      both(head, without(ellipse(0, 0.75, 0.6, 0.5), ellipse(0, 0.42, 0.38, 0.24))),
      scaled(hair, 0.8),
      0.1,
      0.75,
    );
  return develop(b.canvas, r, 0.7);
}
