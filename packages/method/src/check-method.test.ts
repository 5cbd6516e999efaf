// The checks of a method that need no model.

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkMethod } from "./check-method.ts";
import { toyMethod } from "./toy-model.test.data.ts";

const method = toyMethod({});

describe("checkMethod", () => {
  it("returns a method that keeps the contract, itself", () => {
    expect(checkMethod(method)).toBe(method);
  });

  it("adds the name of the plug-in, without a copy of the method", () => {
    const checked = checkMethod(method, "./mine");
    expect(checked.plugin).toBe("./mine");
    expect(Object.getPrototypeOf(checked)).toBe(method);
    expect(method.plugin).toBeUndefined();
  });

  const { adapt: _, ...withoutAdapt } = method;
  it.each([
    ["null", null, "null is not a method; wanted the result of defineMethod"],
    ["an array", [method], "an array is not a method"],
    ["a name with a space", { ...method, name: "My Method" }, "such as 'my-method'"],
    ["a name that starts with a digit", { ...method, name: "2lora" }, "such as 'lora'"],
    ["the name of all methods", { ...method, name: "all" }, "'all', which stands for all methods in --methods"],
    ["no adapt", withoutAdapt, "mine: adapt is missing"],
    ["a misspelt field", { ...withoutAdapt, adept: () => ({}) }, "adapt is missing, but there is 'adept'"],
    ["a label that is a text", { ...method, label: "Mine" }, 'label is the text "Mine"'],
    ["an empty source", { ...method, source: " " }, 'source is the text " "'],
    ["a learning rate of 0", { ...method, learningRate: 0 }, "learningRate is the number 0"],
    [
      "an infinite learning rate",
      { ...method, learningRate: Number.POSITIVE_INFINITY },
      "learningRate is the number Infinity",
    ],
    ["options without a schema", { ...method, options: {} }, "options is an object"],
    ["options that refuse {}", { ...method, options: z.string() }, "options refuses {}"],
    [
      "a default that its schema refuses",
      { ...method, options: z.strictObject({ rank: z.int().min(1).default(0) }) },
      "the default of 'rank' is 0, which its own schema refuses",
    ],
    ["promises that are true", { ...method, promises: true }, "promises is boolean true; wanted an object"],
    [
      "a misspelt promise",
      { ...method, promises: { startAsBase: false } },
      "promises has a field 'startAsBase', wanted startsAsBase or parameters; did you mean 'startsAsBase'?",
    ],
    [
      "a promise that is a text",
      { ...method, promises: { startsAsBase: "no" } },
      'promises.startsAsBase is the text "no"; wanted true or false',
    ],
    [
      "a number of parameters without its model",
      { ...method, promises: { parameters: [{ classes: 101, count: 5 }] } },
      "promises.parameters[0].model is nothing; wanted { model:",
    ],
    [
      "a number of parameters that is no whole number",
      { ...method, promises: { parameters: [{ model: "DiT-XL/2", classes: 101, count: 0.83e6 + 0.5 }] } },
      "promises.parameters[0].count is the number 830000.5; wanted { model:",
    ],
    ["a label of several lines", { ...method, label: () => "a\nb" }, "wanted text without control characters"],
  ])("refuses %s", (_, given, message) => {
    expect(() => checkMethod(given)).toThrow(message);
  });

  it("accepts promises", () => {
    const counts = [{ model: "DiT-XL/2", classes: 101, options: { rank: 16 }, count: 5 }];
    const promising = { ...method, promises: { startsAsBase: false, parameters: counts } };
    expect(checkMethod(promising)).toBe(promising);
  });

  it("accepts an option that has no default", () => {
    const required = { ...method, options: z.strictObject({ rank: z.int() }) };
    expect(checkMethod(required)).toBe(required);
  });
});
