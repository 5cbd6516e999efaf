/** Stands for SUN397: places, outdoors and in. */
import type { Stream } from "@dit-bench/random";
import { scene, sky } from "./backdrops.ts";
import { at, type Brush, blur, type Canvas } from "./canvas.ts";
import { around, between, count, happens, pick, side } from "./chance.ts";
import { type Color, hex, hsl, mix, scaled, varied } from "./color.ts";
import { clamp, sin, smoothstep } from "./elementary.ts";
import { miniature } from "./miniature.ts";
import { cells, clouds, noise, stretched } from "./noise.ts";
import { flat, gradient, grained, lerp, mottled, round, soft, solid, wash } from "./paint.ts";
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
  under,
} from "./shapes.ts";

export const sun = miniature(
  { name: "sun", title: "Scenes (miniature)", subject: "places: shores, woods, peaks, cities, rooms and roads" },
  { beach, forest, mountain, skyline, bedroom, road },
);

function beach(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const line = between(r, 0.28, 0.46);
  const dusk = happens(r, 0.3);
  const top = dusk ? pick(r, [hex("4a4a86"), hex("e0703a"), hex("7a4a7a")]) : varied(r, hex("3f8fdc"), 0.08);
  const low = dusk ? hex("f9c27a") : hex("cfe8f6");
  sky(b, r, [top, low], line, r.uniform() * 0.8, dusk ? hex("f6b09a") : hex("fdfdfd"));
  if (dusk) sunDisc(b, r, between(r, 0.2, 0.8), line - between(r, 0.02, 0.12), 0.06);
  const deep = dusk
    ? mix(scaled(top, 0.6), hex("30507a"), 0.4)
    : varied(r, pick(r, [hex("1673a8"), hex("1a8f9e"), hex("2a6f98")]), 0.05);
  const shallow = dusk ? mix(low, deep, 0.4) : mix(deep, hex("7fe0d8"), 0.6);
  const swell = stretched(clouds(r), 2, 22);
  flat(b, halfPlane(0, line, 0, -1), (x, y, _d, ink) => {
    const t = clamp((y - line) / 0.3);
    lerp(ink, deep, shallow, t);
    const k = 1 + 0.22 * swell(x, y);
    for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
  });
  if (happens(r, 0.35)) island(b, r, line);
  const edge = noise(r);
  const slope = around(r, 0, 0.55);
  const level = between(r, 0.62, 0.74);
  const shore = (x: number): number => Math.max(line + 0.06, level + slope * (x - 0.5) + 0.035 * edge(x * 3, 0));
  const sand = varied(r, dusk ? hex("b58a66") : hex("ecd7a6"), 0.04);
  const grain = stretched(clouds(r), 9, 18);
  for (const [lift, k] of [
    [-0.1, 0.45],
    [-0.05, 0.75],
  ] as const)
    soft(
      b,
      both(
        under((x) => shore(x) + lift),
        under((x) => shore(x) + lift),
      ),
      mix(shallow, [1, 1, 1], k),
      0.03,
      0.7,
    );
  flat(
    b,
    under((x) => shore(x) - 0.012),
    hex("fbfdfd"),
  );
  flat(
    b,
    under((x) => shore(x) + 0.03),
    gradient(0, level - 0.1, scaled(sand, 0.72), 0, level + 0.1, sand),
  );
  flat(
    b,
    under((x) => shore(x) + 0.09),
    grained(solid(sand), grain, 0.12),
  );
  const kind = r.uniform();
  if (kind < 0.35) palm(b, r, side(r));
  else if (kind < 0.6) parasol(b, r, shore);
  return finish(b, r);
}

