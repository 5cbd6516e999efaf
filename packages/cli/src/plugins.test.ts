// Plug-ins with one mistake each, with the built program: exit code 2, one line with plug-in, method and place, no
// record.

import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cell, go, place } from "./tiny-place.test.data.ts";

/**
 * Writes a plug-in whose method scales every qkv layer.
 *
 * @param fields source text of fields that replace those of the graft, or of the method
 */
function writePlugin(name: string, fields: { graft?: string; method?: string }): string {
  const { graft = "", method = "" } = fields;
  const folder = join(place, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "main": "index.js" }');
  writeFileSync(
    join(folder, "index.js"),
    `import { defineMethod, graft, ones, tf, z, zeros } from "@dit-bench/method";
const scale = (w) => tf.expandDims(w.s, 1);
export default defineMethod({
  name: "mine", label: () => "Mine", source: "here", options: z.strictObject({}), learningRate: 1e-2,
  adapt: () => ({ grafts: [graft({
    at: "blocks.*.attn.qkv",
    weights: ({ out }) => ({ s: ones(out) }),
    forward: (call, x, w) => tf.mul(call(x), w.s),
    merge: (base, w, { path }) => ({
      [path + ".weight"]: tf.mul(base[path + ".weight"], scale(w)),
      [path + ".bias"]: tf.mul(base[path + ".bias"], w.s),
    }),
    ${graft}
  })] }),
  ${method}
});\n`,
  );
  return `./${name}`;
}
const runWith = (path: string, ...args: string[]) =>
  go(...cell, "--method", "mine", "--plugin", path, "--out", `out ${path.slice(2)}`, ...args);

const mistakes: [what: string, fields: { graft?: string; method?: string }, message: RegExp][] = [
  [
    "dropout",
    { graft: "forward: (call, x, w) => tf.mul(tf.dropout(call(x), 0.1), w.s)," },
    /the graft on 'blocks\.0\.attn\.qkv': tf\.dropout generates random numbers, at .*dropout\/index\.js:13:\d+: /,
  ],
  [
    "reads",
    { graft: "forward: (call, x, w) => (w.s.dataSync()[0] > 0 ? tf.mul(call(x), w.s) : call(x))," },
    /the value of .* was read while tracing, at .*reads\/index\.js:13/,
  ],
  [
    "unused",
    { graft: "weights: ({ out }) => ({ s: ones(out), t: zeros(out) })," },
    /does not depend on 'blocks\.0\.attn\.qkv\.mine\.t', 'blocks\.1\.attn\.qkv\.mine\.t', which would never train/,
  ],
  [
    "no-gradient",
    { graft: "forward: (call, x, w) => tf.mul(call(x), tf.cast(tf.greater(w.s, 0), 'float32'))," },
    /the loss goes through tfjs's Greater, which has no gradient; use other operations on what trains/,
  ],
  [
    "wrong-merge",
    { graft: "merge: (base, w, { path }) => ({ [path + '.weight']: tf.mul(base[path + '.weight'], scale(w)) })," },
    /the graft on 'blocks\.0\.attn\.qkv' changes the model: .* differ by \d\S* of the largest, more than 0\.00002/,
  ],
  [
    "not-finite",
    { graft: "weights: ({ out }) => ({ s: { shape: [out], values: () => new Float32Array(out).fill(1 / 0) } })," },
    /the initial values of 'blocks\.0\.attn\.qkv\.mine\.s' hold Infinity at place 0/,
  ],
  [
    "glob",
    { graft: 'at: "blocks.*.atn.qkv",' },
    /no module .* matches 'blocks\.\*\.atn\.qkv'; did you mean 'blocks\.\*\.attn\.qkv'\?/,
  ],
  [
    "label",
    { method: "label: () => 'a\\u001bb'," },
    /label returns "a\\u001bb"; wanted text without control characters/,
  ],
];

describe("bench with a plug-in", () => {
  it.each(mistakes)("reports the mistake '%s' in one line, with exit code 2", async (what, fields, message) => {
    const path = writePlugin(what, fields);
    const { code, stderr, stdout } = await runWith(path);
    const [last] = stderr.trimEnd().split("\n").slice(-1);
    expect(last).toMatch(message);
    expect(last).toContain(`plug-in ${path}: method 'mine': `);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    const out = join(place, `out ${what}`);
    const left = existsSync(out) ? readdirSync(out, { recursive: true, encoding: "utf8" }) : [];
    expect(left.filter((f) => /record\.json|weights\.safetensors/.test(f))).toEqual([]);
  });

  it("runs the plug-in without a mistake, and accepts its merge", async () => {
    const { code, json } = await runWith(writePlugin("right", {}), "--json");
    expect({ code, method: json.method }).toEqual({ code: 0, method: "Mine" });
  });

  it("names the plug-in whose output is not a number, with exit code 5", async () => {
    const path = writePlugin("nan", { graft: "forward: (call, x, w) => tf.div(call(x), tf.sub(w.s, w.s))," });
    const { code, stderr } = await runWith(path);
    expect(stderr).toMatch(
      /training diverged: plug-in \.\/nan: method 'mine': the loss of step 0 is NaN, .*'bench check-method'/,
    );
    expect(code).toBe(5);
  });

  it("keeps stdout for results, and names the line of a plug-in that prints there", async () => {
    const label = 'label() { console.log("tea"); process.stdout.write("milk\\n"); return "Mine"; },';
    const { code, stdout, stderr } = await go(
      ...["list", "methods", "--json", "--plugin", writePlugin("prints", { method: label })],
    );
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).at(-1)).toMatchObject({ name: "mine", label: "Mine" });
    expect(stderr).toMatch(/^bench: .*prints\/index\.js:\d+:\d+ prints on stdout, .*\ntea\nmilk\n/);
    expect(stderr.match(/prints on stdout/g)).toHaveLength(1);
  });

  it("names the line of a plug-in that ends the process", async () => {
    const path = writePlugin("exits", { method: "label() { process.exit(0); }," });
    const { code, stderr } = await runWith(path);
    expect(stderr).toMatch(/ended before its work was done \(exit code 0\); .*exits\/index\.js:\d+:\d+ called/);
    expect(code).toBe(1);
  });

  it("reports dropout on an engine that runs op by op, too", async () => {
    const path = writePlugin("dropout-eager", { graft: mistakes[0]![1].graft! });
    const { code, stderr } = await runWith(path, "--engine", "tfjs-cpu");
    expect(stderr).toMatch(/tf\.dropout generates random numbers, at .*index\.js:13/);
    expect(code).toBe(2);
  });

  it("reports a mistake in bench list methods, too", async () => {
    const { code, stderr } = await go("list", "methods", "--plugin", writePlugin("listed", { method: "label: 1," }));
    expect(stderr).toMatch(
      /^bench: error: plug-in \.\/listed: method 'mine': label is the number 1; wanted a function/,
    );
    expect(code).toBe(2);
  });
});
