/** The source domain's things: solids, creatures, vessels, leaves, none of them a subject of the miniatures. */
import type { Stream } from "@dit-bench/random";
import { anyBackdrop, anyColor, bokeh, foliage, scene, shadow, studio, vivid } from "./backdrops.ts";
import { at, type Brush, blur, type Canvas } from "./canvas.ts";
import { around, between, count, happens, pick, side } from "./chance.ts";
import { type Color, hsl, mix, scaled, varied } from "./color.ts";
import { clamp, cos, HALF, sin, smoothstep, TURN } from "./elementary.ts";
import { cells, clouds, noise, stretched } from "./noise.ts";
import { ball, flat, gradient, grained, lerp, mottled, rimmed, round, soft, solid, wash } from "./paint.ts";
import { develop } from "./photograph.ts";
import {
  box,
  circle,
  curve,
  ellipse,
  line,
  melded,
  outline,
  type Point,
  polygon,
  rough,
  type Shape,
  stroke,
} from "./shapes.ts";

/** One to three balls, plain or patterned, on any ground. */
export function sphere(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  anyBackdrop(b, r);
  const n = pick(r, [1, 1, 2, 3]);
  for (let i = 0; i < n; i++) {
    const radius = n === 1 ? between(r, 0.22, 0.42) : between(r, 0.13, 0.23);
    const cx = n === 1 ? around(r, 0.5, 0.2) : around(r, (i + 0.5) / n, 0.15);
    const cy = n === 1 ? around(r, 0.52, 0.15) : between(r, 0.4, 0.7);
    shadow(b, cx - b.light.x * radius * 0.5, cy + radius * 0.95, radius, radius * 0.28);
    const a = vivid(r);
    const c = anyColor(r);
    const spots = clouds(r);
    const angle = r.uniform() * HALF;
    const kind = r.uniform();
    const wide = between(r, 2, 5);
    const u = cos(angle) / radius;
    const v = sin(angle) / radius;
    ball(
      b,
      cx,
      cy,
      radius,
      radius,
      circle(cx, cy, radius),
      (x, y, _d, ink) => {
        const t = (x - cx) * u + (y - cy) * v;
        const k =
          kind < 0.35
            ? 0
            : kind < 0.6
              ? smoothstep(-0.2, 0.2, sin(t * wide))
              : kind < 0.85
                ? clamp(0.5 + 2.5 * spots(x * 9, y * 9))
                : clamp(0.5 + t * 12);
        lerp(ink, a, c, k);
      },
      between(r, 0, 0.9),
    );
  }
  develop(b.canvas, r);
  return b.canvas;
}

/** Boxes in oblique view, three faces each, alone or piled. */
export function block(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  anyBackdrop(b, r);
  const n = count(r, 1, 4);
  const ground = between(r, 0.78, 0.92);
  const lean = between(r, 0.25, 0.75);
  let stacked = 0;
  for (let i = 0; i < n; i++) {
    const w = n === 1 ? between(r, 0.45, 0.75) : between(r, 0.26, 0.46);
    const h = n === 1 ? between(r, 0.28, 0.55) : between(r, 0.18, 0.36);
    const onTop = i > 0 && stacked < 0.4 && happens(r, 0.5);
    const x = onTop ? 0.5 + around(r, -w / 2, 0.1) : around(r, 0.5, 0.3) - w / 2;
    const y = onTop ? ground - stacked : ground + around(r, 0, 0.06);
    if (!onTop) shadow(b, x + w / 2, y, w * 0.6, 0.07, 0.4);
    cuboid(b, r, x, y, w, h, lean);
    if (!onTop) stacked = 0;
    stacked += h;
  }
  develop(b.canvas, r);
  return b.canvas;
}

