// `bench features` and `bench fid`, on an Inception network with a sixteenth of the channels.

import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { normals } from "@dit-bench/random";
import { readNpz, writeNpz } from "@dit-bench/weights";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { benchInProcess } from "./bench-in-process.test.data.ts";

const weights = fileURLToPath(
  new URL("../../metrics/src/fixtures/inception_narrow_weights.safetensors", import.meta.url),
);
let place: string;
const go = (...args: string[]) => benchInProcess(args, { cwd: place });
const narrowFlags = ["--weights", weights, "--threads", "1"];

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "bench-fid-"));
  const raw = { width: 40, height: 30, channels: 3 } as const;
  for (const [index, name] of ["a", "b"].entries()) {
    mkdirSync(join(place, name));
    for (let i = 0; i < 5; i++) {
      const values = normals(index, "measuring.test", i, 40 * 30 * 3);
      const noise = Uint8Array.from(values, (x) => 100 + 50 * index + 30 * x);
      writeFileSync(join(place, name, `${i}.png`), await sharp(noise, { raw }).png().toBuffer());
    }
  }
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe("bench features and bench fid", () => {
  it("give the same FID for folders, feature files and files of statistics", async () => {
    for (const [name, file] of [
      ["a", "a.npz"],
      ["b", "b.safetensors"],
    ] as const) {
      const made = await go("features", name, ...narrowFlags, "--output", file, "--json");
      expect(made.code, made.stderr).toBe(0);
      expect(made.stdout).toContain(
        `${file}: 5 images, 128 features each, by inception-2015-12-05/2048 narrowed 16 times`,
      );
      expect(made.json).toMatchObject({ count: 5, dimension: 128, resizer: "pytorch" });
    }
    const stored = await readNpz(join(place, "a.npz"));
    expect([...stored].map(([name, { type, shape }]) => [name, type, shape.join()])).toEqual([
      ["features", "F32", "5,128"],
      ["mu", "F64", "128"],
      ["sigma", "F64", "128,128"],
      ["about", "U8", expect.any(String)],
    ]);
    writeNpz(
      join(place, "statistics.npz"),
      [...stored].filter(([name]) => name === "mu" || name === "sigma"),
    );

    const folders = await go("fid", "a", "b", ...narrowFlags, "--json", "--resamples", "20");
    expect(folders.code, folders.stderr).toBe(0);
    expect(folders.json).toMatchObject({ counts: [5, 5], dimension: 128, precision: 0, recall: 0, neighbours: 3 });
    expect(folders.stdout.split("\n")[0]).toBe(String(folders.json.fid));
    expect(folders.stderr).toContain("95 % interval");
    expect(folders.stderr).toContain("a: 5 images do not span 128 features");
    expect(Number(folders.json.kid)).toBeGreaterThan(0);
    for (const pair of [
      ["a.npz", "b.safetensors"],
      ["statistics.npz", "b.safetensors"],
    ]) {
      const files = await go("fid", ...pair);
      expect(files.stdout, files.stderr).toBe(`${folders.json.fid}\n`);
    }
    expect(Number((await go("fid", "statistics.npz", "a", ...narrowFlags)).stdout)).toBeLessThan(1e-6);
  });

  it("list the images that they leave out, and ignore files of other kinds", async () => {
    const mixed = join(place, "mixed");
    cpSync(join(place, "a"), mixed, { recursive: true });
    writeFileSync(join(mixed, "broken.png"), "x");
    writeFileSync(join(mixed, "phone.jpg"), "\0\0\0\x18ftypheic\0\0\0\0");
    writeFileSync(join(mixed, "notes.txt"), "x");
    symlinkSync(".", join(mixed, "loop"));
    const mini = ["--extractor", "mini", "--threads", "1"];
    const made = await go("features", "mixed", ...mini, "--output", "mixed.npz", "--json");
    expect(made.json, made.stderr).toMatchObject({
      count: 5,
      skipped: 2,
      leftOut: [
        { file: "broken.png", reason: expect.stringContaining("its content is none of") },
        { file: "phone.jpg", reason: expect.stringContaining("HEIC image, which cannot be read here") },
      ],
    });
    expect(made.stderr).toContain("2 files of mixed left out, 5 images used\n");
    const otherExtractor = await go("fid", "mixed", "a.npz", ...mini, "--json", "--resamples", "0");
    expect(otherExtractor.code).toBe(4); // a.npz has features of another extractor
    const folders = await go("fid", "mixed", "a", ...mini, "--json");
    expect(folders.json).toMatchObject({ skipped: [2, 0], leftOut: [[{ file: "broken.png" }, {}], []] });
    expect(folders.stderr).toContain("2 files of mixed left out, 5 images used");
    expect(folders.stderr).not.toContain("of a left out");
    const file = await go("fid", "mixed.npz", "a", ...mini, "--json");
    expect(file.json).toMatchObject({ skipped: [null, 0], leftOut: [null, []] });
    const strict = await go("features", "mixed", ...mini, "--strict", "--output", "strict.npz");
    expect(strict.stderr).toContain("mixed/broken.png: its content is none of");
    expect(strict.code).toBe(4);
  });

  it("take the mini extractor, and warn that its FID is not comparable with published ones", async () => {
    const found = await go("fid", "a", "a", "--extractor", "mini", "--threads", "1");
    expect(found.stdout, found.stderr).toBe("0\n");
    expect(found.stderr).toContain("FID of mini-inception/1, not of Inception: not comparable with published FIDs");
  });

  it.each<[string[], number, string]>([
    [["fid", "a", "b"], 4, "get them with 'bench fetch inception-v3-fid'"],
    [
      ["fid", "a", "b", "--resize", "nearest", ...narrowFlags],
      2,
      "--resize 'nearest' is not known; available: pytorch, clean, tensorflow",
    ],
    [["fid", "a", "b", "--resamples", "3", ...narrowFlags], 2, "--resamples is '3'; wanted 0, or at least 20"],
    [
      ["fid", "statistics.npz", "a", "--resamples", "20", ...narrowFlags],
      2,
      "--resamples 20: the interval needs the features of the first set, and statistics.npz has only their mean",
    ],
    [["fid", "a", "nowhere.npz", ...narrowFlags], 4, "nowhere.npz: there is no such file"],
    [["fid", "a", weights, ...narrowFlags], 4, "wanted features [N, D], or mu [D] and sigma [D, D]"],
    [["features", "a", "--output", "a.csv", ...narrowFlags], 2, "wanted a name that ends in .npz or .safetensors"],
    [
      ["features", "nowhere", "--output", "x.npz", ...narrowFlags],
      4,
      "nowhere: there is no such file or folder; wanted a folder",
    ],
    [["features", "a", "--output", "x.npz", "--weights", "a/0.png"], 4, "a PNG image; wanted a safetensors file"],
  ])("refuse %j with exit code %i", async (args, code, message) => {
    const found = await go(...args);
    expect(found.stderr).toContain(message);
    expect(found.stderr).not.toContain("    at ");
    expect(found.code).toBe(code);
    expect(found.stdout).toBe("");
  });
});
