// Tests the order of class names with examples and generated names.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numberedClass } from "../prepare/class-name.ts";
import { compareBytes, compareNatural } from "./natural-order.ts";

const sorted = (...names: string[]) => [...names].sort(compareNatural);

describe("compareNatural", () => {
  test.each([
    [["1", "2", "10", "100"]],
    [["01", "1", "002", "2", "010"]],
    [["a1b2", "a1b10", "a2", "a10", "ab"]],
    [["7.Acura", "10.Audi", "B", "a"]],
    [["99999999999999999998", "99999999999999999999", "100000000000000000000"]],
    [["Z", "a", "z", "ä", "玫瑰", "🌷"]],
  ])("sorts %j", (names) => {
    expect(sorted(...[...names].reverse())).toEqual(names);
  });

  test("is equal to byte order for names without digits", () => {
    const word = fc.string({ unit: "binary" }).filter((text) => !/[0-9]/.test(text));
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(Math.sign(compareNatural(a, b))).toBe(Math.sign(compareBytes(a, b)));
      }),
    );
  });

  test("is antisymmetric and transitive", () => {
    const name = fc.stringMatching(/^[0-9a-b.\-\\]{0,6}$/);
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(Math.sign(compareNatural(a, b))).toBe(-Math.sign(compareNatural(b, a)) + 0);
        expect(compareNatural(a, b) === 0).toBe(a === b);
        if (compareNatural(a, b) < 0 && compareNatural(b, c) < 0) expect(compareNatural(a, c)).toBeLessThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  test("sorts the numbered classes of a prepared dataset by number", () => {
    const names = Array.from({ length: 102 }, (_, i) => numberedClass(i + 1, 102));
    expect(sorted(...names)).toEqual(names);
    expect([...names].sort(compareBytes)).toEqual(names);
  });
});
