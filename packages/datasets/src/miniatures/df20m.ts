/** Stands for Danish Fungi 2020 Mini: mushrooms on the forest floor. */
import type { Stream } from "@dit-bench/random";
import { foliage, scene, shadow } from "./backdrops.ts";
import { at, type Brush, blur, type Canvas } from "./canvas.ts";
import { around, between, count, happens, pick, side } from "./chance.ts";
import { type Color, hex, hsl, mix, scaled, varied } from "./color.ts";
import { clamp, HALF, sin, smoothstep } from "./elementary.ts";
import { miniature } from "./miniature.ts";
import { clouds, noise, stretched } from "./noise.ts";
import { flat, gradient, grained, lerp, mottled, round, soft, solid } from "./paint.ts";
import { develop } from "./photograph.ts";
import { both, curve, ellipse, halfPlane, line, melded, type Point, polygon, rough, stroke, under } from "./shapes.ts";

export const df20m = miniature(
  { name: "df20m", title: "Danish fungi (miniature)", subject: "mushrooms on the forest floor" },
  { "fly agaric": flyAgaric, bolete, chanterelle, "ink cap": inkCap, bracket, bonnet },
);

function flyAgaric(r: Stream, size: number): Canvas {
  const [b, floor] = forest(r, size);
  const n = pick(r, [1, 1, 2]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.32, 0.42) : between(r, 0.2, 0.3);
    const f = at(
      b,
      n === 1 ? around(r, 0.5, 0.12) : 0.28 + 0.42 * i + around(r, 0, 0.05),
      floor + around(r, 0.1, 0.05),
      s,
      around(r, 0, 0.15),
    );
    const tall = between(r, 0.8, 1.2);
    const cream = varied(r, hex("f1ead8"), 0.03);
    shadow(f, 0.1, 0.02, 0.7, 0.12, 0.5);
    round(f, melded(line(0, 0, 0, -tall, 0.2, 0.16), ellipse(0, -0.02, 0.3, 0.2), 0.15), cream, { bevel: 0.22 });
    round(
      f,
      polygon(
        [
          [-0.2, -tall * 0.72],
          [0.2, -tall * 0.72],
          [0.3, -tall * 0.52],
          [-0.3, -tall * 0.52],
        ],
        0.03,
      ),
      scaled(cream, 0.92),
      { bevel: 0.1 },
    );
    const flatness = between(r, 0.45, 0.8);
    const red = varied(r, pick(r, [hex("d3201a"), hex("d3201a"), hex("e0491a")]), 0.04);
    flat(f, ellipse(0, -tall, 0.92, 0.16), gradient(-0.9, 0, scaled(cream, 0.8), 0.9, 0, scaled(cream, 0.6)));
    const cap = both(ellipse(0, -tall - 0.02, 1, flatness), halfPlane(0, -tall + 0.06, 0, 1));
    round(f, cap, red, { bevel: flatness * 0.9, gloss: 0.5 });
    const warts = count(r, 9, 15);
    for (let k = 0; k < warts; k++) {
      const u = around(r, 0, 0.9);
      const v = -r.uniform() * 0.9;
      if (u * u + v * v > 0.85) continue;
      flat(f, ellipse(u * 0.97, -tall + v * flatness, between(r, 0.06, 0.11), between(r, 0.05, 0.08)), hex("fbf6e6"));
    }
  }
  return finish(b, r, floor);
}

function bolete(r: Stream, size: number): Canvas {
  const [b, floor] = forest(r, size);
  const n = pick(r, [1, 1, 2]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.34, 0.44) : between(r, 0.22, 0.3);
    const f = at(
      b,
      n === 1 ? around(r, 0.5, 0.12) : 0.28 + 0.42 * i,
      floor + around(r, 0.12, 0.05),
      s,
      around(r, 0, 0.12),
    );
    const tall = between(r, 0.5, 0.85);
    const stalk = varied(r, hex("d9c7a0"), 0.04);
    const net = stretched(noise(r), 8, 8);
    shadow(f, 0.1, 0.02, 0.75, 0.12, 0.5);
    round(
      f,
      melded(ellipse(0, -0.18, 0.42, 0.32), line(0, -0.2, 0, -tall, 0.28, 0.24), 0.2),
      grained(solid(stalk), net, 0.18),
      { bevel: 0.38 },
    );
    const brown = varied(r, pick(r, [hex("7a4321"), hex("94592c"), hex("5c3018"), hex("a8743d")]), 0.04);
    const high = between(r, 0.5, 0.75);
    round(f, ellipse(0, -tall + 0.02, 0.9, 0.22), varied(r, hex("d7c455"), 0.05), { bevel: 0.2 });
    const cap = both(ellipse(0, -tall + 0.02, 0.98, high), rough(halfPlane(0, -tall + 0.02, 0, 1), noise(r), 0.05));
    const mottle = stretched(clouds(r), 3, 4);
    round(f, cap, mottled(mottle, scaled(brown, 0.8), scaled(brown, 1.25)), {
      bevel: high * 0.85,
      gloss: between(r, 0.1, 0.7),
    });
  }
  return finish(b, r, floor);
}