function forest(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const autumn = happens(r, 0.3);
  const hue = autumn ? around(r, 0.09, 0.03) : around(r, 0.26, 0.04);
  const light = hsl(hue + 0.02, between(r, 0.35, 0.7), between(r, 0.55, 0.8));
  const dark = hsl(hue, 0.45, between(r, 0.12, 0.2));
  const line = between(r, 0.52, 0.66);
  wash(b, gradient(0, 0, mix(dark, light, 0.35), 0, line, light));
  const leafage = stretched(clouds(r), 6, 7);
  wash(b, (x, y, _d, ink) => {
    const k = clamp(0.6 + leafage(x, y) - y * 0.7);
    lerp(ink, dark, hsl(hue, 0.5, 0.32), clamp(0.5 + leafage(x * 2 + 4, y * 2)));
    ink[3] = k;
  });
  const soil = autumn ? hsl(0.07, 0.55, 0.35) : hsl(hue - 0.02, 0.4, 0.27);
  const litter = stretched(clouds(r), 8, 18);
  soft(b, halfPlane(0, line, 0, -1), mottled(litter, scaled(soil, 0.6), scaled(soil, 1.5)), 0.05);
  if (happens(r, 0.65)) {
    const x = around(r, 0.5, 0.15);
    const foot = around(r, 0.5, 0.3);
    const path = varied(r, hex("b79a72"), 0.06);
    soft(
      b,
      polygon([
        [x - 0.02, line + 0.01],
        [x + 0.02, line + 0.01],
        [foot + 0.28, 1.05],
        [foot - 0.28, 1.05],
      ]),
      mottled(litter, scaled(path, 0.75), scaled(path, 1.15)),
      0.05,
    );
  }
  const rows = 3;
  const bark = pick(r, [hex("4a382b"), hex("4a382b"), hex("6a5a4c"), hex("d8d4cc")]);
  for (let k = 0; k < rows; k++) {
    const t = (k + 0.5) / rows;
    const n = count(r, 3, 5) - k;
    for (let i = 0; i < n; i++) {
      const x = k === rows - 1 ? (i % 2 === 0 ? between(r, -0.02, 0.25) : between(r, 0.75, 1.02)) : r.uniform();
      const w = (0.012 + 0.05 * t * t) * between(r, 0.8, 1.3);
      const foot = line + 0.02 + t * t * 0.36;
      const tone = mix(light, varied(r, bark, 0.04), 0.35 + 0.65 * t);
      const grain = stretched(noise(r), 30, 8);
      round(
        b,
        polygon([
          [x - w * 0.8, -0.05],
          [x + w * 0.8, -0.05],
          [x + w, foot - 0.04],
          [x + w * 1.5, foot],
          [x - w * 1.5, foot],
          [x - w, foot - 0.04],
        ]),
        grained(solid(tone), grain, 0.3 * t),
        { bevel: w },
      );
    }
  }
  const canopy = noise(r);
  soft(
    b,
    under((x) => 0.04 + 0.12 * canopy(x * 5, 0)),
    dark,
    0.05,
    0,
  );
  flat(
    b,
    rough(halfPlane(0, between(r, 0, 0.1), 0, 1), stretched(canopy, 9, 9), 0.12),
    mottled(leafage, dark, hsl(hue, 0.55, 0.3)),
    0.9,
  );
  if (happens(r, 0.45)) {
    const x = r.uniform();
    for (let i = 0; i < 3; i++) {
      const u = x + around(r, 0, 0.3);
      soft(
        b,
        polygon([
          [u, -0.1],
          [u + 0.08, -0.1],
          [u + 0.4 * (0.5 - x) + 0.2, 0.95],
          [u + 0.4 * (0.5 - x), 0.95],
        ]),
        [1, 0.97, 0.8],
        0.09,
        0.25,
      );
    }
  }
  return finish(b, r);
}