/** Lumps run together like dough, wax or glass. */
export function blob(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  anyBackdrop(b, r);
  const groups = count(r, 1, 2);
  for (let g = 0; g < groups; g++) {
    const cx = groups === 1 ? around(r, 0.5, 0.15) : 0.3 + 0.4 * g;
    const cy = around(r, 0.55, 0.15);
    let body: Shape = circle(cx, cy, between(r, 0.16, 0.26));
    const n = count(r, 2, 4);
    for (let i = 0; i < n; i++) {
      const angle = r.uniform() * TURN;
      const far = between(r, 0.1, 0.25);
      const next = ellipse(
        cx + cos(angle) * far,
        cy + sin(angle) * far,
        between(r, 0.08, 0.18),
        between(r, 0.08, 0.18),
      );
      body = melded(body, next, 0.12);
    }
    soft(at(b, -b.light.x * 0.06, 0.05, 1), body, [0.05, 0.05, 0.1], 0.12, 0.4);
    const a = vivid(r);
    round(b, body, happens(r, 0.5) ? a : mottled(stretched(clouds(r), 6, 6), a, anyColor(r)), {
      bevel: between(r, 0.08, 0.18),
      gloss: between(r, 0, 0.9),
    });
  }
  develop(b.canvas, r);
  return b.canvas;
}

/** A furry animal: a face close up, or the whole beast from the side. */
export function critter(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  if (happens(r, 0.5)) foliage(b, r, r.uniform());
  else studio(b, r, anyColor(r), anyColor(r));
  const fur = hsl(pick(r, [0.06, 0.08, 0.1, 0.6, r.uniform()]), between(r, 0.05, 0.6), between(r, 0.15, 0.75));
  const hair = stretched(clouds(r), 4, 9);
  const coat = grained(solid(fur), hair, between(r, 0.1, 0.35));
  const pale = grained(solid(mix(fur, [1, 0.97, 0.9], 0.6)), hair, 0.1);
  if (happens(r, 0.55))
    face(at(b, around(r, 0.5, 0.1), around(r, 0.52, 0.08), between(r, 0.26, 0.4), around(r, 0, 0.25)), r, coat, pale);
  else
    beast(
      at(b, around(r, 0.5, 0.08), around(r, 0.55, 0.06), between(r, 0.28, 0.38), around(r, 0, 0.06), side(r)),
      r,
      coat,
      pale,
    );
  develop(b.canvas, r);
  return b.canvas;
}

/** Bottles, vases and jars: turned profiles in glass, glaze or metal. */
export function vessel(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  anyBackdrop(b, r);
  const n = pick(r, [1, 1, 1, 2, 3]);
  for (let i = 0; i < n; i++) {
    const x = n === 1 ? around(r, 0.5, 0.15) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.04);
    const s = n === 1 ? between(r, 0.38, 0.52) : between(r, 0.27, 0.38);
    const base = between(r, 0.82, 0.92);
    const belly = between(r, 0.3, 0.62);
    const foot = between(r, 0.15, 0.45);
    const neck = between(r, 0.08, 0.3);
    const lip = neck * between(r, 0.9, 1.7);
    const low = between(r, 0.3, 1.1);
    const high = low + between(r, 0.3, 0.6);
    const half: Point[] = [
      ...curve([foot, 0], [belly * 1.25, -low * 0.35], [belly, -low], 4),
      ...curve([belly, -low], [belly * 0.95, -high * 0.95], [neck, -high], 3).slice(1),
      [lip, -high - between(r, 0.25, 0.6)],
    ];
    const body = polygon([...half, ...half.map(([px, py]): Point => [-px, py]).reverse()], 0.02);
    const here = at(b, x, base, s);
    shadow(here, -b.light.x * 0.3, 0, belly * 1.2, 0.14, 0.5);
    const glaze = anyColor(r);
    const second = anyColor(r);
    const from = between(r, -1.2, -0.2);
    const to = from + between(r, 0.1, 0.6);
    const pattern = happens(r, 0.5) ? 1 : 0;
    round(here, body, (_x, y, _d, ink) => lerp(ink, glaze, second, y > from && y < to ? pattern : 0), {
      bevel: belly * 0.9,
      gloss: between(r, 0.2, 1),
    });
    soft(here, line(-belly * 0.45, -low * 0.6, -belly * 0.4, -high * 0.85, 0.04), [1, 1, 1], 0.08, between(r, 0, 0.6));
  }
  develop(b.canvas, r);
  return b.canvas;
}

