// Invalid plug-ins: the error names plug-in, method and field and, where possible, file and line.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadMethod, loadMethods } from "./methods.ts";

// Below node_modules, so that Node imports the plug-ins and the test runner leaves them alone.
const top = mkdtempSync(join(tmpdir(), "dit-bench-plugin-"));
const place = join(top, "node_modules");
afterAll(() => rmSync(top, { recursive: true }));

let madeCount = 0;
/** A folder of these files; package.json is that of a module with index.js as its entry, unless it is given. */
function folder(
  files: Record<string, string>,
  manifest: string | null = '{ "type": "module", "main": "index.js" }',
): string {
  const top = join(place, String(madeCount++));
  const all = manifest === null ? files : { "package.json": manifest, ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(top, name)), { recursive: true });
    writeFileSync(join(top, name), text);
  }
  return top;
}
/** A plug-in with a valid method, except for these fields, in JavaScript. */
const method = (fields: string): string => folder({ "index.js": moduleOf(fields) });
const zod = createRequire(import.meta.url).resolve("zod");
const moduleOf = (fields: string): string => `import { z } from ${JSON.stringify(zod)};
export default ({ name: "mine", label: () => "Mine", source: "here", options: z.strictObject({}),
  learningRate: 1e-3, adapt: () => ({ train: ["**.bias"] }), ${fields} });`;

const loading: [what: string, plugin: () => string, message: RegExp][] = [
  ["that is not there", () => "./nowhere", /^plug-in \.\/nowhere: there is no such file or folder/],
  ["that is no package", () => "no-such-method-package", /no package 'no-such-method-package' is installed here/],
  ["without a name", () => " ", /the name is empty/],
  [
    "without package.json",
    () => folder({ "mine.mjs": "" }, null),
    /no package\.json; add one .* or give the file: --plugin .*mine\.mjs/,
  ],
  ["with a broken package.json", () => folder({}, "{"), /its package\.json cannot be read/],
  ["without the entry it names", () => folder({}), /names the entry 'index\.js', but there is no such file/],
  [
    "that is a data file",
    () => join(folder({ "mine.json": "{}" }), "mine.json"),
    /it is a '\.json' file; a plug-in is a \.js/,
  ],
  ["in Python", () => join(folder({ "mine.py": "" }), "mine.py"), /it is a '\.py' file; a plug-in is a \.js/],
  [
    "with a syntax error",
    () => folder({ "index.js": "\nconst = 1;" }),
    /index\.js:2: SyntaxError: Unexpected token '='/,
  ],
  [
    "with a syntax error in another file",
    () => folder({ "index.js": 'import "./other.js";', "other.js": "\n\nlet let = 1;" }),
    /other\.js:3: SyntaxError: /,
  ],
  [
    "that imports a name that is not exported",
    () => folder({ "index.js": '\nimport { nope } from "./other.js";', "other.js": "export const a = 1;" }),
    /index\.js:2: SyntaxError: .*does not provide an export named 'nope'/,
  ],
  [
    "that imports a package that is not installed",
    () => folder({ "index.js": '\n\nimport x from "no-such-package";' }),
    /index\.js:3: package 'no-such-package' is not installed/,
  ],
  [
    "that imports a file that is not there",
    () => folder({ "index.js": 'import "./gone.js";' }),
    /index\.js:1: there is no file .*gone\.js/,
  ],
  [
    "that throws",
    () => folder({ "index.js": "\nnull.x;" }),
    /index\.js:2:\d+: TypeError: Cannot read properties of null/,
  ],
  ["that throws no error", () => folder({ "index.js": "throw 'tea';" }), /it cannot be loaded: it threw tea/],
  [
    "without a default export",
    () => folder({ "index.js": "export const method = 1;" }),
    /no default export, only method; wanted/,
  ],
  ["with an empty list", () => folder({ "index.js": "export default [];" }), /its default export is an empty array/],
  [
    "that exports a function",
    () => folder({ "index.js": "export default () => 1;" }),
    /its default export is a function/,
  ],
  [
    "with a top-level await that never settles",
    () => folder({ "index.js": "await new Promise(() => {});" }),
    /its import did not end within 1 s/,
  ],
];

