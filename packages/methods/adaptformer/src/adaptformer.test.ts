// Conformance and parameter count of AdaptFormer.

import { checks, parametersOn } from "@dit-bench/conformance";
import { describe, expect, it } from "vitest";
import adaptformer from "./index.ts";

describe.each([{}, { form: "sequential", bottleneck: 4 }])("AdaptFormer %j", (options) => {
  it.each(checks)("$name", ({ run }) => run({ method: adaptformer, options, startsAsBase: true, merges: false }));

  it("trains 4,280,320 parameters of DiT-XL/2 on Food-101 with a bottleneck of 64", () => {
    expect(parametersOn(adaptformer, { ...options, bottleneck: 64 })).toBe(4_280_320);
  });
});
