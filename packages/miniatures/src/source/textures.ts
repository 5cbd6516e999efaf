// Draws four classes of the source domain: stripes, lights, rings and marbling.

import type { Stream } from "@dit-bench/random";
import { createScene, drawBokeh, randomColor, vividColor } from "../raster/backdrops.ts";
import type { Canvas, Paint } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount } from "../raster/chance.ts";
import { type Color, mix, scaleColor } from "../raster/color.ts";
import { atan2, clamp, cos, HALF_TURN, sin, smoothstep, TURN } from "../raster/elementary.ts";
import { clouds, noise } from "../raster/noise.ts";
import { fillCanvas, fillSoft, lerp } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { circle, line } from "../raster/shapes.ts";
import { drawLamp } from "./lamp.ts";

/** Straight or wavy stripes in two to four colours; a second set may cross them. */
export function stripe(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  fillCanvas(b, stripes(r, between(r, 2, 9)));
  if (happens(r, 0.35)) fillCanvas(b, stripes(r, between(r, 2, 8)), between(r, 0.3, 0.6)); // plaid
  drawLamp(b, r, 0.25);
  return develop(b.canvas, r);
}

/** Out-of-focus lights: discs and streaks. */
export function lights(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const a = randomColor(r);
  drawBokeh(
    b,
    r,
    happens(r, 0.25) ? scaleColor(a, 0.25) : a,
    happens(r, 0.25) ? scaleColor(vividColor(r), 0.4) : vividColor(r),
    10,
  );
  const n = randomCount(r, 2, 9);
  for (let i = 0; i < n; i++) {
    const radius = between(r, 0.03, 0.16);
    const x = r.uniform();
    const y = r.uniform();
    const tone = mix(vividColor(r), [1, 1, 1], between(r, 0.1, 0.6));
    if (happens(r, 0.25))
      fillSoft(b, line(x, y, x + around(r, 0, 0.6), y + around(r, 0, 0.3), radius * 0.3), tone, radius, 0.8);
    else fillSoft(b, circle(x, y, radius), tone, radius * between(r, 0.15, 1), between(r, 0.4, 0.9));
  }
  return develop(b.canvas, r);
}

/** Targets, wheels and spirals around a centre. */
export function ring(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const palette: Color[] = [vividColor(r), randomColor(r), randomColor(r), mix(randomColor(r), [1, 1, 1], 0.7)];
  const cx = around(r, 0.5, 0.3);
  const cy = around(r, 0.5, 0.3);
  const pitch = between(r, 3, 10);
  const arms = pick(r, [0, 0, 0, 2, 3, 4, -2, -3]); // arms of a spiral, each of its own colour; 0 gives rings
  const spokes = happens(r, 0.35) ? randomCount(r, 4, 12) : 0;
  const squash = between(r, 0.65, 1);
  const warp = noise(r);
  const wobble = happens(r, 0.4) ? between(r, 0.03, 0.1) : 0;
  const colors = arms === 0 ? randomCount(r, 2, 4) : Math.abs(arms);
  const shift = r.uniform();
  const limit = happens(r, 0.5) ? between(r, 0.3, 0.5) : 9;
  if (limit < 9) drawBokeh(b, r, randomColor(r), randomColor(r), 6);
  fillCanvas(b, (x, y, _d, ink) => {
    const u = x - cx;
    const v = (y - cy) / squash;
    const rho = Math.sqrt(u * u + v * v) + wobble * warp(x * 4, y * 4);
    const turn = atan2(v, u) / TURN;
    const t = rho * pitch + turn * arms + shift + 8;
    const k = Math.floor(t);
    const f = t - k;
    const ramp = smoothstep(0.8, 1, f);
    lerp(ink, palette[k % colors]!, palette[(k + 1) % colors]!, ramp);
    if (spokes > 0) {
      const s = sin(turn * spokes * TURN);
      const m = 0.75 + 0.25 * clamp(0.5 + s * 3);
      for (let q = 0; q < 3; q++) ink[q] = ink[q]! * m;
    }
    ink[3] = smoothstep(limit + 0.012, limit - 0.012, rho);
  });
  drawLamp(b, r, 0.3);
  return develop(b.canvas, r);
}

/** Marbling, like stone, wood, water or smoke: noise distorted by noise. */
export function marble(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const palette: Color[] = [randomColor(r), randomColor(r), mix(randomColor(r), [1, 1, 1], 0.5)];
  const bend = clouds(r);
  const vein = clouds(r);
  const angle = r.uniform() * HALF_TURN;
  const u = cos(angle);
  const v = sin(angle);
  const frequency = between(r, 1.2, 4);
  const stretch = between(r, 1, 5);
  const twist = between(r, 0.1, 1.2);
  const fold = happens(r, 0.5);
  fillCanvas(b, (x, y, _d, ink) => {
    const px = (x * u + y * v) * frequency;
    const py = (y * u - x * v) * frequency * stretch;
    const w = bend(px, py) * twist;
    const n = vein(px + w * 2 + 7, py + w * 2);
    const t = clamp(fold ? Math.abs(n) * 1.7 : n * 0.75 + 0.5) * 2;
    if (t < 1) lerp(ink, palette[0]!, palette[1]!, t);
    else lerp(ink, palette[1]!, palette[2]!, t - 1);
  });
  drawLamp(b, r, 0.3);
  return develop(b.canvas, r);
}

function stripes(r: Stream, n: number): Paint {
  const palette: Color[] = [randomColor(r), vividColor(r), randomColor(r), mix(randomColor(r), [1, 1, 1], 0.6)];
  const colors = randomCount(r, 2, 4);
  const angle = r.uniform() * HALF_TURN;
  const u = cos(angle) * n;
  const v = sin(angle) * n;
  const wave = happens(r, 0.5) ? between(r, 0.05, 0.35) : 0;
  const warp = noise(r);
  const edge = between(r, 0.1, 0.9);
  return (x, y, _d, ink) => {
    const bend = wave * warp(x * 3, y * 3);
    const t = (x + bend) * u + (y + bend) * v + 40;
    const k = Math.floor(t);
    lerp(ink, palette[k % colors]!, palette[(k + 1) % colors]!, smoothstep(1 - edge, 1, t - k));
  };
}
