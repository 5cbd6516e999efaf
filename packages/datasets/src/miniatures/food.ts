/** Stands for Food-101: plates and bowls on a table. */
import type { Stream } from "@dit-bench/random";
import { planks, scene, shadow } from "./backdrops.ts";
import { at, type Brush, type Canvas } from "./canvas.ts";
import { around, between, count, happens, pick } from "./chance.ts";
import { type Color, hex, hsl, mix, scaled, varied } from "./color.ts";
import { clamp, cos, HALF, sin, smoothstep, TURN } from "./elementary.ts";
import { miniature } from "./miniature.ts";
import { cells, clouds, noise, stretched } from "./noise.ts";
import { ball, flat, glow, gradient, grained, lerp, mottled, rimmed, round, soft, solid, wash } from "./paint.ts";
import { develop } from "./photograph.ts";
import {
  both,
  box,
  circle,
  curve,
  ellipse,
  halfPlane,
  line,
  outline,
  type Point,
  polygon,
  rough,
  stroke,
  without,
} from "./shapes.ts";

export const food = miniature(
  { name: "food", title: "Food (miniature)", subject: "plates and bowls of food on a table" },
  { pizza, sushi, hamburger, donuts, ramen, cake },
);

function pizza(r: Stream, size: number): Canvas {
  const b = table(r, size);
  const s = between(r, 0.37, 0.5);
  const f = at(b, around(r, 0.5, 0.08), around(r, 0.5, 0.08), s, r.uniform() * TURN, 1, between(r, 0.78, 1));
  if (happens(r, 0.6)) plate(f, r, 1.12);
  else shadow(f, 0.05, 0.08, 1.05, 1.05, 0.5);
  const bumps = noise(r);
  const crust = varied(r, hex("d29a52"), 0.05);
  const char = stretched(clouds(r), 4, 4);
  const whole = happens(r, 0.7);
  const missing = polygon(
    [
      [0, 0],
      [2, -0.45],
      [2, 0.55],
    ],
    0.02,
  );
  const cut = <S extends Parameters<typeof rough>[0]>(shape: S) => (whole ? shape : without(shape, missing));
  round(
    f,
    cut(rough(circle(0, 0, 0.97), (x, y) => bumps(x * 4, y * 4), 0.04)),
    mottled(char, scaled(crust, 0.65), scaled(crust, 1.2)),
    { bevel: 0.14, gloss: 0.1 },
  );
  const cheese = varied(r, pick(r, [hex("f3cb62"), hex("f0d890"), hex("e9b24e")]), 0.04);
  const sauce = varied(r, hex("c3371c"), 0.04);
  const melt = stretched(clouds(r), 3, 3);
  flat(f, cut(rough(circle(0, 0, 0.8), (x, y) => bumps(x * 5 + 9, y * 5), 0.05)), (x, y, _d, ink) =>
    lerp(ink, sauce, cheese, smoothstep(-0.5, 0, melt(x, y))),
  );
  const kind = r.uniform();
  const n = count(r, 7, 12);
  for (let i = 0; i < n; i++) {
    const angle = i * 2.4 + around(r, 0, 0.3);
    const far = 0.66 * Math.sqrt((i + 0.5) / n);
    const p = at(f, cos(angle) * far, sin(angle) * far, 1, r.uniform() * TURN);
    if (!whole && cos(angle) > 0.72) continue;
    if (kind < 0.45) {
      soft(p, circle(0.01, 0.03, 0.16), [0.2, 0.08, 0.02], 0.08, 0.5);
      ball(p, 0, 0, 0.22, 0.22, circle(0, 0, 0.15), rimmed(varied(r, hex("c4402a"), 0.04), hex("8a1f14"), 0.05), 0.2);
    } else if (kind < 0.75) {
      if (i % 2 === 0) round(p, ellipse(0, 0, 0.16, 0.085), varied(r, hex("3f8a2c"), 0.05), { bevel: 0.1 });
      else ball(p, 0, 0, 0.18, 0.18, circle(0, 0, 0.14), varied(r, hex("d8301e"), 0.04), 0.5);
    } else {
      if (i % 2 === 0) flat(p, outline(circle(0, 0, 0.1), 0.035), hex("2a2420"));
      else
        round(
          p,
          polygon(
            [
              [-0.12, 0.02],
              [0, -0.1],
              [0.12, 0.02],
              [0.03, 0.03],
              [0.03, 0.12],
              [-0.03, 0.12],
              [-0.03, 0.03],
            ],
            0.02,
          ),
          hex("efe3cc"),
          { bevel: 0.06 },
        );
    }
  }
  if (happens(r, 0.6))
    for (let k = 0; k < 4; k++)
      flat(
        f,
        cut(line(-cos(k * 0.785 + 0.2), -sin(k * 0.785 + 0.2), cos(k * 0.785 + 0.2), sin(k * 0.785 + 0.2), 0.012)),
        hex("7a3c14"),
        0.55,
      );
  return finish(b, r);
}

