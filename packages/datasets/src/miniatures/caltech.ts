/** Stands for Caltech-101: one object in the middle of a plain, light ground. */
import type { Stream } from "@dit-bench/random";
import { scene, shadow, sky } from "./backdrops.ts";
import { at, type Brush, type Canvas } from "./canvas.ts";
import { around, between, happens, pick, side } from "./chance.ts";
import { type Color, hex, hsl, mix, scaled, varied } from "./color.ts";
import { atan2, clamp, cos, sin, smoothstep, TURN } from "./elementary.ts";
import { miniature } from "./miniature.ts";
import { clouds, noise, stretched } from "./noise.ts";
import { ball, flat, glow, gradient, grained, lerp, mottled, round, soft, solid, wash } from "./paint.ts";
import { develop } from "./photograph.ts";
import {
  both,
  box,
  circle,
  curve,
  ellipse,
  line,
  outline,
  type Point,
  polygon,
  stroke,
  union,
  without,
} from "./shapes.ts";

export const caltech = miniature(
  { name: "caltech", title: "Objects (miniature)", subject: "single objects on plain, light grounds" },
  { airplane, face, watch, cup, starfish, butterfly },
);

function airplane(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  if (happens(r, 0.6)) {
    const top = varied(r, pick(r, [hex("a8c8e6"), hex("c8d4e0"), hex("8fb8e0"), hex("e0e4e8")]), 0.05);
    sky(b, r, [top, mix(top, [1, 1, 1], 0.7)], 1, r.uniform() * 0.6, [1, 1, 1]);
  } else paper(b, r);
  const f = at(b, around(r, 0.5, 0.04), around(r, 0.5, 0.08), between(r, 0.4, 0.47), around(r, 0, 0.3), side(r));
  const white = varied(r, pick(r, [hex("f2f3f5"), hex("f2f3f5"), hex("c8ccd2"), hex("e8e0cc")]), 0.02);
  const livery = varied(
    r,
    pick(r, [hex("1f4fa0"), hex("c8202c"), hex("1d8a5a"), hex("e88a1c"), hex("3a3a44"), hex("7a2a8a")]),
    0.04,
  );
  const sweep = between(r, 0.25, 0.45);
  const lift = between(r, 0.1, 0.3);
  // The far wing and tail plane, the body, then what is nearer.
  flat(
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
    scaled(white, 0.62),
  );
  flat(
    f,
    polygon(
      [
        [-0.72, -0.05],
        [-0.86, -0.05],
        [-1.02, -0.2],
        [-0.94, -0.2],
      ],
      0.015,
    ),
    scaled(white, 0.62),
  );
  const fin = happens(r, 0.7) ? livery : white;
  round(
    f,
    polygon(
      [
        [-0.55, -0.1],
        [-0.88, -0.52],
        [-1.02, -0.52],
        [-0.92, -0.04],
      ],
      0.02,
    ),
    fin,
    { bevel: 0.06 },
  );
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
  round(f, hull, (_x, y, _d, ink) => lerp(ink, white, livery, stripe * smoothstep(0.02, 0.05, y)), {
    bevel: half,
    gloss: 0.4,
  });
  for (let k = 0; k < 9; k++) flat(f, box(0.62 - k * 0.13, -0.055, 0.028, 0.025), hex("2c3640"));
  flat(
    f,
    polygon(
      [
        [0.8, -0.09],
        [0.93, -0.06],
        [0.95, -0.01],
        [0.8, -0.02],
      ],
      0.01,
    ),
    hex("28323c"),
  );
  round(f, box(0.06, 0.24, 0.13, 0.07, 0.06), mix(white, livery, 0.5), { bevel: 0.07 });
  round(
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
    scaled(white, 0.86),
    { bevel: 0.1 },
  );
  round(
    f,
    polygon(
      [
        [-0.68, 0],
        [-0.86, 0],
        [-1.04, 0.17],
        [-0.94, 0.17],
      ],
      0.015,
    ),
    scaled(white, 0.86),
    { bevel: 0.05 },
  );
  return finish(b, r);
}

function face(r: Stream, size: number): Canvas {
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
  return finish(b, r);
}

