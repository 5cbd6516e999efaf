// Paths inside and outside a folder, also by links.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { pathBelow } from "./path-below.ts";

const place = mkdtempSync(join(tmpdir(), "dit-bench-below-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));
mkdirSync(join(place, "top", "inner"), { recursive: true });
symlinkSync("top/inner", join(place, "link"));

it.each([
  ["top", "top", ""],
  ["top", "top/inner/missing/file", "inner/missing/file"],
  ["top", "link/file", "inner/file"],
  ["link", "top/inner/file", "file"],
  ["top", "top/..file", "..file"],
  ["missing", "missing/file", "file"],
  ["top", "top-2", undefined],
  ["top", ".", undefined],
  ["link", "top", undefined],
])("below %s, %s is %s", (folder, path, below) => {
  expect(pathBelow(join(place, folder), join(place, path))).toBe(below);
});
