/** The source domain's textures and layouts. */
import type { Stream } from "@dit-bench/random";
import { anyColor, bokeh, scene, sky, vivid } from "./backdrops.ts";
import type { Brush, Canvas, Paint } from "./canvas.ts";
import { around, between, count, happens, pick } from "./chance.ts";
import { type Color, hsl, mix, scaled, varied } from "./color.ts";
import { atan2, clamp, cos, HALF, QUARTER, sin, smoothstep, TURN } from "./elementary.ts";
import { cells, clouds, noise, stretched } from "./noise.ts";
import { flat, glow, gradient, lerp, soft, wash } from "./paint.ts";
import { develop } from "./photograph.ts";
import { circle, ellipse, halfPlane, line, under } from "./shapes.ts";

/** Stripes, straight or waving, in two to four colours, one set or two crossed. */
export function stripe(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  wash(b, stripes(r, between(r, 2, 9)));
  if (happens(r, 0.35)) wash(b, stripes(r, between(r, 2, 8)), between(r, 0.3, 0.6)); // plaid
  lamp(b, r, 0.25);
  develop(b.canvas, r);
  return b.canvas;
}

/** Checks or bricks: face on, turned, or lying in perspective under a sky. */
export function tile(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const a = anyColor(r);
  const c = happens(r, 0.6) ? varied(r, a, 0.3) : anyColor(r);
  const grout = happens(r, 0.4) ? mix(a, [0.85, 0.85, 0.8], 0.8) : scaled(a, 0.4);
  const brick = happens(r, 0.5);
  const horizon = happens(r, 0.4) ? between(r, 0.15, 0.45) : -1;
  const n = between(r, 2.5, 7);
  const angle = brick && horizon < 0 ? around(r, 0, 0.15) : r.uniform() * HALF;
  const u = cos(angle) * n;
  const v = sin(angle) * n;
  const vary = cells(r);
  const speckle = clouds(r);
  const joint = between(r, 0.06, 0.2);
  const paint: Paint = (x, y, _d, ink) => {
    const distance = horizon < 0 ? 1 : 0.5 / Math.max(y - horizon, 0.02);
    const px = (x - 0.5) * distance;
    const py = horizon < 0 ? y : distance;
    let gx = px * u + py * v + 40;
    const gy = (py * u - px * v) * (brick ? 1.8 : 1) + 40;
    if (brick && Math.floor(gy) % 2 !== 0) gx += 0.5;
    const i = Math.floor(gx);
    const j = Math.floor(gy);
    const edge = Math.min(gx - i, i + 1 - gx, gy - j, j + 1 - gy);
    const tone = brick ? vary(i, j) : ((i + j) % 2 === 0 ? 0 : 0.8) + vary(i, j) * 0.2;
    const haze = clamp(distance / 14);
    lerp(ink, a, c, clamp(tone + 0.15 * speckle(gx * 2, gy * 2)));
    const k = smoothstep(0, joint, edge) * (1 - haze) + haze * 0.8;
    for (let q = 0; q < 3; q++) ink[q] = grout[q]! + (ink[q]! - grout[q]!) * k;
  };
  wash(b, paint);
  if (horizon > 0) {
    const top = anyColor(r);
    flat(b, halfPlane(0, horizon, 0, 1), gradient(0, 0, top, 0, horizon, mix(top, [1, 1, 1], 0.5)));
  }
  lamp(b, r, 0.25);
  develop(b.canvas, r);
  return b.canvas;
}

/** Lights out of focus: discs, streaks, two or three colours run together. */
export function glowing(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const a = anyColor(r);
  bokeh(b, r, happens(r, 0.25) ? scaled(a, 0.25) : a, happens(r, 0.25) ? scaled(vivid(r), 0.4) : vivid(r), 10);
  const n = count(r, 2, 9);
  for (let i = 0; i < n; i++) {
    const radius = between(r, 0.03, 0.16);
    const x = r.uniform();
    const y = r.uniform();
    const tone = mix(vivid(r), [1, 1, 1], between(r, 0.1, 0.6));
    if (happens(r, 0.25))
      soft(b, line(x, y, x + around(r, 0, 0.6), y + around(r, 0, 0.3), radius * 0.3), tone, radius, 0.8);
    else soft(b, circle(x, y, radius), tone, radius * between(r, 0.15, 1), between(r, 0.4, 0.9));
  }
  develop(b.canvas, r);
  return b.canvas;
}