/** Fish, one or a few, in water. */
export function fish(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const water = hsl(around(r, 0.53, 0.1), between(r, 0.3, 0.9), between(r, 0.25, 0.55));
  wash(b, gradient(0, 0, mix(water, [1, 1, 1], 0.3), 0.2, 1, scaled(water, 0.45)));
  const caustics = stretched(clouds(r), 3, 9);
  wash(b, (x, y, _d, ink) => {
    lerp(ink, [0.8, 1, 1], [0.8, 1, 1], 0);
    ink[3] = clamp(caustics(x, y)) * 0.35;
  });
  blur(b.canvas, 0.015);
  const n = pick(r, [1, 1, 2, 4]);
  const body = vivid(r);
  const band = mix(anyColor(r), [1, 1, 1], 0.4);
  const facing = side(r);
  const deep = between(r, 0.3, 0.6);
  const bars = happens(r, 0.6) ? between(r, 4, 11) : 0;
  const upright = happens(r, 0.5);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.3, 0.4) : n === 2 ? between(r, 0.2, 0.28) : between(r, 0.12, 0.2);
    const x = n === 1 ? around(r, 0.5, 0.08) : between(r, 0.2, 0.8);
    const y = n === 1 ? around(r, 0.5, 0.15) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.05);
    const f = at(b, x, y, s, around(r, 0, 0.3), facing);
    const fin = varied(r, mix(body, band, 0.4), 0.08);
    flat(
      f,
      polygon(
        [
          [-0.7, 0],
          [-1.15, -0.42],
          [-1, 0],
          [-1.15, 0.42],
        ],
        0.04,
      ),
      fin,
    );
    flat(
      f,
      polygon(
        [
          [-0.4, -deep * 0.7],
          [0.1, -deep - 0.25],
          [0.3, -deep * 0.6],
        ],
        0.03,
      ),
      fin,
    );
    flat(
      f,
      polygon(
        [
          [-0.2, deep * 0.7],
          [0, deep + 0.2],
          [0.2, deep * 0.7],
        ],
        0.03,
      ),
      fin,
    );
    round(
      f,
      ellipse(0, 0, 0.82, deep),
      (px, py, _d, ink) => {
        const k = bars > 0 ? smoothstep(0.1, 0.5, sin((upright ? px : py) * bars)) : 0;
        lerp(ink, body, band, Math.max(k, clamp(py * 1.2)));
      },
      { bevel: deep, gloss: 0.5 },
    );
    flat(f, circle(0.52, -0.1, 0.1), [1, 1, 1]);
    flat(f, circle(0.54, -0.1, 0.06), [0.02, 0.02, 0.05]);
  }
  develop(b.canvas, r);
  return b.canvas;
}

/** Many small round things side by side: pebbles, beads, beans. */
export function pebble(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const ground = scaled(anyColor(r), 0.5);
  wash(b, ground);
  const palette = [anyColor(r), anyColor(r), anyColor(r)];
  const alike = happens(r, 0.5);
  const n = between(r, 3, 6.5);
  const long = between(r, 0.6, 1);
  const spread = between(r, 0.1, 0.4);
  const gloss = between(r, 0, 0.9);
  const turned = r.uniform() * HALF;
  for (let j = -1; j < n + 1; j++) {
    for (let i = -1; i < n + 1; i++) {
      const x = (i + 0.5 + (j % 2) * 0.5 + around(r, 0, spread)) / n;
      const y = (j + 0.5 + around(r, 0, spread)) / n;
      const radius = between(r, 0.42, 0.62) / n;
      const p = at(b, x, y, radius, turned + around(r, 0, 1));
      soft(p, ellipse(0.1, 0.25, 1.1, long * 1.1), [0, 0, 0.03], 0.5, 0.5);
      ball(p, 0, 0, 1, long, ellipse(0, 0, 1, long), varied(r, alike ? palette[0]! : pick(r, palette), 0.1), gloss);
    }
  }
  develop(b.canvas, r);
  return b.canvas;
}

