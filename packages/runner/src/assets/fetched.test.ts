// Weights by name: they must be the published ones wherever they are used.

import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadRecipe } from "../recipe/recipe.ts";
import { findWeights, weightsOf } from "../recipe/recipe-weights.ts";
import { fetched, misplaced, publishedWeights, weightsNamed } from "./fetched.ts";

const place = mkdtempSync(join(tmpdir(), "fetched-"));
const name = "inception-v3-fid";
const path = join(place, "home/weights", name, "pt_inception-2015-12-05-6726825d.pth");
const before = { ...process.env };
beforeAll(() => {
  process.env.DIT_BENCH_HOME = join(place, "home");
  process.env.HF_HUB_CACHE = join(place, "hub");
  mkdirSync(dirname(path), { recursive: true });
});
afterAll(() => {
  process.env = before;
  rmSync(place, { recursive: true });
});
const paper = loadRecipe("paper");
const uses = [
  ["a command's flag", () => weightsNamed(name)],
  ["a default", () => publishedWeights(name)],
  ["a recipe", () => weightsOf(paper, "extractor")],
] as const;

describe.each(uses)("%s", (_, use) => {
  it("refuses weights of another size", () => {
    writeFileSync(path, "x");
    expect(use).toThrow(
      `${path} is not the published file: its length is 1, wanted 95628359 bytes; get it with 'bench fetch ${name}'`,
    );
    expect(use).toThrow(expect.objectContaining({ name: "BenchError", exitCode: 4 }));
  });

  it("refuses weights of the right size by their checksum", () => {
    writeFileSync(path, "");
    truncateSync(path, 95_628_359);
    expect(use).toThrow(/is not the published file: its SHA256 is [0-9a-f]{64}, wanted 6726825d/);
    expect(use).toThrow(expect.objectContaining({ name: "BenchError", exitCode: 4 }));
  });

  it("accepts weights with the note of an earlier check", () => {
    writeFileSync(path, "");
    truncateSync(path, 95_628_359);
    const note = join(dirname(path), `.pt_inception-2015-12-05-6726825d.pth.checked`);
    const { size, mtimeMs } = statSync(path);
    writeFileSync(note, `${size} ${mtimeMs}\n`);
    expect(use()).toBe(path);
    rmSync(note);
  });
});

describe("fetched and misplaced", () => {
  it("find a file by its size, without reading it", () => {
    rmSync(path);
    expect(findWeights(paper, name)).toBeUndefined();
    expect(() => weightsOf(paper, "extractor")).toThrow("is not here; get it with 'bench fetch inception-v3-fid'");
    expect(() => weightsNamed(name)).toThrow(`${name} is not here; get it with 'bench fetch ${name}'`);
    writeFileSync(path, "x");
    expect(fetched(name)).toBeUndefined();
    expect(findWeights(paper, name)).toBe(path);
    expect(misplaced(name)?.path).toBe(path);
    truncateSync(path, 95_628_359);
    expect(fetched(name)).toBe(path);
    expect(findWeights(paper, name)).toBe(path);
    expect(misplaced(name)).toBeUndefined();
  });

  it("find nothing for names that bench fetch does not know", () => {
    expect(weightsNamed("own.safetensors")).toBe("own.safetensors");
    expect(publishedWeights("own.safetensors")).toBeUndefined();
    expect(publishedWeights("flowers")).toBeUndefined();
    expect(misplaced("own.safetensors")).toBeUndefined();
  });
});
