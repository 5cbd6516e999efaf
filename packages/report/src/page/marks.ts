// Chooses how each method looks in the charts of the page: colours for light and dark, a shape, and a dash. Shape and
// dash differ between methods, so that the charts can be read without colour.

import { methodMarks } from "../charts/method-marks.ts";
import type { Mark, Shape } from "./page-data.ts";

/** Stars and crosses are lines, so that hollow ones would look like the others. */
const looks: readonly { shape: Shape; hollow: boolean }[] = [
  ...(["circle", "rect", "triangle", "star", "rectRounded", "crossRot", "cross"] as const).map((shape) => ({
    shape,
    hollow: false,
  })),
  ...(["circle", "rect", "triangle", "rectRounded", "rectRot"] as const).map((shape) => ({ shape, hollow: true })),
];

/** The filled rhombus and the solid line are reserved for full fine-tuning. */
const dashes: readonly (readonly number[])[] = [
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [5, 2],
  [12, 6],
  [1, 5],
];

/** The colours of the charts (charts/style.ts) on a dark page: as distinct, and with more contrast there. */
const darkColours: Readonly<Record<string, string>> = {
  "#1f2328": "#e6edf3",
  "#0072b2": "#58aeea",
  "#d55e00": "#ff8a3c",
  "#009e73": "#2fc99a",
  "#cc79a7": "#e6a3c8",
  "#e69f00": "#f3bd3e",
  "#56b4e9": "#9ad8ff",
  "#800000": "#e88080",
  "#003f5c": "#86b6d1",
  "#b15928": "#dc9a6c",
  "#5c4033": "#c3a595",
};

/** Marks for the methods of a comparison. They depend on the set of methods, not on the order of the rows. */
export function pageMarks(rows: readonly { method: string; label: string }[]): Mark[] {
  const colours = methodMarks(rows);
  const full = rows.filter(({ method }) => method === "full").map(({ label }) => label);
  const reference = full.sort()[0]; // labels with options, rates or variants are longer
  const order = rows
    .map(({ label }) => label)
    .filter((label) => label !== reference)
    .sort();
  return rows.map(({ label }, index) => {
    const { colour } = colours[index]!;
    const place = order.indexOf(label);
    const colourOf = { light: colour, dark: darkColours[colour] ?? colour };
    if (label === reference) return { ...colourOf, shape: "rectRot", hollow: false, dash: [] };
    return {
      ...colourOf,
      ...looks[place % looks.length]!,
      dash: [...dashes[place % dashes.length]!],
    };
  });
}