function sushi(r: Stream, size: number): Canvas {
  const b = table(r, size);
  const angle = around(r, 0, 0.5);
  const f = at(b, 0.5, 0.5, between(r, 0.44, 0.52), angle);
  const board = pick(r, [hex("1d1d22"), hex("f2f0ea"), hex("2f3a4a"), hex("b98a52"), hex("6a2a22")]);
  shadow(f, 0.04, 0.1, 0.98, 0.66, 0.5);
  round(f, box(0, 0, 0.95, 0.62, 0.1), board, { bevel: 0.08, gloss: 0.2 });
  const rolls = happens(r, 0.5);
  const rows = 2;
  const columns = rolls ? 3 : 3;
  const fish = [hex("f5793b"), hex("d8323a"), hex("f6b58a"), hex("f3d24b"), hex("efe6de")];
  const one = pick(r, fish);
  const two = happens(r, 0.5) ? one : pick(r, fish);
  const fine = stretched(noise(r), 22, 22);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const x = (i - 1) * 0.58 + around(r, 0, 0.04);
      const y = (j - 0.5) * 0.56 + around(r, 0, 0.03);
      const top = j === 0 ? one : two;
      if (rolls) {
        const p = at(f, x, y, 0.26);
        shadow(p, 0.15, 0.25, 1.05, 1.05, 0.5);
        round(p, circle(0, 0, 1), hex("17241c"), { bevel: 0.15 });
        round(p, circle(0, 0, 0.84), grained(solid(hex("f6f3ea")), fine, 0.1), { bevel: 0.1 });
        round(p, ellipse(0.05, 0, 0.44, 0.38), varied(r, top, 0.05), { bevel: 0.2 });
        flat(p, ellipse(-0.3, 0.12, 0.13, 0.24), varied(r, hex("5ea33a"), 0.05));
      } else {
        const p = at(f, x, y, 0.27, around(r, 0.25, 0.15));
        shadow(p, 0.1, 0.35, 1.1, 0.8, 0.45);
        round(p, box(0, 0.22, 0.9, 0.52, 0.4), grained(solid(hex("f8f5ee")), fine, 0.1), { bevel: 0.3 });
        const slice = box(0, -0.06, 1.02, 0.5, 0.35);
        const c = varied(r, top, 0.05);
        round(
          p,
          slice,
          (u, v, _d, ink) => lerp(ink, c, mix(c, [1, 1, 1], 0.55), smoothstep(0.6, 1, sin((u + v * 0.5) * 11))),
          { bevel: 0.35, gloss: 0.5 },
        );
        if (top === fish[3]) flat(p, box(0, 0.05, 0.16, 0.56), hex("1a221c"));
      }
    }
  }
  if (happens(r, 0.5)) round(f, ellipse(0.8, 0.48, 0.11, 0.09), hex("9cc25a"), { bevel: 0.1 });
  if (happens(r, 0.5)) {
    const y = around(r, 0.86, 0.06);
    for (const d of [0, 0.09]) round(f, line(-1, y + d, 1, y + d * 2, 0.03, 0.02), hex("5a2d1a"), { bevel: 0.03 });
  }
  return finish(b, r);
}

