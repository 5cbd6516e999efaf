// The light of a scene, and the final adjustments of a camera.

import type { Stream } from "@dit-bench/random";
import type { Canvas, Light } from "./canvas.ts";
import { around, between } from "./chance.ts";
import type { Color } from "./color.ts";
import { clamp } from "./elementary.ts";

/** A random light from above, from the left or right, warm or cool. */
export function daylight(r: Stream, options: { readonly ambient?: number } = {}): Light {
  const x = around(r, 0, 0.75);
  const y = between(r, -0.75, -0.35);
  const warmth = around(r, 0, 0.08);
  const z = 0.75;
  const k = 1 / Math.sqrt(x * x + y * y + z * z);
  return {
    x: x * k,
    y: y * k,
    z: z * k,
    ambient: options.ambient ?? between(r, 0.3, 0.5),
    bright: [1 + warmth, 1, 1 - warmth],
    shade: [0.82 - warmth, 0.86, 1 + warmth],
  };
}

/**
 * Varies exposure, contrast, white balance, saturation and vignette at random, scaled by `strength`. Returns the
 * canvas.
 */
export function develop(canvas: Canvas, r: Stream, strength = 1): Canvas {
  const exposure = around(r, 1, 0.22 * strength);
  const contrast = around(r, 1.05, 0.2 * strength);
  const saturation = around(r, 1.05, 0.3 * strength);
  const warmth = around(r, 0, 0.06 * strength);
  const vignette = between(r, 0, 0.35 * strength);
  const gains: Color = [exposure * (1 + warmth), exposure, exposure * (1 - warmth)];
  const { grid, rgb } = canvas;
  for (let j = 0; j < grid; j++) {
    const v = (j + 0.5) / grid - 0.5;
    for (let i = 0; i < grid; i++) {
      const u = (i + 0.5) / grid - 0.5;
      const far = u * u + v * v;
      const shade = 1 - vignette * far * 2;
      const p = (j * grid + i) * 3;
      const red = clamp(rgb[p]!) * gains[0] * shade;
      const green = clamp(rgb[p + 1]!) * gains[1] * shade;
      const blue = clamp(rgb[p + 2]!) * gains[2] * shade;
      const gray = 0.3 * red + 0.59 * green + 0.11 * blue;
      rgb[p] = (gray + (red - gray) * saturation - 0.45) * contrast + 0.45;
      rgb[p + 1] = (gray + (green - gray) * saturation - 0.45) * contrast + 0.45;
      rgb[p + 2] = (gray + (blue - gray) * saturation - 0.45) * contrast + 0.45;
    }
  }
  return canvas;
}
