// The rules for positions of a larger grid, against numbers of other programs.

import { expect, it } from "vitest";
import { type PositionRuleName, positionRules, sinCosPositions } from "./index.ts";

/** [rule, D, G, B, token, the first half of its embedding]. */
type Golden = readonly [PositionRuleName, number, number, number, number, readonly number[]];

// Of `resampled`: torch.nn.functional.interpolate(table, size=(G, G), mode="bicubic", align_corners=False) of PyTorch,
// in float64, as interpolate_pos_embed of MAE calls it; the table by NumPy. Of the others: NumPy, at the coordinates
// (column, row) of the token times 1/2 or 1. With D = 8 there are two frequencies, 1 and 1/100.
const golden: readonly Golden[] = [
  ["resampled", 8, 4, 2, 0, [-0.088748892929, -0.00105466992196, 1.04848374118, 1.00000527339]],
  ["resampled", 8, 4, 2, 15, [0.930219877737, 0.0110545032561, 0.49181856469, 0.999944727023]],
  ["resampled", 8, 8, 4, 63, [0.0601012959244, 0.0310498537367, -1.05051528106, 0.999523669418]],
  ["resampled", 4, 5, 3, 24, [0.915808765259, -0.507965954219]],
  ["interpolated", 8, 8, 4, 63, [-0.35078322769, 0.0349928546043, -0.936456687291, 0.999387562523]],
  ["continued", 8, 8, 4, 63, [0.656986598719, 0.0699428473375, 0.753902254343, 0.997551000253]],
]; // these tokens are on the diagonal, so the other half is the same

it.each(golden)("%s: width %i, side %i in place of %i, token %i equals the other program's", (...row) => {
  const [rule, D, G, B, token, half] = row;
  const wanted = [...half, ...half];
  const table = positionRules[rule](D, G, B);
  expect(table.length).toBe(G * G * D);
  const found = table.subarray(token * D, (token + 1) * D);
  for (const [d, value] of wanted.entries()) expect(Math.abs(found[d]! - value)).toBeLessThan(1e-10);
});

// Token 10 of an 8 × 8 grid is in column 2 and row 1, so its halves differ.
it("resampled: encodes the column first, then the row", () => {
  const found = positionRules.resampled(8, 8, 4).subarray(10 * 8, 11 * 8);
  const wanted = [
    ...[0.643671644756, 0.00667968163854, 0.745328060184, 0.999977148101],
    ...[0.188261246643, 0.00191406575449, 0.929474906336, 0.999993945187],
  ];
  for (const [d, value] of wanted.entries()) expect(Math.abs(found[d]! - value)).toBeLessThan(1e-10);
});

it("all rules keep the base model's positions on a grid of the same size", () => {
  const own = sinCosPositions(16, 4);
  for (const rule of Object.values(positionRules))
    for (const [i, value] of rule(16, 4, 4).entries()) expect(Math.abs(value - own[i]!)).toBeLessThan(1e-12);
});

it("interpolated positions contain those of the base model, and continued ones begin with them", () => {
  const [D, B, G] = [16, 4, 8];
  const own = sinCosPositions(D, B);
  const row = (table: Float64Array, token: number) => table.subarray(token * D, (token + 1) * D);
  for (let y = 0; y < B; y++)
    for (let x = 0; x < B; x++) {
      const wanted = row(own, y * B + x);
      expect(row(positionRules.interpolated(D, G, B), 2 * y * G + 2 * x)).toEqual(wanted);
      expect(row(positionRules.continued(D, G), y * G + x)).toEqual(wanted);
    }
});