function mountain(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const dusk = happens(r, 0.25);
  const top = dusk ? hex("5a4a8a") : varied(r, hex("3a7fd0"), 0.08);
  sky(b, r, [top, dusk ? hex("f3a98a") : hex("cfe2f2")], 0.6, r.uniform() * 0.7, dusk ? hex("f7c8b8") : hex("fafafa"));
  const base = between(r, 0.56, 0.68);
  const peaks = count(r, 2, 3);
  const rock = varied(r, pick(r, [hex("6f7480"), hex("7a6a60"), hex("566274")]), 0.05);
  const lit = b.light.x < 0 ? -1 : 1;
  const detail = noise(r);
  const order = [...Array(peaks).keys()];
  for (const i of order) {
    const x = peaks === 2 ? 0.28 + 0.45 * i + around(r, 0, 0.12) : [0.2, 0.82, 0.5][i]! + around(r, 0, 0.1);
    const high = i === peaks - 1 ? between(r, 0.1, 0.24) : between(r, 0.22, 0.38);
    const wide = between(r, 0.42, 0.65);
    const snow = between(r, 0.35, 0.75);
    const crest = (y: number): number => x + 0.06 * detail(y * 8, i * 3) + (y - high) * 0.12 * lit;
    const body = polygon([
      [x - wide, base + 0.05],
      [x - wide * 0.45, (high + base) * 0.52],
      [x - wide * 0.2, high + (base - high) * 0.28],
      [x, high],
      [x + wide * 0.15, high + (base - high) * 0.22],
      [x + wide * 0.5, (high + base) * 0.55],
      [x + wide, base + 0.05],
    ]);
    flat(b, rough(body, stretched(detail, 14, 14), 0.015), (px, py, _d, ink) => {
      const t = (py - high) / (base - high);
      const jag = 0.16 * detail(px * 16, py * 9) + 0.1 * detail(px * 30, 4);
      const white = smoothstep(snow + 0.06, snow - 0.06, t + jag);
      const bright = smoothstep(-0.02, 0.02, (px - crest(py) + 0.05 * detail(px * 18, py * 18)) * lit);
      lerp(ink, mix(rock, hex("a8bcd2"), 0.12 + 0.3 * (1 - t)), hex("f5f8fc"), white);
      const k = 0.6 + 0.45 * bright;
      ink[0] = ink[0]! * k * (dusk && bright > 0.5 ? 1.1 : 1);
      ink[1] = ink[1]! * k;
      ink[2] = ink[2]! * (k + 0.08 * (1 - bright));
    });
  }
  const hills = noise(r);
  const green = hsl(around(r, 0.28, 0.05), between(r, 0.25, 0.5), between(r, 0.16, 0.3));
  const grassy = stretched(clouds(r), 10, 16);
  if (happens(r, 0.5)) {
    // A lake that mirrors the sky.
    const water = mix(varied(r, hex("2f6f9a"), 0.06), top, 0.3);
    flat(b, halfPlane(0, base + 0.03, 0, -1), gradient(0, base, mix(water, [1, 1, 1], 0.45), 0, 1, scaled(water, 0.7)));
    const sparkle = stretched(clouds(r), 3, 24);
    flat(b, halfPlane(0, base + 0.05, 0, -1), (px, py, _d, ink) => {
      lerp(ink, hex("dceaf4"), hex("dceaf4"), 0);
      ink[3] = clamp(sparkle(px, py)) * 0.5;
    });
    pines(b, r, base + 0.05, 0.1, scaled(green, 0.7));
    if (happens(r, 0.6))
      flat(
        b,
        under((x) => 0.93 + 0.05 * hills(x * 3, 0)),
        mottled(grassy, scaled(green, 0.6), scaled(green, 1.4)),
      );
  } else {
    pines(b, r, base + 0.05, 0.12, scaled(green, 0.6));
    const meadow = mix(green, hex("8fae3f"), r.uniform() * 0.7);
    flat(
      b,
      under((x) => base + 0.03 + 0.05 * hills(x * 3, 0)),
      (px, py, _d, ink) =>
        lerp(ink, scaled(meadow, 0.8), scaled(meadow, 1.45), clamp((py - base) * 1.6 + 0.35 * grassy(px, py))),
    );
    if (happens(r, 0.5)) pines(b, r, 1, 0.3, scaled(green, 0.5));
  }
  return finish(b, r);
}

