// The selection of trainable base weights by globs.

import { describe, expect, it } from "vitest";
import { toy } from "./toy-model.test.data.ts";
import { trainableBy } from "./trainable.ts";

const trained = (...train: string[]) => toy.weights.filter(trainableBy("mine", train, toy)).map(({ name }) => name);

describe("trainableBy", () => {
  it("trains the class embedding of every method, and nothing else without globs", () => {
    expect(trained()).toEqual(["classes"]);
  });

  it("trains what any of the globs matches, in the order of the model", () => {
    expect(trained("block.fc.*", "patch.bias")).toEqual(["patch.bias", "block.fc.weight", "block.fc.bias", "classes"]);
  });

  it("counts a weight once that two globs match", () => {
    expect(trained("**.bias", "patch.bias")).toEqual(trained("**.bias"));
  });

  it("never trains a fixed weight, whatever a glob matches", () => {
    expect(trained("**")).toEqual(toy.weights.map(({ name }) => name).filter((name) => name !== "positions"));
    expect(() => trained("positions")).toThrow("no weight of the model matches 'positions'");
  });

  it("refuses a glob that matches nothing beside one that matches", () => {
    expect(() => trained("**.bias", "block.*.weights")).toThrow(
      "mine: no weight of the model matches 'block.*.weights'; did you mean 'block.*.weight'?",
    );
  });
});
