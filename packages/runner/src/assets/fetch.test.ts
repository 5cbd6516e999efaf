// Fetching from a local server, with a small dataset and small weights.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { makeMat } from "@dit-bench/datasets/testing";
import { type FaultServer, faultServer, makeTar, serveFile } from "@dit-bench/fetch/testing";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { fetchOne, planFetch } from "./fetch.ts";
import { type Fetchable, fetchable, locate } from "./locate.ts";

const place = mkdtempSync(join(tmpdir(), "fetch-"));
afterAll(() => rmSync(place, { recursive: true }));
let server: FaultServer;
let env: Record<string, string>;
let number = 0;
beforeEach(async () => {
  server = await faultServer();
  env = {
    DIT_BENCH_HOME: join(place, String(number++)),
    HF_HUB_CACHE: join(place, "none"),
    HF_ENDPOINT: server.origin,
  };
  return () => server.close();
});

const originals: Record<string, Buffer> = {
  "102flowers.tgz": gzipSync(makeTar([1, 2, 3].map((n) => ({ name: `jpg/image_0000${n}.jpg`, body: `image ${n}` })))),
  "imagelabels.mat": makeMat({ labels: { numbers: [1, 2, 1] } }),
  "setid.mat": makeMat({ trnid: { numbers: [1, 2] }, valid: { numbers: [3] }, tstid: { numbers: [] } }),
};

/** A dataset of the registry, as if its authors had published something small on the server of this test. */
function flowers(change: { classes?: number; images?: number } = {}): Fetchable {
  const { entry } = fetchable("flowers") as Extract<Fetchable, { kind: "dataset" }>;
  const downloads = entry.downloads.map((d) => {
    const body = originals[d.file]!;
    const sha256 = createHash("sha256").update(body).digest("hex");
    return { ...d, urls: [`${server.origin}/${d.file}`], bytes: body.length, sha256, md5: null };
  });
  return {
    kind: "dataset",
    name: "flowers",
    entry: { ...entry, downloads, prepared: { ...entry.prepared, ...change } },
  };
}

describe("fetchOne of a dataset", () => {
  it("fetches and prepares what planFetch planned, and does nothing the second time", async () => {
    server.handler = (q, r) => serveFile(q, r, originals[q.url!.slice(1)]!);
    const total = Object.values(originals).reduce((n, b) => n + b.length, 0);
    const what = flowers({ classes: 2, images: 3 });
    expect(await planFetch(what, env)).toMatchObject({ here: false, bytesToFetch: total, diskNeeded: 2 * total });
    expect(server.seen).toEqual([]);

    const folder = join(env.DIT_BENCH_HOME!, "datasets/flowers");
    expect(await fetchOne(what, { env })).toEqual({
      name: "flowers",
      kind: "dataset",
      path: folder,
      already: false,
      surprises: [],
    });
    expect(locate("flowers", env)).toMatchObject({ path: folder, from: "fetched" });
    expect(readdirSync(folder).sort()).toEqual([".dit-bench.json", "1", "2"]);
    const requests = server.seen.length;
    expect((await fetchOne(what, { env })).already).toBe(true);
    expect(await planFetch(what, env)).toMatchObject({ here: true, bytesToFetch: 0, diskNeeded: 0 });
    expect(server.seen.length).toBe(requests);
  });

  it("reports counts that differ from the expected ones", async () => {
    server.handler = (q, r) => serveFile(q, r, originals[q.url!.slice(1)]!);
    expect((await fetchOne(flowers(), { env })).surprises[0]).toBe("found 2 classes, expected 102");
  });

  it("keeps the first file where the second is not available, and continues when it is", async () => {
    server.handler = (q, r) =>
      q.url === "/imagelabels.mat" ? r.writeHead(404).end() : serveFile(q, r, originals[q.url!.slice(1)]!);
    await expect(fetchOne(flowers(), { env })).rejects.toMatchObject({ kind: "not-found" });
    expect(locate("flowers", env).path).toBeUndefined();
    expect((await planFetch(flowers(), env)).files.map((f) => f.hereBytes > 0)).toEqual([true, false, false]);
    server.handler = (q, r) => serveFile(q, r, originals[q.url!.slice(1)]!);
    await fetchOne(flowers(), { env });
    expect(server.seen.filter((s) => s.url === "/102flowers.tgz").length).toBe(1);
  });
});

describe("fetchOne of a dataset whose host is gone", () => {
  it("uses an unpacked copy that the user put in place of the archive, and notes that", async () => {
    const copy = join(env.DIT_BENCH_HOME!, "downloads/flowers/102flowers/jpg");
    mkdirSync(copy, { recursive: true });
    for (const n of [1, 2, 3]) writeFileSync(join(copy, `image_0000${n}.jpg`), `image ${n}`);
    server.handler = (q, r) =>
      q.url === "/102flowers.tgz" ? r.writeHead(404).end() : serveFile(q, r, originals[q.url!.slice(1)]!);
    const notes: string[] = [];
    const { path } = await fetchOne(flowers(), { env, listener: { note: (t) => notes.push(t) } });
    expect(readdirSync(path).sort()).toEqual([".dit-bench.json", "1", "2"]);
    expect(notes.join("\n")).toContain("102flowers.tgz: uses the folder of that name in");
    expect(readdirSync(copy).length).toBe(3);
  });
});