function watch(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  paper(b, r);
  const tilt = around(r, 0, 0.6);
  const f = at(b, around(r, 0.5, 0.05), around(r, 0.5, 0.05), between(r, 0.28, 0.36), tilt);
  const metal = happens(r, 0.5);
  const steel = varied(r, pick(r, [hex("b8bcc4"), hex("d8b458"), hex("3c3e44"), hex("d8a890")]), 0.03);
  const strap = metal
    ? scaled(steel, 0.92)
    : varied(r, pick(r, [hex("6a3a1c"), hex("1c1c20"), hex("8a1f24"), hex("1f3a6a"), hex("3a5a3c")]), 0.03);
  const wide = between(r, 0.42, 0.6);
  shadow(f, 0.15, 0.15, wide * 1.2, 1.7, 0.3);
  for (const s of [-1, 1]) {
    const band = polygon(
      [
        [-wide, s * 0.6],
        [wide, s * 0.6],
        [wide * 0.8, s * 1.95],
        [-wide * 0.8, s * 1.95],
      ],
      0.04,
    );
    round(
      f,
      band,
      (x, y, _d, ink) => {
        const link = metal
          ? smoothstep(0.6, 1, cos(y * 21)) * 0.5
          : smoothstep(0.02, 0.05, Math.abs(Math.abs(x) - wide * 0.72)) < 1
            ? 0.35
            : 0;
        lerp(ink, strap, metal ? [0.15, 0.15, 0.17] : mix(strap, [1, 0.95, 0.85], 0.7), link);
      },
      { bevel: 0.2, gloss: metal ? 0.5 : 0.15 },
    );
  }
  round(f, box(0.92, 0, 0.14, 0.12, 0.04), steel, { bevel: 0.1, gloss: 0.5 });
  const square = happens(r, 0.2);
  const shape = (k: number) => (square ? box(0, 0, 0.82 * k, 0.88 * k, 0.15 * k) : circle(0, 0, 0.9 * k));
  round(f, shape(1), steel, { bevel: 0.2, gloss: 0.9 });
  const dial = varied(
    r,
    pick(r, [hex("f6f4ee"), hex("f6f4ee"), hex("16181e"), hex("1f3f78"), hex("1f5a40"), hex("d8c8a0")]),
    0.03,
  );
  flat(f, shape(0.78), gradient(-0.5, -0.5, mix(dial, [1, 1, 1], 0.15), 0.5, 0.5, scaled(dial, 0.85)));
  const dark = dial[0] + dial[1] + dial[2] > 1.5;
  const mark: Color = dark ? hex("18181c") : hex("f4f0e6");
  for (let k = 0; k < 12; k++) {
    const angle = (k * TURN) / 12;
    const near = k % 3 === 0 ? 0.48 : 0.54;
    flat(
      f,
      line(sin(angle) * near, -cos(angle) * near, sin(angle) * 0.62, -cos(angle) * 0.62, k % 3 === 0 ? 0.045 : 0.026),
      mark,
    );
  }
  const hour = r.uniform() * TURN;
  const minute = hour * 12;
  flat(f, line(0, 0, sin(hour) * 0.34, -cos(hour) * 0.34, 0.06), mark);
  flat(f, line(0, 0, sin(minute) * 0.52, -cos(minute) * 0.52, 0.042), mark);
  if (happens(r, 0.6)) flat(f, line(0, 0, sin(hour * 5) * 0.55, -cos(hour * 5) * 0.55, 0.02), hex("d8281c"));
  flat(f, circle(0, 0, 0.07), mark);
  soft(
    f,
    polygon([
      [-0.5, -0.1],
      [-0.1, -0.55],
      [0.1, -0.5],
      [-0.45, 0.15],
    ]),
    [1, 1, 1],
    0.1,
    0.22,
  );
  return finish(b, r);
}

