/** Stands for CUB-200: birds in their places. */
import type { Stream } from "@dit-bench/random";
import { bokeh, foliage, scene, sky } from "./backdrops.ts";
import { at, type Brush, blur, type Canvas, type Paint } from "./canvas.ts";
import { around, between, count, happens, pick, side } from "./chance.ts";
import { type Color, hex, hsl, mix, scaled, varied } from "./color.ts";
import { clamp, cos, sin, smoothstep } from "./elementary.ts";
import { miniature } from "./miniature.ts";
import { clouds, noise, stretched } from "./noise.ts";
import { flat, gradient, grained, lerp, round, soft, solid, wash } from "./paint.ts";
import { develop } from "./photograph.ts";
import {
  both,
  circle,
  curve,
  ellipse,
  halfPlane,
  line,
  melded,
  type Point,
  polygon,
  type Shape,
  stroke,
} from "./shapes.ts";

export const cub = miniature(
  { name: "cub", title: "Birds (miniature)", subject: "birds on branches, on water and in the air" },
  { cardinal, "blue jay": jay, goldfinch, mallard, hummingbird, gull },
);

function cardinal(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  if (happens(r, 0.4)) bokeh(b, r, hex("dfe6ee"), hex("9fb0c2"), 8);
  else foliage(b, r);
  const f = perched(b, r);
  const red = varied(r, hex("cf1f24"), 0.04);
  songbird(f, r, {
    back: scaled(red, 0.82),
    belly: red,
    wing: scaled(red, 0.6),
    bars: 0,
    tail: scaled(red, 0.7),
    crest: 0.55,
    long: 1,
  });
  flat(f, both(headOf, circle(0.82, -0.42, 0.27)), hex("150d0d"));
  bill(f, hex("f08a3c"), 0.27, 0.15);
  eye(f);
  if (happens(r, 0.4)) snow(b, r);
  return finish(b, r);
}

function jay(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  foliage(b, r, around(r, 0.2, 0.1));
  const f = perched(b, r);
  const blue = varied(r, hex("3f74d1"), 0.04);
  songbird(f, r, {
    back: blue,
    belly: hex("e4e8ee"),
    wing: scaled(blue, 0.85),
    bars: 3,
    tail: scaled(blue, 0.9),
    crest: 0.5,
    long: 1.25,
  });
  flat(f, both(headOf, ellipse(0.68, -0.36, 0.2, 0.22)), hex("eef1f4"));
  flat(f, stroke(curve([0.15, -0.4], [0.35, 0.05], [0.66, -0.12], 5), 0.045), hex("10131a"));
  bill(f, hex("22242a"), 0.32, 0.09);
  eye(f);
  return finish(b, r);
}

function goldfinch(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const a = hsl(around(r, 0.3, 0.12), between(r, 0.2, 0.5), between(r, 0.4, 0.75));
  bokeh(b, r, a, varied(r, a, 0.12), 6);
  const f = perched(b, r);
  const yellow = varied(r, hex("f6cf1b"), 0.04);
  songbird(f, r, {
    back: scaled(yellow, 0.92),
    belly: yellow,
    wing: hex("17171a"),
    bars: 2,
    tail: hex("1b1b1e"),
    crest: 0,
    long: 0.75,
  });
  flat(f, both(headOf, ellipse(0.66, -0.72, 0.26, 0.2)), hex("141416"));
  bill(f, hex("f0a070"), 0.22, 0.13);
  eye(f);
  return finish(b, r);
}

