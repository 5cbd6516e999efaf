/** Stands for Oxford 102 Flowers: blossoms close up, before leaves out of focus. */
import type { Stream } from "@dit-bench/random";
import { bokeh, foliage, scene } from "./backdrops.ts";
import { at, type Brush, type Canvas } from "./canvas.ts";
import { around, between, count, happens, pick } from "./chance.ts";
import { type Color, hex, hsl, mix, scaled, varied } from "./color.ts";
import { atan2, clamp, cos, HALF, sin, smoothstep, TURN } from "./elementary.ts";
import { miniature } from "./miniature.ts";
import { clouds, noise, stretched } from "./noise.ts";
import { ball, flat, gradient, grained, lerp, round, soft, solid } from "./paint.ts";
import { develop } from "./photograph.ts";
import { circle, curve, ellipse, line, type Point, polygon, stroke } from "./shapes.ts";

export const flowers = miniature(
  { name: "flowers", title: "Flowers (miniature)", subject: "blossoms close up, before leaves out of focus" },
  { daisy, tulip, sunflower, rose, iris, pansy },
);

function daisy(r: Stream, size: number): Canvas {
  const b = bed(r, size);
  const n = pick(r, [1, 1, 2, 3]);
  const petal = pick(r, [hex("fdfcf7"), hex("fbf6ee"), hex("f7d9e8"), hex("e9dcf7")]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.3, 0.44) : between(r, 0.19, 0.27);
    const f = n === 1 ? head(b, r, 0.5, 0.46, s) : head(b, r, (i + 0.6) / (n + 0.2), between(r, 0.25, 0.7), s);
    const petals = count(r, 12, 17);
    for (let k = 0; k < petals; k++) {
      const angle = (k * TURN) / petals + around(r, 0, 0.12);
      const p = at(f, 0, 0, 1, angle);
      const length = between(r, 0.88, 1.05);
      const shape = ellipse(0.25 + length * 0.38, 0, length * 0.38, 0.135);
      flat(at(p, 0.02, 0.03, 1), shape, [0.1, 0.12, 0.1], 0.25);
      flat(p, shape, gradient(0.2, 0, scaled(petal, 0.62), 0.75, 0, scaled(petal, facing(p, 1.02))));
    }
    const eye = varied(r, hex("f2b91c"), 0.06);
    const dots = stretched(noise(r), 9, 9);
    ball(f, 0, 0, 0.34, 0.34, circle(0, 0, 0.3), grained(solid(eye), dots, 0.25), 0.2);
  }
  return finish(b, r);
}

function tulip(r: Stream, size: number): Canvas {
  const b = bed(r, size);
  const n = pick(r, [1, 1, 2, 3]);
  const tone = pick(r, [hex("d81e2c"), hex("f0c419"), hex("e8559a"), hex("7d2a8c"), hex("f2762e"), hex("f4ece4")]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.26, 0.36) : between(r, 0.17, 0.23);
    const x = n === 1 ? around(r, 0.5, 0.12) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.04);
    const y = n === 1 ? between(r, 0.36, 0.46) : between(r, 0.28, 0.5);
    const lean = around(r, 0, 0.25);
    const green = hsl(around(r, 0.3, 0.03), 0.45, between(r, 0.28, 0.42));
    const foot: Point = [x - lean * 0.3 + around(r, 0, 0.05), 1.1];
    for (const side of [-1, 1])
      if (happens(r, 0.8)) {
        const tip: Point = [x + side * between(r, 0.12, 0.3), y + between(r, 0.1, 0.35)];
        const leaf = stroke(curve([x, 1.1], [x + side * 0.03, y + 0.5], tip, 6), s * 0.24, 0.01);
        round(b, leaf, scaled(green, between(r, 0.75, 1)), { bevel: 0.06 });
      }
    round(b, stroke(curve([x, y], [x, 0.8], foot, 5), s * 0.11), green, { bevel: s * 0.11 });
    const f = at(b, x, y, s, lean);
    const c = varied(r, tone, 0.06);
    const edge = mix(c, happens(r, 0.4) ? hex("ffe9a8") : scaled(c, 1.25), 0.5);
    const skin = (k: number) => gradient(0, 0.8, scaled(mix(c, hex("6b8a2a"), 0.25), k), 0, -0.9, scaled(edge, k));
    const open = between(r, 0.55, 0.85);
    const tall = between(r, 0.95, 1.15);
    const back = (px: number): Point[] => [
      ...curve([-0.3, 0.6], [px - 0.55, -0.2], [px, -tall], 5),
      ...curve([px, -tall], [px + 0.55, -0.2], [0.3, 0.6], 5),
    ];
    flat(f, polygon(back(-open * 0.55), 0.04), skin(0.62));
    flat(f, polygon(back(open * 0.55), 0.04), skin(0.62));
    flat(f, polygon(back(0), 0.04), skin(0.7));
    for (const side of [-1, 1]) {
      const cup = [
        ...curve([side * 0.05, 0.85], [side * 1.05, 0.75], [side * open * 1.05, -tall * 0.75], 7),
        ...curve([side * open * 1.05, -tall * 0.75], [side * 0.25, -0.3], [side * -0.12, 0.8], 6),
      ];
      round(f, polygon(cup, 0.03), skin(1), { bevel: 0.45, gloss: 0.15 });
    }
    const middle = [
      ...curve([-0.08, 0.85], [-0.75, 0], [0, -tall * 0.66], 6),
      ...curve([0, -tall * 0.66], [0.75, 0], [0.08, 0.85], 6),
    ];
    round(f, polygon(middle, 0.02), skin(1.06), { bevel: 0.4, gloss: 0.15 });
  }
  return finish(b, r);
}

