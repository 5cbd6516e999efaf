// Options: parsing, descriptions, and the label that a table shows.

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineMethod } from "./method.ts";
import { defaultOptions, describeOptions, labelOf, parseOptions } from "./options.ts";
import { toyMethod } from "./toy-model.test.data.ts";

const method = defineMethod({
  name: "example",
  label: ({ rank }) => `Example-R${rank}`,
  source: "nowhere",
  options: z.strictObject({
    rank: z.int().default(8),
    at: z.string().default("blocks.*"),
    parts: z.array(z.string()).default(["a", "b"]),
    norm: z.boolean().default(true),
  }),
  learningRate: 1e-3,
  adapt: () => ({}),
});
const required = defineMethod({
  ...method,
  label: ({ rank }: { rank: number }) => `R${rank}`,
  options: z.strictObject({ rank: z.int() }),
});

describe("parseOptions", () => {
  it("completes the options with the published defaults", () => {
    expect(parseOptions(method)).toEqual({ rank: 8, at: "blocks.*", parts: ["a", "b"], norm: true });
    expect(parseOptions(method, { rank: 2 }).rank).toBe(2);
  });

  it("names the option, the value and all options in its message", () => {
    expect(() => parseOptions(method, { rank: "two" })).toThrow(
      /^example: option 'rank': .*\(given "two"\)\. Its options: rank=8, at="blocks\.\*", .*, norm=true$/,
    );
    expect(() => parseOptions(method, { parts: ["a", 3] })).toThrow("option 'parts.1': ");
    expect(() => parseOptions(method, { rnk: 2 })).toThrow(/^example: .*rnk/);
  });

  it("reports every wrong option at once", () => {
    expect(() => parseOptions(method, { rank: 1.5, norm: 1 })).toThrow(/'rank'.*; option 'norm'/);
  });
});

describe("defaultOptions and describeOptions", () => {
  it("give the published settings", () => {
    expect(defaultOptions(method)).toEqual(parseOptions(method));
    expect(describeOptions(method)).toBe('rank=8, at="blocks.*", parts=["a","b"], norm=true');
  });

  it("give none where an option must be chosen, or where there is no option", () => {
    expect(defaultOptions(required)).toBeUndefined();
    expect(describeOptions(toyMethod({}))).toBe("none");
  });
});

describe("labelOf", () => {
  const label = (options: object) => labelOf(method, method.options.parse(options));

  it("gives the method's own label for published options, and for options that the label shows", () => {
    expect(label({})).toBe("Example-R8");
    expect(label({ rank: 16 })).toBe("Example-R16");
  });

  it("adds options that differ from the published ones and that the label does not show", () => {
    expect(label({ norm: false })).toBe("Example-R8 (norm=false)");
    expect(label({ rank: 4, at: "blocks.0", parts: [] })).toBe("Example-R4 (at=blocks.0, parts=[])");
  });

  it("gives the method's own label where an option has no published value", () => {
    expect(labelOf(required, { rank: 3 })).toBe("R3");
  });
});