function chanterelle(r: Stream, size: number): Canvas {
  const [b, floor] = forest(r, size);
  const n = pick(r, [1, 2, 3, 3]);
  const tone = varied(r, hex("f0a01e"), 0.04);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.4, 0.5) : between(r, 0.26, 0.36);
    const x = n === 1 ? around(r, 0.5, 0.1) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.05);
    const f = at(b, x, floor + around(r, 0.14, 0.06), s, around(r, 0, 0.25));
    const tall = between(r, 0.9, 1.2);
    const wide = between(r, 0.6, 0.85);
    const c = varied(r, tone, 0.05);
    shadow(f, 0, 0.03, 0.5, 0.1, 0.5);
    const funnel = polygon(
      [
        ...curve([-0.13, 0.02], [-0.12, -tall * 0.6], [-wide, -tall], 6),
        ...curve([wide, -tall], [0.12, -tall * 0.6], [0.13, 0.02], 6),
      ],
      0.03,
    );
    round(
      f,
      funnel,
      (px, py, _d, ink) => {
        const spread = 0.2 + clamp(-py / tall) * wide;
        const gill = smoothstep(0.1, 0.9, sin((px / spread) * 16));
        lerp(ink, c, scaled(c, 0.62), gill * clamp(-py * 1.4 - 0.1));
      },
      { bevel: 0.22 },
    );
    const wave = noise(r);
    const lip = rough(ellipse(0, -tall, wide * 1.08, between(r, 0.16, 0.3)), (px, py) => wave(px * 4, py * 4), 0.09);
    round(f, lip, gradient(0, -tall - 0.2, scaled(c, 0.78), 0, -tall + 0.2, mix(c, hex("ffdf80"), 0.35)), {
      bevel: 0.1,
    });
    soft(f, ellipse(0.02, -tall - 0.02, wide * 0.55, 0.09), scaled(c, 0.5), 0.12, 0.7);
  }
  return finish(b, r, floor);
}

function inkCap(r: Stream, size: number): Canvas {
  const [b, floor] = forest(r, size);
  const n = pick(r, [1, 2, 3]);
  for (let i = 0; i < n; i++) {
    const s = n === 1 ? between(r, 0.36, 0.46) : between(r, 0.24, 0.34);
    const x = n === 1 ? around(r, 0.5, 0.12) : (i + 0.7) / (n + 0.4) + around(r, 0, 0.04);
    const f = at(b, x, floor + around(r, 0.12, 0.05), s, around(r, 0, 0.12));
    const tall = between(r, 1.15, 1.6);
    const ivory = varied(r, hex("efe9dc"), 0.03);
    shadow(f, 0, 0.03, 0.4, 0.09, 0.5);
    round(f, line(0, 0, 0, -tall * 0.6, 0.12, 0.1), ivory, { bevel: 0.11 });
    const wide = between(r, 0.32, 0.45);
    const low = -tall * between(r, 0.22, 0.4);
    const bell = polygon(
      [
        ...curve([-wide * 1.05, low], [-wide * 0.95, -tall * 1.02], [0, -tall], 6),
        ...curve([0, -tall], [wide * 0.95, -tall * 1.02], [wide * 1.05, low], 6).slice(1),
      ],
      0.05,
    );
    const scales = noise(r);
    const ink0 = between(r, 0.05, 0.3);
    round(
      f,
      bell,
      (px, py, _d, ink) => {
        const flake = smoothstep(0.1, 0.6, scales(px * 7 + 3, py * 8) + 0.25 * sin(py * 18));
        lerp(ink, ivory, hex("a9885f"), flake * 0.75);
        const black = smoothstep(ink0 + 0.12, ink0 - 0.05, low - py);
        const [p, q, t] = [ink[0]!, ink[1]!, ink[2]!];
        lerp(ink, [p, q, t], hex("231d20"), black * 0.9);
      },
      { bevel: wide },
    );
    soft(f, ellipse(0, -tall + 0.05, 0.16, 0.1), hex("a07a4d"), 0.08, 0.8);
  }
  return finish(b, r, floor);
}