function mallard(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const water = pick(r, [hex("4f7f9e"), hex("5d8274"), hex("3c5f86"), hex("8a9aa2"), hex("6f7f4e")]);
  const low = between(r, 0.05, 0.3);
  ripples(b, r, varied(r, water, 0.08), low);
  const s = between(r, 0.32, 0.42);
  const f = at(b, around(r, 0.5, 0.08), around(r, 0.6, 0.06), s, around(r, 0, 0.05), side(r));
  soft(at(f, 0, 0.42, 1), ellipse(0, 0, 1.05, 0.16), [0.02, 0.05, 0.05], 0.25, 0.6);
  const gray = varied(r, hex("bdb6ab"), 0.04);
  const fine = stretched(noise(r), 14, 14);
  flat(
    f,
    polygon(
      [
        [-0.7, -0.12],
        [-1.2, -0.3],
        [-1.05, 0.02],
        [-0.7, 0.2],
      ],
      0.04,
    ),
    hex("f0ece2"),
  );
  const body = melded(ellipse(-0.1, 0.08, 0.92, 0.38), ellipse(0.5, 0.02, 0.42, 0.36), 0.15);
  const brown = hex("6e3a22");
  const coat: Paint = (x, y, _d, ink) => {
    lerp(ink, gray, brown, smoothstep(0.35, 0.5, x - 0.1 * y));
    if (x < -0.72) lerp(ink, [0.1, 0.1, 0.1], [0.1, 0.1, 0.1], 0);
    const k = 1 + 0.14 * fine(x, y);
    for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
  };
  round(f, body, coat, { bevel: 0.38 });
  round(f, ellipse(-0.22, -0.04, 0.55, 0.2), grained(solid(hex("8d7f6f")), fine, 0.2), { bevel: 0.2 });
  flat(
    f,
    polygon(
      [
        [-0.55, 0.06],
        [-0.2, 0.03],
        [-0.22, 0.13],
        [-0.55, 0.14],
      ],
      0.01,
    ),
    hex("3c5cc8"),
  );
  const green = varied(r, hex("12663c"), 0.03);
  round(f, line(0.58, 0, 0.66, -0.45, 0.24, 0.2), green, { bevel: 0.22, gloss: 0.4 });
  flat(f, line(0.42, -0.02, 0.8, -0.02, 0.05), hex("f4f2ea"));
  round(f, ellipse(0.72, -0.56, 0.27, 0.25), green, { bevel: 0.25, gloss: 0.7 });
  round(
    f,
    polygon(
      [
        [0.9, -0.62],
        [1.32, -0.46],
        [1.3, -0.38],
        [0.9, -0.42],
      ],
      0.05,
    ),
    hex("e6b32a"),
    { bevel: 0.08 },
  );
  dot(f, 0.8, -0.62, 0.06);
  waves(b, r, water, between(r, 0.78, 0.86));
  return finish(b, r);
}

function hummingbird(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const a = hsl(around(r, 0.28, 0.1), between(r, 0.3, 0.6), between(r, 0.3, 0.7));
  bokeh(b, r, a, hsl(around(r, 0.3, 0.15), 0.4, between(r, 0.35, 0.75)), 8);
  const facing = side(r);
  const f = at(
    b,
    around(r, 0.5, 0.08) - facing * 0.06,
    around(r, 0.52, 0.08),
    between(r, 0.34, 0.42),
    around(r, 0, 0.2),
    facing,
  );
  if (happens(r, 0.7)) {
    const bloom = hsl(pick(r, [0.97, 0.02, 0.9, 0.08]), 0.85, 0.52);
    const p = at(f, 1.32, -0.62, 0.42, around(r, 0, 0.3));
    for (let k = 0; k < 5; k++)
      round(at(p, 0.3, 0, 1, (k - 2) * 0.75), ellipse(0.35, 0, 0.5, 0.24), varied(r, bloom, 0.06), { bevel: 0.2 });
    flat(p, line(-0.25, 0, 0.3, 0, 0.1, 0.18), scaled(bloom, 0.75));
  }
  const green = varied(r, hex("1f8f5a"), 0.05);
  const throat = pick(r, [hex("c4163a"), hex("b01670"), hex("e0501a"), hex("6a2bb0")]);
  const feather = mix(hex("6f6a66"), green, 0.15);
  const lift = between(r, 0.9, 1.25);
  const wing = (x: number, k: number): void => {
    const shape = polygon(
      [
        ...curve([0.12, -0.15], [x + 0.3, -lift * 0.75], [x, -lift], 5),
        ...curve([x, -lift], [x - 0.45, -lift * 0.5], [-0.25, 0.05], 5),
      ],
      0.03,
    );
    soft(f, shape, scaled(feather, k), 0.16, 0.8);
    for (let q = 0; q < 3; q++)
      flat(f, line(-0.05, -0.2, x - 0.18 + q * 0.14, -lift * 0.85, 0.012), scaled(feather, k * 0.6), 0.6);
  };
  wing(0.15, 1.25);
  flat(
    f,
    polygon(
      [
        [-0.42, 0.5],
        [-0.95, 0.95],
        [-0.6, 1.05],
        [-0.25, 0.68],
      ],
      0.03,
    ),
    scaled(green, 0.45),
  );
  const shimmer = stretched(noise(r), 12, 12);
  const body = melded(line(0.2, -0.2, -0.35, 0.5, 0.27, 0.12), ellipse(0.05, 0.05, 0.26, 0.32), 0.1);
  round(
    f,
    body,
    (x, y, _d, ink) => {
      lerp(ink, green, hex("dcdcd0"), smoothstep(-0.05, 0.18, x + y * 0.75));
      const k = 1 + 0.2 * shimmer(x, y);
      for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
    },
    { bevel: 0.25, gloss: 0.3 },
  );
  wing(-0.55, 0.95);
  round(f, ellipse(0.35, -0.42, 0.25, 0.22), green, { bevel: 0.22, gloss: 0.4 });
  round(f, ellipse(0.4, -0.25, 0.18, 0.14), throat, { bevel: 0.14, gloss: 0.7 });
  flat(f, line(0.55, -0.44, 1.22, -0.6, 0.035, 0.018), hex("15120f"));
  dot(f, 0.42, -0.46, 0.065);
  return finish(b, r);
}