/** Leaves with veins: one large, or a sprig. */
export function leaf(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const hue = pick(r, [0.27, 0.3, 0.22, 0.1, 0.04, r.uniform()]);
  if (happens(r, 0.5)) foliage(b, r, hue + around(r, 0, 0.15));
  else bokeh(b, r, anyColor(r), anyColor(r), 6);
  const tone = hsl(hue + around(r, 0, 0.03), between(r, 0.35, 0.75), between(r, 0.25, 0.5));
  const wide = between(r, 0.22, 0.5);
  if (happens(r, 0.45)) {
    blade(at(b, around(r, 0.5, 0.08), around(r, 0.5, 0.08), between(r, 0.4, 0.5), r.uniform() * TURN), r, tone, wide);
  } else {
    const stem = at(b, around(r, 0.5, 0.1), around(r, 0.5, 0.1), between(r, 0.45, 0.6), r.uniform() * TURN);
    const bend = around(r, 0, 0.5);
    const spine = curve([-1, 0], [0, bend], [1, -bend * 0.3], 8);
    flat(stem, stroke(spine, 0.05, 0.02), mix(scaled(tone, 0.7), [0.4, 0.25, 0.15], 0.5));
    const pairs = count(r, 3, 5);
    const spread = between(r, 0.7, 1.2);
    for (let i = 0; i < pairs; i++) {
      const [x, y] = spine[Math.floor((i * 8) / pairs) + 1]!;
      for (const s of [-1, 1]) {
        const angle = s * spread + around(r, 0, 0.25);
        const length = between(r, 0.3, 0.42) * (1.15 - 0.1 * i);
        blade(
          at(stem, x + cos(angle) * length, y + sin(angle) * length, length, angle),
          r,
          varied(r, tone, 0.05),
          wide,
        );
      }
    }
  }
  develop(b.canvas, r);
  return b.canvas;
}

/** Chairs, tables and stools in a room. */
export function furniture(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const floor = studio(b, r, mix(anyColor(r), [0.9, 0.88, 0.85], 0.4), anyColor(r));
  const frames = mix(anyColor(r), hsl(0.08, 0.5, 0.35), 0.5);
  if (happens(r, 0.4)) {
    const w = between(r, 0.1, 0.2);
    const x = between(r, 0.15, 0.85);
    flat(b, box(x, floor * 0.4, w, w * 0.8), mix(anyColor(r), [1, 1, 1], 0.3));
    flat(b, outline(box(x, floor * 0.4, w, w * 0.8), 0.012), scaled(frames, 0.8));
  }
  const p = at(b, around(r, 0.5, 0.12), between(r, 0.86, 0.95), between(r, 0.62, 0.85), 0, side(r));
  const wood = solid(frames);
  const seat = between(r, 0.3, 0.55);
  const w = between(r, 0.25, 0.45);
  const tilt = between(r, 0.06, 0.16);
  const leg = between(r, 0.02, 0.045);
  const cloth = vivid(r);
  shadow(p, 0.05, 0, w * 1.3, 0.07, 0.5);
  for (const [x, y, k] of [
    [-w + tilt, -tilt, 0.7],
    [w + tilt, -tilt, 0.7],
    [-w, 0, 1],
    [w, 0, 1],
  ] as const)
    flat(p, line(x, y, x, -seat + y, leg), scaled(frames, k));
  const top: Point[] = [
    [-w, -seat],
    [w, -seat],
    [w + tilt, -seat - tilt],
    [-w + tilt, -seat - tilt],
  ];
  const back = between(r, 0.3, 0.6);
  const kind = r.uniform();
  if (kind < 0.55)
    round(
      p,
      polygon(
        [
          [w, -seat],
          [w + tilt, -seat - tilt],
          [w + tilt + 0.05, -seat - tilt - back],
          [w + 0.05, -seat - back],
        ],
        0.03,
      ),
      happens(r, 0.5) ? cloth : wood,
      { bevel: 0.08 },
    );
  round(p, polygon(top, 0.035), kind < 0.8 ? cloth : wood, { bevel: 0.1, gloss: 0.2 });
  flat(p, line(-w, -seat + 0.03, w, -seat + 0.03, 0.03), scaled(kind < 0.8 ? cloth : frames, 0.7));
  if (kind >= 0.55) {
    const x = around(r, 0.05, w * 0.5);
    const h = between(r, 0.1, 0.28);
    round(p, box(x, -seat - tilt * 0.5 - h, between(r, 0.06, 0.14), h, 0.05), vivid(r), { bevel: 0.1, gloss: 0.5 });
  }
  develop(b.canvas, r);
  return b.canvas;
}

