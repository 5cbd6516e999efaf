/** Stands for ArtBench-10: paintings and prints by style. */
import type { Stream } from "@dit-bench/random";
import { at, type Brush, brush, type Canvas, canvas, type Light } from "./canvas.ts";
import { around, between, count, happens, pick, side } from "./chance.ts";
import { type Color, hex, hsl, mix, scaled, varied } from "./color.ts";
import { atan2, clamp, cos, HALF, sin, smoothstep, TURN } from "./elementary.ts";
import { miniature } from "./miniature.ts";
import { clouds, type Field, noise, stretched } from "./noise.ts";
import { flat, glow, gradient, grained, lerp, round, soft, solid, wash } from "./paint.ts";
import { develop } from "./photograph.ts";
import { both, box, circle, curve, ellipse, halfPlane, line, type Point, polygon, stroke, under } from "./shapes.ts";

export const artbench = miniature(
  { name: "artbench", title: "Art (miniature)", subject: "paintings and prints in six styles" },
  {
    impressionism,
    "post-impressionism": postImpressionism,
    "ukiyo-e": ukiyoE,
    surrealism,
    baroque,
    expressionism,
  },
);

/** Ponds, gardens and harbours in dabs of broken colour. */
function impressionism(r: Stream, size: number): Canvas {
  const b = easel(size);
  const motif = pick(r, ["pond", "field", "harbour"] as const);
  const horizon = motif === "pond" ? between(r, 0.08, 0.25) : between(r, 0.35, 0.55);
  const mood = around(r, 0, 0.05);
  const air =
    motif === "harbour" ? hsl(0.08 + mood, 0.55, between(r, 0.62, 0.72)) : hsl(0.56 + mood, 0.45, between(r, 0.7, 0.8));
  const water = hsl(0.56 + mood, between(r, 0.3, 0.5), between(r, 0.4, 0.58));
  const field = hsl(0.24 + mood, 0.42, between(r, 0.42, 0.58));
  const trees = hsl(0.33 + mood, 0.35, between(r, 0.24, 0.38));
  const sunX = between(r, 0.25, 0.75);
  const tuft = noise(r);
  const underpaint = (x: number, y: number): Color => {
    if (y < horizon - 0.05) return motif === "pond" ? trees : mix(air, [1, 0.96, 0.88], clamp(y / horizon) * 0.5);
    if (y < horizon + 0.05 * tuft(x * 5, 0) + 0.02) return motif === "harbour" ? mix(water, air, 0.5) : trees;
    return motif === "field"
      ? field
      : mix(water, motif === "harbour" ? air : trees, 0.35 * (0.5 + 0.5 * tuft(x * 3, y * 5)));
  };
  wash(b, (x, y, _d, ink) => {
    const c = underpaint(x, y);
    lerp(ink, c, c, 0);
  });
  dabs(
    b,
    r,
    260,
    0.05,
    0.02,
    (_x, y) => (y < horizon ? around(r, 0, 0.6) : 0),
    (x, y) => {
      const base = underpaint(x, y);
      const c = varied(r, base, 0.12);
      if (motif === "field" && y > horizon + 0.06 && happens(r, 0.16 + 0.2 * y))
        return varied(r, pick(r, [hex("d8382c"), hex("e85a3a"), hex("f2e6c8")]), 0.06);
      if (motif === "harbour" && y > horizon && Math.abs(x - sunX) < 0.06 + 0.05 * y && happens(r, 0.45))
        return hex("f58a3c");
      return c;
    },
  );
  if (motif === "pond") {
    const pads = count(r, 5, 9);
    for (let i = 0; i < pads; i++) {
      const t = between(r, 0.1, 1);
      const p = at(b, r.uniform(), horizon + 0.06 + t * (0.9 - horizon), 0.05 + 0.09 * t);
      for (let k = 0; k < 5; k++)
        flat(p, dash(around(r, 0, 0.8), around(r, 0, 0.22), 0.5, 0.14), varied(r, hsl(0.3, 0.35, 0.5), 0.1));
      if (happens(r, 0.65))
        for (let k = 0; k < 3; k++)
          flat(
            p,
            dash(around(r, 0, 0.3), -0.2 + around(r, 0, 0.12), 0.2, 0.15),
            varied(r, pick(r, [hex("f4c8d4"), hex("f8f0ee"), hex("e890b0")]), 0.05),
          );
    }
    if (happens(r, 0.4))
      flat(
        b,
        stroke(curve([-0.1, horizon + 0.2], [0.5, horizon - 0.18], [1.1, horizon + 0.2], 8), 0.025),
        varied(r, hex("4a7a78"), 0.05),
      );
  } else if (motif === "harbour") {
    flat(b, circle(sunX, horizon - between(r, 0.1, 0.25), between(r, 0.05, 0.07)), hex("f5642c"));
    for (let i = 0; i < 3; i++) {
      const p = at(b, between(r, 0.12, 0.88), horizon + between(r, 0.02, 0.3), between(r, 0.08, 0.16), 0, side(r));
      const tone = mix(scaled(water, 0.4), hex("2a3044"), 0.5);
      flat(
        p,
        polygon(
          [
            [-0.9, 0],
            [0.9, 0],
            [0.6, 0.3],
            [-0.6, 0.3],
          ],
          0.04,
        ),
        tone,
      );
      flat(p, line(0, 0, 0, -1.5, 0.07), tone);
      if (happens(r, 0.7))
        flat(
          p,
          polygon(
            [
              [0.06, -1.5],
              [0.75, -0.15],
              [0.06, -0.15],
            ],
            0.04,
          ),
          mix(air, [1, 1, 1], 0.4),
        );
    }
  } else {
    for (let i = 0; i < 3; i++) {
      const x = r.uniform();
      const s = between(r, 0.08, 0.15);
      for (let k = 0; k < 14; k++)
        flat(
          b,
          dash(x + around(r, 0, s), horizon - s * 0.9 + around(r, 0, s), s * 0.3, s * 0.16),
          varied(r, trees, 0.1),
        );
    }
    if (happens(r, 0.5)) parasolLady(b, r, between(r, 0.25, 0.75), between(r, 0.62, 0.75));
  }
  return varnish(b, r, 0.08);
}

