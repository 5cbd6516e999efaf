// Conformance and parameter count of VPT-Deep.

import { checks, parametersOn } from "@dit-bench/conformance";
import { describe, expect, it } from "vitest";
import vpt from "./index.ts";

describe.each([{}, { tokens: 3, blocks: 99, finalLayer: false }])("VPT-Deep %j", (options) => {
  it.each(checks)("$name", ({ run }) => run({ method: vpt, options, startsAsBase: false, merges: false }));
});

describe("VPT-Deep", () => {
  it("trains 2,816,672 parameters of DiT-XL/2 on Food-101", () => {
    expect(parametersOn(vpt)).toBe(2_816_672);
  });
});
