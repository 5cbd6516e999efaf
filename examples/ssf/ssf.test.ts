// The conformance suite on SSF, which is written in plain JavaScript as a plug-in is.

import { checks } from "@dit-bench/conformance";
import { describe, it } from "vitest";
// @ts-expect-error a plug-in in plain JavaScript has no types
import ssf from "./index.js";

describe("SSF, a plug-in", () => {
  it.each(checks)("$name", ({ run }) => run({ method: ssf, startsAsBase: true, merges: true }));
});