/** Night skies, cypresses and fields in swirling strokes. */
function postImpressionism(r: Stream, size: number): Canvas {
  const b = easel(size);
  const night = happens(r, 0.6);
  const horizon = between(r, 0.55, 0.7);
  const blue = varied(r, night ? hex("1f3f8a") : hex("5aa0d0"), 0.05);
  const pale = night ? hex("8fb8d8") : hex("e8f0d8");
  wash(b, scaled(blue, 0.8));
  const eddies: [number, number, number, number][] = [];
  const n = count(r, 2, 3);
  for (let i = 0; i < n; i++)
    eddies.push([(i + 0.5) / n + around(r, 0, 0.15), between(r, 0.12, horizon - 0.15), between(r, 0.1, 0.2), side(r)]);
  const stars = night ? count(r, 3, 6) : 1;
  const lights: [number, number, number][] = [];
  for (let i = 0; i < stars; i++)
    lights.push([
      r.uniform(),
      between(r, 0.06, horizon - 0.12),
      i === 0 ? between(r, 0.07, 0.1) : between(r, 0.025, 0.045),
    ]);
  const flow: Field = (x, y) => {
    let u = 1;
    let v = 0.25;
    for (const [ex, ey, er, turn] of eddies) {
      const dx = x - ex;
      const dy = y - ey;
      const k = (4 * turn) / (1 + ((dx * dx + dy * dy) / (er * er)) * 1.5);
      u += (-dy / er) * k;
      v += (dx / er) * k;
    }
    return atan2(v, u);
  };
  const ripple = clouds(r);
  const tone = (x: number, y: number): Color => {
    let c = mix(blue, pale, clamp(0.35 + 0.7 * ripple(x * 5, y * 5)));
    for (const [lx, ly, lr] of lights) {
      const d = Math.sqrt((x - lx) * (x - lx) + (y - ly) * (y - ly)) / lr;
      if (d < 2.4) c = mix(hex("f8d84a"), c, clamp((d - 0.8) / 1.6));
    }
    return varied(r, c, 0.07);
  };
  dabs(b, r, 330, 0.06, 0.014, flow, tone, horizon + 0.05);
  for (const [lx, ly, lr] of lights) flat(b, circle(lx, ly, lr * 0.75), hex("fbe98a"));
  const land = night ? hsl(0.5, 0.35, 0.22) : hsl(0.13, 0.75, 0.52);
  const hill = noise(r);
  const slope: Field = (x) => horizon + 0.07 * hill(x * 2.5, 0);
  flat(
    b,
    under((x) => slope(x, 0)),
    scaled(land, 0.8),
  );
  const furrow = around(r, 0, 0.4);
  for (let i = 0; i < 120; i++) {
    const x = r.uniform();
    const y = between(r, slope(x, 0) + 0.02, 1);
    const p = at(b, x, y, 1, furrow + 0.5 * hill(x * 4, y * 4));
    flat(
      p,
      line(-0.05, 0, 0.05, 0, 0.013),
      varied(r, mix(land, night ? hex("3a6a9a") : hex("8a9a2c"), r.uniform() * 0.6), 0.1),
    );
  }
  if (night) {
    for (let i = 0; i < 6; i++) {
      const x = between(r, 0.3, 1);
      const y = slope(x, 0) + between(r, 0.04, 0.12);
      flat(b, box(x, y, 0.035, 0.028), hsl(0.6, 0.25, 0.22));
      flat(
        b,
        polygon([
          [x - 0.045, y - 0.025],
          [x, y - 0.065],
          [x + 0.045, y - 0.025],
        ]),
        hsl(0.03, 0.35, 0.25),
      );
      flat(b, box(x, y, 0.012, 0.012), hex("f8d24a"));
    }
  }
  if (happens(r, 0.75)) {
    const x = pick(r, [between(r, 0.1, 0.28), between(r, 0.72, 0.9)]);
    const high = between(r, 0.08, 0.3);
    const w = between(r, 0.07, 0.12);
    for (let i = 0; i < 46; i++) {
      const t = i / 46;
      const y = 1.02 - t * (1.02 - high);
      const half = w * (1 - t * t) * (0.7 + 0.3 * sin(t * 14));
      const p = at(b, x + around(r, 0, half), y, 1, -HALF / 2 + around(r, 0, 0.5));
      flat(
        p,
        line(-0.05, 0, 0.05, 0, 0.017, 0.008),
        varied(r, pick(r, [hex("1c3a24"), hex("2c5a30"), hex("4a5a24"), hex("16261e")]), 0.05),
      );
    }
  }
  return varnish(b, r, 0.05);
}

