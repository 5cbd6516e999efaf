// Draws two classes of the source domain: leaves and twigs.

import type { Stream } from "@dit-bench/random";
import { createScene, drawBokeh, drawFoliage, randomColor, vividColor } from "../raster/backdrops.ts";
import { type Brush, type Canvas, placeBrush } from "../raster/canvas.ts";
import { around, between, happens, pick, randomCount } from "../raster/chance.ts";
import { type Color, hsl, mix, scaleColor, varyColor } from "../raster/color.ts";
import { cos, HALF_TURN, QUARTER_TURN, sin, smoothstep, TURN } from "../raster/elementary.ts";
import { fillFlat, fillRound, fillSoft, lerp } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { curve, ellipse, line, polygon, stroke } from "../raster/shapes.ts";

/** Leaves with veins: one large leaf or a sprig. */
export function leaf(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const hue = pick(r, [0.27, 0.3, 0.22, 0.1, 0.04, r.uniform()]);
  if (happens(r, 0.5)) drawFoliage(b, r, hue + around(r, 0, 0.15));
  else drawBokeh(b, r, randomColor(r), randomColor(r), 6);
  const tone = hsl(hue + around(r, 0, 0.03), between(r, 0.35, 0.75), between(r, 0.25, 0.5));
  const width = between(r, 0.22, 0.5);
  if (happens(r, 0.45)) {
    drawBlade(
      placeBrush(b, around(r, 0.5, 0.08), around(r, 0.5, 0.08), between(r, 0.4, 0.5), r.uniform() * TURN),
      r,
      tone,
      width,
    );
  } else {
    const stem = placeBrush(b, around(r, 0.5, 0.1), around(r, 0.5, 0.1), between(r, 0.45, 0.6), r.uniform() * TURN);
    const bend = around(r, 0, 0.5);
    const spine = curve([-1, 0], [0, bend], [1, -bend * 0.3], 8);
    fillFlat(stem, stroke(spine, 0.05, 0.02), mix(scaleColor(tone, 0.7), [0.4, 0.25, 0.15], 0.5));
    const pairs = randomCount(r, 3, 5);
    const spread = between(r, 0.7, 1.2);
    for (let i = 0; i < pairs; i++) {
      const [x, y] = spine[Math.floor((i * 8) / pairs) + 1]!;
      for (const s of [-1, 1]) {
        const angle = s * spread + around(r, 0, 0.25);
        const length = between(r, 0.3, 0.42) * (1.15 - 0.1 * i);
        drawBlade(
          placeBrush(stem, x + cos(angle) * length, y + sin(angle) * length, length, angle),
          r,
          varyColor(r, tone, 0.05),
          width,
        );
      }
    }
  }
  return develop(b.canvas, r);
}

/** Draws a leaf from its stalk at local (-1, 0) to its tip at (1, 0). */
function drawBlade(l: Brush, r: Stream, tone: Color, width: number): void {
  const vein = mix(tone, [1, 1, 0.8], 0.4);
  const edge = polygon([
    ...curve([-1, 0], [-0.2, -width * 2], [1, 0], 7),
    ...curve([1, 0], [-0.2, width * 2], [-1, 0], 7).slice(1, -1),
  ]);
  fillSoft(placeBrush(l, 0.04, 0.1, 1), edge, [0, 0.03, 0], 0.25, 0.4);
  fillRound(
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

/** A branching twig that grows from one side of the image, with or without buds. */
export function twig(r: Stream, size: number): Canvas {
  const b = createScene(r, size);
  const ground = randomColor(r);
  drawBokeh(b, r, ground, varyColor(r, ground, 0.2), 5);
  const isLight = ground[0] + ground[1] + ground[2] > 1.3;
  const tone = isLight ? scaleColor(randomColor(r), 0.4) : mix(randomColor(r), [1, 1, 1], 0.5);
  const dots = happens(r, 0.4) ? vividColor(r) : undefined;
  const tips: [number, number][] = [];
  const grow = (x: number, y: number, angle: number, length: number, width: number, depth: number): void => {
    const bx = x + cos(angle) * length;
    const by = y + sin(angle) * length;
    fillFlat(b, line(x, y, bx, by, width, width * 0.65), tone);
    tips.push([bx, by]);
    if (depth === 0) return;
    const forks = happens(r, 0.3) ? 3 : 2;
    for (let i = 0; i < forks; i++) {
      const turn = around(r, (i / (forks - 1) - 0.5) * 1.3, 0.5);
      grow(bx, by, angle + turn, length * between(r, 0.6, 0.9), width * 0.65, depth - 1);
    }
  };
  const stems = randomCount(r, 1, 3);
  for (let i = 0; i < stems; i++) {
    const wall = randomCount(r, 0, 3); // the side it grows from
    const start = around(r, 0.5, 0.45);
    const from: [number, number] =
      wall === 0 ? [start, 1.03] : wall === 1 ? [start, -0.03] : wall === 2 ? [-0.03, start] : [1.03, start];
    const inward = wall === 0 ? -QUARTER_TURN : wall === 1 ? QUARTER_TURN : wall === 2 ? 0 : HALF_TURN;
    grow(from[0], from[1], around(r, inward, 0.5), between(r, 0.2, 0.38), between(r, 0.012, 0.045), 3);
  }
  if (dots)
    for (const [x, y] of tips)
      if (happens(r, 0.6))
        fillFlat(b, ellipse(x, y, between(r, 0.02, 0.05), between(r, 0.02, 0.05)), varyColor(r, dots, 0.1));
  return develop(b.canvas, r);
}
