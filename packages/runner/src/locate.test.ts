import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

describe("locate", () => {
  it("knows five sets of weights and eight datasets, each name once", () => {
    const names = fetchables().map((f) => f.name);
    expect(names).toEqual([
      ...["dit-xl-2-256", "dit-xl-2-512", "sd-vae-ft-ema", "sd-vae-ft-mse", "inception-v3-fid"],
      ...["food", "sun", "df20m", "caltech", "cub", "artbench", "flowers", "cars"],
    ]);
  });

  it("has an address for every file of weights, and says where every checksum is from", () => {
    for (const f of fetchables()) {
      if (f.kind !== "weights") continue;
      for (const { file, urls, hub, md5, sha256, checksumsFrom } of f.entry.files) {
        expect(urls.length > 0 || hub !== null, file).toBe(true);
        expect(checksumsFrom === null, file).toBe(md5 === null && sha256 === null);
      }
    }
  });

  it("says which command brings what is not here, and suggests the name that was meant", () => {
    expect(locate("cub", env)).toEqual({
      kind: "dataset",
      name: "cub",
      path: undefined,
      from: undefined,
      command: "bench fetch cub",
    });
    expect(() => locate("sd-vae-ft-em", env)).toThrow("Did you mean 'sd-vae-ft-ema'?");
  });

  it("finds weights in the Hugging Face cache when all their files are there, and fetched ones before those", () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const repository = ["hub", "models--stabilityai--sd-vae-ft-ema"];
    const weights = put(...repository, "snapshots", commit, "diffusion_pytorch_model.safetensors");
    expect(locate("sd-vae-ft-ema", env).path).toBeUndefined(); // no branch points to that commit
    put(...repository, "refs", "main");
    writeFileSync(join(place, ...repository, "refs", "main"), commit);
    expect(locate("sd-vae-ft-ema", env).path).toBeUndefined(); // no config.json
    put(...repository, "snapshots", commit, "config.json");
    expect(locate("sd-vae-ft-ema", env)).toMatchObject({ path: weights, from: "hub cache" });
    const own = put("home", "weights", "sd-vae-ft-ema", "diffusion_pytorch_model.safetensors");
    expect(locate("sd-vae-ft-ema", env).path).toBe(weights);
    put("home", "weights", "sd-vae-ft-ema", "config.json");
    expect(locate("sd-vae-ft-ema", env)).toMatchObject({ path: own, from: "fetched" });
  });

  it("takes a dataset's folder only when it is prepared to the end", () => {
    put("home", "datasets", "cub", "one", "1.jpg");
    expect(locate("cub", env).path).toBeUndefined();
    put("home", "datasets", "cub", preparedMark);
    expect(locate("cub", env).path).toBe(join(place, "home", "datasets", "cub"));
  });
});