function skyline(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const hour = pick(r, ["day", "day", "dusk", "night"] as const);
  const top = hour === "night" ? hex("0c1230") : hour === "dusk" ? hex("3f3f7c") : varied(r, hex("5a9bdc"), 0.07);
  const low = hour === "night" ? hex("3a3560") : hour === "dusk" ? hex("f39a5c") : hex("dbe8f2");
  const ground = between(r, 0.74, 0.88);
  sky(
    b,
    r,
    [top, low],
    ground,
    hour === "night" ? 0.2 : r.uniform() * 0.7,
    hour === "day" ? hex("fcfcfc") : mix(low, [1, 0.8, 0.75], 0.4),
  );
  const glass = pick(r, [hex("5d7688"), hex("8a7a6c"), hex("6d6f7a"), hex("7f8c98")]);
  for (let k = 0; k < 3; k++) {
    const t = k / 2;
    let x = between(r, -0.12, 0);
    while (x < 1.02) {
      const w = between(r, 0.09, 0.2);
      const high = ground - between(r, 0.16, 0.62) * (1 - 0.42 * t);
      tower(
        b,
        r,
        x,
        w,
        high,
        ground + 0.03,
        mix(low, scaled(varied(r, glass, 0.08), hour === "day" ? 1 : 0.45), 0.35 + 0.65 * t),
        hour,
        t,
      );
      x += w * between(r, 0.85, 1.5);
    }
  }
  const water = happens(r, 0.5);
  const tone = water ? mix(scaled(low, 0.6), hex("284a66"), 0.5) : scaled(hex("4a5a3c"), hour === "night" ? 0.4 : 1);
  flat(b, halfPlane(0, ground, 0, -1), gradient(0, ground, scaled(tone, 1.2), 0, 1, scaled(tone, 0.7)));
  if (water) {
    const streaks = stretched(clouds(r), 12, 6);
    const shine = hour === "day" ? hex("e8f0f6") : hex("f7c36a");
    flat(b, halfPlane(0, ground + 0.01, 0, -1), (x, y, _d, ink) => {
      lerp(ink, shine, shine, 0);
      ink[3] = clamp(streaks(x, y)) * 0.6;
    });
  } else {
    const bush = noise(r);
    flat(
      b,
      under((x) => ground - 0.02 + 0.03 * bush(x * 12, 0)),
      mottled(stretched(bush, 16, 16), scaled(tone, 0.6), scaled(tone, 1.3)),
    );
  }
  return finish(b, r);
}

