// Conformance and parameter count of BitFit.

import { checks, parametersOn } from "@dit-bench/conformance";
import { describe, expect, it } from "vitest";
import bitfit from "./index.ts";

describe("BitFit", () => {
  it.each(checks)("$name", ({ run }) => run({ method: bitfit, startsAsBase: true, merges: true }));

  it("trains 607,136 parameters of DiT-XL/2 on Food-101", () => {
    expect(parametersOn(bitfit)).toBe(607_136);
  });
});
