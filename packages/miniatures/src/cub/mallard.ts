import type { Stream } from "@dit-bench/random";
import { scene } from "../raster/backdrops.ts";
import { at, type Brush, blur, type Canvas, type Paint } from "../raster/canvas.ts";
import { around, between, happens, pick, side } from "../raster/chance.ts";
import { type Color, hex, hsl, mix, scaled, varied } from "../raster/color.ts";
import { clamp, smoothstep } from "../raster/elementary.ts";
import { clouds, noise, stretched } from "../raster/noise.ts";
import { dim, flat, gradient, grained, lerp, round, soft, solid, wash } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { curve, ellipse, halfPlane, line, melded, pairs, polygon, stroke } from "../raster/shapes.ts";
import { dot } from "./songbird.ts";

export function mallard(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const water = pick(r, [hex("4f7f9e"), hex("5d8274"), hex("3c5f86"), hex("8a9aa2"), hex("6f7f4e")]);
  const low = between(r, 0.05, 0.3);
  ripples(b, r, varied(r, water, 0.08), low);
  const heading = side(r);
  const x = around(r, 0.5, 0.12);
  const y = around(r, 0.62, 0.08);
  const s = between(r, 0.29, 0.42);
  if (happens(r, 0.3)) {
    const away = happens(r, 0.5) ? -heading : heading;
    duck(at(b, x - heading * between(r, 0.2, 0.4), y - between(r, 0.16, 0.24), s * 0.72, 0, away), r, false);
  }
  duck(at(b, x, y, s, around(r, 0, 0.06), heading), r, true);
  waves(b, r, water, between(r, 0.8, 0.88));
  return develop(b.canvas, r);
}

/** A swimming duck that faces +x: a drake, or a brown hen. */
function duck(f: Brush, r: Stream, drake: boolean): void {
  soft(at(f, 0, 0.42, 1), ellipse(0, 0, 1.05, 0.16), [0.02, 0.05, 0.05], 0.25, 0.6);
  const flank = varied(r, drake ? hex("bdb6ab") : hex("a8845a"), 0.04);
  const breast = drake ? hex("6e3a22") : hex("7d5a38");
  const fine = stretched(noise(r), 14, 14);
  const fleck = drake ? 0.14 : 0.3;
  flat(
    f,
    polygon(pairs([-0.7, -0.12, -1.2, -0.3, -1.05, 0.02, -0.7, 0.2]), 0.04),
    drake ? hex("f0ece2") : hex("c8aa80"),
  );
  const body = melded(ellipse(-0.1, 0.08, 0.92, 0.38), ellipse(0.5, 0.02, 0.42, 0.36), 0.15);
  const coat: Paint = (x, y, _d, ink) => {
    if (drake && x < -0.72) lerp(ink, RUMP, RUMP, 0);
    else lerp(ink, flank, breast, smoothstep(0.35, 0.5, x - 0.1 * y));
    dim(ink, 1 + fleck * fine(x, y));
  };
  round(f, body, coat, { bevel: 0.38 });
  round(f, ellipse(-0.22, -0.04, 0.55, 0.2), grained(solid(drake ? hex("8d7f6f") : hex("7a5a3a")), fine, 0.25), {
    bevel: 0.2,
  });
  flat(f, polygon(pairs([-0.55, 0.06, -0.2, 0.03, -0.22, 0.13, -0.55, 0.14]), 0.01), hex("3c5cc8"));
  const head = drake ? varied(r, hex("12663c"), 0.03) : hex("8f6c48");
  const gloss = drake ? 0.7 : 0;
  round(f, line(0.58, 0, 0.66, -0.45, 0.24, 0.2), head, { bevel: 0.22, gloss: gloss * 0.6 });
  if (drake) flat(f, line(0.42, -0.02, 0.8, -0.02, 0.05), hex("f4f2ea"));
  round(f, ellipse(0.72, -0.56, 0.27, 0.25), head, { bevel: 0.25, gloss });
  const bill = drake ? hex("e6b32a") : hex("c8783a");
  round(f, polygon(pairs([0.9, -0.62, 1.32, -0.46, 1.3, -0.38, 0.9, -0.42]), 0.05), bill, { bevel: 0.08 });
  if (!drake) flat(f, line(0.6, -0.6, 0.9, -0.56, 0.04), hex("4a3320"));
  dot(f, 0.8, -0.62, 0.06);
}

const RUMP: Color = [0.1, 0.1, 0.1];

function ripples(b: Brush, r: Stream, water: Color, low: number): void {
  wash(b, gradient(0, low, mix(water, [1, 1, 1], 0.25), 0, 1, scaled(water, 0.7)));
  const lines = stretched(clouds(r), 3, 16);
  const light = mix(water, [1, 1, 1], 0.5);
  wash(b, (x, y, _d, ink) => {
    lerp(ink, light, light, 0);
    ink[3] = clamp(lines(x, y)) * 0.6;
  });
  if (low > 0.14) {
    const bank = hsl(around(r, 0.25, 0.06), 0.35, between(r, 0.15, 0.35));
    const tufts = noise(r);
    soft(b, halfPlane(0, low, 0, 1), gradient(0, 0, scaled(bank, 1.5), 0, low, bank), 0.06);
    soft(b, halfPlane(0, low + 0.03 * tufts(1, 1), 0, 1), scaled(bank, 0.6), 0.12, 0.4);
  }
  blur(b.canvas, 0.01);
}

/** Rings on the water before a swimmer. */
function waves(b: Brush, r: Stream, water: Color, y: number): void {
  for (let i = 0; i < 3; i++) {
    const x = 0.5 + around(r, 0, 0.3);
    const w = between(r, 0.15, 0.35);
    const dy = y + i * 0.06;
    flat(b, stroke(curve([x - w, dy], [x, dy + 0.03], [x + w, dy], 4), 0.009), mix(water, [1, 1, 1], 0.7), 0.7);
  }
}
