// Tests that the project's own files are found in a clone and in an installation.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { projectFolder } from "./project-folder.ts";

const place = mkdtempSync(join(tmpdir(), "dit-bench-project-"));
afterAll(() => rmSync(place, { recursive: true }));

describe("projectFolder", () => {
  it("is the top of the clone", () => {
    expect(projectFolder()).toBe(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))));
  });

  it("is the installed package dit-bench, not a folder of the user's with the same name", () => {
    const installed = join(place, "node_modules", "dit-bench");
    const program = join(place, "node_modules", "@dit-bench", "runner", "dist");
    for (const folder of [join(installed, "benchmarks"), program, join(place, "benchmarks")])
      mkdirSync(folder, { recursive: true });
    expect(() => projectFolder(program)).toThrow("install the package 'dit-bench'");
    writeFileSync(join(installed, "benchmarks", "recipe.schema.json"), "{}");
    expect(projectFolder(program)).toBe(installed);
  });
});
