// The type of a miniature, and functions that draw its images. N = images, S = side in pixels.

import { type Stream, stream } from "@dit-bench/random";
import { type Canvas, toPixels } from "./raster/canvas.ts";

/** A dataset of procedural drawings. */
export interface Miniature {
  readonly name: string;
  readonly title: string;
  /** The content of the images, as a phrase. */
  readonly subject: string;
  readonly classes: readonly string[];
  /** Draws an image of a class. Only `r` varies it; `size` is the side in pixels, 32 by default.
   * Throws RangeError for a class that does not exist. */
  draw(classIndex: number, r: Stream, size?: number): Canvas;
}

/** Draws an image of one class. `r` determines the content, `size` only the resolution. */
export type Draw = (r: Stream, size: number) => Canvas;

/** A miniature from the drawing functions of its classes, by class name. */
export function miniature(
  about: { readonly name: string; readonly title: string; readonly subject: string },
  classes: Readonly<Record<string, Draw>>,
): Miniature {
  const names = Object.keys(classes);
  return {
    ...about,
    classes: names,
    draw(classIndex, r, size = 32) {
      const name = names[classIndex];
      if (name === undefined)
        throw new RangeError(
          `miniature ${about.name}: class ${classIndex} does not exist, ` +
            `expected 0 to ${names.length - 1} (${names.join(", ")})`,
        );
      return classes[name]!(r, size);
    },
  };
}

/** One image, [S, S, 3]. It depends only on the names of miniature and class, the seed, the index and the size. */
export function drawImage(m: Miniature, classIndex: number, index: number, seed: number, size = 32): Uint8Array {
  return toPixels(m.draw(classIndex, stream(seed, `miniature/${m.name}/${m.classes[classIndex]}`, index), size));
}

export interface DrawOptions {
  readonly perClass: number;
  readonly seed: number;
  /** S, 32 by default. At 64 the images are the same in a higher resolution. */
  readonly size?: 32 | 64;
  /** Index of the first image of each class, 0 by default. Another range of indices gives a held-out set. */
  readonly first?: number;
}

/** `perClass` images of each class in the order of classes: pixels [N, S, S, 3], labels [N]. */
export function drawMiniature(m: Miniature, options: DrawOptions): { pixels: Uint8Array; labels: Int32Array } {
  const { perClass, seed, size = 32, first = 0 } = options;
  const n = perClass * m.classes.length;
  const out = new Uint8Array(n * size * size * 3);
  const labels = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const c = Math.floor(i / perClass);
    labels[i] = c;
    out.set(drawImage(m, c, first + (i % perClass), seed, size), i * size * size * 3);
  }
  return { pixels: out, labels };
}