function bedroom(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const wall = hsl(r.uniform(), between(r, 0.08, 0.4), between(r, 0.55, 0.85));
  const wood = varied(r, pick(r, [hex("a87a4c"), hex("6a4428"), hex("c9a77a"), hex("8f8780")]), 0.05);
  const x0 = between(r, 0.1, 0.28);
  const x1 = between(r, 0.74, 0.92);
  const y0 = between(r, 0.06, 0.14);
  const y1 = between(r, 0.56, 0.66);
  // One-point perspective: back wall, side walls, ceiling, floor.
  wash(b, scaled(wall, 0.95));
  flat(
    b,
    polygon([
      [-0.3, 1.2],
      [x0, y1],
      [x0, y0],
      [-0.3, -0.2],
    ]),
    gradient(0, 0, scaled(wall, 0.7), x0, 0, scaled(wall, 0.88)),
  );
  flat(
    b,
    polygon([
      [1.3, 1.2],
      [x1, y1],
      [x1, y0],
      [1.3, -0.2],
    ]),
    gradient(1, 0, scaled(wall, 0.66), x1, 0, scaled(wall, 0.84)),
  );
  flat(
    b,
    polygon([
      [-0.3, -0.25],
      [x0, y0],
      [x1, y0],
      [1.3, -0.25],
    ]),
    mix(wall, [1, 1, 1], 0.7),
  );
  const boards = stretched(noise(r), 10, 4);
  flat(
    b,
    polygon([
      [-0.6, 1.3],
      [x0, y1],
      [x1, y1],
      [1.6, 1.3],
    ]),
    grained(solid(happens(r, 0.7) ? wood : hsl(r.uniform(), 0.2, 0.55)), boards, 0.15),
  );
  const left = happens(r, 0.5);
  const day = happens(r, 0.75);
  const wx = left ? between(r, x0 + 0.04, x0 + 0.12) : between(r, x1 - 0.3, x1 - 0.22);
  window(b, r, wx, y0 + between(r, 0.06, 0.1), between(r, 0.17, 0.24), between(r, 0.22, 0.28), day);
  const bed = left ? between(r, 0.56, 0.66) : between(r, 0.34, 0.44);
  const w = between(r, 0.17, 0.24);
  const sheet = happens(r, 0.5) ? hex("f3f0ea") : hsl(r.uniform(), 0.25, 0.8);
  const quilt = hsl(r.uniform(), between(r, 0.3, 0.75), between(r, 0.3, 0.65));
  const head = y1 - between(r, 0.14, 0.22);
  round(b, box(bed, (head + y1) / 2, w + 0.02, (y1 - head) / 2 + 0.03, 0.02), scaled(wood, 0.8), { bevel: 0.03 });
  const front = between(r, 0.84, 0.95);
  const grow = 1.75;
  const near = bed + (bed - 0.5) * 0.5;
  shadow2(b, near, front + 0.06, w * grow * 1.05);
  flat(
    b,
    polygon(
      [
        [bed - w, y1 - 0.04],
        [bed + w, y1 - 0.04],
        [near + w * grow, front - 0.06],
        [near - w * grow, front - 0.06],
      ],
      0.015,
    ),
    sheet,
  );
  const mid = 0.35;
  const qy = y1 - 0.04 + (front - y1) * mid;
  const qx = bed + (near - bed) * mid;
  const qw = w * (1 + (grow - 1) * mid);
  const folds = stretched(clouds(r), 6, 6);
  const pattern = happens(r, 0.4) ? between(r, 20, 40) : 0;
  const spread: Point[] = [
    [qx - qw, qy],
    [qx + qw, qy],
    [near + w * grow, front - 0.06],
    [near - w * grow, front - 0.06],
  ];
  flat(b, polygon(spread, 0.015), (px, py, _d, ink) => {
    lerp(ink, quilt, mix(quilt, [1, 1, 1], 0.6), pattern > 0 ? smoothstep(0.2, 0.6, sin(px * pattern)) : 0);
    const k = 1 + 0.18 * folds(px, py);
    for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
  });
  flat(
    b,
    polygon(
      [
        [near - w * grow, front - 0.065],
        [near + w * grow, front - 0.065],
        [near + w * grow, front + 0.05],
        [near - w * grow, front + 0.05],
      ],
      0.012,
    ),
    scaled(quilt, 0.62),
  );
  for (const s of [-1, 1])
    round(b, box(bed + s * w * 0.5, y1 - 0.03, w * 0.42, 0.042, 0.035), mix(sheet, [1, 1, 1], 0.4), { bevel: 0.04 });
  const lamp = left ? bed + w + 0.09 : bed - w - 0.09;
  flat(b, box(lamp, y1 + 0.02, 0.05, 0.07), scaled(wood, 0.7));
  flat(b, line(lamp, y1 - 0.05, lamp, y1 - 0.12, 0.01), hex("5a4a3a"));
  const glow = day ? hex("f2e2bc") : hex("ffe9a8");
  soft(b, circle(lamp, y1 - 0.14, 0.16), hex("ffdf9a"), 0.3, day ? 0.2 : 0.6);
  flat(
    b,
    polygon([
      [lamp - 0.03, y1 - 0.19],
      [lamp + 0.03, y1 - 0.19],
      [lamp + 0.055, y1 - 0.11],
      [lamp - 0.055, y1 - 0.11],
    ]),
    glow,
  );
  if (happens(r, 0.6)) {
    flat(b, box(bed, y0 + 0.14, 0.09, 0.065), hsl(r.uniform(), 0.4, between(r, 0.3, 0.7)));
    flat(b, outline(box(bed, y0 + 0.14, 0.09, 0.065), 0.011), scaled(wood, 0.6));
  }
  if (!day) wash(b, [0.1, 0.07, 0.15], 0.3);
  return finish(b, r);
}

