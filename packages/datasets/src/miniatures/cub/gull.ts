import type { Stream } from "@dit-bench/random";
import { scene, sky } from "../raster/backdrops.ts";
import { at, type Canvas } from "../raster/canvas.ts";
import { around, between, happens, pick, side } from "../raster/chance.ts";
import { hex, mix, scaled, varied } from "../raster/color.ts";
import { smoothstep } from "../raster/elementary.ts";
import { flat, gradient, lerp, round } from "../raster/paint.ts";
import { develop } from "../raster/photograph.ts";
import { ellipse, halfPlane, type Point, polygon, stroke } from "../raster/shapes.ts";
import { dot } from "./songbird.ts";

export function gull(r: Stream, size: number): Canvas {
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
  return develop(b.canvas, r);
}