function sunflower(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  if (happens(r, 0.45)) bokeh(b, r, hex("3f86d0"), hex("a9cdec"), 4);
  else foliage(b, r, around(r, 0.26, 0.04));
  const n = pick(r, [1, 1, 1, 2]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.34, 0.47) : between(r, 0.23, 0.3);
    const x = n === 1 ? around(r, 0.5, 0.14) : 0.3 + i * 0.42;
    const y = n === 1 ? around(r, 0.45, 0.1) : between(r, 0.3, 0.6);
    const green = hsl(0.27, 0.5, between(r, 0.22, 0.36));
    round(b, line(x, y, x + around(r, 0, 0.1), 1.1, 0.035), green, { bevel: 0.035 });
    for (const side of [-1, 1])
      if (happens(r, 0.6))
        round(at(b, x + side * s * 0.8, between(r, 0.8, 1), s * 0.6, side * 0.5), ellipse(0, 0, 1, 0.5), green, {
          bevel: 0.5,
        });
    const f = head(b, r, x, y, s, false);
    const yellow = varied(r, hex("f7b90f"), 0.05);
    const petals = count(r, 15, 20);
    for (const layer of [0, 1]) {
      for (let k = 0; k < petals; k++) {
        const p = at(f, 0, 0, 1, ((k + layer * 0.5) * TURN) / petals + around(r, 0, 0.1));
        const length = between(r, 0.9, 1.08) - layer * 0.12;
        const shape = polygon(
          [
            ...curve([0.35, 0], [0.7, -0.24], [length, 0], 4),
            ...curve([length, 0], [0.7, 0.24], [0.35, 0], 4).slice(1, -1),
          ],
          0.01,
        );
        const tone = scaled(yellow, facing(p, layer ? 1.05 : 0.72));
        flat(p, shape, gradient(0.4, 0, mix(tone, hex("b8560a"), 0.55), 0.8, 0, tone));
      }
    }
    const seeds = between(r, 0.42, 0.54);
    const grain = stretched(noise(r), 12, 12);
    const brown = varied(r, hex("5a3210"), 0.05);
    ball(f, 0, 0, seeds * 1.3, seeds * 1.3, circle(0, 0, seeds), (px, py, d, ink) => {
      const k = clamp(-d / seeds);
      lerp(ink, k < 0.35 ? hex("8a4f12") : brown, hex("2a1708"), clamp(0.5 + 0.6 * grain(px, py)) * 0.7);
    });
    soft(f, circle(0, 0, seeds * 0.35), hex("8f7a22"), seeds * 0.5, 0.6);
  }
  return finish(b, r);
}

