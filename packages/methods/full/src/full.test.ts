// Conformance and parameter count of full fine-tuning.

import { checks, parametersOn } from "@dit-bench/conformance";
import { describe, expect, it } from "vitest";
import full from "./index.ts";

describe("full fine-tuning", () => {
  it.each(checks)("$name", ({ run }) => run({ method: full, startsAsBase: true, merges: true }));

  it("trains 673,799,072 parameters of DiT-XL/2 on Food-101: all except the positions", () => {
    expect(parametersOn(full)).toBe(673_799_072);
  });
});