function hamburger(r: Stream, size: number): Canvas {
  const b = room(r, size);
  const s = between(r, 0.33, 0.44);
  const f = at(b, around(r, 0.5, 0.08), around(r, 0.56, 0.05), s, around(r, 0, 0.08));
  if (happens(r, 0.6)) sidePlate(f, r, 0.74);
  else shadow(f, 0, 0.72, 1.1, 0.16, 0.55);
  if (happens(r, 0.4)) {
    const x = pick(r, [-1, 1]);
    for (let k = 0; k < 6; k++) {
      const u = x * between(r, 0.85, 1.15);
      round(f, line(u, 0.7, u + around(r, 0, 0.25), between(r, 0, 0.4), 0.07), varied(r, hex("f0c350"), 0.05), {
        bevel: 0.06,
      });
    }
  }
  const bread = varied(r, hex("cf8534"), 0.05);
  round(f, box(0, 0.52, 0.84, 0.19, 0.15), gradient(0, 0.3, mix(bread, hex("f4dcae"), 0.6), 0, 0.7, bread), {
    bevel: 0.2,
  });
  const meat = stretched(clouds(r), 8, 9);
  const patties = happens(r, 0.25) ? 2 : 1;
  let y = 0.3;
  for (let k = 0; k < patties; k++) {
    round(f, box(0, y, 0.9, 0.14, 0.12), mottled(meat, hex("2e170c"), hex("7d4526")), { bevel: 0.13, gloss: 0.2 });
    const c = varied(r, hex("f7b32b"), 0.03);
    flat(
      f,
      polygon(
        [
          [-0.9, y - 0.15],
          [0.9, y - 0.15],
          [0.84, y - 0.06],
          [0.5, y + 0.14],
          [0.3, y - 0.03],
          [-0.25, y - 0.03],
          [-0.5, y + 0.1],
          [-0.86, y - 0.06],
        ],
        0.02,
      ),
      c,
    );
    y -= 0.26;
  }
  if (happens(r, 0.8)) {
    for (const x of [-0.42, 0.42])
      round(f, box(x, y + 0.03, 0.44, 0.07, 0.06), hex("d8331f"), { bevel: 0.07, gloss: 0.5 });
    y -= 0.09;
  }
  const frill = noise(r);
  const green = varied(r, hex("6cb52f"), 0.05);
  round(
    f,
    rough(box(0, y, 0.96, 0.09, 0.08), (u, v) => frill(u * 5, v * 5), 0.1),
    mottled(stretched(frill, 9, 9), scaled(green, 0.6), scaled(green, 1.3)),
    { bevel: 0.08 },
  );
  const high = between(r, 0.5, 0.68);
  const bun = both(ellipse(0, y + 0.02, 0.92, high), halfPlane(0, y, 0, 1));
  round(f, bun, gradient(0, y - high, bread, 0, y, mix(bread, hex("f6d79c"), 0.35)), {
    bevel: high * 0.85,
    gloss: 0.55,
  });
  if (happens(r, 0.8)) {
    for (let k = 0; k < 12; k++) {
      const u = around(r, 0, 0.65);
      const v = y - high * between(r, 0.3, 0.88) * (1 - u * u);
      flat(f, ellipse(u, v, 0.055, 0.035), hex("f8ecc8"));
    }
  }
  return finish(b, r);
}

function donuts(r: Stream, size: number): Canvas {
  const b = table(r, size);
  const n = pick(r, [1, 1, 2, 3, 4]);
  const glaze = [
    hex("f38ab5"),
    hex("5a2e1a"),
    hex("f6efe4"),
    hex("8fd0c9"),
    hex("e9b04a"),
    hex("b48ad8"),
    hex("8a4a24"),
  ];
  const places: readonly Point[] =
    n === 1
      ? [[0, 0]]
      : n === 2
        ? [
            [-0.48, -0.2],
            [0.48, 0.2],
          ]
        : n === 3
          ? [
              [-0.5, 0.38],
              [0.5, 0.38],
              [0, -0.46],
            ]
          : [
              [-0.5, -0.5],
              [0.5, -0.5],
              [-0.5, 0.5],
              [0.5, 0.5],
            ];
  const f = at(
    b,
    around(r, 0.5, 0.06),
    around(r, 0.5, 0.06),
    between(r, 0.42, 0.48),
    n > 1 ? r.uniform() * HALF : 0,
    1,
    between(r, 0.8, 1),
  );
  if (happens(r, 0.6)) plate(f, r, n === 1 ? 1.06 : 1.12);
  for (const [x, y] of places) {
    const s = n === 1 ? between(r, 0.7, 0.86) : 0.46;
    const p = at(f, x, y, s, r.uniform() * TURN);
    const hole = between(r, 0.26, 0.36);
    const dough = varied(r, hex("d39a54"), 0.05);
    shadow(at(p, 0, 0, 1, 0), 0.05, 0.1, 1.08, 1.08, 0.45);
    round(p, without(circle(0, 0, 1), circle(0, 0, hole)), dough, { bevel: 0.34 });
    const drip = noise(r);
    const icing = rough(without(circle(0, 0, 0.88), circle(0, 0, hole + 0.08)), (u, v) => drip(u * 4, v * 4), 0.08);
    const c = varied(r, pick(r, glaze), 0.04);
    round(p, icing, c, { bevel: 0.28, gloss: 0.7 });
    const style = r.uniform();
    if (style < 0.55) {
      const bits = count(r, 14, 22);
      for (let k = 0; k < bits; k++) {
        const angle = r.uniform() * TURN;
        const far = between(r, hole + 0.16, 0.8);
        const q = at(p, cos(angle) * far, sin(angle) * far, 1, r.uniform() * HALF);
        flat(q, line(-0.06, 0, 0.06, 0, 0.032), hsl(r.uniform(), 0.85, between(r, 0.5, 0.75)));
      }
    } else if (style < 0.8) {
      for (let k = -2; k <= 2; k++)
        flat(
          p,
          both(icing, line(-1, k * 0.32, 1, k * 0.32 + 0.15, 0.045)),
          mix(c, c[0] + c[1] > 1.2 ? hex("4a2414") : [1, 1, 1], 0.75),
        );
    }
  }
  return finish(b, r);
}