function rose(r: Stream, size: number): Canvas {
  const b = bed(r, size);
  const tone = pick(r, [
    hex("c4122f"),
    hex("c4122f"),
    hex("e9587f"),
    hex("f6c1cf"),
    hex("f5efe2"),
    hex("f2c14b"),
    hex("f08a5d"),
  ]);
  const x = around(r, 0.5, 0.12);
  const y = around(r, 0.48, 0.1);
  const s = between(r, 0.3, 0.43);
  const green = hsl(around(r, 0.3, 0.03), 0.4, between(r, 0.16, 0.28));
  round(b, line(x, y, x + around(r, 0, 0.15), 1.1, 0.025), green, { bevel: 0.025 });
  const leaves = count(r, 2, 4);
  const start = r.uniform() * TURN;
  for (let k = 0; k < leaves; k++) {
    const angle = start + (k * TURN) / leaves;
    const p = at(b, x + cos(angle) * s * 1.05, y + sin(angle) * s * 1.05, s * 0.5, angle);
    round(p, ellipse(0, 0, 0.9, 0.42), varied(r, green, 0.04), { bevel: 0.4, gloss: 0.2 });
    flat(p, line(-0.8, 0, 0.8, 0, 0.04), scaled(green, 1.5), 0.6);
  }
  const f = at(b, x, y, s, r.uniform() * TURN, 1, between(r, 0.82, 1));
  const c = varied(r, tone, 0.05);
  const rings = [
    [0.62, 0.5, 5, 0.95],
    [0.42, 0.42, 5, 0.9],
    [0.24, 0.32, 4, 0.82],
    [0.11, 0.22, 3, 0.72],
  ] as const;
  rings.forEach(([far, radius, petals, k], ring) => {
    for (let q = 0; q < petals; q++) {
      const angle = ((q + ring * 0.5) * TURN) / petals + around(r, 0, 0.2);
      const px = cos(angle) * far;
      const py = sin(angle) * far;
      const petal = ellipse(px, py, radius * between(r, 0.92, 1.08), radius);
      soft(f, circle(px * 0.96, py * 0.96, radius), scaled(c, 0.2), 0.2, 0.55);
      const inner = scaled(c, k * 0.5);
      const outer = scaled(mix(c, [1, 0.95, 0.92], 0.18), k * 1.12);
      round(
        f,
        petal,
        (u, v, _d, ink) => lerp(ink, inner, outer, smoothstep(far * 0.7, far + radius, Math.sqrt(u * u + v * v))),
        { bevel: radius * 0.5, gloss: 0.1 },
      );
    }
  });
  soft(f, circle(0.02, 0, 0.1), scaled(c, 0.25), 0.1, 0.9);
  flat(
    f,
    stroke(
      [
        [-0.1, -0.02],
        [0, -0.11],
        [0.11, -0.02],
        [0.05, 0.08],
      ],
      0.025,
    ),
    mix(c, [1, 0.9, 0.9], 0.25),
  );
  return finish(b, r);
}

function iris(r: Stream, size: number): Canvas {
  const b = bed(r, size);
  const hue = pick(r, [0.74, 0.72, 0.76, 0.68, 0.62, 0.14]);
  const tone = hsl(hue, between(r, 0.5, 0.75), hue < 0.2 ? 0.6 : between(r, 0.36, 0.55));
  const falls = happens(r, 0.5) ? scaled(tone, 0.7) : tone;
  const x = around(r, 0.5, 0.1);
  const y = around(r, 0.47, 0.06);
  const s = between(r, 0.36, 0.46);
  const green = hsl(0.3, 0.35, between(r, 0.3, 0.42));
  for (let k = 0; k < 3; k++) {
    const foot = x + around(r, 0, 0.4);
    if (happens(r, 0.7))
      round(
        b,
        stroke(curve([foot, 1.1], [foot, 0.7], [foot + around(r, 0, 0.25), between(r, 0.3, 0.65)], 4), 0.04, 0.005),
        green,
        { bevel: 0.04 },
      );
  }
  round(b, line(x, y, x + around(r, 0, 0.06), 1.1, 0.03), green, { bevel: 0.03 });
  const f = at(b, x, y, s, around(r, 0, 0.2));
  const veins = stretched(noise(r), 10, 3);
  const petal = (points: Point[], c: Color, bevel: number): void =>
    round(f, polygon(points, 0.05), grained(solid(c), veins, 0.18), { bevel });
  for (const side of [-1, 1])
    petal(
      [
        ...curve([0, 0.1], [side * 0.9, -0.5], [side * 0.3, -1], 6),
        ...curve([side * 0.3, -1], [side * -0.1, -0.5], [0, 0.1], 4).slice(1, -1),
      ],
      scaled(mix(tone, [1, 1, 1], 0.22), 0.9),
      0.3,
    );
  petal(
    [...curve([0, 0.15], [-0.85, -0.5], [0, -1.02], 6), ...curve([0, -1.02], [0.85, -0.5], [0, 0.15], 6).slice(1, -1)],
    mix(tone, [1, 1, 1], 0.28),
    0.35,
  );
  for (const side of [-1, 1]) {
    petal(
      [
        ...curve([0, 0], [side * 0.9, -0.35], [side * 1.02, 0.42], 6),
        ...curve([side * 1.02, 0.42], [side * 0.45, 0.5], [0, 0.05], 6).slice(1, -1),
      ],
      falls,
      0.3,
    );
    flat(f, stroke(curve([side * 0.12, 0.02], [side * 0.5, -0.05], [side * 0.65, 0.14], 4), 0.07, 0.02), hex("f6c928"));
  }
  petal(
    [...curve([0, -0.05], [-0.75, 0.5], [0, 0.98], 6), ...curve([0, 0.98], [0.75, 0.5], [0, -0.05], 6).slice(1, -1)],
    scaled(falls, 0.95),
    0.35,
  );
  flat(f, line(0, 0.02, 0, 0.5, 0.1, 0.03), hex("f6c928"));
  flat(f, line(0, 0.05, 0, 0.3, 0.04, 0.02), hex("fff3c0"));
  return finish(b, r);
}