function cup(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  paper(b, r);
  const s = between(r, 0.3, 0.4);
  const hand = side(r);
  const f = at(b, 0.5 - hand * 0.06 + around(r, 0, 0.05), around(r, 0.52, 0.05), s, around(r, 0, 0.06), hand);
  const china = varied(
    r,
    pick(r, [hex("f4f2ee"), hex("f4f2ee"), hsl(r.uniform(), 0.7, 0.5), hsl(r.uniform(), 0.4, 0.7), hex("2a2c34")]),
    0.03,
  );
  const tall = between(r, 0.65, 0.95);
  const foot = between(r, 0.45, 0.85);
  const mouth = between(r, 0.2, 0.34);
  const saucer = happens(r, 0.45);
  shadow(f, 0.15, tall, saucer ? 1.5 : 1.1, 0.26, 0.45);
  if (saucer) {
    round(f, ellipse(0, tall * 0.95, 1.3, 0.3), china, { bevel: 0.12, gloss: 0.4 });
    soft(f, ellipse(0, tall * 0.92, 0.8, 0.14), scaled(china, 0.6), 0.15, 0.7);
  }
  const loop = outline(ellipse(0.98, 0, 0.36, between(r, 0.34, 0.46)), 0.11);
  round(f, loop, china, { bevel: 0.1, gloss: 0.5 });
  const band = varied(r, hsl(r.uniform(), 0.7, 0.48), 0.05);
  const pattern = pick(r, ["none", "none", "band", "dots", "stripes"] as const);
  const body = polygon(
    [...curve([-1, -tall], [-1, tall * 0.6], [-foot, tall], 6), ...curve([foot, tall], [1, tall * 0.6], [1, -tall], 6)],
    0.03,
  );
  round(
    f,
    body,
    (x, y, _d, ink) => {
      const turn = x / Math.sqrt(Math.max(0.1, 1.15 - x * x));
      const k =
        pattern === "band"
          ? smoothstep(0.24, 0.2, Math.abs(y - 0.05))
          : pattern === "dots"
            ? smoothstep(0.55, 0.75, cos(turn * 7) * cos(y * 7))
            : pattern === "stripes"
              ? smoothstep(-0.1, 0.1, cos(turn * 9))
              : 0;
      lerp(ink, china, band, k);
    },
    { bevel: 0.95, gloss: 0.6 },
  );
  round(f, ellipse(0, -tall, 1.02, mouth), scaled(china, 1.05), { bevel: 0.06 });
  const inside = ellipse(0, -tall + 0.01, 0.9, mouth * 0.82);
  flat(f, inside, scaled(china, 0.55));
  const drink = pick(r, [hex("3a1c0c"), hex("8a5a30"), hex("b8641c"), hex("6a8a3a")]);
  const level = both(inside, ellipse(0, -tall + mouth * 0.3, 0.9, mouth * 0.8));
  flat(f, level, gradient(-0.8, 0, scaled(drink, 0.8), 0.8, 0, scaled(drink, 1.4)));
  if (happens(r, 0.35))
    for (const x of [-0.25, 0.15])
      soft(
        f,
        stroke(
          [
            [x, -tall - 0.2],
            [x + 0.12, -tall - 0.4],
            [x, -tall - 0.6],
            [x + 0.1, -tall - 0.8],
          ],
          0.05,
        ),
        [1, 1, 1],
        0.15,
        0.6,
      );
  return finish(b, r);
}

function starfish(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  if (happens(r, 0.5)) {
    const sand = varied(r, hex("e6d4ac"), 0.05);
    wash(b, mottled(stretched(clouds(r), 16, 16), scaled(sand, 0.82), scaled(sand, 1.12)));
  } else paper(b, r, happens(r, 0.4));
  const f = at(
    b,
    around(r, 0.5, 0.05),
    around(r, 0.5, 0.05),
    between(r, 0.38, 0.47),
    r.uniform() * TURN,
    1,
    between(r, 0.85, 1),
  );
  const tone = varied(
    r,
    pick(r, [hex("e0702c"), hex("c8382c"), hex("d89a4c"), hex("a85a8a"), hex("4a6ab8"), hex("b8543c")]),
    0.04,
  );
  const fat = between(r, 0.26, 0.38);
  const bend = [0, 1, 2, 3, 4].map(() => around(r, 0, 0.25));
  const arms = bend.map((lean, k) => {
    const angle = (k * TURN) / 5;
    return stroke(
      curve([0, 0], [cos(angle) * 0.5, sin(angle) * 0.5], [cos(angle + lean) * 0.92, sin(angle + lean) * 0.92], 4),
      fat,
      0.07,
    );
  });
  const body = union(...arms);
  soft(at(f, 0.07, 0.09, 1), body, [0.1, 0.08, 0.08], 0.15, 0.45);
  const bumps = stretched(noise(r), 11, 11);
  const pale = mix(tone, hex("fff0d0"), 0.65);
  round(
    f,
    body,
    (x, y, d, ink) =>
      lerp(
        ink,
        scaled(tone, 0.85),
        pale,
        clamp(bumps(x, y) * 0.9 - 0.15) + smoothstep(fat * 0.45, fat * 0.95, -d) * 0.35,
      ),
    { bevel: fat * 0.85, gloss: 0.1 },
  );
  bend.forEach((lean, k) => {
    const angle = (k * TURN) / 5;
    for (let q = 1; q < 5; q++) {
      const t = q * 0.2;
      flat(f, circle(cos(angle + lean * t) * t * 0.95, sin(angle + lean * t) * t * 0.95, 0.055 - t * 0.02), pale);
    }
  });
  flat(f, circle(0, 0, 0.07), pale);
  return finish(b, r);
}

