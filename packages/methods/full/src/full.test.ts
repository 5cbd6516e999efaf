// Conformance of full fine-tuning.

import { checks } from "@dit-bench/conformance";
import { describe, it } from "vitest";
import full from "./index.ts";

describe("full fine-tuning", () => {
  it.each(checks)("$name", ({ run }) => run({ method: full, merges: true }));
});