function gull(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const top = pick(r, [hex("3f83c9"), hex("6aa5d8"), hex("8a9fb5"), hex("5d8fd0"), hex("d79a6a")]);
  sky(b, r, [top, mix(top, [1, 1, 1], 0.55)], 0.9, r.uniform() * 0.8, hex("f4f4f2"));
  if (happens(r, 0.55)) {
    const line = between(r, 0.72, 0.86);
    const sea = mix(scaled(top, 0.55), hex("1f5d6e"), 0.4);
    flat(b, halfPlane(0, line, 0, -1), gradient(0, line, scaled(sea, 1.2), 0, 1, scaled(sea, 0.8)));
  }
  const n = happens(r, 0.2) ? 2 : 1;
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.36, 0.46) : between(r, 0.2, 0.26);
    const f = at(
      b,
      n === 1 ? around(r, 0.5, 0.06) : 0.28 + 0.45 * i,
      n === 1 ? around(r, 0.48, 0.08) : between(r, 0.3, 0.65),
      s,
      around(r, 0, 0.35),
      side(r),
    );
    const gray = varied(r, hex("aab3bf"), 0.04);
    const flap = between(r, -0.75, 0.15); // height of the wing tips
    const far = between(r, 0.7, 1.05);
    const wing = (sx: number, k: number): void => {
      const knee: Point = [sx * 0.45, flap * 0.75 - 0.32];
      const tip: Point = [sx * far, flap];
      const blade = polygon(
        [
          [sx * -0.05 - 0.12, -0.05],
          [knee[0] - 0.08, knee[1]],
          tip,
          [knee[0] + 0.12, knee[1] + 0.34],
          [sx * 0.05 + 0.25, 0.1],
        ],
        0.03,
      );
      round(
        f,
        blade,
        (x, _y, _d, ink) => lerp(ink, scaled(gray, k), hex("1c1d22"), smoothstep(0.68, 0.8, Math.abs(x) / far)),
        { bevel: 0.25 },
      );
      flat(
        f,
        stroke(
          [
            [knee[0] + 0.12, knee[1] + 0.33],
            [sx * 0.1 + 0.2, 0.08],
          ],
          0.03,
        ),
        hex("f6f6f4"),
      );
    };
    wing(-1, 0.8);
    flat(
      f,
      polygon(
        [
          [-0.4, -0.02],
          [-0.85, -0.1],
          [-0.85, 0.16],
          [-0.4, 0.14],
        ],
        0.03,
      ),
      hex("eef0f0"),
    );
    round(f, ellipse(0, 0.06, 0.56, 0.2), hex("f7f7f5"), { bevel: 0.2 });
    round(f, ellipse(0.52, -0.04, 0.19, 0.17), hex("fbfbf9"), { bevel: 0.17 });
    round(
      f,
      polygon(
        [
          [0.66, -0.06],
          [0.92, 0.02],
          [0.66, 0.06],
        ],
        0.03,
      ),
      hex("eeb02c"),
      { bevel: 0.05 },
    );
    dot(f, 0.56, -0.08, 0.045);
    wing(1, 1.08);
  }
  return finish(b, r);
}

const headOf: Shape = circle(0.6, -0.48, 0.34);

interface Plumage {
  readonly back: Color;
  readonly belly: Color;
  readonly wing: Color;
  /** White bars across the wing. */
  readonly bars: number;
  readonly tail: Color;
  /** Height of the crest, 0 for none. */
  readonly crest: number;
  /** Length of the tail, in body widths. */
  readonly long: number;
}

