// The identification of plug-ins and built-in methods in records.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtinMethods } from "./builtin-methods.ts";
import { loadMethod, loadMethods } from "./methods.ts";
import { loadPlugin } from "./plugin.ts";

let folder: string;
const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
const plugin = (learningRate: number) =>
  `import { z } from ${JSON.stringify(createRequire(import.meta.url).resolve("zod"))};
  export default ({ name: "mine", label: () => "Mine", source: "here", options: z.strictObject({}),
    learningRate: ${learningRate}, adapt: () => ({}) });`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dit-bench-plugin-"));
  write("package.json", JSON.stringify({ name: "mine", version: "1.2.3", type: "module", main: "index.js" }));
  write("index.js", plugin(1));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the built-in methods", () => {
  // npm sorts the dependencies of a manifest when it installs into it: put them back into this order.
  it("start with the six of the DiffFit paper, in the order of its table", async () => {
    const paper = ["full", "bitfit", "lora", "adaptformer", "vpt", "difffit"];
    expect(builtinMethods.slice(0, paper.length)).toEqual(paper.map((name) => `@dit-bench/method-${name}`));
    expect((await loadMethods()).slice(0, paper.length).map(({ method }) => method.name)).toEqual(paper);
  });

  it("have the names of their packages", async () => {
    for (const { method, from } of await loadMethods())
      expect(from.startsWith(`@dit-bench/method-${method.name} `), `${method.name} comes from ${from}`).toBe(true);
  });
});

describe("loadMethod", () => {
  const code = async () => (await loadMethod("mine", [folder])).code;

  it("identifies a plug-in by its source files, whatever its version is", async () => {
    const { code: first, from } = await loadMethod("mine", [folder]);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(from).toBe(`${folder} 1.2.3, SHA-256 ${first!.slice(0, 16)}`);
    expect(await code()).toBe(first);
    write("helper.js", "export const scale = 2;");
    const second = await code();
    expect(second).not.toBe(first);
    write("helper.js", "export const scale = 3;");
    expect([first, second]).not.toContain(await code());
  });

  it("ignores installed packages and files that are no source when it identifies a plug-in", async () => {
    const before = await code();
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    write("node_modules/other.js", "export default 1;");
    write("notes.txt", "to do");
    expect(await code()).toBe(before);
  });

  it("includes files that a plug-in imports from elsewhere, and the targets of links in its folder", async () => {
    const file = join(folder, "..", `${basename(folder)}-beside.mjs`);
    const linked = `${file}.linked.js`;
    writeFileSync(file, "export const scale = 2;");
    writeFileSync(linked, "export const scale = 2;");
    symlinkSync(linked, join(folder, "linked.js"));
    write("index.js", `import { scale } from "../${basename(file)}";\n${plugin(1)}`);
    const before = await code();
    writeFileSync(file, "export const scale = 3;");
    const after = await code();
    expect(after).not.toBe(before);
    writeFileSync(linked, "export const scale = 3;");
    expect([before, after]).not.toContain(await code());
    rmSync(file);
    rmSync(linked);
  });

  it("includes the files that a plug-in of a single file imports", async () => {
    write("scale.js", "export const scale = 2;");
    write("single.mjs", `export { scale } from "./scale.js";\n${plugin(1)}`);
    const single = async () => (await loadMethod("mine", [join(folder, "single.mjs")])).code;
    const before = await single();
    expect(await single()).toBe(before);
    write("scale.js", "export const scale = 3;");
    expect(await single()).not.toBe(before);
  });

  it("identifies a plug-in that is an installed package by the package's files", async () => {
    const [loaded] = await loadPlugin("@dit-bench/method-lora", 30);
    expect(loaded!.code).toMatch(/^[0-9a-f]{64}$/);
    expect(loaded!.from).toMatch(/^@dit-bench\/method-lora \d+\.\d+\.\d+, SHA-256 [0-9a-f]{16}$/);
  });

  it("identifies built-in methods by their version", async () => {
    for (const { code, from } of await loadMethods()) {
      expect(code).toBeUndefined();
      expect(from).toMatch(/^@dit-bench\/method-\w+ \d+\.\d+\.\d+$/);
    }
  });
});