function bracket(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  foliage(b, r, around(r, 0.24, 0.06));
  const bark = varied(r, pick(r, [hex("6b5443"), hex("4d3f35"), hex("8a7a6a"), hex("c9c3b8")]), 0.05);
  const grain = stretched(clouds(r), between(r, 7, 12), 2.5);
  const from = around(r, 0.2, 0.12);
  const wide = between(r, 0.5, 0.8);
  const flip = side(r);
  const trunk = at(b, flip < 0 ? 1 : 0, 0, 1, around(r, 0, 0.1), flip);
  round(
    trunk,
    polygon([
      [from - 0.3, -0.2],
      [from + wide - 0.3, -0.2],
      [from + wide - 0.25, 1.2],
      [from - 0.35, 1.2],
    ]),
    grained(solid(bark), grain, 0.45),
    { bevel: wide * 0.5 },
  );
  const edge = from + wide - 0.3;
  const n = count(r, 2, 5);
  const rings: Color[] = pick(r, [
    [hex("3d2b22"), hex("a5723f"), hex("d9b98a"), hex("f4ead2")],
    [hex("4a4550"), hex("8f7a6a"), hex("5f7a8a"), hex("eee6da")],
    [hex("8f3a16"), hex("d9691e"), hex("f0a23c"), hex("fbe7b0")],
    [hex("5d5a3a"), hex("a9a36a"), hex("c9b98f"), hex("f6f0df")],
  ]);
  const turns = between(r, 2.2, 4);
  for (let i = 0; i < n; i++) {
    const y = (i + 0.7) / (n + 0.3) + around(r, 0, 0.04);
    const s = between(r, 0.9, 1.3) * (n < 4 ? 0.34 : 0.26);
    const x = n < 4 ? edge + around(r, -0.12, 0.15) : edge + around(r, -0.16, 0.2);
    const f = at(trunk, x, y, s, around(r, 0, 0.15));
    soft(f, ellipse(0, 0.32, 0.9, 0.25), [0.03, 0.02, 0.02], 0.3, 0.5);
    const wave = noise(r);
    const shelf = rough(ellipse(0, 0, 1, between(r, 0.42, 0.55)), (px, py) => wave(px * 3, py * 3), 0.07);
    flat(at(f, 0, 0.12, 1), shelf, scaled(rings[3]!, 0.72));
    round(
      f,
      shelf,
      (px, py, _d, ink) => {
        const far = Math.sqrt(px * px + (py + 0.25) * (py + 0.25) * 3) + 0.08 * wave(px * 3, py * 3);
        const t = clamp(far) * turns;
        const k = Math.floor(t);
        if (far > 0.95) lerp(ink, rings[3]!, rings[3]!, 0);
        else lerp(ink, rings[k % 3]!, rings[(k + 1) % 3]!, smoothstep(0.4, 1, t - k));
      },
      { bevel: 0.2, gloss: 0.1 },
    );
  }
  develop(b.canvas, r);
  return b.canvas;
}