/** One leaf, its tip at local (1, 0), its stalk at (-1, 0). */
function blade(l: Brush, r: Stream, tone: Color, wide: number): void {
  const vein = mix(tone, [1, 1, 0.8], 0.4);
  const edge = polygon([
    ...curve([-1, 0], [-0.2, -wide * 2], [1, 0], 7),
    ...curve([1, 0], [-0.2, wide * 2], [-1, 0], 7).slice(1, -1),
  ]);
  soft(at(l, 0.04, 0.1, 1), edge, [0, 0.03, 0], 0.25, 0.4);
  round(
    l,
    edge,
    (x, y, _d, ink) => {
      const rib = Math.abs(y);
      const ribs = smoothstep(0.75, 1, sin((x + rib * 0.9) * 14));
      lerp(ink, tone, vein, Math.max(smoothstep(0.07, 0.02, rib), ribs * 0.5));
    },
    { bevel: 0.5, gloss: between(r, 0, 0.4) },
  );
}

/** A box standing on y, its left front edge at x: front, side and top. */
function cuboid(b: Brush, r: Stream, x: number, y: number, w: number, h: number, lean: number): void {
  const c = mix(vivid(r), anyColor(r), r.uniform());
  const second = anyColor(r);
  const front = w * lean;
  const rise = w * 0.18;
  const far = x + w;
  const paint =
    (k: number, field: (px: number, py: number) => number) =>
    (px: number, py: number, _d: number, ink: Float64Array) => {
      lerp(ink, c, second, field(px, py));
      for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
    };
  const kind = r.uniform();
  const patch = cells(r);
  const grid = between(r, 8, 20);
  const field =
    kind < 0.5
      ? () => 0
      : kind < 0.75
        ? (px: number, py: number) => (Math.abs(py - y + h / 2) < h * 0.15 ? 1 + px * 0 : 0)
        : (px: number, py: number) => patch(px * grid, py * grid) * 0.7;
  const left = b.light.x < 0 ? 1.05 : 0.72;
  const right = b.light.x < 0 ? 0.68 : 1;
  flat(
    b,
    polygon([
      [x, y - rise * 0.5],
      [x + front, y],
      [x + front, y - h],
      [x, y - h - rise * 0.5],
    ]),
    paint(left, field),
  );
  flat(
    b,
    polygon([
      [x + front, y],
      [far, y - rise * 0.5],
      [far, y - h - rise * 0.5],
      [x + front, y - h],
    ]),
    paint(right, field),
  );
  flat(
    b,
    polygon([
      [x, y - h - rise * 0.5],
      [x + front, y - h],
      [far, y - h - rise * 0.5],
      [far - front, y - h - rise],
    ]),
    paint(1.3, () => 0),
  );
}