/** Flat woodblock colours: the great wave, the mountain, the red sun. */
function ukiyoE(r: Stream, size: number): Canvas {
  const b = easel(size);
  const washi = varied(r, hex("eadfc0"), 0.03);
  const indigo = varied(r, hex("1f4470"), 0.04);
  const inkLine = hex("1a2430");
  const top = pick(r, [
    mix(washi, indigo, 0.5),
    mix(washi, hex("d8683c"), 0.55),
    washi,
    mix(washi, hex("6a9a8a"), 0.4),
  ]);
  wash(b, gradient(0, 0, top, 0, between(r, 0.25, 0.45), washi));
  const motif = r.uniform();
  if (happens(r, 0.55))
    flat(
      b,
      circle(between(r, 0.15, 0.85), between(r, 0.14, 0.32), between(r, 0.08, 0.13)),
      varied(r, hex("cf3a26"), 0.03),
    );
  const foot = between(r, 0.6, 0.74);
  if (happens(r, motif < 0.5 ? 0.6 : 1)) {
    const x = between(r, 0.3, 0.72);
    const high = motif < 0.5 ? between(r, 0.36, 0.46) : between(r, 0.16, 0.26);
    const w = motif < 0.5 ? between(r, 0.2, 0.3) : between(r, 0.42, 0.55);
    const rock = motif < 0.5 ? indigo : pick(r, [hex("a8482c"), indigo, hex("5a6a7a")]);
    const side1 = curve([x - w, foot + 0.02], [x - w * 0.35, high + (foot - high) * 0.45], [x - 0.045, high], 6);
    const side2 = curve([x + 0.045, high], [x + w * 0.35, high + (foot - high) * 0.45], [x + w, foot + 0.02], 6);
    const fuji = polygon([...side1, ...side2]);
    flat(b, fuji, gradient(0, high, rock, 0, foot, mix(rock, washi, 0.5)));
    const cap: Point[] = [];
    for (let k = 0; k <= 8; k++)
      cap.push([x - w * 0.5 + (k * w) / 8, high + (foot - high) * (k % 2 === 0 ? 0.24 : 0.42)]);
    flat(b, both(fuji, polygon([[x - w, high - 0.1], [x + w, high - 0.1], ...cap.reverse()])), hex("f6f2e4"));
    flat(b, stroke(side1, 0.008), inkLine);
    flat(b, stroke(side2, 0.008), inkLine);
  }
  if (motif < 0.5) greatWave(b, r, indigo, inkLine);
  else {
    const bandsOf = count(r, 2, 3);
    for (let i = 0; i < bandsOf; i++) {
      const y = foot + i * 0.11;
      const roll = noise(r);
      const tone = mix(indigo, pick(r, [hex("5a9aa8"), hex("3a6a4a"), indigo]), 0.6);
      flat(
        b,
        under((x) => y + 0.03 * roll(x * 4, i)),
        mix(tone, washi, 0.35 * (bandsOf - i - 1)),
      );
    }
    if (happens(r, 0.6)) {
      // A pine or a blossoming branch across the front.
      const s = side(r);
      const p = at(b, s < 0 ? 0 : 1, between(r, 0.3, 0.6), 1, 0, -s);
      flat(p, stroke(curve([-0.05, 0.3], [0.2, 0.05], [0.55, -0.12], 6), 0.028, 0.01), hex("3a2a22"));
      flat(p, stroke(curve([0.18, 0.1], [0.3, 0.15], [0.45, 0.1], 4), 0.014, 0.007), hex("3a2a22"));
      const leaf = happens(r, 0.5) ? hex("f0a8b4") : hex("2f5a3c");
      for (let i = 0; i < 12; i++) {
        const t = between(r, 0.1, 1);
        flat(
          p,
          ellipse(0.55 * t + around(r, 0, 0.07), 0.22 - 0.34 * t + around(r, 0, 0.08), 0.05, 0.03),
          varied(r, leaf, 0.06),
        );
      }
    } else {
      const p = at(b, between(r, 0.3, 0.7), foot + between(r, 0.1, 0.18), between(r, 0.14, 0.2), 0, side(r));
      flat(p, polygon(curve([-1.1, -0.15], [0, 0.55], [1.1, -0.25], 6), 0.05), hex("8a5a34"));
      flat(p, line(0, 0.1, 0, -1.3, 0.05), hex("5a3a24"));
      flat(
        p,
        polygon(
          [
            [0.05, -1.3],
            [0.8, -1.1],
            [0.72, -0.25],
            [0.05, -0.15],
          ],
          0.03,
        ),
        hex("f2e8cc"),
      );
    }
  }
  if (happens(r, 0.6)) {
    const x = pick(r, [0.08, 0.92]);
    flat(b, box(x, 0.16, 0.035, 0.08), hex("c83a28"));
    for (let k = 0; k < 3; k++)
      flat(b, line(x - 0.015, 0.11 + k * 0.05, x + 0.015, 0.11 + k * 0.05, 0.008), hex("f2e8cc"));
  }
  return varnish(b, r, 0.03);
}