describe("fetchOne of weights", () => {
  it("downloads a file that the Hugging Face cache has with another size", async () => {
    const { entry } = fetchable("sd-vae-ft-ema") as Extract<Fetchable, { kind: "weights" }>;
    const body = Buffer.from("tensors");
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const cache = join(place, "wrong", "models--stabilityai--sd-vae-ft-ema");
    mkdirSync(join(cache, "snapshots", commit), { recursive: true });
    mkdirSync(join(cache, "refs"));
    writeFileSync(join(cache, "refs/main"), commit);
    for (const { file } of entry.files) writeFileSync(join(cache, "snapshots", commit, file), "cut");
    server.handler = (q, r) => serveFile(q, r, body);
    const files = entry.files.map((f) => ({ ...f, bytes: body.length }));
    const what: Fetchable = { kind: "weights", name: entry.name, entry: { ...entry, files } };
    const around = { ...env, HF_HUB_CACHE: join(place, "wrong") };
    const path = join(cache, "snapshots", commit, entry.files[0]!.file);
    const reason = `${path} is not the published file: its length is 3, wanted 7 bytes`;
    expect(await planFetch(what, around)).toMatchObject({ here: false, misplaced: reason, bytesToFetch: 14 });
    const notes: string[] = [];
    const done = await fetchOne(what, { env: around, listener: { note: (t) => notes.push(t) } });
    expect(done).toMatchObject({
      already: false,
      path: join(env.DIT_BENCH_HOME!, "weights/sd-vae-ft-ema/diffusion_pytorch_model.safetensors"),
    });
    expect(notes).toContain(`${reason}; it is fetched again`);
    expect(readFileSync(done.path, "utf8")).toBe("tensors");
    expect(await planFetch(what, around)).toMatchObject({ here: true, bytesToFetch: 0 });
  });

  it("puts weights and their companions into one folder", async () => {
    const { entry } = fetchable("sd-vae-ft-ema") as Extract<Fetchable, { kind: "weights" }>;
    const body = Buffer.from("tensors");
    const files = entry.files.map((f) => ({ ...f, bytes: body.length }));
    server.handler = (q, r) => serveFile(q, r, body);
    const what: Fetchable = { kind: "weights", name: entry.name, entry: { ...entry, files } };
    const notes: string[] = [];
    const { path } = await fetchOne(what, { env, listener: { note: (t) => notes.push(t) } });
    expect(path).toBe(join(env.DIT_BENCH_HOME!, "weights/sd-vae-ft-ema/diffusion_pytorch_model.safetensors"));
    expect(existsSync(join(path, "../config.json"))).toBe(true);
    expect(server.seen.map((s) => s.url)).toEqual(
      ["diffusion_pytorch_model.safetensors", "config.json"].map((f) => `/stabilityai/sd-vae-ft-ema/resolve/main/${f}`),
    );
    expect(notes[0]).toContain("MIT");
    expect((await fetchOne(what, { env })).already).toBe(true);
    writeFileSync(path, "x"); // damaged since
    expect((await fetchOne(what, { env })).already).toBe(false);
    expect(readFileSync(path, "utf8")).toBe("tensors");
  });

  it("copies a file that the Hugging Face cache has, and downloads the missing ones to the same folder", async () => {
    const { entry } = fetchable("sd-vae-ft-ema") as Extract<Fetchable, { kind: "weights" }>;
    const body = Buffer.from("tensors");
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const cache = join(place, "part", "models--stabilityai--sd-vae-ft-ema");
    mkdirSync(join(cache, "snapshots", commit), { recursive: true });
    mkdirSync(join(cache, "refs"));
    writeFileSync(join(cache, "refs/main"), commit);
    writeFileSync(join(cache, "snapshots", commit, "diffusion_pytorch_model.safetensors"), body);
    server.handler = (q, r) => serveFile(q, r, body);
    const files = entry.files.map((f) => ({ ...f, bytes: body.length }));
    const what: Fetchable = { kind: "weights", name: entry.name, entry: { ...entry, files } };
    const inTheWay = join(env.DIT_BENCH_HOME!, "weights/sd-vae-ft-ema/diffusion_pytorch_model.safetensors");
    mkdirSync(join(inTheWay, "x"), { recursive: true });
    const go = () => fetchOne(what, { env: { ...env, HF_HUB_CACHE: join(place, "part") } });
    await expect(go()).rejects.toThrow();
    expect(readdirSync(join(inTheWay, ".."))).toEqual(["diffusion_pytorch_model.safetensors"]); // and no half of a copy
    rmSync(inTheWay, { recursive: true });
    const { path } = await go();
    expect(server.seen.map((s) => s.url)).toEqual(["/stabilityai/sd-vae-ft-ema/resolve/main/config.json"]);
    expect(path).toBe(join(env.DIT_BENCH_HOME!, "weights/sd-vae-ft-ema/diffusion_pytorch_model.safetensors"));
    expect(existsSync(path)).toBe(true);
  });
});