type Fur = Parameters<typeof round>[2];

function face(f: Brush, r: Stream, coat: Fur, pale: Fur): void {
  const pointed = happens(r, 0.5);
  const spread = between(r, 0.5, 0.75);
  for (const s of [-1, 1]) {
    const ear: Shape = pointed
      ? polygon(
          [
            [s * (spread - 0.3), -0.6],
            [s * (spread + 0.15), -1.2],
            [s * (spread + 0.3), -0.4],
          ],
          0.06,
        )
      : ellipse(s * (spread + 0.15), between(r, -0.75, -0.2), 0.26, between(r, 0.3, 0.6));
    round(f, ear, coat, { bevel: 0.2 });
  }
  const shaggy = noise(r);
  const head = rough(ellipse(0, 0, between(r, 0.8, 0.95), between(r, 0.75, 0.9)), (x, y) => shaggy(x * 7, y * 7), 0.05);
  round(f, head, coat, { bevel: 0.8 });
  round(f, ellipse(0, 0.38, between(r, 0.35, 0.5), between(r, 0.28, 0.4)), pale, { bevel: 0.4 });
  const iris: Color = hsl(pick(r, [0.1, 0.25, 0.55]), 0.6, 0.4);
  const eye = between(r, 0.11, 0.17);
  for (const s of [-1, 1]) {
    flat(f, circle(s * 0.36, -0.12, eye), rimmed(iris, [0.05, 0.03, 0.02], 0.05));
    flat(f, circle(s * 0.36, -0.12, eye * 0.6), [0.02, 0.02, 0.02]);
    flat(f, circle(s * 0.36 - 0.05, -0.17, eye * 0.3), [1, 1, 1]);
  }
  round(f, ellipse(0, 0.22, 0.16, 0.11), [0.12, 0.08, 0.08], { bevel: 0.1, gloss: 0.7 });
  flat(f, line(0, 0.3, 0, 0.46, 0.025), [0.15, 0.08, 0.06]);
  flat(f, stroke(curve([-0.2, 0.46], [0, 0.58], [0.2, 0.46], 3), 0.025), [0.15, 0.08, 0.06]);
}

function beast(f: Brush, r: Stream, coat: Fur, pale: Fur): void {
  const leg = between(r, 0.4, 0.75);
  const thick = between(r, 0.09, 0.15);
  shadow(f, 0, 0.25 + leg, 0.95, 0.12, 0.5);
  const tail = around(r, -0.3, 0.6);
  round(f, stroke(curve([-0.75, -0.1], [-1.1, tail], [-1.15, tail - 0.3], 4), 0.09, 0.05), coat, { bevel: 0.08 });
  for (const [x, k] of [
    [-0.5, 0.1],
    [0.35, 0.1],
    [-0.65, 0],
    [0.5, 0],
  ] as const)
    round(f, line(x + k, 0.1, x + k + around(r, 0, 0.12), 0.2 + leg - k * 0.6, thick, thick * 0.8), coat, {
      bevel: thick,
    });
  const long = between(r, 0.75, 0.95);
  round(f, melded(ellipse(-0.15, 0, long, 0.36), line(0.5, -0.1, 0.75, -0.5, 0.26, 0.2), 0.2), coat, { bevel: 0.34 });
  const hx = 0.85;
  const hy = between(r, -0.72, -0.55);
  round(f, ellipse(hx - 0.15, hy - 0.22, 0.1, 0.2), coat, { bevel: 0.1 });
  round(f, ellipse(hx, hy, 0.28, 0.25), coat, { bevel: 0.25 });
  round(f, ellipse(hx + 0.24, hy + 0.08, 0.17, 0.12), pale, { bevel: 0.12 });
  flat(f, circle(hx + 0.38, hy + 0.04, 0.06), [0.08, 0.06, 0.06]);
  flat(f, circle(hx + 0.08, hy - 0.06, 0.055), [0.03, 0.02, 0.02]);
}
