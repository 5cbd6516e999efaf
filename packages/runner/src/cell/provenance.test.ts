// Tests the origin of records: the commit of a clone, and no commit of an installed program.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { codeState, versions } from "./provenance.ts";

const place = mkdtempSync(join(tmpdir(), "dit-bench-provenance-"));
afterAll(() => rmSync(place, { recursive: true }));

it("a program in the repository of a user does not record the user's commit", () => {
  execFileSync("git", ["init", "--quiet"], { cwd: place });
  const folder = join(place, "node_modules", "dit-bench");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "version": "1.2.3" }');
  expect(codeState(folder)).toEqual({ version: "1.2.3", commit: null, clean: null });
});

it("names the version of each package that the numbers depend on", () => {
  const found = Object.entries(versions());
  expect(found.map(([name]) => name)).toEqual(["@tensorflow/tfjs", "onnxruntime-node", "sharp"]);
  for (const [name, version] of found) expect(version, name).toMatch(/^\d+\.\d+\.\d+/);
});