function road(r: Stream, size: number): Canvas {
  const b = scene(r, size);
  const line = between(r, 0.36, 0.52);
  const dusk = happens(r, 0.25);
  const top = dusk ? hex("4f4a80") : varied(r, hex("4a90d8"), 0.08);
  sky(b, r, [top, dusk ? hex("f5a56a") : hex("d9e9f4")], line, r.uniform() * 0.8, dusk ? hex("f3b9a0") : hex("fafafa"));
  const land = pick(r, [hex("c99a5a"), hex("7f9a48"), hex("a8924f"), hex("5f8a44"), hex("d9b98a")]);
  const far = mix(land, hex("7f90b0"), 0.6);
  const ridge = clouds(r);
  if (happens(r, 0.7))
    flat(
      b,
      under((x) => line - 0.06 + 0.14 * ridge(x * 2.5, 0)),
      gradient(0, line - 0.15, far, 0, line, mix(far, [0.8, 0.85, 0.9], 0.3)),
    );
  const scrub = stretched(clouds(r), 8, 26);
  flat(b, halfPlane(0, line, 0, -1), (x, y, _d, ink) => {
    const t = clamp((y - line) / 0.4);
    lerp(ink, mix(land, far, 0.35), land, t);
    const k = 1 + 0.3 * t * scrub(x, y);
    for (let q = 0; q < 3; q++) ink[q] = ink[q]! * k;
  });
  const vanish = around(r, 0.5, 0.18);
  const foot = around(r, 0.5, 0.25);
  const wide = between(r, 0.34, 0.55);
  const bend = around(r, 0, 0.9);
  // Half-width and middle of the road at height y.
  const depth = (y: number): number => clamp((y - line) / (1 - line));
  const middle = (y: number): number => {
    const t = depth(y);
    return vanish + (foot - vanish) * t + bend * t * (1 - t) * (1 - t);
  };
  const asphalt = varied(r, pick(r, [hex("55565c"), hex("3f4046"), hex("7c7873")]), 0.04);
  const paintLine = happens(r, 0.6) ? hex("f3c63a") : hex("f2f2ee");
  const dash = between(r, 5, 9);
  const phase = r.uniform();
  flat(b, halfPlane(0, line + 0.004, 0, -1), (x, y, _d, ink) => {
    const t = depth(y) + 0.015;
    const across = (x - middle(y)) / (wide * t);
    const edge = Math.abs(across);
    const pixel = 0.012 / (wide * t);
    lerp(ink, mix(asphalt, far, 0.4 * (1 - t)), hex("efefe9"), smoothstep(0.06 + pixel, 0.03, Math.abs(edge - 0.86)));
    const along = dash * (0.35 / t) + phase;
    const on = along - Math.floor(along) < 0.55 ? 1 : 0;
    const [red, green, blue] = [ink[0]!, ink[1]!, ink[2]!];
    lerp(ink, [red, green, blue], paintLine, on * smoothstep(0.05 + pixel, 0.02, edge));
    ink[3] = smoothstep(1 + pixel, 1 - pixel, edge);
  });
  const verge = r.uniform();
  if (verge < 0.65) {
    for (let i = 0; i < 6; i++) {
      const t = 0.05 + (i / 6) * (i / 6) * 0.75;
      const y = line + t * (1 - line);
      for (const s of [-1, 1]) {
        if (happens(r, 0.3)) continue;
        const x = middle(y) + s * wide * (t + 0.015) * between(r, 1.25, 1.9);
        const high = (t + 0.05) * between(r, 0.45, 0.7);
        if (verge < 0.4) bush(b, r, x, y, high, hsl(around(r, 0.27, 0.05), 0.4, between(r, 0.16, 0.34)));
        else {
          flat(b, line2(x, y, x, y - high, 0.012 * (0.4 + t)), hex("4f4238"));
          flat(
            b,
            line2(x - high * 0.2, y - high * 0.85, x + high * 0.2, y - high * 0.85, 0.009 * (0.4 + t)),
            hex("4f4238"),
          );
        }
      }
    }
  }
  return finish(b, r);
}

const line2 = line;

