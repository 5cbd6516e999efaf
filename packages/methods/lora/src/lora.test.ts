// Conformance and error messages of LoRA.

import { checks, parametersOn } from "@dit-bench/conformance";
import { parseOptions } from "@dit-bench/method";
import { describe, expect, it } from "vitest";
import lora from "./index.ts";

describe.each([{}, { rank: 2, alpha: 8, at: "blocks.*.{attn,mlp}.*" }, { at: "x_embedder.proj" }])(
  "LoRA %j",
  (options) => {
    it.each(checks)("$name", ({ run }) => run({ method: lora, options, merges: true }));
  },
);

describe("LoRA", () => {
  it("refuses a glob that matches no module", () => {
    expect(() => parametersOn(lora, { at: "blocks.*.atn.*" })).toThrow(
      "no module of the model matches 'blocks.*.atn.*'",
    );
  });

  it("names a wrong option, its value and its default", () => {
    expect(() => parseOptions(lora, { rank: 0 })).toThrow(/option 'rank'.*given 0.*rank=8/);
  });
});
