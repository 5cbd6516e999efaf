// Conformance of BitFit.

import { checks } from "@dit-bench/conformance";
import { describe, it } from "vitest";
import bitfit from "./index.ts";

describe("BitFit", () => {
  it.each(checks)("$name", ({ run }) => run({ method: bitfit, merges: true }));
});
