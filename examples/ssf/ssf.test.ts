// Runs the conformance suite on SSF, a plug-in in plain JavaScript.

import { checks } from "@dit-bench/conformance";
import { describe, it } from "vitest";
// @ts-expect-error a plug-in in plain JavaScript has no types
import ssf from "./index.js";

describe("SSF, a plug-in", () => {
  it.each(checks)("$name", ({ run }) => run({ method: ssf, merges: true }));
});