function bonnet(r: Stream, size: number): Canvas {
  const [b, floor] = forest(r, size);
  const moss = hsl(around(r, 0.25, 0.04), between(r, 0.35, 0.6), between(r, 0.2, 0.35));
  const tuft = noise(r);
  round(
    b,
    under((x) => floor + 0.12 + 0.05 * tuft(x * 4, 0)),
    grained(solid(moss), stretched(clouds(r), 14, 14), 0.4),
    { bevel: 0.1 },
  );
  const n = count(r, 5, 9);
  const tone = varied(r, pick(r, [hex("b59a7c"), hex("8f7d70"), hex("d3b48a"), hex("c98a6a"), hex("a9a2b0")]), 0.04);
  const spread = between(r, 0.3, 0.42);
  const rows: [number, number][] = [];
  for (let i = 0; i < n; i++)
    rows.push([0.5 + spread * (((i + 0.5) / n) * 2 - 1) * 0.9 + around(r, 0, 0.06), r.uniform()]);
  rows.sort((p, q) => p[1] - q[1]);
  for (const [x, near] of rows) {
    const s = between(r, 0.1, 0.14) * (0.8 + 0.4 * near);
    const foot = floor + 0.14 + near * 0.14;
    const tall = between(r, 0.28, 0.5);
    const lean = (x - 0.5) * 0.25 + around(r, 0, 0.06);
    const c = varied(r, tone, 0.05);
    const top: Point = [x + lean, foot - tall];
    round(b, stroke(curve([x, foot], [x, foot - tall * 0.6], top, 5), 0.016), mix(c, [1, 0.95, 0.85], 0.35), {
      bevel: 0.016,
    });
    const f = at(b, top[0], top[1] + s * 0.6, s, lean * 1.2);
    const bell = polygon(
      [
        ...curve([-0.95, 0.25], [-0.6, -1.15], [0, -1.1], 6),
        ...curve([0, -1.1], [0.6, -1.15], [0.95, 0.25], 6).slice(1),
      ],
      0.08,
    );
    round(
      f,
      bell,
      (px, py, _d, ink) => {
        const lines = smoothstep(0, 1, sin((px / (1.2 + py)) * 17));
        lerp(ink, scaled(c, 0.75), mix(c, [1, 0.96, 0.88], 0.35), clamp(py + 0.8) * (0.5 + 0.5 * lines));
      },
      { bevel: 0.7, gloss: 0.35 },
    );
  }
  return finish(b, r, floor);
}

/** Trees out of focus and a floor of moss and fallen leaves; returns the height where the floor begins to be near. */
function forest(r: Stream, size: number): [Brush, number] {
  const b = scene(r, size);
  foliage(b, r, around(r, 0.22, 0.08));
  const trunks = count(r, 0, 4);
  for (let i = 0; i < trunks; i++) {
    const x = r.uniform();
    const w = between(r, 0.02, 0.07);
    soft(b, line(x, -0.1, x + around(r, 0, 0.06), 0.8, w), hsl(0.08, 0.25, between(r, 0.08, 0.3)), 0.05, 0.8);
  }
  const floor = between(r, 0.66, 0.78);
  const soil = happens(r, 0.5)
    ? hsl(around(r, 0.08, 0.02), between(r, 0.25, 0.5), between(r, 0.16, 0.32))
    : hsl(around(r, 0.24, 0.04), between(r, 0.3, 0.5), between(r, 0.16, 0.3));
  const litter = stretched(clouds(r), 8, 14);
  soft(b, halfPlane(0, floor - 0.08, 0, -1), mottled(litter, scaled(soil, 0.55), scaled(soil, 1.6)), 0.14);
  blur(b.canvas, 0.008);
  const leaves = count(r, 3, 9);
  for (let i = 0; i < leaves; i++) {
    const f = at(b, r.uniform(), between(r, floor, 1), between(r, 0.04, 0.08), r.uniform() * HALF, 1, 0.55);
    round(f, ellipse(0, 0, 1, 0.55), hsl(around(r, 0.08, 0.06), between(r, 0.3, 0.7), between(r, 0.2, 0.5)), {
      bevel: 0.5,
    });
  }
  return [b, floor];
}

/** Grass and leaves before the mushrooms, then the camera's finish. */
function finish(b: Brush, r: Stream, floor: number): Canvas {
  const blades = count(r, 0, 7);
  const green = hsl(around(r, 0.25, 0.04), between(r, 0.35, 0.6), between(r, 0.25, 0.4));
  for (let i = 0; i < blades; i++) {
    const x = r.uniform();
    const y = between(r, floor + 0.12, 1.05);
    flat(
      b,
      stroke(curve([x, y + 0.1], [x, y - 0.08], [x + around(r, 0, 0.15), y - between(r, 0.08, 0.22)], 3), 0.012, 0.003),
      varied(r, green, 0.06),
    );
  }
  const leaves = count(r, 0, 2);
  for (let i = 0; i < leaves; i++) {
    const f = at(b, r.uniform(), between(r, 0.9, 1), between(r, 0.06, 0.1), r.uniform() * HALF, 1, 0.6);
    round(f, ellipse(0, 0, 1, 0.5), hsl(around(r, 0.07, 0.05), 0.6, between(r, 0.25, 0.5)), { bevel: 0.5 });
  }
  develop(b.canvas, r);
  return b.canvas;
}
