// Finds weights, datasets and engines in the folder for downloads and in the Hugging Face cache.

import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { preparedMark } from "@dit-bench/datasets";
import { afterAll, describe, expect, it } from "vitest";
import { fetchables, locate } from "./locate.ts";

const place = mkdtempSync(join(tmpdir(), "locate-"));
afterAll(() => rmSync(place, { recursive: true }));
const env = { DIT_BENCH_HOME: join(place, "home"), HF_HUB_CACHE: join(place, "hub") };
const put = (...path: string[]) => {
  mkdirSync(join(place, ...path.slice(0, -1)), { recursive: true });
  writeFileSync(join(place, ...path), "x");
  return join(place, ...path);
};
/** Nothing but zeros, which take no room on the disk. */
const putSized = (bytes: number, ...path: string[]) => {
  truncateSync(put(...path), bytes);
  return join(place, ...path);
};
const vaeBytes = 334_643_276; // as weights.json has them
const configBytes = 547;

describe("locate", () => {
  it("knows five sets of weights, eight datasets and one engine, each name once", () => {
    const names = fetchables().map((f) => f.name);
    expect(names).toEqual([
      ...["dit-xl-2-256", "dit-xl-2-512", "sd-vae-ft-ema", "sd-vae-ft-mse", "inception-v3-fid"],
      ...["food", "sun", "df20m", "caltech", "cub", "artbench", "flowers", "cars"],
      "openvino",
    ]);
  });

  it("has an address for every file of weights, and a source for every checksum", () => {
    for (const f of fetchables()) {
      if (f.kind !== "weights") continue;
      for (const { file, urls, hub, md5, sha256, checksumsFrom } of f.entry.files) {
        expect(urls.length > 0 || hub !== null, file).toBe(true);
        expect(checksumsFrom === null, file).toBe(md5 === null && sha256 === null);
      }
    }
  });

  it("names the command that fetches a missing file, and suggests the closest name", () => {
    expect(locate("cub", env)).toEqual({
      kind: "dataset",
      name: "cub",
      path: undefined,
      from: undefined,
      command: "bench fetch cub",
    });
    expect(() => locate("sd-vae-ft-em", env)).toThrow("Did you mean 'sd-vae-ft-ema'?");
  });

  it("finds weights in the Hugging Face cache when all their files are there, and prefers fetched ones", () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const repository = ["hub", "models--stabilityai--sd-vae-ft-ema"];
    const weights = putSized(vaeBytes, ...repository, "snapshots", commit, "diffusion_pytorch_model.safetensors");
    expect(locate("sd-vae-ft-ema", env).path).toBeUndefined(); // no branch points to that commit
    put(...repository, "refs", "main");
    writeFileSync(join(place, ...repository, "refs", "main"), commit);
    expect(locate("sd-vae-ft-ema", env).path).toBeUndefined(); // no config.json
    putSized(configBytes, ...repository, "snapshots", commit, "config.json");
    expect(locate("sd-vae-ft-ema", env)).toMatchObject({ path: weights, from: "hub cache" });
    const own = putSized(vaeBytes, "home", "weights", "sd-vae-ft-ema", "diffusion_pytorch_model.safetensors");
    expect(locate("sd-vae-ft-ema", env).path).toBe(weights);
    putSized(configBytes, "home", "weights", "sd-vae-ft-ema", "config.json");
    expect(locate("sd-vae-ft-ema", env)).toMatchObject({ path: own, from: "fetched" });
    truncateSync(own, 1); // damaged since: the cache's is taken
    expect(locate("sd-vae-ft-ema", env)).toMatchObject({ path: weights, from: "hub cache" });
    const config = put(...repository, "snapshots", commit, "config.json");
    expect(locate("sd-vae-ft-ema", { ...env, DIT_BENCH_HOME: join(place, "none") })).toMatchObject({
      path: undefined,
      misplaced: { path: weights, reason: `${config} is not the published file: its length is 1, wanted 547 bytes` },
    });
  });

  it("does not find a file whose size is not the published one, and reports it as misplaced", () => {
    const path = put("home", "weights", "inception-v3-fid", "pt_inception-2015-12-05-6726825d.pth");
    expect(locate("inception-v3-fid", env)).toEqual({
      kind: "weights",
      name: "inception-v3-fid",
      path: undefined,
      from: undefined,
      command: "bench fetch inception-v3-fid",
      misplaced: { path, reason: `${path} is not the published file: its length is 1, wanted 95628359 bytes` },
    });
    truncateSync(path, 95_628_359);
    expect(locate("inception-v3-fid", env)).toMatchObject({ path, from: "fetched" });
    expect(locate("inception-v3-fid", env).misplaced).toBeUndefined();
    const unknown = put("home", "weights", "dit-xl-2-512", "DiT-XL-2-512x512.pt"); // nobody published its size
    expect(locate("dit-xl-2-512", env).path).toBe(unknown);
  });

  it("finds a dataset's folder only when its preparation is complete", () => {
    put("home", "datasets", "cub", "one", "1.jpg");
    expect(locate("cub", env).path).toBeUndefined();
    put("home", "datasets", "cub", preparedMark);
    expect(locate("cub", env).path).toBe(join(place, "home", "datasets", "cub"));
  });
});
