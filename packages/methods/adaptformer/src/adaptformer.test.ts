// Conformance of AdaptFormer, and the parameter count of its sequential form.

import { checks, parametersOn } from "@dit-bench/conformance";
import { describe, expect, it } from "vitest";
import adaptformer from "./index.ts";

describe.each([{}, { form: "sequential", bottleneck: 4 }])("AdaptFormer %j", (options) => {
  it.each(checks)("$name", ({ run }) => run({ method: adaptformer, options, merges: false }));
});

it("AdaptFormer trains as many parameters in its sequential form as in the parallel one", () => {
  expect(parametersOn(adaptformer, { form: "sequential" })).toBe(4_280_320);
});