/** Empty plains, long shadows, soft watches, eggs, apples and eyes in the sky. */
function surrealism(r: Stream, size: number): Canvas {
  const b = easel(size, { x: -0.6, y: -0.5, z: 0.62 });
  const line = between(r, 0.48, 0.62);
  const top = varied(r, pick(r, [hex("2f6f9a"), hex("4a9ab0"), hex("c8883c"), hex("3a4a7a")]), 0.05);
  const low = varied(r, pick(r, [hex("f4dca0"), hex("f2b87a"), hex("f6ecd0")]), 0.04);
  wash(b, gradient(0, 0, top, 0, line, low));
  if (happens(r, 0.6))
    for (let i = 0; i < 3; i++) {
      const p = at(b, r.uniform(), between(r, 0.08, line - 0.18), between(r, 0.08, 0.14));
      for (let k = 0; k < 4; k++) soft(p, ellipse((k - 1.5) * 0.5, around(r, 0, 0.2), 0.6, 0.4), [1, 1, 1], 0.5, 0.85);
    }
  const plain = varied(r, pick(r, [hex("c8955a"), hex("b8784a"), hex("d8b878"), hex("8a6a4a")]), 0.05);
  flat(b, halfPlane(0, line, 0, -1), gradient(0, line, mix(plain, low, 0.5), 0, 1, scaled(plain, 0.65)));
  if (happens(r, 0.35))
    flat(b, halfPlane(0, line, 0, -1), (x, y, _d, ink) => {
      const t = 0.3 / (y - line + 0.03);
      const k = (Math.floor((x - 0.5) * t * 4 + 40) + Math.floor(t * 4)) % 2;
      lerp(ink, hex("f0e4c8"), hex("3a2a24"), k);
      ink[3] = 0.8 * clamp((y - line) * 8);
    });
  const cliffs = noise(r);
  flat(
    b,
    both(
      under((x) => line - 0.12 * Math.max(0, cliffs(x * 3, 0))),
      halfPlane(0, line, 0, 1),
    ),
    mix(plain, top, 0.35),
  );
  const motifs = [meltingWatch, egg, floatingApple, skyEye, bareTree] as const;
  const first = pick(r, motifs);
  const second = pick(r, motifs);
  first(at(b, around(r, 0.36, 0.1), line + between(r, 0.1, 0.2), between(r, 0.24, 0.32)), r);
  if (second !== first) second(at(b, around(r, 0.74, 0.08), line + between(r, 0.06, 0.14), between(r, 0.16, 0.22)), r);
  return varnish(b, r, 0.02);
}

/** Faces and fruit that a single light lifts out of the dark. */
function baroque(r: Stream, size: number): Canvas {
  const sx = side(r);
  const b = easel(size, { x: sx * 0.75, y: -0.4, z: 0.52 }, 0.1);
  const dark = varied(r, hex("1a100b"), 0.015);
  wash(b, glow(0.5 + sx * 0.4, 0.1, 0.9, mix(dark, hex("6a4420"), between(r, 0.4, 0.8)), dark));
  if (happens(r, 0.62)) {
    const f = at(b, around(r, 0.5, 0.07), around(r, 0.4, 0.04), between(r, 0.19, 0.25), around(r, 0, 0.2));
    const skin = varied(r, hex("e8b888"), 0.04);
    const robe = varied(r, pick(r, [hex("7a1414"), hex("1c1410"), hex("3a2a14"), hex("1c2c4a"), hex("8a5a1c")]), 0.04);
    const cloth = stretched(clouds(r), 2, 4);
    round(
      f,
      polygon(
        [...curve([-2.3, 3], [-1.7, 1.2], [-0.45, 1.05], 5), ...curve([0.45, 1.05], [1.7, 1.2], [2.3, 3], 5)],
        0.1,
      ),
      grained(solid(robe), cloth, 0.4),
      { bevel: 1.2 },
    );
    const hair = varied(r, pick(r, [hex("2a180c"), hex("5a3414"), hex("1a120e"), hex("8a8078")]), 0.03);
    const hat = happens(r, 0.35);
    round(f, ellipse(0, -0.1, 0.98, 1.15), hair, { bevel: 0.7 });
    round(f, line(0, 0.7, 0, 1.2, 0.36, 0.42), scaled(skin, 0.75), { bevel: 0.35 });
    const collar = pick(r, ["ruff", "lace", "none"] as const);
    if (collar === "ruff")
      round(
        f,
        ellipse(0, 1.12, 1.15, 0.34),
        (x, _y, _d, ink) => lerp(ink, hex("f4ecd8"), hex("a89c84"), 0.5 + 0.5 * sin(x * 16)),
        { bevel: 0.2 },
      );
    else if (collar === "lace")
      round(
        f,
        polygon(
          [
            [-0.9, 1.2],
            [0, 1.05],
            [0.9, 1.2],
            [0.2, 1.75],
            [0, 1.45],
            [-0.2, 1.75],
          ],
          0.06,
        ),
        hex("f2e8d2"),
        { bevel: 0.15 },
      );
    round(f, ellipse(0, 0.1, 0.68, 0.85), skin, { bevel: 0.62, gloss: 0.15 });
    for (const s of [-1, 1]) {
      soft(f, ellipse(s * 0.28, -0.02, 0.2, 0.13), scaled(skin, 0.35), 0.12, 0.7);
      flat(f, ellipse(s * 0.28, 0, 0.1, 0.065), hex("1c120c"));
      flat(f, circle(s * 0.28 + sx * 0.03, -0.02, 0.03), hex("f8ecd8"));
    }
    soft(f, line(-sx * 0.06, 0.05, -sx * 0.08, 0.34, 0.05, 0.09), scaled(skin, 0.45), 0.1, 0.7);
    flat(f, stroke(curve([-0.2, 0.58], [0, 0.62], [0.2, 0.58], 3), 0.05), hex("9a3a2c"));
    if (hat) {
      round(f, ellipse(0, -0.55, 1.5, 0.3), hex("15100e"), { bevel: 0.2 });
      round(f, ellipse(0, -0.85, 0.8, 0.5), hex("1c1512"), { bevel: 0.4 });
    }
    const shade = at(b, 0.5 - sx * 0.75, 0.5, 1);
    soft(shade, ellipse(0, 0, 0.6, 0.9), dark, 0.5, 0.85);
  } else stillLife(b, r, sx);
  wash(b, gradient(0.5 + sx * 0.5, 0, hex("c88a3c"), 0.5 - sx * 0.5, 1, dark), 0.14);
  return varnish(b, r, 0.04);
}

