import { type Stream, stream } from "@dit-bench/random";
import { type Canvas, toPixels } from "./raster/canvas.ts";

// N = images, S = pixels a side

/** A data set that is drawn, not photographed. */
export interface Miniature {
  readonly name: string;
  readonly title: string;
  /** What it shows, one phrase. */
  readonly subject: string;
  readonly classes: readonly string[];
  /** Draws one picture of a class; all that varies comes from r. `size`: pixels a side, 32 unless told. */
  draw(classIndex: number, r: Stream, size?: number): Canvas;
}

/** How a class is drawn: r decides everything, the canvas only how finely. */
export type Draw = (r: Stream, size: number) => Canvas;

/** A miniature from its classes' drawing functions. */
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
          `miniature ${about.name}: class ${classIndex} does not exist, wanted 0 to ${names.length - 1} (${names.join(", ")})`,
        );
      return classes[name]!(r, size);
    },
  };
}

/** One picture, [S, S, 3] with S = `size`: depends only on the miniature's and the class's name, the seed and the index. */
export function drawImage(m: Miniature, classIndex: number, index: number, seed: number, size = 32): Uint8Array {
  return toPixels(m.draw(classIndex, stream(seed, `miniature/${m.name}/${m.classes[classIndex]}`, index), size));
}

export interface DrawOptions {
  readonly perClass: number;
  readonly seed: number;
  /** Pixels a side: 32 unless told. The same pictures, finer, at 64. */
  readonly size?: 32 | 64;
  /** Index of the first picture of each class (0 unless told): a held-out set is another range. */
  readonly first?: number;
}

/** `perClass` pictures of each class, those of class 0 first: pixels [N, S, S, 3], labels [N]. */
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
