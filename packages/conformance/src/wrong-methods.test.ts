// Methods with one mistake each: the first check that fails is the one for that mistake, and its message names it.

import { readdirSync } from "node:fs";
import type { AnyMethod } from "@dit-bench/method";
import { describe, expect, it } from "vitest";
import { checks, runChecks } from "./index.ts";

const wrong: [file: string, check: string, message: RegExp][] = [
  [
    "no-address",
    "has a name, a label, a source and options that survive JSON",
    /source is 'my thesis', wanted a citation with an address/,
  ],
  ["lax-options", "refuses an unknown option", /accepts the unknown option 'no-such-option'/],
  [
    "qkv",
    "lists its trainable weights before any weight exists",
    /the new weight 'blocks\.0\.attn\.qkv\.bias' has the name of a base weight/,
  ],
  [
    "other-count",
    "has the numbers of parameters that it promises",
    /trains 1,665,792 parameters of DiT-XL\/2 with 101 classes, but promises 1,149,696/,
  ],
  [
    "other-start-each-time",
    "has equal starting values for equal seeds",
    /'blocks\.0\.attn\.qkv\.other-start-each-time\.s' has other starting values the second time/,
  ],
  [
    "wrong-shape",
    "computes finite outputs, in the shapes of its modules",
    /forward of the graft on 'blocks\.0\.attn\.qkv' returns a tensor of shape \[3,4,1\].*48 last/,
  ],
  [
    "not-a-number",
    "computes finite outputs, in the shapes of its modules",
    /the output of 'blocks\.0\.attn\.qkv' holds NaN at the start/,
  ],
  [
    "changed-at-start",
    "starts as the base model if and only if it promises to",
    /differs from the base model by [\d.]+ at the start/,
  ],
  [
    "dropout",
    "uses no random numbers, and gives equal outputs for equal inputs",
    /tf\.dropout generates random numbers, at .*dropout\.js/,
  ],
  [
    "shared-state",
    "computes each module by itself, whatever ran before",
    /the output of 'blocks\.5\.attn\.qkv' differs by [\d.]+ when the modules run in another order/,
  ],
  [
    "unused-weight",
    "gives every trainable weight a gradient",
    /the loss does not depend on blocks\.0\.attn\.qkv\.unused-weight\.shift, .* and 2 more/,
  ],
  [
    "two-zeros",
    "has a gradient at the start that moves every module",
    /because two factors start at zero: blocks\.0\.attn\.qkv\.two-zeros, /,
  ],
  ["reads-a-value", "reads no values and leaves no tensors behind", /reads a tensor's values/],
  [
    "wrong-merge",
    "merges into the base model exactly if it promises to",
    /differ by [\d.]+; the first module whose merge changes the output is 'blocks\.0\.attn\.qkv'/,
  ],
  [
    "changes-frozen-weight",
    "merges into the base model exactly if it promises to",
    /merge of the graft on .*read only property 'blocks\.0\.attn\.qkv\.bias'.*frozen-weight\.js/,
  ],
  [
    "ignored-option",
    "is another method with another value of each option",
    /option 'rank' has no effect: the values 4, 5, 3, 8, 2, 1 give the same/,
  ],
  [
    "other-when-compiled",
    "has the same outputs and gradients compiled as eager, relative 1e-5",
    /^out differs by [\d.]+; its largest value is /,
  ],
  [
    "wrong-gradient",
    "has gradients that finite differences in float64 confirm, relative 1e-6",
    /the gradient of .*wrong-gradient\.s\[\d+\] is .*, finite differences give/,
  ],
];

/** Runs checks until one fails. */
async function firstFailure(method: AnyMethod): Promise<{ check: string; problem: string } | undefined> {
  for (const { name, run } of checks) {
    try {
      await run({ method });
    } catch (error) {
      return { check: name, problem: (error as Error).message };
    }
  }
  return undefined;
}

describe("a method with one mistake", () => {
  it.each(wrong)("fails with '%s' the check '%s'", async (file, check, message) => {
    const { default: method } = (await import(`./fixtures/wrong-methods/${file}.js`)) as { default: AnyMethod };
    const first = await firstFailure(method);
    expect(first?.check).toBe(check);
    expect(first?.problem).toMatch(message);
  });

  it("is there for every check, and each is in the table above", () => {
    expect([...new Set(wrong.map(([, check]) => check))].sort()).toEqual(checks.map(({ name }) => name).sort());
    const files = readdirSync(new URL("fixtures/wrong-methods/", import.meta.url));
    expect(wrong.map(([file]) => `${file}.js`).sort()).toEqual(files.sort());
  });
});

describe("runChecks", () => {
  it("runs the checks after one that failed, and names the check that found the same problem first", async () => {
    const { default: method } = (await import(`./fixtures/wrong-methods/${"qkv"}.js`)) as { default: AnyMethod };
    const ended: string[] = [];
    const results = await runChecks({ method }, { ended: ({ check }) => ended.push(check.name) });
    expect(ended).toEqual(checks.map(({ name }) => name));
    const failed = results.filter(({ passed }) => !passed);
    expect(failed.length).toBeGreaterThan(5);
    expect(failed[0]!.sameAs).toBeUndefined();
    for (const { sameAs } of failed.slice(1)) expect(sameAs).toBe(failed[0]!.check.name);
  });
});

describe("the texts of checks", () => {
  it.each(checks)("$name: says what a failure means and what to look at", ({ meaning, advice }) => {
    expect(meaning).toMatch(/^[A-Z].*\.$/);
    expect(advice.length).toBeGreaterThan(30);
  });
});
