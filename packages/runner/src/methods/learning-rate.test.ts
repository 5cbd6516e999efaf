// The default learning rate, rates of single runs, and their labels.

import { describe, expect, it } from "vitest";
import { loadRecipe } from "../recipe/recipe.ts";
import { defaultLearningRate, labelWithRate, ownLearningRate, usedLearningRate } from "./learning-rate.ts";

const recipe = loadRecipe("mini"); // its factor is 10
const method = { learningRate: 3e-4 };

describe("ownLearningRate", () => {
  it("is undefined without a rate, for the default rate, and for a rate that differs from it by rounding", () => {
    expect(defaultLearningRate(method, recipe)).not.toBe(0.003); // 0.0029999999999999996
    expect(ownLearningRate(method, recipe, undefined)).toBeUndefined();
    expect(ownLearningRate(method, recipe, defaultLearningRate(method, recipe))).toBeUndefined();
    expect(ownLearningRate(method, recipe, 0.003)).toBeUndefined();
  });

  it("is any other rate, also the published one without the recipe's factor", () => {
    expect(ownLearningRate(method, recipe, 3e-4)).toBe(3e-4);
    expect(ownLearningRate(method, recipe, 0.003001)).toBe(0.003001);
  });
});

describe("usedLearningRate", () => {
  it("is the rate of the run, or the default one, with its rounding", () => {
    const usual = defaultLearningRate(method, recipe);
    expect(usedLearningRate(method, recipe, 3e-4)).toBe(3e-4);
    expect(usedLearningRate(method, recipe, undefined)).toBe(usual);
    expect(usedLearningRate(method, recipe, 0.003)).toBe(usual);
  });
});

describe("labelWithRate", () => {
  it("adds the rate to a label, or to the options in its parentheses", () => {
    expect(labelWithRate("LoRA-R8", undefined)).toBe("LoRA-R8");
    expect(labelWithRate("LoRA-R8", 0.002)).toBe("LoRA-R8 (rate 0.002)");
    expect(labelWithRate("DiffFit (norm=false)", 1e-7)).toBe("DiffFit (norm=false, rate 1e-7)");
  });
});