function sunDisc(b: Brush, r: Stream, x: number, y: number, radius: number): void {
  soft(b, circle(x, y, radius * 4), hex("ffd28a"), radius * 7, 0.55);
  flat(b, circle(x, y, radius * between(r, 0.8, 1.2)), hex("fff3c9"));
}

function island(b: Brush, r: Stream, line: number): void {
  const x = r.uniform();
  const w = between(r, 0.12, 0.35);
  const high = between(r, 0.03, 0.11);
  const bump = noise(r);
  flat(
    b,
    both(
      under((u) => line - high * Math.max(0, 1 - ((u - x) / w) * ((u - x) / w)) * (1 + 0.4 * bump(u * 9, 0))),
      halfPlane(0, line, 0, 1),
    ),
    mix(hex("4f6a5a"), hex("8aa0b8"), r.uniform() * 0.7),
  );
}

function palm(b: Brush, r: Stream, s: number): void {
  const foot = s < 0 ? between(r, 0.05, 0.2) : between(r, 0.8, 0.95);
  const tip: Point = [foot - s * between(r, 0.08, 0.25), between(r, 0.16, 0.28)];
  round(b, stroke(curve([foot, 0.9], [foot, 0.5], tip, 6), 0.026, 0.016), hex("7d6248"), { bevel: 0.02 });
  const green = hsl(0.29, 0.5, between(r, 0.2, 0.32));
  for (let k = 0; k < 7; k++) {
    const angle = -0.35 + k * 0.62 + around(r, 0, 0.2);
    const [cx, cy] = [Math.abs(angle - 1.5) * 0 + tip[0], tip[1]];
    const dx = sin(angle + 1.57) * 0.24;
    const dy = sin(angle) * 0.13;
    flat(
      b,
      stroke(curve([cx, cy], [cx + dx * 0.6, cy + dy * 0.5 - 0.07], [cx + dx, cy + dy + 0.04], 4), 0.024, 0.006),
      scaled(green, between(r, 0.7, 1.3)),
    );
  }
}

function parasol(b: Brush, r: Stream, shore: (x: number) => number): void {
  const n = count(r, 1, 3);
  for (let i = 0; i < n; i++) {
    const x = between(r, 0.15, 0.85);
    const y = Math.min(0.95, shore(x) + between(r, 0.14, 0.22));
    const s = between(r, 0.08, 0.14);
    const tone = hsl(pick(r, [0, 0.08, 0.13, 0.55, 0.9]), 0.85, 0.52);
    soft(b, ellipse(x + 0.03, y, s, s * 0.25), [0.2, 0.15, 0.1], 0.04, 0.5);
    flat(b, line(x, y, x, y - s * 1.6, 0.009), hex("e8e2d6"));
    flat(b, both(ellipse(x, y - s * 1.1, s, s * 0.75), halfPlane(0, y - s * 1.1, 0, 1)), (px, _py, _d, ink) =>
      lerp(ink, tone, hex("fbf7f0"), smoothstep(0, 0.3, sin(((px - x) / s) * 8))),
    );
  }
}

function pines(b: Brush, r: Stream, foot: number, high: number, tone: Color): void {
  const n = Math.floor(3 + 2 / high);
  for (let i = 0; i < n; i++) {
    if (happens(r, 0.35)) continue;
    const x = (i + 0.5) / n + around(r, 0, 0.6 / n);
    const h = high * between(r, 0.5, 1.1);
    const c = varied(r, tone, 0.03);
    for (let k = 0; k < 3; k++)
      flat(
        b,
        polygon([
          [x, foot - h * (1 - k * 0.24)],
          [x + h * (0.14 + k * 0.07), foot - h * (0.55 - k * 0.24)],
          [x - h * (0.14 + k * 0.07), foot - h * (0.55 - k * 0.24)],
        ]),
        scaled(c, 1 - k * 0.1),
      );
  }
}

