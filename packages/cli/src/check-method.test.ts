// `bench check-method`, with the built program.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checks } from "@dit-bench/conformance";
import { describe, expect, it } from "vitest";
import { go, place } from "./tiny-place.test.data.ts";

const wrong = (name: string) =>
  fileURLToPath(new URL(`../../conformance/fixtures/wrong-methods/${name}.js`, import.meta.url));
const oneLine = (text: string) => text.replaceAll(/\s+/g, " ");
const nameOf = (part: string) => checks.find(({ name }) => name.includes(part))!.name;

interface Report {
  readonly passed: boolean;
  readonly engine: string;
  readonly methods: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly checks: readonly { readonly name: string; readonly passed: boolean; readonly problem?: string }[];
  }[];
}
const check = async (...args: string[]) => {
  const finished = await go("check-method", ...args, "--json");
  return { ...finished, report: finished.json as unknown as Report };
};

describe("bench check-method", () => {
  it("runs every check on a built-in method, and names the engine", async () => {
    const { code, stdout, report, stderr } = await check("vpt");
    expect(code, stdout + stderr).toBe(0);
    for (const { name } of checks) expect(stdout).toContain(`passed  ${name}\n`);
    expect(stdout).toMatch(/^VPT-Deep, method 'vpt' of @dit-bench\/method-vpt .*\n.* engine cpu, /);
    expect(stdout).toContain(`all ${checks.length} checks passed\n`);
    expect(report).toMatchObject({ passed: true, engine: "cpu", reference: "tfjs-cpu" });
    expect(report.methods[0]!.checks.map(({ name }) => name)).toEqual(checks.map(({ name }) => name));
  });

  it("explains the check that fails, and exits with 1", async () => {
    const { code, stdout, report } = await check(wrong("wrong-merge"));
    expect(code).toBe(1);
    const { name, meaning, advice } = checks.find((one) => one.name.startsWith("merges"))!;
    expect(oneLine(stdout)).toMatch(
      /failed merges .* found: merged and adapted outputs differ by .*'blocks\.0\.attn\.qkv'/,
    );
    expect(oneLine(stdout)).toContain(`means: ${meaning} look at: ${advice}`);
    expect(stdout).toContain(`1 of ${checks.length} checks failed\n`);
    expect(report.methods[0]!.checks.filter(({ passed }) => !passed)).toEqual([
      expect.objectContaining({ name, meaning, advice, problem: expect.stringMatching(/^merged and adapted/) }),
    ]);
  });

  it("explains a problem once, and names the check to start with", async () => {
    const { code, stdout } = await check(wrong("qkv"));
    expect(code).toBe(1);
    const first = nameOf("lists its trainable weights");
    const text = stdout.split("\n").slice(0, -2).join(" "); // without the line of JSON
    expect(oneLine(text).match(/has the name of a base weight/g)).toHaveLength(1);
    expect(oneLine(stdout)).toContain(`found: the same as '${first}'`);
    expect(oneLine(stdout)).toContain(`checks failed; start with the first: ${first}`);
  });

  it("checks a method with the options of --set", async () => {
    const { code, report } = await check(wrong("ignored-option"), "--set", "rank=2");
    expect(code).toBe(1);
    const failed = report.methods[0]!.checks.filter(({ passed }) => !passed);
    expect(failed.map(({ problem }) => problem)).toEqual([
      expect.stringMatching(/^option 'rank' .* values 2, 3, 1, 4/),
    ]);
  });

  it("checks every method of a plug-in that has several", async () => {
    const bias = (name: string, source: string) =>
      `defineMethod({ name: "${name}", label: () => "${name}", source: "${source}", options: z.strictObject({}),
         learningRate: 1e-3, adapt: () => ({ train: ["final_layer.linear.bias"] }) })`;
    const methods = [bias("one", "nowhere"), bias("two", "https://example.org")];
    writeFileSync(
      join(place, "several.mjs"),
      `import { defineMethod, z } from "@dit-bench/method"; export default [${methods.join(", ")}];`,
    );
    const { code, report } = await check("./several.mjs");
    expect(code).toBe(1);
    expect(report.methods.map(({ name, passed }) => [name, passed])).toEqual([
      ["one", false],
      ["two", true],
    ]);
  });

  it.each([
    ["a plug-in that does not exist", ["./nowhere"], /plug-in \.\/nowhere: there is no such file or folder/],
    ["a name that is neither built in nor a package", ["difffitt"], /no package 'difffitt' is installed here/],
    [
      "a setting of recipes",
      ["bitfit", "--set", "training.steps=3"],
      /--set training\.steps=3 is a setting of recipes/,
    ],
    ["an option that the method does not have", ["bitfit", "--set", "rank=3"], /bitfit has no option 'rank'/],
  ])("refuses %s, with exit code 2", async (_, args, message) => {
    const { code, stderr, stdout } = await go("check-method", ...args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});
