// The miniature of Stanford Cars, with a drawing function for each body type.

import type { Stream } from "@dit-bench/random";
import { miniature } from "../miniature.ts";
import { createScene } from "../raster/backdrops.ts";
import { type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomSign } from "../raster/chance.ts";
import { type Color, hex, varyColor } from "../raster/color.ts";
import { develop } from "../raster/photograph.ts";
import type { Point } from "../raster/shapes.ts";
import { type Body, type Corner, drawCar } from "./body.ts";
import { drawStreet } from "./street.ts";

/** Cars by body type. */
export const cars = miniature(
  { name: "cars", title: "Cars (miniature)", subject: "cars by body type, from the side and from the front quarter" },
  { sedan, suv, "sports car": sportsCar, convertible, pickup, van },
);

function sedan(r: Stream, size: number): Canvas {
  const roof = between(r, 0.78, 0.84);
  const w = 0.44;
  return carOnStreet(
    r,
    size,
    {
      profile: [
        ...nose(0.98, 0.44, 0.5, w),
        corner(0.42, 0.54, w, "glass"),
        corner(0.14, roof, w * 0.8, "paint"),
        corner(-0.36, roof, w * 0.8, "glass"),
        corner(-0.64, 0.57, w, "paint"),
        ...tail(-0.98, 0.54, w),
      ],
      windows: [
        [
          [0.33, 0.55],
          [0.12, roof - 0.05],
          [-0.08, roof - 0.05],
          [-0.08, 0.55],
        ],
        [
          [-0.12, 0.55],
          [-0.12, roof - 0.05],
          [-0.33, roof - 0.05],
          [-0.54, 0.56],
        ],
      ],
      wheels: [0.62, -0.6],
      radius: 0.19,
      half: w,
    },
    everydayColor(r),
  );
}

function suv(r: Stream, size: number): Canvas {
  const roof = between(r, 1, 1.1);
  const w = 0.48;
  return carOnStreet(
    r,
    size,
    {
      profile: [
        ...nose(0.94, 0.58, 0.64, w),
        corner(0.44, 0.68, w, "glass"),
        corner(0.26, roof, w * 0.86, "paint"),
        corner(-0.8, roof, w * 0.86, "glass"),
        corner(-0.93, 0.66, w, "tail"),
        corner(-0.95, 0.2, w, "none"),
      ],
      windows: [
        [
          [0.38, 0.69],
          [0.24, roof - 0.06],
          [-0.02, roof - 0.06],
          [-0.02, 0.69],
        ],
        [
          [-0.07, 0.69],
          [-0.07, roof - 0.06],
          [-0.42, roof - 0.06],
          [-0.42, 0.69],
        ],
        [
          [-0.47, 0.69],
          [-0.47, roof - 0.06],
          [-0.76, roof - 0.07],
          [-0.84, 0.69],
        ],
      ],
      wheels: [0.58, -0.58],
      radius: 0.24,
      half: w,
    },
    everydayColor(r),
  );
}

function sportsCar(r: Stream, size: number): Canvas {
  const roof = between(r, 0.6, 0.66);
  const w = 0.47;
  return carOnStreet(
    r,
    size,
    {
      profile: [
        corner(1.04, 0.12, w, "grille"),
        corner(1.05, 0.28, w, "paint"),
        corner(0.42, 0.42, w, "glass"),
        corner(0.02, roof, w * 0.76, "paint"),
        corner(-0.26, roof, w * 0.76, "glass"),
        corner(-0.74, 0.48, w, "paint"),
        corner(-0.98, 0.5, w, "tail"),
        corner(-1, 0.14, w, "none"),
      ],
      windows: [
        [
          [0.3, 0.43],
          [0, roof - 0.04],
          [-0.24, roof - 0.04],
          [-0.5, 0.46],
        ],
      ],
      wheels: [0.66, -0.62],
      radius: 0.2,
      half: w,
    },
    pick(r, [
      hex("d81420"),
      hex("d81420"),
      hex("f4c414"),
      hex("f07a14"),
      hex("1c50c8"),
      hex("20a04a"),
      hex("18181c"),
      hex("e9e9ec"),
    ]),
  );
}

function convertible(r: Stream, size: number): Canvas {
  const w = 0.45;
  const screen = between(r, 0.74, 0.8);
  return carOnStreet(
    r,
    size,
    {
      profile: [
        ...nose(0.98, 0.42, 0.48, w),
        corner(0.36, 0.52, w, "seats"),
        corner(-0.46, 0.52, w, "paint"),
        corner(-0.6, 0.54, w, "paint"),
        ...tail(-0.96, 0.52, w),
      ],
      windows: [],
      wheels: [0.62, -0.6],
      radius: 0.2,
      half: w,
      open: screen,
    },
    pick(r, [hex("c8202c"), hex("2c9ac8"), hex("f2e6c8"), hex("f0b428"), hex("34a08c"), hex("e8e8ea"), hex("e07aa0")]),
  );
}

