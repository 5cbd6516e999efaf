// Tests `--set key=value`: which methods get an option, which keys are settings of the recipe, and which are errors.

import { defineMethod, z } from "@dit-bench/method";
import { loadMethods } from "@dit-bench/runner";
import { describe, expect, it } from "vitest";
import { divideSettings } from "./method-settings.ts";

const allMethods = (await loadMethods()).map(({ method }) => method);
const methods = (...names: string[]) => allMethods.filter(({ name }) => names.includes(name));
const divide = (flags: string[], ...names: string[]) => divideSettings(flags, methods(...names), allMethods);

describe("divideSettings", () => {
  it("gives an option to every chosen method that has it, and settings to the recipe", () => {
    const settings = divide(["rank=16", "training.steps=3", "recipe.base=x.pt"], "lora", "bitfit");
    expect(settings.recipe).toEqual({ "training.steps": 3, base: "x.pt" });
    expect(settings.recipeFlags).toEqual(["training.steps=3", "recipe.base=x.pt"]);
    expect(settings.methods.get("lora")).toEqual({ options: { rank: 16 }, flags: ["rank=16"] });
    expect(settings.methods.get("bitfit")).toEqual({ options: {}, flags: [] });
  });

  it("gives an option with a method's name to that method alone", () => {
    const other = defineMethod({
      name: "other",
      label: () => "Other",
      source: "here",
      options: z.strictObject({ rank: z.int().default(1) }),
      learningRate: 1,
      adapt: () => ({}),
    });
    const all = [...methods("lora"), other];
    const { methods: settings } = divideSettings(["rank=2", "lora.rank=4"], all, all);
    expect(settings.get("lora")!.options).toEqual({ rank: 4 });
    expect(settings.get("other")!.options).toEqual({ rank: 2 });
    expect(divide(["lora.rank=4"], "lora").methods.get("lora")!.flags).toEqual(["rank=4"]);
  });

  it.each([
    ["rnk=4", ["lora"], /--set rnk=4: lora has no option 'rnk'; did you mean 'rank'\? options: lora \(rank=8/],
    ["lora.rnk=4", ["lora", "vpt"], /lora has no option 'rnk'; did you mean 'rank'\?/],
    ["rank=4", ["bitfit", "vpt"], /bitfit, vpt have no option 'rank'; it is an option of lora/],
    ["lora.rank=4", ["bitfit"], /lora is not among the methods of this command \(bitfit\)/],
    ["steps=4", ["lora"], /did you mean 'training\.steps'\?/],
    ["batch_size=4", ["lora"], /did you mean 'training\.batch'\?/],
    ["trainig.steps=4", ["lora"], /did you mean 'training\.steps'\?/],
    ["rank", ["lora"], /--set rank has no '='; wanted key=value/],
    ["=4", ["lora"], /has no key/],
    ["rank=", ["lora"], /has no value/],
    ["__proto__=1", ["lora"], /lora has no option '__proto__'/],
    ["constructor=1", ["lora"], /lora has no option 'constructor'; options/],
    ["learningRat=0.1", ["lora"], /did you mean 'learningRate'\?.*every method has learningRate/],
    ["learningRate=0", ["lora"], /--set learningRate=0: 0 is no learning rate; wanted a number above 0/],
    ["lora.lr=fast", ["lora"], /--set lora\.lr=fast: "fast" is no learning rate/],
    ["vpt.lr=0.1", ["lora"], /vpt is not among the methods of this command \(lora\)/],
  ] as const)("refuses %s for the methods %j", (flag, names, message) => {
    expect(() => divide([flag], ...names)).toThrow(message);
  });

  it("checks the values of options by the schema of the method", () => {
    expect(() => divide(["rank=0"], "lora", "bitfit")).toThrow(/lora: option 'rank': .*\(given 0\)/);
    expect(() => divide(['rank="8"'], "lora")).toThrow(/option 'rank'/);
  });

  it.each(["learningRate", "lr", "learning_rate", "training.learningRate", "training.lr", "recipe.training.lr"])(
    "takes %s as the learning rate of every chosen method, and of no recipe",
    (key) => {
      const settings = divide([`${key}=2e-4`], "lora", "bitfit");
      const expected = { options: {}, learningRate: 2e-4, flags: ["training.learningRate=2e-4"] };
      expect(settings.methods.get("lora")).toEqual(expected);
      expect(settings.methods.get("bitfit")).toEqual(expected);
      expect(settings).toMatchObject({ recipe: {}, recipeFlags: [] });
    },
  );

  it("gives a learning rate with a method's name to that method alone, and the last one counts", () => {
    const { methods: settings } = divide(["lr=0.1", "lora.learningRate=0.2"], "lora", "bitfit");
    expect(settings.get("lora")!.learningRate).toBe(0.2);
    expect(settings.get("bitfit")!.learningRate).toBe(0.1);
    const { methods: again } = divide([...settings.get("lora")!.flags], "lora");
    expect(again.get("lora")).toEqual(settings.get("lora")); // as a grid passes them on to its cells
  });

  it("leaves a method's own option of that name to the method; training.learningRate is the rate of the run", () => {
    const other = defineMethod({
      name: "other",
      label: () => "Other",
      source: "here",
      options: z.strictObject({ lr: z.number().default(1) }),
      learningRate: 1,
      adapt: () => ({}),
    });
    const all = [...methods("lora"), other];
    const settings = divideSettings(["lr=0.5"], all, all).methods;
    expect(settings.get("other")).toEqual({ options: { lr: 0.5 }, flags: ["lr=0.5"] });
    expect(settings.get("lora")!.learningRate).toBe(0.5);
    expect(divideSettings(["training.lr=2"], all, all).methods.get("other")!.learningRate).toBe(2);
  });

  it("leaves the rates of pretraining to the recipe", () => {
    expect(divide(["pretraining.base.learningRate=0.1"], "lora").recipe).toEqual({
      "pretraining.base.learningRate": 0.1,
    });
  });
});