/** A small bird from the side, facing +x; its feet near (0.05, 0.62). */
function songbird(f: Brush, r: Stream, p: Plumage): void {
  const down = between(r, 0.25, 0.6);
  for (const x of [0.05, 0.22]) flat(f, line(x - 0.05, 0.35, x, 0.66, 0.035), hex("3a2a22"));
  round(
    f,
    polygon(
      [
        [-0.5, 0.02],
        [-0.75 - p.long * 0.5, down],
        [-0.65 - p.long * 0.5, down + 0.2],
        [-0.35, 0.3],
      ],
      0.05,
    ),
    p.tail,
    { bevel: 0.12 },
  );
  if (p.crest > 0)
    round(
      f,
      polygon(
        [
          [0.82, -0.68],
          [0.3, -0.72 - p.crest],
          [0.3, -0.5],
        ],
        0.05,
      ),
      p.back,
      { bevel: 0.14 },
    );
  const down2 = stretched(clouds(r), 7, 9);
  const body = melded(ellipse(-0.02, 0.05, 0.66, 0.44), headOf, 0.25);
  round(
    f,
    body,
    (x, y, _d, ink) => {
      lerp(ink, p.back, p.belly, smoothstep(-0.2, 0.15, y + x * 0.55 - 0.1));
      const k = 1 + 0.12 * down2(x, y);
      for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
    },
    { bevel: 0.42 },
  );
  const wing = polygon(
    [
      ...curve([0.25, -0.12], [-0.2, -0.4], [-0.85, 0.3], 6),
      ...curve([-0.85, 0.3], [-0.1, 0.42], [0.25, -0.12], 6).slice(1, -1),
    ],
    0.03,
  );
  round(
    f,
    wing,
    (x, y, _d, ink) => {
      const feathers = smoothstep(0.5, 1, sin((x + y * 2.4) * 17));
      lerp(ink, p.wing, scaled(p.wing, 0.6), feathers * 0.6);
      if (p.bars > 0) {
        const bar = smoothstep(0.75, 0.95, cos((x - y * 0.5) * (6 + p.bars)));
        lerp(ink, [ink[0]!, ink[1]!, ink[2]!], [0.95, 0.95, 0.95], bar);
      }
    },
    { bevel: 0.2 },
  );
}

function bill(f: Brush, c: Color, long: number, high: number): void {
  round(
    f,
    polygon(
      [
        [0.88, -0.48 - high],
        [0.92 + long, -0.42],
        [0.86, -0.44 + high],
      ],
      0.03,
    ),
    c,
    { bevel: 0.08 },
  );
}

function eye(f: Brush): void {
  dot(f, 0.7, -0.54, 0.075);
}

function dot(f: Brush, x: number, y: number, radius: number): void {
  flat(f, circle(x, y, radius), [0.03, 0.02, 0.02]);
  flat(f, circle(x + radius * 0.3, y - radius * 0.35, radius * 0.35), [1, 1, 1]);
}

/** A branch, a post or a stone under the bird; returns the bird's frame. */
function perched(b: Brush, r: Stream): Brush {
  const s = between(r, 0.32, 0.41);
  const x = around(r, 0.5, 0.07);
  const y = around(r, 0.48, 0.06);
  const tilt = around(r, 0, 0.22);
  const facing = side(r);
  const foot = y + s * 0.66;
  const bark = mix(varied(r, hex("6b4f3a"), 0.08), hex("9a8f86"), r.uniform() * 0.5);
  const rough = stretched(noise(r), 8, 25);
  const skin = grained(solid(bark), rough, 0.3);
  const kind = r.uniform();
  if (kind < 0.7) {
    const slope = around(r, 0, 0.3);
    const w = between(r, 0.025, 0.055);
    round(b, line(-0.1, foot + w - slope * 0.6, 1.1, foot + w + slope * 0.6, w, w * 0.7), skin, { bevel: w });
    const twigs = count(r, 0, 3);
    for (let i = 0; i < twigs; i++) {
      const at0 = between(r, 0.05, 0.95);
      const y0 = foot + w + slope * (at0 - 0.5);
      const up = happens(r, 0.5) ? -1 : 1;
      round(b, line(at0, y0, at0 + around(r, 0, 0.25), y0 + up * between(r, 0.1, 0.3), w * 0.45, w * 0.2), skin, {
        bevel: w * 0.4,
      });
    }
  } else if (kind < 0.85) {
    round(b, line(x, foot + 0.05, x + around(r, 0, 0.04), 1.2, 0.1), skin, { bevel: 0.1 });
  } else {
    round(b, ellipse(x, foot + 0.28, 0.55, 0.28), grained(solid(varied(r, hex("8a8a86"), 0.08)), rough, 0.2), {
      bevel: 0.25,
    });
  }
  return at(b, x, y, s, tilt * facing, facing);
}

function snow(b: Brush, r: Stream): void {
  for (let i = 0; i < 10; i++)
    soft(b, circle(r.uniform(), r.uniform(), between(r, 0.01, 0.022)), [1, 1, 1], 0.015, 0.85);
}

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

function finish(b: Brush, r: Stream): Canvas {
  develop(b.canvas, r);
  return b.canvas;
}
