// Tests colours and shapes of methods, also for colour-blind readers.

import { expect, test } from "vitest";
import { methodMarks } from "./method-marks.ts";
import { extraColours, methodColours } from "./style.ts";

const row = (method: string, label = method) => ({ method, label });
const colours = (...methods: string[]) => methodMarks(methods.map((method) => row(method))).map(({ colour }) => colour);

test("a built-in method has the same colour and shape in every chart", () => {
  const all = Object.keys(methodColours);
  const together = methodMarks(all.map((method) => row(method)));
  for (const [index, method] of all.entries()) expect(methodMarks([row(method)])[0], method).toEqual(together[index]);
  expect(new Set(together.map(({ colour }) => colour)).size).toBe(all.length);
});

test("a new method does not take the colour of a built-in one, and keeps its own beside others", () => {
  const [alone] = colours("ssf");
  expect(extraColours).toContain(alone);
  expect(colours("bitfit", "ssf", "lora")[1]).toBe(alone);
  const five = ["ssf", "ia3", "dora", "houlsby", "prefix"];
  expect(new Set(colours(...five)).size).toBe(5);
  expect(colours(...five.toReversed())).toEqual(colours(...five).toReversed());
  const six = methodMarks([...five, "another"].map((method) => row(method)));
  expect(new Set(six.map((mark) => JSON.stringify(mark))).size).toBe(6);
});

test("labels of one method share its colour and differ in shape, in natural order", () => {
  const ranks = [16, 4, 64, 8].map((rank) => row("lora", `LoRA-R${rank}`));
  const marks = methodMarks(ranks);
  expect(new Set(marks.map(({ colour }) => colour))).toEqual(new Set([methodColours.lora]));
  expect(marks.map(({ shape, hollow }) => `${shape}${hollow ? " hollow" : ""}`)).toEqual([
    "triangle",
    "circle",
    "circle hollow",
    "rect",
  ]);
});

test("all colours are distinguishable with any colour vision", () => {
  const all = [...Object.values(methodColours), ...extraColours];
  // CIE 1976: a difference of 2.3 is just noticeable side by side; 12 suffices for points of 12 pixels.
  for (const [index, a] of all.entries())
    for (const b of all.slice(index + 1))
      for (const [vision, matrix] of Object.entries(visions))
        expect(Math.hypot(...difference(lab(a, matrix), lab(b, matrix))), `${a} and ${b}, ${vision}`).toBeGreaterThan(
          12,
        );
});

type Triple = [number, number, number];

/** Colours as seen without one type of cones: Machado, Oliveira and Fernandes (2009), severity 1, linear RGB. */
const visions: Record<string, [Triple, Triple, Triple]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIELAB of an sRGB colour under D65. */
function lab(colour: string, vision: [Triple, Triple, Triple]): Triple {
  const linear = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Triple;
  const seen = times(vision, linear).map((value) => Math.min(1, Math.max(0, value))) as Triple;
  const [x, y, z] = times(
    [
      [0.4339, 0.3762, 0.1898],
      [0.2126, 0.7152, 0.0722],
      [0.0178, 0.1095, 0.8729],
    ],
    seen,
  ).map((value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116)) as Triple;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function times(matrix: [Triple, Triple, Triple], vector: Triple): Triple {
  return matrix.map((row) => row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2]) as Triple;
}

function difference(a: Triple, b: Triple): Triple {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
