// The log of a grid: what it has, and what happens when the disk is full.

import * as fs from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { place } from "../tiny-place.test.data.ts";
import { openGridLog } from "./log.ts";

vi.mock("node:fs", async (original) => {
  const real = await original<typeof fs>();
  return { ...real, writeSync: vi.fn(real.writeSync) };
});

it("writes lines with the name of the cell, and returns a note once when it cannot be written any more", () => {
  const log = openGridLog(join(place, "logged"), "2 cells");
  expect(log.write("flowers lora seed 0", "a\n\x1b[2Jb\n")).toBeUndefined();
  expect(fs.readFileSync(log.path, "utf8")).toMatch(
    /^== \S+ 2 cells\nflowers lora seed 0 \| a\nflowers lora seed 0 \| \\x1b\[2Jb\n$/,
  );
  vi.mocked(fs.writeSync).mockImplementation(() => {
    throw new Error("ENOSPC: no space left on device, write");
  });
  const stderr = vi.spyOn(process.stderr, "write");
  expect(log.write("a", "x")).toMatch(/grid\.log cannot be written any more \(ENOSPC.*\); the grid continues without/);
  expect(log.write("a", "y")).toBeUndefined();
  expect(stderr).not.toHaveBeenCalled();
});
