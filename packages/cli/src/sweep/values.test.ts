// The values of a sweep: defaults, multiples of a method's rate, options, and what is refused.

import { loadMethods, loadRecipe, ownLearningRate } from "@dit-bench/runner";
import { describe, expect, it } from "vitest";
import { divideSettings } from "../method-settings.ts";
import { checkValues, readValueLists } from "./values.ts";

const recipe = loadRecipe("mini"); // its factor is 10: the default of full is 0.001, that of the others 0.01
const known = (await loadMethods()).map(({ method }) => method);
const methods = (names: readonly string[]) => known.filter(({ name }) => names.includes(name));

/** The checked values of each method. */
function read(flags: string[], names: string[], set: string[] = [], used = recipe) {
  const chosen = methods(names);
  const settings = divideSettings(set, chosen, known);
  const lists = readValueLists(flags, chosen, known);
  return Object.fromEntries(
    chosen.map((method) => {
      const list = lists.get(method.name)!;
      return [
        method.name,
        { option: list.option, ...checkValues(list, method, used, settings.methods.get(method.name)!) },
      ];
    }),
  );
}

describe("the values of a sweep", () => {
  it("are by default multiples of each method's own rate, with its default among them", () => {
    expect(read([], ["full", "lora"])).toEqual({
      full: { option: "training.learningRate", default: 0.001, values: [0.0001, 0.0003, 0.001, 0.003, 0.01] },
      lora: { option: "training.learningRate", default: 0.01, values: [0.001, 0.003, 0.01, 0.03, 0.1] },
    });
  });

  it("are rates or multiples of the rate, in ascending order", () => {
    const { full, lora } = read(["lr=3x,1x,0.5"], ["full", "lora"]);
    expect(full!.values).toEqual([0.001, 0.003, 0.5]);
    expect(lora!.values).toEqual([0.01, 0.03, 0.5]);
  });

  it("have the method's default for 1x, whatever its digits are", () => {
    const odd = loadRecipe("mini", { "training.learningRateScale": 1.23456789 });
    const { lora } = read(["lr=1x,3x"], ["lora"], [], odd);
    expect(lora).toMatchObject({ default: 0.00123456789, values: [0.00123456789, 0.0037037] });
    expect(ownLearningRate(methods(["lora"])[0]!, odd, lora!.values[0] as number)).toBeUndefined();
    expect(() => read(["lr=1x,0.00123456789"], ["lora"], [], odd)).toThrow(/the value 0\.00123456789 twice/);
  });

  it("are printed without the rounding of the default's multiplication", () => {
    const tripled = loadRecipe("mini", { "training.learningRateScale": 3 });
    expect(0.0001 * 3).not.toBe(0.0003);
    expect(read(["lr=0.0003,1"], ["full"], [], tripled).full).toMatchObject({ default: 0.0003, values: [0.0003, 1] });
  });

  it("are values of any option, one option for each method", () => {
    expect(read(["rank=16,4,8", "vpt.tokens=1,5"], ["lora", "vpt"])).toEqual({
      lora: { option: "rank", default: 8, values: [4, 8, 16] },
      vpt: { option: "tokens", default: 1, values: [1, 5] },
    });
    expect(read(["vpt.finalLayer=false,true"], ["vpt"]).vpt!.values).toEqual([false, true]);
  });

  it("are the elements of a JSON array, so that a value may have commas", () => {
    expect(read(['at=["blocks.*.attn.{qkv,proj}","blocks.*.mlp.fc1"]'], ["lora"]).lora!.values).toEqual([
      "blocks.*.attn.{qkv,proj}",
      "blocks.*.mlp.fc1",
    ]);
  });

  it("have the option of --set as the default of other options", () => {
    expect(read(["alpha=1,2"], ["lora"], ["rank=4"]).lora).toMatchObject({ default: 1 });
  });

  it.each<[string[], string[], RegExp, string[]?]>([
    [["training.steps=1,2"], ["lora"], /'training\.steps' is a setting of the recipe/],
    [["rank=4,8", "lora.lr=1x,2x"], ["lora"], /--values lora\.lr=1x,2x: lora also has --values rank=4,8/],
    [["rank=4,8"], ["lora", "bitfit"], /^bitfit has no --values; give it some, such as --values bitfit\.learningRate=/],
    [["rank=4,8"], ["bitfit"], /--values rank=4,8: bitfit has no option 'rank'; it is an option of lora/],
    [["rnk=4,8"], ["lora"], /did you mean 'rank'/],
    [["rank"], ["lora"], /--values rank has no '='/],
    [["rank=8"], ["lora"], /--values rank=8 has one value; wanted at least two/],
    [["rank=8,8.0"], ["lora"], /gives lora the value 8 twice/],
    [["rank=0,8"], ["lora"], /option 'rank'/],
    [["at=blocks.*.attn.qkv,blocks.*.absent"], ["lora"], /^lora: .*'blocks\.\*\.absent'/],
    [["rank=4,,8"], ["lora"], /has an empty value/],
    [["lr=1x,0.01"], ["lora"], /gives lora the value 0\.01 twice/],
    [["lr=0x,1x"], ["lora"], /0 is no learning rate; wanted a number above 0/],
    [["lr=1.2.3x,1x"], ["lora"], /"1\.2\.3x" is no learning rate/],
    [["lr=fast,1x"], ["lora"], /"fast" is no learning rate/],
    [["lr=1x,2x"], ["lora"], /--set gives 'training\.learningRate' of lora, too/, ["lr=0.5"]],
    [["rank=4,8"], ["lora"], /--set gives 'rank' of lora, too/, ["rank=4"]],
  ])("refuses %j for the methods %j", (flags, names, message, set) => {
    expect(() => read(flags, names, set)).toThrow(message);
  });
});