/** Bands of land, one behind another into the haze, in any colours, under any sky. */
export function ridge(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const zenith = anyColor(r);
  const haze = mix(anyColor(r), [1, 0.97, 0.92], 0.5);
  let y = between(r, 0.25, 0.55);
  sky(b, r, [zenith, haze], y + 0.1, r.uniform() * 0.9, [0.97, 0.96, 0.98]);
  if (happens(r, 0.4)) {
    const radius = between(r, 0.04, 0.11);
    soft(b, circle(r.uniform(), y - between(r, 0.02, 0.3), radius), [1, 0.95, 0.8], radius * between(r, 0.2, 1.2), 0.9);
  }
  const near = hsl(r.uniform(), between(r, 0.1, 0.6), between(r, 0.08, 0.5));
  const n = count(r, 2, 5);
  const texture = stretched(clouds(r), between(r, 5, 14), between(r, 8, 30));
  for (let i = 0; i < n; i++) {
    const t = (i + 1) / n;
    const profile = clouds(r);
    const step = between(r, 1.2, 4.5);
    const relief = between(r, 0.03, 0.3) * (1.2 - t * 0.7);
    const level = y;
    const tone = mix(haze, varied(r, near, 0.08), 0.25 + 0.75 * t);
    const dark = scaled(tone, 0.72);
    flat(
      b,
      under((x) => level + relief * profile(x * step, i)),
      (px, py, _d, ink) => lerp(ink, tone, dark, clamp(0.5 + 0.8 * t * texture(px, py))),
    );
    y += between(r, 0.06, 0.9 / n);
  }
  if (happens(r, 0.3)) flat(b, halfPlane(0, between(r, 0.75, 0.9), 0, -1), gradient(0, 0.75, haze, 0, 1, zenith), 0.85);
  develop(b.canvas, r);
  return b.canvas;
}

/** Targets, wheels and spirals about a centre. */
export function ring(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const palette: Color[] = [vivid(r), anyColor(r), anyColor(r), mix(anyColor(r), [1, 1, 1], 0.7)];
  const cx = around(r, 0.5, 0.3);
  const cy = around(r, 0.5, 0.3);
  const pitch = between(r, 3, 10);
  const arms = pick(r, [0, 0, 0, 2, 3, 4, -2, -3]); // of a spiral, each its own colour; 0 is rings
  const spokes = happens(r, 0.35) ? count(r, 4, 12) : 0;
  const squash = between(r, 0.65, 1);
  const warp = noise(r);
  const wobble = happens(r, 0.4) ? between(r, 0.03, 0.1) : 0;
  const used = arms === 0 ? count(r, 2, 4) : Math.abs(arms);
  const shift = r.uniform();
  const limit = happens(r, 0.5) ? between(r, 0.3, 0.5) : 9;
  if (limit < 9) bokeh(b, r, anyColor(r), anyColor(r), 6);
  wash(b, (x, y, _d, ink) => {
    const u = x - cx;
    const v = (y - cy) / squash;
    const rho = Math.sqrt(u * u + v * v) + wobble * warp(x * 4, y * 4);
    const turn = atan2(v, u) / TURN;
    const t = rho * pitch + turn * arms + shift + 8;
    const k = Math.floor(t);
    const f = t - k;
    const ramp = smoothstep(0.8, 1, f);
    lerp(ink, palette[k % used]!, palette[(k + 1) % used]!, ramp);
    if (spokes > 0) {
      const s = sin(turn * spokes * TURN);
      const m = 0.75 + 0.25 * clamp(0.5 + s * 3);
      for (let q = 0; q < 3; q++) ink[q] = ink[q]! * m;
    }
    ink[3] = smoothstep(limit + 0.012, limit - 0.012, rho);
  });
  lamp(b, r, 0.3);
  develop(b.canvas, r);
  return b.canvas;
}

