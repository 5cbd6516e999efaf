import type { Stream } from "@dit-bench/random";
import { shadow } from "../raster/backdrops.ts";
import { at, type Canvas } from "../raster/canvas.ts";
import { around, between, count, happens, pick } from "../raster/chance.ts";
import { hex, scaled, varied } from "../raster/color.ts";
import { cos, sin, smoothstep, TURN } from "../raster/elementary.ts";
import { clouds, noise, stretched } from "../raster/noise.ts";
import { ball, flat, lerp, mottled, rimmed, round, soft } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { both, circle, ellipse, line, outline, pairs, polygon, rough, type Shape, without } from "../raster/shapes.ts";
import { plate, table } from "./table.ts";

/** One piece of eight, pointing from the centre along +x. */
const WEDGE = polygon(pairs([0, 0, 2, -0.95, 2, 0.95]), 0.02);

export function pizza(r: Stream, size: number): Canvas {
  const b = table(r, size);
  const form = pick(r, ["whole", "whole", "cut", "slice"] as const);
  const turn = r.uniform() * TURN;
  const s = form === "slice" ? between(r, 0.72, 0.85) : between(r, 0.35, 0.5);
  // A slice points along +x from the pie's centre: move the pie so that the slice lies in the middle.
  const shift = form === "slice" ? s * 0.52 : 0;
  const f = at(
    b,
    around(r, 0.5, 0.08) - cos(turn) * shift,
    around(r, 0.5, 0.08) - sin(turn) * shift,
    s,
    turn,
    1,
    form === "slice" ? 1 : between(r, 0.78, 1),
  );
  if (form === "slice") {
    if (happens(r, 0.6)) plate(at(f, 0.52, 0, 0.6), r, 1);
    soft(at(f, 0.03, 0.04, 1), WEDGE, [0.05, 0.03, 0.03], 0.15, 0.5);
  } else if (happens(r, 0.6)) plate(f, r, 1.12);
  else shadow(f, 0.05, 0.08, 1.05, 1.05, 0.5);
  const bumps = noise(r);
  const crust = varied(r, hex("d29a52"), 0.05);
  const char = stretched(clouds(r), 4, 4);
  const cut = (shape: Shape): Shape =>
    form === "whole" ? shape : form === "cut" ? without(shape, WEDGE) : both(shape, WEDGE);
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
  const n = form === "slice" ? count(r, 3, 5) : count(r, 7, 12);
  for (let i = 0; i < n; i++) {
    const far = form === "slice" ? 0.3 + (0.48 * (i + 0.3)) / n : 0.66 * Math.sqrt((i + 0.5) / n);
    const angle = form === "slice" ? (i % 2 === 0 ? 0.2 : -0.2) + around(r, 0, 0.08) : i * 2.4 + around(r, 0, 0.3);
    const p = at(f, cos(angle) * far, sin(angle) * far, form === "slice" ? 0.7 : 1, r.uniform() * TURN);
    if (form === "cut" && cos(angle) > 0.72) continue;
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
          polygon(pairs([-0.12, 0.02, 0, -0.1, 0.12, 0.02, 0.03, 0.03, 0.03, 0.12, -0.03, 0.12, -0.03, 0.03]), 0.02),
          hex("efe3cc"),
          { bevel: 0.06 },
        );
    }
  }
  if (form !== "slice" && happens(r, 0.6))
    for (let k = 0; k < 4; k++)
      flat(
        f,
        cut(line(-cos(k * 0.785 + 0.2), -sin(k * 0.785 + 0.2), cos(k * 0.785 + 0.2), sin(k * 0.785 + 0.2), 0.012)),
        hex("7a3c14"),
        0.55,
      );
  return develop(b.canvas, r);
}