function tower(
  b: Brush,
  r: Stream,
  x: number,
  w: number,
  high: number,
  foot: number,
  tone: Color,
  hour: "day" | "dusk" | "night",
  near: number,
): void {
  const shaded = b.light.x < 0 ? 0.75 : 1.12;
  flat(
    b,
    box(x + w / 2, (high + foot) / 2, w / 2, (foot - high) / 2),
    gradient(x, 0, scaled(tone, 1.87 - shaded), x + w, 0, scaled(tone, shaded)),
  );
  const roof = r.uniform();
  if (roof < 0.2) flat(b, line(x + w / 2, high, x + w / 2, high - w * 0.8, 0.007), tone);
  else if (roof < 0.4) flat(b, box(x + w / 2, high - 0.02, w * 0.3, 0.04), scaled(tone, 0.95));
  else if (roof < 0.5)
    flat(
      b,
      polygon([
        [x, high],
        [x + w, high],
        [x + w / 2, high - w * 0.7],
      ]),
      scaled(tone, 0.9),
    );
  if (near === 0) return;
  const on = cells(r);
  const columns = Math.max(2, Math.floor(w * 26));
  const rows = Math.floor((foot - high) * 24);
  const lamp = hour === "day" ? mix(tone, hex("dff0fb"), 0.45) : hex("ffd878");
  const share = hour === "day" ? 0.35 : hour === "dusk" ? 0.5 : 0.45;
  flat(b, box(x + w / 2, (high + foot) / 2, w / 2 - 0.012, (foot - high) / 2 - 0.015), (px, py, _d, ink) => {
    const u = ((px - x) / w) * columns;
    const v = ((py - high) / (foot - high)) * rows;
    const inU = u - Math.floor(u);
    const inV = v - Math.floor(v);
    const pane = on(u, v) > share && inU > 0.25 && inV > 0.3 ? 1 : 0;
    lerp(ink, lamp, lamp, 0);
    ink[3] = pane * (0.45 + 0.4 * near);
  });
}

function window(b: Brush, r: Stream, x: number, y: number, w: number, h: number, day: boolean): void {
  const outside = day ? hsl(0.56, 0.5, between(r, 0.75, 0.92)) : hex("141a36");
  const cx = x + w / 2;
  const cy = y + h / 2;
  flat(
    b,
    box(cx, cy, w / 2, h / 2),
    gradient(0, y, outside, 0, y + h, day ? mix(outside, hex("8fb86a"), 0.5) : scaled(outside, 1.6)),
  );
  flat(b, outline(box(cx, cy, w / 2, h / 2), 0.012), hex("f5f3ee"));
  flat(b, line(cx, y, cx, y + h, 0.007), hex("f5f3ee"));
  flat(b, line(x, cy, x + w, cy, 0.007), hex("f5f3ee"));
  const curtain = hsl(r.uniform(), between(r, 0.2, 0.6), between(r, 0.45, 0.8));
  const pleat = between(r, 90, 130);
  for (const s of [-1, 1])
    flat(b, box(cx + s * (w / 2 + 0.005), cy + 0.02, 0.032, h / 2 + 0.04), (px, _py, _d, ink) =>
      lerp(ink, scaled(curtain, 0.75), scaled(curtain, 1.1), 0.5 + 0.5 * sin(px * pleat)),
    );
}

function bush(b: Brush, r: Stream, x: number, y: number, high: number, tone: Color): void {
  const puff = noise(r);
  soft(b, ellipse(x, y, high * 0.5, high * 0.12), [0.1, 0.1, 0.05], 0.03, 0.4);
  flat(b, line(x, y, x, y - high * 0.5, high * 0.07), hex("4a382b"));
  round(
    b,
    rough(ellipse(x, y - high * 0.6, high * 0.42, high * 0.45), (u, v) => puff(u * 14, v * 14), high * 0.1),
    mottled(stretched(puff, 20, 20), scaled(tone, 0.75), scaled(tone, 1.35)),
    { bevel: high * 0.35 },
  );
}

function shadow2(b: Brush, x: number, y: number, w: number): void {
  soft(b, ellipse(x, y, w, 0.05), [0.05, 0.04, 0.04], 0.06, 0.5);
}

function finish(b: Brush, r: Stream): Canvas {
  develop(b.canvas, r);
  return b.canvas;
}

void at;
void blur;
