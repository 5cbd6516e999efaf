// Conformance of VPT-Deep.

import { checks } from "@dit-bench/conformance";
import { describe, it } from "vitest";
import vpt from "./index.ts";

describe.each([{}, { tokens: 3, blocks: 99, finalLayer: false }])("VPT-Deep %j", (options) => {
  it.each(checks)("$name", ({ run }) => run({ method: vpt, options, merges: false }));
});
