// `bench run` with a model that works on an autoencoder's latents.

import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors } from "@dit-bench/weights";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bench, type Finished } from "./bench.test.data.ts";
import { benchInProcess } from "./bench-in-process.test.data.ts";
import { tinyRecipe } from "./tiny-recipe.test.data.ts";

let place: string;
const flags = ["--recipe", "tiny", "--dataset", "flowers", "--threads", "1", "--json"];
const run = (out: string, method = "difffit", watch?: Parameters<typeof bench>[1]["watch"]) => {
  const args = ["run", ...flags, "--method", method, "--out", out];
  return watch ? bench(args, { cwd: place, watch }) : benchInProcess(args, { cwd: place });
};
const sha = (path: unknown) =>
  createHash("sha256")
    .update(readFileSync(join(place, String(path))))
    .digest("hex");
const caches = (out: string) => readdirSync(join(place, out, "latents"));

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "bench-latents-"));
  tinyRecipe(join(place, "tiny"), { latents: true });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe("bench run on latents", () => {
  let first: Finished;

  it("encodes the data once, trains on sampled latents and decodes the generated ones", async () => {
    first = await run("first");
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toMatch(
      /latents: 36 images, each mirrored too, once for all runs, kept in first\/latents\/flowers-32-/,
    );
    expect(first.stderr).toContain("decode: 20 images");
    const record = JSON.parse(readFileSync(join(place, String(first.json.record)), "utf8"));
    expect(record.weights.autoencoder).toMatch(/^[0-9a-f]{64}$/);
    expect(record.times.latents).toBeGreaterThan(0);
    expect(record).toMatchObject({ data: { size: 32 }, exit: "finished" });
    const [file] = caches("first");
    const { tensors } = readSafetensors(join(place, "first/latents", file!));
    expect(tensors.get("moments")!.shape).toEqual([36, 2, 2, 4, 8, 8]);
  });

  it("shares the cache with another method's run", async () => {
    const [file] = caches("first");
    const before = statSync(join(place, "first/latents", file!));
    const other = await run("first", "bitfit");
    expect(other.code, other.stderr).toBe(0);
    expect(other.stderr).not.toContain("latents:");
    expect(caches("first")).toEqual([file]);
    expect(statSync(join(place, "first/latents", file!)).mtimeMs).toBe(before.mtimeMs);
  });

  it("trains bit-identical weights after it was killed with SIGKILL in three stages", async () => {
    for (const moment of [/latents: /, /train: /, /decode: /]) {
      const killed = await run("killed", "difffit", (stderr, child) => moment.test(stderr) && child.kill("SIGKILL"));
      expect(killed.signal, `at ${moment}`).toBe("SIGKILL");
    }
    const resumed = await run("killed");
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(sha(resumed.json.weights)).toBe(sha(first.json.weights));
    expect(resumed.json.fid).toBe(first.json.fid);
    expect(sha(join("killed/latents", caches("killed")[0]!))).toBe(sha(join("first/latents", caches("first")[0]!)));
  });

  it("makes the damaged part of the cache again, with a note, and trains the same weights", async () => {
    const path = join(place, "killed/latents", caches("killed")[0]!);
    const intactHash = sha(join("killed/latents", caches("killed")[0]!));
    for (const damage of [
      () => truncateSync(path, statSync(path).size - 4000),
      () => writeFileSync(path, Buffer.alloc(1000)),
      () => {
        rmSync(path);
        mkdirSync(join(path, "something"), { recursive: true });
      },
    ]) {
      rmSync(join(place, "killed/tiny-1"), { recursive: true });
      damage();
      const mended = await run("killed");
      expect(mended.code, mended.stderr).toBe(0);
      expect(mended.stderr).toMatch(
        /latents are made again: .* images are damaged|header is not the expected one|moved to .*moved-1/,
      );
      expect(sha(mended.json.weights)).toBe(sha(first.json.weights));
      expect(sha(path.slice(place.length + 1))).toBe(intactHash);
    }
  });

  it("reports an autoencoder that is missing, with exit code 4", async () => {
    const path = join(place, "tiny/recipe.json");
    const recipe = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...recipe, autoencoder: { ...recipe.autoencoder, weights: "nowhere" } }));
    const absent = await run("refused");
    expect(absent.stderr).toContain("not here: autoencoder 'nowhere'; put it beside the recipe");
    expect(absent.code).toBe(4);
    writeFileSync(path, JSON.stringify(recipe));
  });
});
