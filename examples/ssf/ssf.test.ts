import { checks } from "@dit-bench/conformance";
import { describe, it } from "vitest";
// @ts-expect-error a plug-in in plain JavaScript has no types
import ssf from "./index.js";

describe("SSF, a method from outside", () => {
  it.each(checks)("$name", ({ run }) => run({ method: ssf, startsAsBase: true, merges: true }));
});