function butterfly(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  paper(b, r);
  const f = at(
    b,
    around(r, 0.5, 0.04),
    around(r, 0.5, 0.04),
    between(r, 0.4, 0.48),
    around(r, 0, 0.5),
    between(r, 0.72, 1),
  );
  const tone = varied(
    r,
    pick(r, [hex("f08a1c"), hex("2f7ad8"), hex("f4d22c"), hex("d83a2c"), hex("3ab08a"), hex("a85ad0"), hex("f0e8d8")]),
    0.04,
  );
  const second = happens(r, 0.5) ? tone : varied(r, pick(r, [hex("f4d22c"), hex("d8582c"), hex("5ab0e0")]), 0.05);
  const dark = varied(r, hex("1e1614"), 0.03);
  const high = between(r, 0.65, 0.9);
  const low = between(r, 0.5, 0.8);
  const eyes = happens(r, 0.6);
  const veins = happens(r, 0.6) ? 1 : 0;
  for (const s of [-1, 1]) {
    const fore: Point[] = [
      ...curve([s * 0.04, -0.12], [s * 0.35, -high - 0.2], [s * 0.98, -high], 5),
      ...curve([s * 0.98, -high], [s * 0.95, -0.1], [s * 0.05, 0.08], 5).slice(1),
    ];
    const hind: Point[] = [
      ...curve([s * 0.04, 0], [s * 1.05, -0.05], [s * 0.78, low * 0.7], 5),
      ...curve([s * 0.78, low * 0.7], [s * 0.45, low + 0.25], [s * 0.04, 0.2], 5).slice(1),
    ];
    soft(at(f, 0.05, 0.09, 1), union(polygon(hind), polygon(fore)), [0.1, 0.1, 0.12], 0.12, 0.3);
    const wing = (points: Point[], c: Color): void =>
      flat(f, polygon(points, 0.03), (x, y, d, ink) => {
        const turn = atan2(y, Math.abs(x));
        const edge = smoothstep(0.15, 0.08, -d);
        const vein = veins * smoothstep(0.8, 0.97, cos(turn * 15)) * 0.8;
        const far = Math.sqrt(x * x + y * y);
        lerp(ink, mix(c, [1, 1, 1], 0.25 * (1 - far)), dark, Math.max(edge, vein));
        const k = 1 + s * 0.12 * b.light.x;
        for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
      });
    wing(hind, second);
    wing(fore, tone);
    if (eyes) {
      flat(f, circle(s * 0.6, low * 0.42, 0.13), dark);
      flat(f, circle(s * 0.6, low * 0.42, 0.075), mix(second, [1, 1, 1], 0.6));
      flat(f, circle(s * 0.68, -high * 0.62, 0.1), dark);
      flat(f, circle(s * 0.68, -high * 0.62, 0.05), [1, 1, 1]);
    }
    for (let k = 0; k < 4; k++)
      flat(f, circle(s * (0.94 - k * 0.035), -high + 0.06 + k * 0.16, 0.035), [0.97, 0.95, 0.9]);
    flat(f, stroke(curve([s * 0.03, -0.32], [s * 0.1, -0.6], [s * 0.26, -0.78], 4), 0.02), dark);
  }
  round(f, line(0, -0.22, 0, 0.4, 0.08, 0.05), dark, { bevel: 0.08 });
  ball(f, 0, -0.3, 0.085, 0.085, circle(0, -0.3, 0.085), dark);
  return finish(b, r);
}

/** A plain ground, white to pale, now and then a shade darker. */
function paper(b: Brush, r: Stream, tinted = happens(r, 0.35)): void {
  const tone = tinted ? hsl(r.uniform(), between(r, 0.1, 0.4), between(r, 0.6, 0.85)) : varied(r, hex("f3f1ee"), 0.03);
  wash(b, gradient(0, 0, tone, around(r, 0, 0.5), 1, scaled(tone, between(r, 0.82, 1))));
  wash(b, glow(between(r, 0.2, 0.8), between(r, 0, 0.5), 1.1, [1, 1, 1], tone), 0.35);
}

function finish(b: Brush, r: Stream): Canvas {
  develop(b.canvas, r, 0.7);
  return b.canvas;
}