function ramen(r: Stream, size: number): Canvas {
  const b = table(r, size);
  const f = at(
    b,
    around(r, 0.5, 0.06),
    around(r, 0.52, 0.06),
    between(r, 0.4, 0.5),
    around(r, 0, 0.6),
    1,
    between(r, 0.8, 1),
  );
  const bowl = pick(r, [hex("1f1f24"), hex("b3261e"), hex("f1ede4"), hex("27406b"), hex("5a3a28")]);
  shadow(f, 0.08, 0.14, 1.08, 1.08, 0.55);
  round(f, circle(0, 0, 1), varied(r, bowl, 0.03), { bevel: 0.16, gloss: 0.6 });
  const broth = varied(r, pick(r, [hex("b8752c"), hex("c9a15c"), hex("9a4a1c"), hex("d8b878")]), 0.04);
  flat(f, circle(0, 0, 0.86), glow(-0.1, -0.2, 1, mix(broth, [1, 0.95, 0.8], 0.25), scaled(broth, 0.7)));
  const strand = varied(r, hex("f3d993"), 0.03);
  const lay = r.uniform() * HALF;
  const n = at(f, 0, 0, 1, lay);
  const wave = stretched(noise(r), 2.5, 2.5);
  flat(n, rough(ellipse(-0.1, 0.1, 0.68, 0.6), wave, 0.1), (x, y, _d, ink) => {
    const t = sin((y + wave(x, y) * 0.16 + 0.2 * x * x) * 34);
    lerp(ink, scaled(mix(strand, broth, 0.35), 0.62), strand, clamp(0.5 + 0.7 * t));
  });
  const start = r.uniform() * TURN;
  const put = (angle: number, far: number): Brush =>
    at(f, cos(start + angle) * far, sin(start + angle) * far, 1, r.uniform() * TURN);
  const eggs = count(r, 1, 2);
  for (let k = 0; k < eggs; k++) {
    const p = put(k * 0.75, 0.48);
    soft(p, ellipse(0.02, 0.05, 0.3, 0.24), [0.2, 0.1, 0], 0.1, 0.4);
    round(p, ellipse(0, 0, 0.29, 0.23), hex("fbf3e2"), { bevel: 0.08 });
    round(p, circle(0.02, 0, 0.145), varied(r, hex("f08a16"), 0.03), { bevel: 0.15, gloss: 0.6 });
  }
  const pork = count(r, 1, 3);
  for (let k = 0; k < pork; k++) {
    const p = put(2.1 + k * 0.6, 0.5);
    const fat = clouds(r);
    round(
      p,
      ellipse(0, 0, 0.3, 0.24),
      (x, y, d, ink) =>
        lerp(ink, hex("b5684a"), hex("f0cdb0"), clamp(0.3 + fat(x * 5, y * 5) + smoothstep(-0.06, -0.02, d) * 0.8)),
      { bevel: 0.06 },
    );
  }
  if (happens(r, 0.7)) {
    const p = put(4.2, 0.78);
    flat(p, box(0, 0, 0.2, 0.3, 0.02), hex("14241b"));
  }
  for (let k = 0; k < 12; k++) {
    const p = put(4.9 + around(r, 0, 0.7), between(r, 0.1, 0.65));
    flat(p, outline(ellipse(0, 0, 0.06, 0.045), 0.022), varied(r, hex("69b53c"), 0.06));
  }
  if (happens(r, 0.5))
    for (const d of [0, 0.1])
      round(b, line(0.02 + d, -0.05, 0.4 + d * 0.6, 0.5, 0.016, 0.01), hex("6a2f1c"), { bevel: 0.015 });
  return finish(b, r);
}

