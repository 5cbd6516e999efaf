// Colours, and their conversions and variations.

import type { Stream } from "@dit-bench/random";
import { around } from "./chance.ts";
import { clamp } from "./elementary.ts";

/** Display-referred red, green and blue in [0, 1]. Intermediate values may lie outside; `develop` clips them. */
export type Color = readonly [number, number, number];

/** A colour from six hexadecimal digits. */
export function hex(digits: string): Color {
  const v = Number.parseInt(digits, 16);
  return [Math.floor(v / 65536) / 255, (Math.floor(v / 256) % 256) / 255, (v % 256) / 255];
}

/** A colour from its hue in revolutions (any real number), and saturation and lightness in [0, 1]. */
export function hsl(hue: number, saturation: number, lightness: number): Color {
  const s = clamp(saturation);
  const l = clamp(lightness);
  const chroma = s * (l < 0.5 ? l : 1 - l);
  const channel = (n: number): number => {
    const turns = hue + n / 12;
    const k = (turns - Math.floor(turns)) * 12;
    return l - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  return [channel(0), channel(8), channel(4)];
}

/** Interpolates linearly from a at t = 0 to b at t = 1. */
export function mix(a: Color, b: Color, t: number): Color {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** The colour times k. */
export function scaleColor(c: Color, k: number): Color {
  return [c[0] * k, c[1] * k, c[2] * k];
}

/** A similar colour: brightness and each channel vary by up to about `amount`. */
export function varyColor(r: Stream, c: Color, amount: number): Color {
  const k = around(r, 1, amount * 1.5);
  return [
    clamp(c[0] * k + around(r, 0, amount)),
    clamp(c[1] * k + around(r, 0, amount)),
    clamp(c[2] * k + around(r, 0, amount)),
  ];
}

export const WHITE: Color = [1, 1, 1];
export const BLACK: Color = [0, 0, 0];