const fields: [fields: string, message: RegExp][] = [
  ['name: "My Method/1"', /a method's name is 'My Method\/1'; wanted lower-case .* such as 'my-method-1'$/],
  ['name: "a\\u001b[31m"', /a method's name is 'a\\u001b\[31m'/],
  ["name: 7", /a method's name is the number 7/],
  ["label: undefined, Label: () => 'x'", /method 'mine': label is missing, but there is 'Label'; wanted a function/],
  ["label: 'Mine'", /label is the text "Mine"; wanted a function/],
  ["label: () => ''", /label returns an empty text/],
  ["label: () => 'a\\nb'", /label returns "a\\nb"; wanted text without control characters/],
  ["label: () => 'x'.repeat(99)", /99 characters; wanted at most 60/],
  ["label: () => nothing.x", /method 'mine': label: nothing is not defined \(at .*index\.js:3:\d+\)/],
  ["source: ''", /source is the text ""/],
  ["options: { rank: 8 }", /options is an object \{ rank \}; wanted a zod schema/],
  ["options: { safeParse: (data) => ({ success: true, data }) }", /options cannot be described/],
  [
    "options: z.strictObject({ rank: z.int().min(1).default(0) })",
    /the default of 'rank' is 0, which its own schema refuses/,
  ],
  ["options: z.string()", /options refuses \{\}: .*expected string/],
  ["learningRate: undefined", /learningRate is missing; wanted a positive number/],
  ["learningRate: -1", /learningRate is the number -1/],
  ["learningRate: NaN", /learningRate is the number NaN/],
  ["adapt: { train: [] }", /adapt is an object \{ train \}; wanted a function/],
];

describe("loadMethods", () => {
  it.each(loading)("refuses a plug-in %s", async (_, plugin, message) => {
    const error = await loadMethods([plugin()], { importSeconds: 1 }).then(
      () => undefined,
      (e: Error) => e,
    );
    expect(error).toMatchObject({ name: "BenchError", exitCode: 2 });
    expect(error!.message).toMatch(message);
    expect(error!.message).toMatch(/^plug-in /);
  });

  it.each(fields)("refuses a plug-in whose method has %s", async (text, message) => {
    const plugin = method(text);
    const error = await loadMethods([plugin]).then(
      () => undefined,
      (e: Error) => e,
    );
    expect(error?.name).toBe("MethodError");
    expect(error!.message).toMatch(message);
    expect(error!.message.startsWith(`plug-in ${plugin}: `)).toBe(true);
  });

  it("refuses a plug-in whose method has the name of another, and a plug-in that is given twice", async () => {
    await expect(loadMethods([method('name: "lora"')])).rejects.toThrow("'lora' is taken by @dit-bench/method-lora");
    const mine = method("");
    await expect(loadMethods([mine, mine])).rejects.toThrow(`--plugin ${mine} is given twice; give each plug-in once`);
  });

  it.each(["training", "sampling", "metrics", "model", "extractor", "recipe"])(
    "refuses a plug-in whose method is named %s, like a section of recipes",
    async (name) => {
      const plugin = method(`name: "${name}"`);
      await expect(loadMethods([plugin])).rejects.toThrow(
        `plug-in ${plugin}: its method is named '${name}', like a section of recipes`,
      );
    },
  );
});

describe("loadMethod", () => {
  const takes = async (plugin: string) => {
    const { method } = await loadMethod("mine", [plugin]);
    expect(method).toMatchObject({ name: "mine", plugin, learningRate: 1e-3 });
  };

  it("loads a plug-in that is a single file, and one whose entry is under conditions of exports", async () => {
    await takes(join(folder({ "mine.mjs": moduleOf("") }, null), "mine.mjs"));
    const manifest = JSON.stringify({
      type: "module",
      exports: { ".": { types: "./x.d.ts", import: "./lib/mine.js" } },
    });
    await takes(folder({ "lib/mine.js": moduleOf("") }, manifest));
  });

  it("loads a method out of an array, and one in compiled CommonJS", async () => {
    await takes(folder({ "index.js": `import one from "./one.js"; export default [one];`, "one.js": moduleOf("") }));
    const cjs = moduleOf("")
      .replace("import { z } from", "exports.__esModule = true; const { z } = require(")
      .replace(";\n", ");\n")
      .replace("export default", "exports.default =");
    await takes(folder({ "index.cjs": cjs }, '{ "main": "index.cjs" }'));
  });

  it("loads a plug-in whose version is not plain text, as unversioned", async () => {
    const versions = ['"1.0\\n"', "3", '"2.1.0-beta"'].map(
      (v) => `{ "type": "module", "main": "index.js", "version": ${v} }`,
    );
    const from = async (manifest: string) => {
      const plugin = folder({ "index.js": moduleOf("") }, manifest);
      return (await loadMethod("mine", [plugin])).from.slice(plugin.length + 1).split(",")[0];
    };
    expect([await from(versions[0]!), await from(versions[1]!), await from(versions[2]!)]).toEqual([
      ..."unversioned unversioned 2.1.0-beta".split(" "),
    ]);
  });

  it("loads a method whose options have no default and whose functions use this", async () => {
    const options = "options: z.strictObject({ rank: z.int() })";
    await takes(method(`${options}, label() { return this.name; }`));
  });
});