function cake(r: Stream, size: number): Canvas {
  const b = room(r, size);
  const s = between(r, 0.34, 0.44);
  const flip = pick(r, [-1, 1]);
  const f = at(b, around(r, 0.5, 0.06), around(r, 0.58, 0.04), s, 0, flip);
  sidePlate(f, r, 0.62);
  const kinds: [Color, Color, Color][] = [
    [hex("f3d9a0"), hex("fbf7ef"), hex("fbf7ef")],
    [hex("4a2514"), hex("6f3a20"), hex("2f160c")],
    [hex("a8201f"), hex("fbf4ea"), hex("fbf4ea")],
    [hex("f4e3b2"), hex("f7b9c8"), hex("f7b9c8")],
    [hex("7aa84e"), hex("f6f3e4"), hex("9cc46a")],
  ];
  const [sponge, filling, icing] = pick(r, kinds);
  const tall = between(r, 0.72, 0.95);
  const layers = count(r, 2, 3);
  const base = 0.55;
  const crumb = stretched(clouds(r), 10, 10);
  const low = base - tall;
  // A wedge: its cut face towards us, its tip at the left, its iced back at the right.
  const side: Point[] = [
    [-1, base - 0.04],
    [0.82, base + 0.08],
    [0.82, low + 0.08],
    [-1, low - 0.04],
  ];
  const topFace: Point[] = [
    [-1, low - 0.04],
    [0.82, low + 0.08],
    [0.98, low - 0.26],
  ];
  const back: Point[] = [
    [0.82, base + 0.08],
    [0.98, base - 0.24],
    [0.98, low - 0.26],
    [0.82, low + 0.08],
  ];
  flat(f, polygon(back, 0.02), scaled(icing, 0.7));
  flat(f, polygon(side), (x, y, _d, ink) => {
    const t = ((base - y + x * 0.06) / tall) * layers;
    const within = t - Math.floor(t);
    lerp(ink, scaled(sponge, 0.97), filling, smoothstep(0.72, 0.8, within));
    const k = (1 + 0.16 * crumb(x, y) * (within < 0.75 ? 1 : 0.2)) * (0.86 + 0.1 * x);
    for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
  });
  round(f, polygon(topFace, 0.06), icing, { bevel: 0.1, gloss: 0.3 });
  const drips = noise(r);
  flat(
    f,
    polygon(
      [
        [-1, low - 0.06],
        [0.82, low + 0.06],
        [0.82, low + 0.16],
        [0.4, low + 0.13 + 0.08 * drips(1, 2)],
        [0, low + 0.09 + 0.08 * drips(3, 2)],
        [-0.5, low + 0.06],
        [-1, low + 0.03],
      ],
      0.015,
    ),
    scaled(icing, 0.95),
  );
  const fruit = r.uniform();
  const berries = fruit < 0.7 ? count(r, 1, 2) : 0;
  for (let k = 0; k < berries; k++) {
    const p = at(f, 0.5 - k * 0.55, low - 0.22 + k * 0.04, 1);
    if (fruit < 0.5) {
      const red = varied(r, hex("d81f26"), 0.03);
      round(
        p,
        polygon(
          [...curve([-0.2, -0.1], [-0.22, 0.18], [0, 0.24], 4), ...curve([0, 0.24], [0.22, 0.18], [0.2, -0.1], 4)],
          0.05,
        ),
        red,
        { bevel: 0.2, gloss: 0.6 },
      );
      flat(
        p,
        polygon([
          [-0.2, -0.14],
          [-0.06, -0.1],
          [0, -0.26],
          [0.06, -0.1],
          [0.2, -0.14],
          [0.06, -0.03],
          [-0.06, -0.03],
        ]),
        hex("4f9a35"),
      );
    } else {
      ball(p, 0, 0.05, 0.17, 0.17, circle(0, 0.05, 0.17), hex("a3101f"), 0.8);
      flat(p, stroke(curve([0, -0.1], [0.05, -0.3], [0.2, -0.38], 4), 0.02), hex("5d7a2a"));
    }
  }
  return finish(b, r);
}

