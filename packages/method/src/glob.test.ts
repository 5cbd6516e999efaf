// Globs, by example and against picomatch on generated patterns and paths.

import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { glob } from "./glob.ts";

/** picomatch has no types of its own. */
const picomatch: (pattern: string, options: { dot: boolean }) => (path: string) => boolean = createRequire(
  import.meta.url,
)("picomatch");

const paths = ["bias", "mybias", "fc1.bias", "fc1.weight", "blocks.0.fc1.bias", "blocks.10.fc1.bias", "blocks"];
const matched = (pattern: string) => paths.filter(glob(pattern));

describe("glob", () => {
  it.each([
    ["fc1.bias", ["fc1.bias"]],
    ["fc1", []],
    ["*", ["bias", "mybias", "blocks"]],
    ["*bias", ["bias", "mybias"]],
    ["*.bias", ["fc1.bias"]],
    ["blocks.*.fc1.bias", ["blocks.0.fc1.bias", "blocks.10.fc1.bias"]],
    ["blocks.1*.fc1.bias", ["blocks.10.fc1.bias"]],
    ["**", paths],
    ["**.**", paths],
    ["**.bias", ["bias", "fc1.bias", "blocks.0.fc1.bias", "blocks.10.fc1.bias"]],
    ["blocks.**", ["blocks.0.fc1.bias", "blocks.10.fc1.bias", "blocks"]],
    ["blocks.**.bias", ["blocks.0.fc1.bias", "blocks.10.fc1.bias"]],
    ["blocks.**.0.**.bias", ["blocks.0.fc1.bias"]],
    ["fc1.{weight,bias}", ["fc1.bias", "fc1.weight"]],
    ["{blocks.0.fc1,fc1}.bias", ["fc1.bias", "blocks.0.fc1.bias"]],
    ["{fc*,**}.weight", ["fc1.weight"]],
    ["{fc1,my}{.,}bias", ["mybias", "fc1.bias"]],
    ["blocks.{0}.fc1.bias", ["blocks.0.fc1.bias"]],
  ])("%s matches %j and nothing else", (pattern, wanted) => {
    expect(matched(pattern)).toEqual(wanted);
  });

  it("takes two stars beside other characters as one star", () => {
    expect(matched("**bias")).toEqual(["bias", "mybias"]);
    expect(matched("fc**.bias")).toEqual(["fc1.bias"]);
  });

  it.each(["(", "[a-z]*", "fc1|bias", "fc1.b?as", "fc1.b+", "^bias", "bias$", "\\bias", "{bias", "bias}", ""])(
    "'%s' has no special character and matches no path of the model",
    (pattern) => {
      expect(matched(pattern)).toEqual([]);
      expect(glob(pattern)(pattern)).toBe(true);
    },
  );

  it("matches a dot in a pattern only with a dot", () => {
    expect(glob("fc1.bias")("fc1-bias")).toBe(false);
  });

  it("agrees with picomatch, whose slash is our dot", () => {
    const name = fc.constantFrom("a", "b", "ab", "ba", "0", "10");
    const path = fc.array(name, { minLength: 1, maxLength: 5 });
    const text = fc.array(fc.constantFrom("a", "b", "0", "*"), { minLength: 1, maxLength: 3 });
    const segment = fc.oneof(
      name,
      fc.constantFrom("*", "**", "a**", "**b"),
      // picomatch takes three stars in a row, and two beside a brace, in ways of its own
      text.map((parts) => parts.join("").replaceAll(/\*+/g, "*")),
      fc.tuple(name, name).map(([x, y]) => `{${x},${y}}`),
      fc.tuple(name, name, name).map(([x, y, z]) => `{${x},${y}.${z}}`),
    );
    // picomatch: `a/**` matches `a`, but `a*/**` does not; here `**` is no segment after a star, too.
    const differs = (segments: string[]) => /\*,\*\*(?:,\*\*)*$/.test(segments.join());
    const pattern = fc.array(segment, { minLength: 1, maxLength: 5 }).filter((segments) => !differs(segments));
    fc.assert(
      fc.property(pattern, path, (segments, names) => {
        const ours = glob(segments.join("."))(names.join("."));
        const theirs = picomatch(segments.join("/").replaceAll(".", "/"), { dot: true })(names.join("/"));
        expect(ours).toBe(theirs);
      }),
      { numRuns: 5_000, seed: 13 },
    );
  });
});
