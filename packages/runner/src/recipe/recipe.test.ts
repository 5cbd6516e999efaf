// Recipes and changes of their settings.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { atPrecision, loadRecipe } from "./recipe.ts";
import { recipeNames } from "./recipe-names.ts";

const folder = mkdtempSync(join(tmpdir(), "recipe-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("loadRecipe", () => {
  it("loads every recipe that comes with the project", () => {
    expect(recipeNames()).toContain("mini");
    for (const name of recipeNames()) expect(loadRecipe(name).settings.name).toBe(name);
  });

  it("keeps the protocol unless a setting is changed to another value", () => {
    const { settings } = loadRecipe("mini");
    expect(loadRecipe("mini").protocol).toBe(settings.protocol);
    expect(loadRecipe("mini", { "training.steps": settings.training.steps }).protocol).toBe(settings.protocol);
    const changed = loadRecipe("mini", { "training.steps": 7 });
    expect(changed.settings.training.steps).toBe(7);
    expect(changed.protocol.replace(settings.protocol, "")).toMatch(/^\+[0-9a-f]{8}$/);
    expect(loadRecipe("mini", { "training.steps": 8 }).protocol).not.toBe(changed.protocol);
  });

  it("keeps the protocol where only a text for people is changed", () => {
    expect(loadRecipe("mini", { about: "Other words." }).protocol).toBe(loadRecipe("mini").protocol);
    const [first, second] = ["Some words.", "Others."].map((about) =>
      loadRecipe("mini", { about, "training.steps": 7 }),
    );
    expect(first!.protocol).toBe(second!.protocol);
  });

  it.each([
    [{ "training.step": 3 }, "did you mean 'training.steps'"],
    [{ "training.steps": 0 }, "training.steps"],
    [{ "training.steps": "many" }, 'training.steps: Invalid input: expected number, received string (given "many")'],
    [{ "sampling.respacing": "ddim300" }, "sampling.respacing: "],
    [{ "sampling.respacing": "2000" }, "wanted 1 to 1000"],
    [{ "sampling.respacing": "fast" }, "wanted a count"],
    [{ "training.batch.size": 3 }, "no setting 'training.batch.size'"],
    [{ "training.__proto__": 3 }, "no setting 'training.__proto__'"],
  ])("refuses %j", (changes, message) => {
    expect(() => loadRecipe("mini", changes)).toThrow(message);
  });

  it("reads a recipe from any folder, and names the invalid setting in its error", () => {
    expect(() => loadRecipe(folder)).toThrow("unknown recipe");
    writeFileSync(join(folder, "recipe.json"), "{");
    expect(() => loadRecipe(folder)).toThrow("is not valid JSON");
    writeFileSync(join(folder, "recipe.json"), JSON.stringify({ ...loadRecipe("mini").settings, extra: 1 }));
    expect(() => loadRecipe(folder)).toThrow("extra");
  });

  it("takes a number for a setting that is text, such as sampling.respacing", () => {
    expect(loadRecipe("mini", { "sampling.respacing": 50 }).settings.sampling.respacing).toBe("50");
  });
});

describe("atPrecision", () => {
  const mini = loadRecipe("mini");

  it.each(["cpu", "openvino", "cuda", "auto"])("keeps the recipe of an engine in float32: %s", (engine) => {
    expect(atPrecision(mini, engine)).toBe(mini);
  });

  it("marks the protocol by the precision of the engine's name, once, and equally for all engines", () => {
    const marked = atPrecision(mini, "openvino+bfloat16");
    expect(marked).toEqual({ ...mini, protocol: `${mini.protocol}+bfloat16` });
    expect(atPrecision(marked, "openvino+bfloat16")).toBe(marked);
    expect(atPrecision(mini, "cuda+float16").protocol).toBe(atPrecision(mini, "cpu+float16").protocol);
  });

  it("keeps the mark of changed settings", () => {
    const changed = loadRecipe("mini", { "training.steps": 7 });
    expect(atPrecision(changed, "openvino+bfloat16").protocol).toBe(`${changed.protocol}+bfloat16`);
  });
});