function pansy(r: Stream, size: number): Canvas {
  const b = bed(r, size);
  const pairs: [Color, Color][] = [
    [hex("5a2a9a"), hex("f6d32a")],
    [hex("f5d21f"), hex("f5d21f")],
    [hex("4a5fd0"), hex("dfe4fb")],
    [hex("7d1535"), hex("e06a2a")],
    [hex("f4f1fa"), hex("b79ae8")],
    [hex("e0822a"), hex("f5b62f")],
  ];
  const [upper, lower] = pick(r, pairs);
  const n = pick(r, [1, 1, 1, 2]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.32, 0.44) : between(r, 0.22, 0.27);
    const f =
      n === 1
        ? at(b, around(r, 0.5, 0.12), around(r, 0.5, 0.1), s, around(r, 0, 0.5))
        : at(b, 0.28 + i * 0.44, between(r, 0.3, 0.7), s, around(r, 0, 0.5));
    const u = varied(r, upper, 0.05);
    const l = varied(r, lower, 0.05);
    const dark = mix(hex("1d0a2e"), u, 0.1);
    const petals: [number, number, number, number, Color, number][] = [
      [-0.38, -0.45, 0.52, 0.5, u, 0.1],
      [0.38, -0.45, 0.52, 0.5, u, 0.1],
      [-0.52, 0.12, 0.48, 0.42, l, 0.55],
      [0.52, 0.12, 0.48, 0.42, l, 0.55],
      [0, 0.5, 0.6, 0.48, l, 0.62],
    ];
    for (const [px, py, rx, ry, c, blotch] of petals) {
      soft(f, ellipse(px, py + 0.04, rx * 1.03, ry * 1.03), [0.05, 0.05, 0.05], 0.15, 0.4);
      const frill = stretched(clouds(r), 3, 3);
      round(
        f,
        ellipse(px, py, rx, ry),
        (x, y, _d, ink) => {
          const far = Math.sqrt(x * x + (y - 0.05) * (y - 0.05)) + 0.08 * sin(atan2(y, x) * 14) + 0.1 * frill(x, y);
          lerp(ink, dark, c, blotch > 0.2 ? smoothstep(blotch - 0.12, blotch + 0.1, far) : 0.35 + 0.65 * clamp(far));
        },
        { bevel: 0.22 },
      );
    }
    flat(f, ellipse(0, 0.1, 0.13, 0.11), hex("f8d020"));
    flat(f, ellipse(0, 0.02, 0.06, 0.05), hex("fffbe0"));
  }
  return finish(b, r);
}

function bed(r: Stream, size: number): Brush {
  const b = scene(r, size);
  const kind = r.uniform();
  if (kind < 0.7) foliage(b, r);
  else if (kind < 0.85)
    bokeh(
      b,
      r,
      hsl(around(r, 0.3, 0.1), 0.35, between(r, 0.1, 0.5)),
      hsl(around(r, 0.25, 0.15), 0.4, between(r, 0.3, 0.65)),
      8,
    );
  else foliage(b, r, around(r, 0.09, 0.03)); // earth
  return b;
}

/** A flower head seen more or less from the front, with a stalk behind it. */
function head(b: Brush, r: Stream, x: number, y: number, s: number, stalk = true): Brush {
  const px = stalk ? x + around(r, 0, 0.12) : x;
  const py = stalk ? y + around(r, 0, 0.1) : y;
  if (stalk) round(b, line(px, py, px + around(r, 0, 0.2), 1.1, s * 0.07), hsl(0.28, 0.4, 0.3), { bevel: s * 0.07 });
  const tilt = r.uniform() * HALF;
  const p = at(b, px, py, s, tilt, 1, between(r, 0.72, 1));
  return p;
}

/** How bright a petal lies, by where it points: between 0.8 and 1.05 of `k`. */
function facing(p: Brush, k: number): number {
  const m = p.frame;
  const length = Math.sqrt(m.a * m.a + m.b * m.b) || 1;
  return k * (0.92 + 0.13 * ((m.a * p.light.x + m.b * p.light.y) / length));
}

function finish(b: Brush, r: Stream): Canvas {
  develop(b.canvas, r);
  return b.canvas;
}
