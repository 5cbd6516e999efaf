// Methods with one mistake each: the first check that fails is the one for that mistake, and its message names it.

import { readdirSync } from "node:fs";
import type { AnyMethod } from "@dit-bench/method";
import { describe, expect, it } from "vitest";
import { checks, runChecks } from "./index.ts";
import { type WrongMethod, wrongMethods } from "./wrong-methods.test.data.ts";

/** The plug-ins in packages/conformance/fixtures/wrong-methods. */
const plugins: readonly [file: string, check: string, message: RegExp][] = [
  [
    "qkv",
    "lists its trainable weights before any weight exists",
    /the new weight 'blocks\.0\.attn\.qkv\.bias' has the name of a base weight/,
  ],
  [
    "wrong-merge",
    "merges into the base model exactly if it promises to",
    /differ by [\d.]+; the first module whose merge changes the output is 'blocks\.0\.attn\.qkv'/,
  ],
  [
    "ignored-option",
    "is another method with another value of each option",
    /option 'rank' has no effect: the values 4, 5, 3, 8, 2, 1 give the same/,
  ],
];
const pluginFile = async (name: string): Promise<AnyMethod> =>
  ((await import(`../fixtures/wrong-methods/${name}.js`)) as { default: AnyMethod }).default;

const wrong: readonly WrongMethod[] = [
  ...wrongMethods,
  ...(await Promise.all(
    plugins.map(async ([file, check, message]): Promise<WrongMethod> => [check, message, await pluginFile(file)]),
  )),
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
  it.each(wrong.map(([check, message, method]) => ({ name: method.name, check, message, method })))(
    "fails with '$name' the check '$check'",
    async ({ check, message, method }) => {
      const first = await firstFailure(method);
      expect(first?.check).toBe(check);
      expect(first?.problem).toMatch(message);
    },
  );

  it("is there for every check, and each plug-in is in the table above", () => {
    expect([...new Set(wrong.map(([check]) => check))].sort()).toEqual(checks.map(({ name }) => name).sort());
    const files = readdirSync(new URL("../fixtures/wrong-methods/", import.meta.url));
    expect(plugins.map(([file]) => `${file}.js`).sort()).toEqual(files.sort());
  });
});

describe("runChecks", () => {
  it("runs the checks after one that failed, and names the check that found the same problem first", async () => {
    const method = await pluginFile("qkv");
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