/** A table from above: wood, cloth or stone. */
function table(r: Stream, size: number): Brush {
  const b = scene(r, size);
  const kind = r.uniform();
  if (kind < 0.45)
    planks(
      b,
      r,
      varied(r, pick(r, [hex("8a5a34"), hex("5c3a24"), hex("c39a68"), hex("6f6258")]), 0.06),
      r.uniform() * HALF,
    );
  else if (kind < 0.7) cloth(b, r);
  else {
    const stone = varied(r, pick(r, [hex("dcd8d2"), hex("3a3c40"), hex("8f8a86"), hex("c9b9a8")]), 0.05);
    wash(b, mottled(stretched(clouds(r), 5, 5), scaled(stone, 0.85), scaled(stone, 1.1)));
  }
  wash(b, glow(between(r, 0, 1), 0, 1.3, [1, 0.97, 0.9], [0.05, 0.03, 0.05]), between(r, 0.08, 0.25));
  return b;
}

function cloth(b: Brush, r: Stream): void {
  const a = hsl(pick(r, [0, 0.58, 0.33, 0.1, 0.95]), between(r, 0.3, 0.7), between(r, 0.4, 0.6));
  const n = between(r, 4, 8);
  const pale = mix(a, [1, 1, 1], 0.85);
  const vary = cells(r);
  wash(b, (x, y, _d, ink) => {
    const u = sin(x * n * HALF) > 0 ? 0.5 : 0;
    const v = sin(y * n * HALF) > 0 ? 0.5 : 0;
    lerp(ink, pale, a, (u + v) * 0.8 + 0.04 * vary(x * 30, y * 30));
  });
}

/** A plate from above, `radius` wide. */
function plate(f: Brush, r: Stream, radius: number): void {
  const china = varied(r, pick(r, [hex("f5f3ef"), hex("f5f3ef"), hex("e2e8ee"), hex("2e3238"), hex("d9c9b2")]), 0.03);
  shadow(f, 0.05, 0.1, radius * 1.05, radius * 1.05, 0.5);
  round(f, circle(0, 0, radius), china, { bevel: 0.1, gloss: 0.3 });
  soft(f, outline(circle(0, 0, radius * 0.76), 0.02), scaled(china, 0.7), 0.06, 0.6);
}

/** A table seen from the side, a blurred room behind. */
function room(r: Stream, size: number): Brush {
  const b = table(r, size);
  const line = between(r, 0.42, 0.62);
  const wall = hsl(r.uniform(), between(r, 0.05, 0.4), between(r, 0.12, 0.8));
  soft(b, halfPlane(0, line, 0, 1), gradient(0, 0, scaled(wall, 1.15), 0, line, scaled(wall, 0.8)), 0.05);
  const lights = count(r, 0, 5);
  for (let i = 0; i < lights; i++) {
    const radius = between(r, 0.04, 0.14);
    soft(b, circle(r.uniform(), r.uniform() * line * 0.8, radius), mix(wall, [1, 0.9, 0.7], 0.6), radius, 0.45);
  }
  return b;
}

/** A plate seen from the side, its rim's middle at height y. */
function sidePlate(f: Brush, r: Stream, y: number): void {
  const china = varied(r, pick(r, [hex("f6f4f0"), hex("f6f4f0"), hex("dfe7ee"), hex("33363c"), hex("9ab0c4")]), 0.03);
  shadow(f, 0, y + 0.12, 1.4, 0.24, 0.5);
  round(f, ellipse(0, y, 1.28, 0.27), china, { bevel: 0.1, gloss: 0.3 });
  soft(f, ellipse(0, y - 0.01, 0.95, 0.17), scaled(china, 0.82), 0.1, 0.8);
}

function finish(b: Brush, r: Stream): Canvas {
  develop(b.canvas, r);
  return b.canvas;
}
