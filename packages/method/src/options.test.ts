import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineMethod } from "./method.ts";
import { labelOf } from "./options.ts";

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
const label = (options: object) => labelOf(method, method.options.parse(options));

describe("a method's label", () => {
  it("is its own where options are the published ones, or the label tells the others", () => {
    expect(label({})).toBe("Example-R8");
    expect(label({ rank: 16 })).toBe("Example-R16");
  });

  it("is followed by the options that are not published and that it does not tell", () => {
    expect(label({ norm: false })).toBe("Example-R8 (norm=false)");
    expect(label({ rank: 4, at: "blocks.0", parts: [] })).toBe("Example-R4 (at=blocks.0, parts=[])");
  });

  it("is its own where an option has no published value", () => {
    const options = z.strictObject({ rank: z.int() });
    const other = defineMethod({ ...method, label: ({ rank }: { rank: number }) => `R${rank}`, options });
    expect(labelOf(other, { rank: 3 })).toBe("R3");
  });
});