/** Figures, houses and horses broken into loud facets. */
function expressionism(r: Stream, size: number): Canvas {
  const b = easel(size);
  const start = r.uniform();
  const palette = [0, 0.16, 0.36, 0.55, 0.78].map((step) =>
    hsl(start + step + around(r, 0, 0.05), between(r, 0.7, 0.95), between(r, 0.42, 0.6)),
  );
  const dark = hsl(start + 0.6, 0.5, 0.12);
  wash(b, palette[0]!);
  const shards = count(r, 10, 16);
  for (let i = 0; i < shards; i++) {
    const x = r.uniform();
    const y = r.uniform();
    const angle = r.uniform() * TURN;
    const points: Point[] = [];
    for (let k = 0; k < 3 + (i % 2); k++)
      points.push([x + cos(angle + k * 1.9) * between(r, 0.15, 0.4), y + sin(angle + k * 1.9) * between(r, 0.15, 0.4)]);
    const c = varied(r, pick(r, palette), 0.06);
    flat(b, polygon(points), gradient(x - 0.2, y - 0.2, scaled(c, 1.2), x + 0.2, y + 0.2, scaled(c, 0.7)), 0.92);
  }
  const motif = r.uniform();
  if (motif < 0.4)
    mask(
      at(b, around(r, 0.5, 0.06), around(r, 0.5, 0.05), between(r, 0.36, 0.44), around(r, 0, 0.3)),
      r,
      palette,
      dark,
    );
  else if (motif < 0.72)
    horse(
      at(b, around(r, 0.48, 0.05), around(r, 0.55, 0.05), between(r, 0.4, 0.48), around(r, 0, 0.15), side(r)),
      r,
      pick(r, [hex("2040c0"), hex("d82818"), hex("f0b818"), palette[3]!]),
      dark,
    );
  else houses(b, r, palette, dark);
  const brushwork = stretched(clouds(r), 5, 16);
  wash(b, (x, y, _d, ink) => {
    const v = brushwork(x + y * 0.5, y - x * 0.5);
    lerp(ink, v > 0 ? [1, 1, 0.9] : dark, v > 0 ? [1, 1, 0.9] : dark, 0);
    ink[3] = Math.abs(v) * 0.22;
  });
  return varnish(b, r, 0.05);
}

function easel(
  size: number,
  from: { x: number; y: number; z: number } = { x: -0.4, y: -0.55, z: 0.73 },
  ambient = 0.35,
): Brush {
  const light: Light = { ...from, ambient, bright: [1.04, 1, 0.93], shade: [0.85, 0.86, 0.95] };
  return brush(canvas(size), light);
}

/** Strokes all over, down to height `low`: `turn` gives each one's direction, `tone` its colour. */
function dabs(
  b: Brush,
  r: Stream,
  n: number,
  long: number,
  wide: number,
  turn: Field,
  tone: (x: number, y: number) => Color,
  low = 1.02,
): void {
  const columns = Math.floor(Math.sqrt(n));
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < columns; i++) {
      const x = (i + r.uniform()) / columns;
      const y = ((j + r.uniform()) / columns) * low;
      const half = long * between(r, 0.5, 1);
      flat(at(b, x, y, 1, turn(x, y)), line(-half, 0, half, 0, wide * between(r, 0.8, 1.4)), tone(x, y));
    }
  }
}

function dash(x: number, y: number, long: number, wide: number) {
  return line(x - long, y, x + long, y, wide);
}

function parasolLady(b: Brush, r: Stream, x: number, y: number): void {
  const p = at(b, x, y, between(r, 0.13, 0.18), 0, side(r));
  flat(
    p,
    polygon(
      [
        [-0.18, -0.6],
        [0.18, -0.6],
        [0.55, 1],
        [-0.5, 1],
      ],
      0.05,
    ),
    varied(r, pick(r, [hex("f4f0ea"), hex("e8c8d0"), hex("a8b8d8")]), 0.04),
  );
  flat(p, ellipse(0, -0.85, 0.18, 0.2), hex("e0b090"));
  flat(p, ellipse(0, -1, 0.3, 0.1), hex("d8b060"));
  flat(p, line(0.2, -0.4, 0.42, -1.35, 0.045), hex("6a4a2c"));
  flat(
    p,
    both(ellipse(0.42, -1.25, 0.75, 0.5), halfPlane(0, -1.22, 0, 1)),
    varied(r, pick(r, [hex("5a9a6a"), hex("e8e0d0"), hex("d86a4a")]), 0.05),
  );
}