function pickup(r: Stream, size: number): Canvas {
  const roof = between(r, 0.98, 1.06);
  const w = 0.48;
  return carOnStreet(
    r,
    size,
    {
      profile: [
        ...nose(1, 0.6, 0.65, w),
        corner(0.5, 0.68, w, "glass"),
        corner(0.34, roof, w * 0.84, "paint"),
        corner(-0.08, roof, w * 0.84, "glass"),
        corner(-0.16, 0.66, w, "bed"),
        corner(-1, 0.64, w, "tail"),
        corner(-1.02, 0.22, w, "none"),
      ],
      windows: [
        [
          [0.43, 0.68],
          [0.31, roof - 0.06],
          [0.12, roof - 0.06],
          [0.12, 0.68],
        ],
        [
          [0.07, 0.68],
          [0.07, roof - 0.06],
          [-0.05, roof - 0.06],
          [-0.1, 0.68],
        ],
      ],
      wheels: [0.64, -0.62],
      radius: 0.23,
      half: w,
    },
    pick(r, [hex("a02018"), hex("2a4a86"), hex("e6e4de"), hex("3a5a3c"), hex("2a2a2e"), hex("b8862c"), hex("8a8e94")]),
  );
}

function van(r: Stream, size: number): Canvas {
  const roof = between(r, 1.2, 1.34);
  const w = 0.48;
  const paint = pick(r, [
    hex("f2f2f0"),
    hex("f2f2f0"),
    hex("d8c028"),
    hex("4a7ab0"),
    hex("c8c8cc"),
    hex("b04030"),
    hex("4a9a8a"),
  ]);
  const glazed = happens(r, 0.4);
  const windows: Point[][] = [
    [
      [0.7, 0.78],
      [0.6, roof - 0.12],
      [0.32, roof - 0.12],
      [0.32, 0.78],
    ],
  ];
  if (glazed)
    for (const x of [0.22, -0.24])
      windows.push([
        [x, 0.8],
        [x, roof - 0.14],
        [x - 0.36, roof - 0.14],
        [x - 0.36, 0.8],
      ]);
  return carOnStreet(
    r,
    size,
    {
      profile: [
        corner(0.98, 0.16, w, "grille"),
        corner(0.98, 0.56, w, "paint"),
        corner(0.82, 0.72, w, "glass"),
        corner(0.62, roof - 0.04, w * 0.94, "paint"),
        corner(0.5, roof, w * 0.94, "paint"),
        corner(-0.92, roof, w * 0.94, "paint"),
        corner(-0.97, 0.6, w, "tail"),
        corner(-0.98, 0.18, w, "none"),
      ],
      windows,
      wheels: [0.6, -0.6],
      radius: 0.2,
      half: w,
    },
    paint,
  );
}

/** A random colour of everyday cars. */
function everydayColor(r: Stream): Color {
  return pick(r, [
    hex("b8bcc2"),
    hex("e8e8e6"),
    hex("2a2c32"),
    hex("8a1c22"),
    hex("23406e"),
    hex("5a6a5c"),
    hex("a89878"),
    hex("5a90b8"),
    hex("6a6e76"),
  ]);
}

/** An image of a car in its surroundings. `open` is the height of the windscreen of a car without a roof. */
function carOnStreet(r: Stream, size: number, body: Body & { readonly open?: number }, paint: Color): Canvas {
  const b = createScene(r, size);
  const ground = drawStreet(b, r);
  const s = between(r, 0.36, 0.43);
  const f = placeBrush(b, around(r, 0.5, 0.05), ground + between(r, 0.1, 0.2), s, around(r, 0, 0.03), randomSign(r));
  const yaw = happens(r, 0.3) ? around(r, 0, 0.1) : randomSign(r) * between(r, 0.25, 0.75);
  const pitch = between(r, 0.06, 0.3);
  const glass = pick(r, [hex("1c242c"), hex("2a3640"), hex("3c4c58")]);
  drawCar(
    f,
    body,
    { yaw: happens(r, 0.7) ? Math.abs(yaw) : yaw, pitch },
    varyColor(r, paint, 0.04),
    glass,
    pick(r, [hex("c8ccd2"), hex("9a9ea6"), hex("54565c")]),
    body.open,
  );
  return develop(b.canvas, r);
}

function corner(x: number, y: number, half: number, part: Corner["part"]): Corner {
  return { x, y, half, part };
}

/** Corners from the front skirt over the grille to the edge of the bonnet at height `bonnet`. */
function nose(x: number, grille: number, bonnet: number, half: number): Corner[] {
  return [corner(x, 0.16, half, "grille"), corner(x, grille, half, "paint"), corner(x - 0.12, bonnet, half, "paint")];
}

/** Corners of the tail below the boot, which ends at height `boot`. */
function tail(x: number, boot: number, half: number): Corner[] {
  return [corner(x, boot, half, "tail"), corner(x - 0.01, 0.18, half, "none")];
}