/** Stone, wood, water, smoke: layered noise bent by noise. */
export function marble(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const palette: Color[] = [anyColor(r), anyColor(r), mix(anyColor(r), [1, 1, 1], 0.5)];
  const bend = clouds(r);
  const vein = clouds(r);
  const angle = r.uniform() * HALF;
  const u = cos(angle);
  const v = sin(angle);
  const fine = between(r, 1.2, 4);
  const long = between(r, 1, 5);
  const twist = between(r, 0.1, 1.2);
  const fold = happens(r, 0.5);
  wash(b, (x, y, _d, ink) => {
    const px = (x * u + y * v) * fine;
    const py = (y * u - x * v) * fine * long;
    const w = bend(px, py) * twist;
    const n = vein(px + w * 2 + 7, py + w * 2);
    const t = clamp(fold ? Math.abs(n) * 1.7 : n * 0.75 + 0.5) * 2;
    if (t < 1) lerp(ink, palette[0]!, palette[1]!, t);
    else lerp(ink, palette[1]!, palette[2]!, t - 1);
  });
  lamp(b, r, 0.3);
  develop(b.canvas, r);
  return b.canvas;
}

/** Branching lines, from a side or from below, bare or with dots, on an open ground. */
export function twig(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const ground = anyColor(r);
  bokeh(b, r, ground, varied(r, ground, 0.2), 5);
  const dark = ground[0] + ground[1] + ground[2] > 1.3;
  const tone = dark ? scaled(anyColor(r), 0.4) : mix(anyColor(r), [1, 1, 1], 0.5);
  const dots = happens(r, 0.4) ? vivid(r) : undefined;
  const tips: [number, number][] = [];
  const grow = (x: number, y: number, angle: number, length: number, width: number, depth: number): void => {
    const bx = x + cos(angle) * length;
    const by = y + sin(angle) * length;
    flat(b, line(x, y, bx, by, width, width * 0.65), tone);
    tips.push([bx, by]);
    if (depth === 0) return;
    const forks = happens(r, 0.3) ? 3 : 2;
    for (let i = 0; i < forks; i++) {
      const turn = around(r, (i / (forks - 1) - 0.5) * 1.3, 0.5);
      grow(bx, by, angle + turn, length * between(r, 0.6, 0.9), width * 0.65, depth - 1);
    }
  };
  const stems = count(r, 1, 3);
  for (let i = 0; i < stems; i++) {
    const wall = count(r, 0, 3); // the side it grows from
    const start = around(r, 0.5, 0.45);
    const from: [number, number] =
      wall === 0 ? [start, 1.03] : wall === 1 ? [start, -0.03] : wall === 2 ? [-0.03, start] : [1.03, start];
    const inward = wall === 0 ? -QUARTER : wall === 1 ? QUARTER : wall === 2 ? 0 : HALF;
    grow(from[0], from[1], around(r, inward, 0.5), between(r, 0.2, 0.38), between(r, 0.012, 0.045), 3);
  }
  if (dots)
    for (const [x, y] of tips)
      if (happens(r, 0.6)) flat(b, ellipse(x, y, between(r, 0.02, 0.05), between(r, 0.02, 0.05)), varied(r, dots, 0.1));
  develop(b.canvas, r);
  return b.canvas;
}

function stripes(r: Stream, n: number): Paint {
  const palette: Color[] = [anyColor(r), vivid(r), anyColor(r), mix(anyColor(r), [1, 1, 1], 0.6)];
  const used = count(r, 2, 4);
  const angle = r.uniform() * HALF;
  const u = cos(angle) * n;
  const v = sin(angle) * n;
  const wave = happens(r, 0.5) ? between(r, 0.05, 0.35) : 0;
  const warp = noise(r);
  const edge = between(r, 0.1, 0.9);
  return (x, y, _d, ink) => {
    const bent = wave * warp(x * 3, y * 3);
    const t = (x + bent) * u + (y + bent) * v + 40;
    const k = Math.floor(t);
    lerp(ink, palette[k % used]!, palette[(k + 1) % used]!, smoothstep(1 - edge, 1, t - k));
  };
}

/** Uneven light from one side: brightens one place, darkens away from it. */
function lamp(b: Brush, r: Stream, most: number): void {
  wash(b, glow(r.uniform(), r.uniform(), 1.2, [1, 1, 0.95], [0, 0, 0.05]), between(r, 0.03, most));
}