function greatWave(b: Brush, r: Stream, indigo: Color, inkLine: Color): void {
  const p = at(b, 0.5, 0.5, 0.5, 0, side(r), 1);
  const reach = between(r, 0, 0.3);
  const high = between(r, -0.75, -0.45);
  const wave = polygon([
    [-1.2, 1.2],
    [-1.2, -0.1],
    ...curve([-1.2, -0.1], [-0.7, high - 0.35], [reach, high + 0.15], 7),
    ...curve([reach, high + 0.15], [reach + 0.2, high + 0.35], [reach + 0.02, high + 0.55], 4).slice(1),
    ...curve([reach - 0.08, high + 0.42], [-0.5, high + 0.35], [-0.35, 0.45], 6),
    ...curve([-0.35, 0.45], [0.2, 0.95], [1.2, between(r, 0.1, 0.5)], 6).slice(1),
    [1.2, 1.2],
  ]);
  const pale = mix(indigo, hex("a8c8d0"), 0.55);
  const foam = noise(r);
  flat(p, wave, (x, y, d, ink) => {
    const t = sin((x * 0.7 + y * 1.1 + 0.2 * foam(x * 3, y * 3)) * 15);
    lerp(ink, indigo, pale, smoothstep(0.1, 0.5, t));
    const edge = smoothstep(0.17, 0.1, -d + 0.05 * foam(x * 9, y * 9)) * (y < 0.55 ? 1 : 0);
    const [p0, p1, p2] = [ink[0]!, ink[1]!, ink[2]!];
    lerp(ink, [p0, p1, p2], hex("f6f2e4"), edge);
  });
  for (let k = 0; k < 9; k++) {
    const t = k / 8;
    const x = -0.55 + t * (reach + 0.65);
    const y = high + 0.02 + 0.28 * t * t + around(r, 0, 0.05);
    flat(p, circle(x, y + 0.03, between(r, 0.05, 0.09)), hex("f8f5ea"));
    flat(p, circle(x + around(r, 0.15, 0.12), y + between(r, 0.1, 0.4) * t, between(r, 0.02, 0.04)), hex("f8f5ea"));
  }
  if (happens(r, 0.4)) flat(p, stroke(curve([0.15, 0.72], [0.5, 0.85], [0.95, 0.6], 5), 0.05), hex("c8a064"));
  flat(p, stroke(curve([-0.35, 0.5], [0.2, 1], [1.2, 0.4], 6), 0.014), inkLine, 0.6);
}

function meltingWatch(p: Brush, r: Stream): void {
  const gold = hex("d8a83c");
  soft(p, ellipse(0.5, 0.12, 0.9, 0.1), [0.1, 0.06, 0.05], 0.15, 0.55);
  round(p, box(0, -0.1, 0.7, 0.24, 0.03), hex("7a5434"), { bevel: 0.06 });
  const drip = between(r, 0.25, 0.5);
  const body = polygon(
    [
      ...curve([-0.75, -0.42], [-0.3, -0.85], [0.45, -0.55], 6),
      ...curve([0.45, -0.55], [0.95, -0.4], [0.8, drip], 5).slice(1),
      ...curve([0.8, drip], [0.5, drip + 0.15], [0.4, -0.1], 4).slice(1),
      ...curve([0.4, -0.1], [-0.3, -0.05], [-0.75, -0.42], 4).slice(1, -1),
    ],
    0.05,
  );
  round(p, body, gold, { bevel: 0.12, gloss: 0.5 });
  const dial = { ...body, distance: (x: number, y: number) => body.distance(x, y) + 0.1 };
  flat(p, dial, hex("f4f0dc"));
  flat(p, line(0, -0.4, -0.3, -0.5, 0.035), hex("2a2018"));
  flat(p, line(0, -0.4, 0.35, -0.28, 0.03), hex("2a2018"));
  for (let k = 0; k < 6; k++) flat(p, circle(-0.45 + k * 0.17, -0.32 - 0.22 * sin(k * 0.6), 0.03), hex("2a2018"));
}

function egg(p: Brush, r: Stream): void {
  const shell = varied(r, hex("f4ece0"), 0.03);
  soft(p, ellipse(0.7, 0.05, 1, 0.12), [0.1, 0.06, 0.05], 0.15, 0.55);
  round(p, ellipse(0, -0.62, 0.55, 0.72), shell, { bevel: 0.55, gloss: 0.3 });
  if (happens(r, 0.6)) {
    flat(
      p,
      polygon(
        [
          [-0.1, -1.25],
          [0.12, -1],
          [0.02, -0.9],
          [0.2, -0.65],
          [0.05, -0.5],
          [0.3, -0.75],
          [0.18, -0.95],
          [0.3, -1.05],
          [0.1, -1.3],
        ],
        0.02,
      ),
      hex("2a1c16"),
    );
    soft(p, circle(0.12, -0.95, 0.1), hex("f0b848"), 0.1, 0.8);
  }
}

function floatingApple(p: Brush, r: Stream): void {
  const tone = varied(r, pick(r, [hex("5a9a2c"), hex("c8281c"), hex("e8a020")]), 0.04);
  const up = between(r, 0.9, 1.5);
  soft(p, ellipse(0.2, 0, 0.6, 0.1), [0.1, 0.06, 0.05], 0.15, 0.5);
  const f = at(p, 0, -up, 1);
  round(
    f,
    polygon(
      [
        ...curve([0, -0.5], [-0.95, -0.75], [-0.62, 0.1], 6),
        ...curve([-0.62, 0.1], [-0.4, 0.7], [0, 0.52], 5).slice(1),
        ...curve([0, 0.52], [0.4, 0.7], [0.62, 0.1], 5).slice(1),
        ...curve([0.62, 0.1], [0.95, -0.75], [0, -0.5], 6).slice(1, -1),
      ],
      0.03,
    ),
    tone,
    { bevel: 0.55, gloss: 0.8 },
  );
  flat(
    f,
    stroke(
      [
        [0, -0.45],
        [0.06, -0.7],
      ],
      0.035,
    ),
    hex("4a2c18"),
  );
  round(f, ellipse(0.25, -0.68, 0.22, 0.1), hex("4a8a2c"), { bevel: 0.1 });
}

