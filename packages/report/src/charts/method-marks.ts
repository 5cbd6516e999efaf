// Chooses the colour and shape of each method in a chart. A built-in method looks the same in every chart.

import { extraColours, ink, methodColours, type Shape, shapes } from "./style.ts";

export interface MethodMark {
  colour: string;
  shape: Shape;
  /** Drawn as an outline. */
  hollow: boolean;
}

/**
 * Marks for the rows of one chart, in their order. A built-in method has a fixed colour. Any other method has a colour
 * determined by its name, or the next free one if another method of the chart has taken it. Labels of one method
 * (`LoRA-R8`, `LoRA-R16`) share its colour and differ in shape.
 */
export function methodMarks(rows: readonly { method: string; label: string }[]): MethodMark[] {
  const colours = new Map<string, { colour: string; reuses: number }>();
  for (const method of [...new Set(rows.map((row) => row.method))].sort()) {
    const fixedColour = methodColours[method];
    if (fixedColour !== undefined) colours.set(method, { colour: fixedColour, reuses: 0 });
    else colours.set(method, extraColour(method, [...colours.values()]));
  }
  return rows.map(({ method, label }) => {
    const { colour, reuses } = colours.get(method)!;
    const labels = rows.filter((row) => row.method === method).map((row) => row.label);
    const variant = [...new Set(labels)].sort(naturalOrder.compare).indexOf(label) + reuses;
    if (method === "full") return { colour: ink, shape: "rectRot", hollow: variant > 0 };
    return {
      colour,
      shape: shapes[variant % shapes.length]!,
      hollow: Math.floor(variant / shapes.length) % 2 === 1,
    };
  });
}

const naturalOrder = new Intl.Collator("en", { numeric: true }); // R8 before R16

/** The colour of a method that is not built in. If all are taken, a colour is reused with the next shape. */
function extraColour(method: string, usedColours: readonly { colour: string }[]): { colour: string; reuses: number } {
  const preferred = [...method].reduce((hash, letter) => (Math.imul(hash, 31) + letter.codePointAt(0)!) >>> 0, 0);
  const inOrder = extraColours.map((_, index) => extraColours[(preferred + index) % extraColours.length]!);
  const countUses = (colour: string) => usedColours.filter((other) => other.colour === colour).length;
  const least = Math.min(...inOrder.map(countUses));
  return { colour: inOrder.find((colour) => countUses(colour) === least)!, reuses: least };
}
