import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadMethod, loadMethods } from "./methods.ts";

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

describe("the code of a plug-in that lies in a folder", () => {
  const code = async () => (await loadMethod("mine", [folder])).code;

  it("is told apart by its source files, whatever its version says", async () => {
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

  it("is not what is installed below it, nor anything but source", async () => {
    const before = await code();
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    write("node_modules/other.js", "export default 1;");
    write("notes.txt", "to do");
    expect(await code()).toBe(before);
  });

  it("is left to the version where a method is built in", async () => {
    for (const { code, from } of await loadMethods()) {
      expect(code).toBeUndefined();
      expect(from).toMatch(/^@dit-bench\/method-\w+ \d+\.\d+\.\d+$/);
    }
  });
});