function skyEye(p: Brush, r: Stream): void {
  const f = at(p, 0, -1.5, 1.1, around(r, 0, 0.2));
  const lid = polygon(
    [...curve([-1, 0], [0, -0.95], [1, 0], 8), ...curve([1, 0], [0, 0.9], [-1, 0], 8).slice(1, -1)],
    0.03,
  );
  soft(f, lid, hex("a86a4c"), 0.3, 0.9);
  flat(f, lid, hex("f8f4ec"));
  const iris = pick(r, [hex("3a8ac8"), hex("4aa05a"), hex("8a5a2c")]);
  flat(f, both(lid, circle(0, 0, 0.42)), glow(0, 0, 0.42, mix(iris, [1, 1, 1], 0.4), scaled(iris, 0.6)));
  flat(f, circle(0, 0, 0.2), hex("0c0a0c"));
  flat(f, circle(-0.12, -0.14, 0.08), [1, 1, 1]);
  flat(f, stroke(curve([-1, 0], [0, -0.95], [1, 0], 8), 0.05), hex("4a2c20"));
}

function bareTree(p: Brush, r: Stream): void {
  const bark = hex("3a2a20");
  soft(p, line(0, 0, 1.4, 0.12, 0.07, 0.02), [0.1, 0.06, 0.05], 0.08, 0.5);
  round(p, stroke(curve([0, 0.05], [around(r, 0, 0.2), -0.8], [0.1, -1.5], 6), 0.13, 0.05), bark, { bevel: 0.1 });
  for (const s of [-1, 1])
    flat(p, stroke(curve([0.05, -1 + s * 0.15], [s * 0.35, -1.15], [s * 0.75, -1.2 + s * 0.15], 4), 0.06, 0.025), bark);
  flat(p, stroke(curve([0.08, -1.4], [0.25, -1.8], [0.15, -2], 4), 0.05, 0.02), bark);
}

function stillLife(b: Brush, r: Stream, sx: number): void {
  const line = between(r, 0.66, 0.76);
  const cloth = varied(r, pick(r, [hex("5a3018"), hex("d8ccb4"), hex("5a1414")]), 0.04);
  flat(b, halfPlane(0, line, 0, -1), gradient(0.5 + sx * 0.5, 0, cloth, 0.5 - sx * 0.6, 0, scaled(cloth, 0.15)));
  const n = count(r, 4, 6);
  const fruit = [hex("c8281c"), hex("d8781c"), hex("d8b02c"), hex("6a8a2c"), hex("5a1c3a")];
  if (happens(r, 0.6)) {
    const p = at(b, 0.5 + around(r, 0, 0.25), line + 0.06, between(r, 0.26, 0.34));
    const metal = pick(r, [hex("a88a4c"), hex("6a4a3a"), hex("8a9098")]);
    round(
      p,
      polygon(
        [
          ...curve([-0.3, 0], [-0.75, -0.5], [-0.2, -1], 6),
          [-0.24, -1.35],
          [0.24, -1.35],
          ...curve([0.2, -1], [0.75, -0.5], [0.3, 0], 6),
        ],
        0.04,
      ),
      metal,
      { bevel: 0.45, gloss: 0.9 },
    );
  }
  for (let i = 0; i < n; i++) {
    const radius = between(r, 0.075, 0.125);
    const x = 0.2 + (0.62 * (i + 0.5)) / n + around(r, 0, 0.06);
    const y = line + between(r, 0, 0.12);
    soft(
      b,
      ellipse(x - sx * radius * 0.7, y + radius * 0.85, radius * 1.2, radius * 0.3),
      [0.03, 0.02, 0.02],
      radius * 0.6,
      0.7,
    );
    round(b, circle(x, y, radius), varied(r, pick(r, fruit), 0.05), { bevel: radius, gloss: 0.8 });
  }
  if (happens(r, 0.5))
    for (let k = 0; k < 9; k++) {
      const x = 0.5 + sx * 0.18 + around(r, 0, 0.12);
      round(b, circle(x, line + 0.12 + around(r, 0, 0.06), 0.036), varied(r, hex("4a1a44"), 0.04), {
        bevel: 0.036,
        gloss: 1,
      });
    }
}

function mask(f: Brush, r: Stream, palette: readonly Color[], dark: Color): void {
  const jaw = between(r, 0.35, 0.55);
  const shape: Point[] = [
    [-0.55, -0.85],
    [0.5, -0.9],
    [0.75, -0.1],
    [jaw, 0.75],
    [0, 1.05],
    [-jaw, 0.8],
    [-0.78, 0],
  ];
  flat(f, polygon(shape, 0.08), dark);
  const shade = between(r, -0.1, 0.15);
  flat(f, polygon(shape, 0.01), (x, y, _d, ink) => {
    const k = x < shade + 0.08 * (y > 0.2 ? -1 : 1) ? 0 : 1;
    const c = k === 0 ? palette[1]! : palette[2]!;
    lerp(ink, c, mix(c, [1, 1, 0.7], 0.5), clamp(0.5 - y * 0.6));
  });
  flat(
    f,
    polygon(
      [
        [-0.6, -0.8],
        [0, -1.25],
        [0.6, -0.85],
        [0.3, -0.65],
        [0, -0.75],
        [-0.35, -0.6],
      ],
      0.05,
    ),
    palette[4]!,
  );
  for (const s of [-1, 1]) {
    const y = -0.18 + s * 0.05;
    flat(
      f,
      polygon(
        [
          [s * 0.12, y],
          [s * 0.34, y - 0.16],
          [s * 0.6, y],
          [s * 0.34, y + 0.14],
        ],
        0.03,
      ),
      [0.97, 0.95, 0.85],
    );
    flat(f, circle(s * 0.35, y, 0.1), dark);
    flat(
      f,
      stroke(
        [
          [s * 0.1, y - 0.22],
          [s * 0.38, y - 0.33],
          [s * 0.65, y - 0.2],
        ],
        0.05,
      ),
      dark,
    );
  }
  flat(
    f,
    stroke(
      [
        [-0.02, -0.25],
        [0.16, 0.3],
        [-0.06, 0.34],
      ],
      0.05,
    ),
    dark,
  );
  if (happens(r, 0.5)) flat(f, ellipse(0, 0.65, 0.17, between(r, 0.14, 0.24)), dark);
  else {
    flat(
      f,
      polygon(
        [
          [-0.3, 0.6],
          [0, 0.52],
          [0.3, 0.62],
          [0, 0.75],
        ],
        0.03,
      ),
      hex("d81c2c"),
    );
    flat(f, line(-0.28, 0.62, 0.28, 0.63, 0.025), dark);
  }
}

