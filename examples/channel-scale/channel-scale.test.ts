// Runs the conformance suite on ChannelScale, a plug-in in plain JavaScript.

import { checks } from "@dit-bench/conformance";
import { describe, it } from "vitest";
// @ts-expect-error a plug-in in plain JavaScript has no types
import channelScale from "./index.js";

describe("ChannelScale, a plug-in", () => {
  it.each(checks)("$name", ({ run }) => run({ method: channelScale, merges: true }));
});