function horse(f: Brush, r: Stream, tone: Color, dark: Color): void {
  const c = varied(r, tone, 0.05);
  const bright = mix(c, [1, 1, 1], 0.3);
  const parts: [Point[], Color][] = [
    [
      [
        [-0.75, -0.05],
        [-1.05, 0.3],
        [-0.95, 0.7],
        [-0.8, 0.3],
      ],
      scaled(c, 0.6),
    ],
    [
      [
        [-0.6, 0.1],
        [-0.35, 0.15],
        [-0.42, 0.85],
        [-0.58, 0.85],
      ],
      scaled(c, 0.65),
    ],
    [
      [
        [0.25, 0.1],
        [0.5, 0.1],
        [0.5, 0.85],
        [0.35, 0.85],
      ],
      scaled(c, 0.65),
    ],
    [
      [
        [-0.8, -0.2],
        [-0.3, -0.32],
        [0.35, -0.2],
        [0.55, 0.15],
        [0.1, 0.32],
        [-0.65, 0.25],
      ],
      c,
    ],
    [
      [
        [0.1, -0.25],
        [0.45, -0.85],
        [0.75, -0.7],
        [0.58, 0.12],
      ],
      bright,
    ],
    [
      [
        [0.42, -0.9],
        [0.62, -1.02],
        [1.02, -0.5],
        [0.9, -0.38],
        [0.6, -0.55],
      ],
      c,
    ],
    [
      [
        [0.45, -0.9],
        [0.5, -1.15],
        [0.6, -0.95],
      ],
      scaled(c, 0.7),
    ],
    [
      [
        [0.02, -0.3],
        [0.36, -0.95],
        [0.48, -0.88],
        [0.2, -0.2],
      ],
      dark,
    ],
    [
      [
        [-0.78, 0.1],
        [-0.55, 0.15],
        [-0.75, 0.88],
        [-0.9, 0.86],
      ],
      scaled(c, 0.85),
    ],
    [
      [
        [0.05, 0.15],
        [0.3, 0.18],
        [0.12, 0.88],
        [-0.03, 0.86],
      ],
      scaled(c, 0.85),
    ],
  ];
  for (const [points] of parts) flat(f, polygon(points, 0.06), dark);
  for (const [points, color] of parts) flat(f, polygon(points, 0.02), color);
  flat(f, circle(0.7, -0.72, 0.05), dark);
}

function houses(b: Brush, r: Stream, palette: readonly Color[], dark: Color): void {
  const n = count(r, 3, 4);
  for (let i = 0; i < n; i++) {
    const x = (i + 0.5) / n + around(r, 0, 0.06);
    const w = between(r, 0.11, 0.16);
    const high = between(r, 0.28, 0.5);
    const lean = around(r, 0, 0.16);
    const wall: Point[] = [
      [x - w, 1.05],
      [x - w + lean, high],
      [x + w + lean, high + around(r, 0, 0.06)],
      [x + w, 1.05],
    ];
    const roof: Point[] = [
      [x - w * 1.15 + lean, high + 0.02],
      [x + lean * 1.6, high - between(r, 0.14, 0.26)],
      [x + w * 1.15 + lean, high + 0.02],
    ];
    flat(b, polygon(wall, 0.02), dark);
    flat(b, polygon(wall), gradient(x - w, 0, palette[(i + 1) % 5]!, x + w, 0, scaled(palette[(i + 1) % 5]!, 0.6)));
    flat(b, polygon(roof, 0.02), dark);
    flat(b, polygon(roof), palette[(i + 3) % 5]!);
    for (let k = 0; k < 4; k++) {
      const y = high + 0.1 + Math.floor(k / 2) * 0.16;
      flat(
        b,
        box(x + lean * (1 - (y - high)) + (k % 2 === 0 ? -0.4 : 0.4) * w, y, w * 0.2, 0.04),
        happens(r, 0.5) ? hex("f8e04a") : dark,
      );
    }
  }
  if (happens(r, 0.5)) flat(b, circle(between(r, 0.15, 0.85), 0.14, 0.09), hex("f8d828"));
}

/** The weave of the canvas and the camera's finish. */
function varnish(b: Brush, r: Stream, weave: number): Canvas {
  const threads = stretched(noise(r), 40, 40);
  wash(b, (x, y, _d, ink) => {
    const v = threads(x, y);
    const c: Color = v > 0 ? [1, 1, 1] : [0, 0, 0];
    lerp(ink, c, c, 0);
    ink[3] = Math.abs(v) * weave;
  });
  develop(b.canvas, r, 0.6);
  return b.canvas;
}
