// Tests of fetchFile: checks of size and checksum, the Hugging Face hub and its cache, machines without a network.

import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { fetchFile, type RemoteFile } from "./fetch-file.ts";
import { findInHubCache, hubCache, hubUrl } from "./hub.ts";
import { type FaultServer, faultServer, serveFile } from "./testing/fault-server.ts";

const body = Buffer.from("weights".repeat(1000));
const sha256 = createHash("sha256").update(body).digest("hex");
const md5 = createHash("md5").update(body).digest("hex");
const root = mkdtempSync(join(tmpdir(), "fetch-file-"));
afterAll(() => rmSync(root, { recursive: true }));

let server: FaultServer;
let folder: string;
let number = 0;
beforeEach(async () => {
  folder = join(root, String(number++));
  server = await faultServer();
  server.handler = (q, r) => serveFile(q, r, body);
  return () => server.close();
});

const file = (change: Partial<RemoteFile> = {}): RemoteFile => ({
  file: "w.safetensors",
  urls: [`${server.origin}/w.safetensors`],
  hub: null,
  bytes: body.length,
  md5,
  sha256,
  ...change,
});
const hub = { repository: "org/name", revision: "main", path: "sub/w.safetensors" };
const commit = "0123456789abcdef0123456789abcdef01234567";
const provide = (f: RemoteFile, env: Record<string, string> = {}, notes: string[] = []) =>
  fetchFile(f, folder, {
    env: { HF_HUB_CACHE: join(root, "no-cache"), ...env },
    retry: { attempts: 2, pauseSeconds: 0.01, stallSeconds: 1 },
    onNote: (n) => notes.push(n),
  });
const put = (path: string, bytes: string | Uint8Array = body) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
};

describe("fetchFile", () => {
  it("downloads a file once and finds it later without a request", async () => {
    expect(await provide(file())).toMatchObject({
      how: "fetched",
      bytes: body.length,
      path: join(folder, "w.safetensors"),
    });
    expect((await provide(file())).how).toBe("was here");
    expect(server.seen.length).toBe(1);
  });

  it("checks a file that the user put into the folder once", async () => {
    put(join(folder, "w.safetensors"));
    const notes: string[] = [];
    await provide(file(), {}, notes);
    await provide(file(), {}, notes);
    expect(notes).toEqual([`${join(folder, "w.safetensors")}: checking its SHA256`]);
    utimesSync(join(folder, "w.safetensors"), 1, 1); // a new modification time: it may be another file
    await provide(file({ sha256: null }), {}, notes);
    expect(notes.at(-1)).toContain("checking its MD5");
    expect(server.seen).toEqual([]);
  });

  it("refuses another file with the expected name, without removing it", async () => {
    put(join(folder, "w.safetensors"), Buffer.alloc(body.length));
    await expect(provide(file())).rejects.toMatchObject({ kind: "wrong-checksum" });
    await expect(provide(file())).rejects.toThrow("remove it and run the same command again");
    expect(existsSync(join(folder, "w.safetensors"))).toBe(true);
  });

  it("accepts a file when its note cannot be written", async () => {
    mkdirSync(join(folder, ".w.safetensors.checked/in-the-way"), { recursive: true });
    expect((await provide(file())).how).toBe("fetched");
    expect((await provide(file())).how).toBe("was here");
    expect(readdirSync(folder).sort()).toEqual([".w.safetensors.checked", "w.safetensors"]);
  });

  it("stops the check of a file on an abort", async () => {
    put(join(folder, "w.safetensors"));
    const stopping = fetchFile(file(), folder, { env: {}, signal: AbortSignal.abort() });
    await expect(stopping).rejects.toMatchObject({ kind: "interrupted" });
  });

  it("names path, size and checksum of a file that cannot be fetched, and why its host is gone", async () => {
    server.handler = (_, r) => r.writeHead(404).end();
    const error = await provide(file({ gone: "404 since 2023" })).catch((e) => e);
    expect(error).toMatchObject({ kind: "not-found" });
    expect(error.message).toContain("(known: 404 since 2023)");
    expect(error.message).toContain(
      `if you have w.safetensors (7 kB, SHA-256 ${sha256}) from another source, put it at ${folder}`,
    );
  });
});

describe("the Hugging Face hub", () => {
  it("is tried first, at the address of a branch or commit", async () => {
    const result = await provide(file({ hub }), { HF_ENDPOINT: `${server.origin}/` });
    expect(result.how).toBe("fetched");
    expect(server.seen.map((s) => s.url)).toEqual(["/org/name/resolve/main/sub/w.safetensors"]);
    expect(hubUrl(hub, {})).toBe("https://huggingface.co/org/name/resolve/main/sub/w.safetensors");
  });

  it("receives the token, other addresses do not", async () => {
    const other = await faultServer();
    other.handler = (q, r) => serveFile(q, r, body);
    server.handler = (_, r) => r.writeHead(401).end();
    await provide(file({ hub, urls: [`${other.origin}/w`] }), { HF_ENDPOINT: server.origin, HF_TOKEN: "hf_secret" });
    expect(server.seen[0]?.headers.authorization).toBe("Bearer hf_secret");
    expect(other.seen[0]?.headers.authorization).toBeUndefined();
    await other.close();
  });

  it.each(["no address", "ftp://mirror"])(
    "is refused if its address is '%s', with an error that names the variable",
    async (HF_ENDPOINT) => {
      const error = await provide(file({ hub }), { HF_ENDPOINT }).catch((e) => e);
      expect(error).toMatchObject({ kind: "environment" });
      expect(error.message).toContain(`HF_ENDPOINT is "${HF_ENDPOINT}": set an address such as`);
    },
  );

  it("has a cache that is read first and never changed", async () => {
    const cache = join(root, "cache");
    const blob = join(cache, "models--org--name/blobs", sha256);
    const snapshot = join(cache, "models--org--name/snapshots", commit, "sub/w.safetensors");
    put(blob);
    mkdirSync(dirname(snapshot), { recursive: true });
    symlinkSync(`../../../blobs/${sha256}`, snapshot); // as the hub's own programs do
    put(join(cache, "models--org--name/refs/main"), commit);
    const before = readdirSync(cache, { recursive: true });
    for (const revision of ["main", commit]) {
      const env = { HF_HUB_CACHE: cache, HF_HUB_OFFLINE: "1" };
      expect(await provide(file({ hub: { ...hub, revision } }), env)).toMatchObject({
        path: snapshot,
        how: "hub cache",
      });
    }
    expect(readdirSync(cache, { recursive: true })).toEqual(before);
    expect(server.seen).toEqual([]);
    rmSync(blob); // leaves a dangling link, as in a partly removed cache
    expect(findInHubCache(hub, { HF_HUB_CACHE: cache })).toBeUndefined();
    put(blob, "short");
    await provide(file({ hub }), { HF_HUB_CACHE: cache, HF_ENDPOINT: server.origin });
    expect(readFileSync(blob, "utf8")).toBe("short");
  });

  it.each<[Record<string, string>, string]>([
    [{ HF_HUB_CACHE: "/a" }, "/a"],
    [{ HUGGINGFACE_HUB_CACHE: "/b" }, "/b"],
    [{ HF_HOME: "/c", XDG_CACHE_HOME: "/x" }, "/c/hub"],
    [{ XDG_CACHE_HOME: "/x" }, "/x/huggingface/hub"],
    [{ HOME: "/h" }, "/h/.cache/huggingface/hub"],
    [{}, join(homedir(), ".cache/huggingface/hub")],
  ])("caches files in the folder that %j names: %s", (env, folder) => {
    expect(hubCache(env)).toBe(folder);
  });

  it.each(["../../../etc", ".."])("finds no file for a branch called %s", (revision) => {
    expect(findInHubCache({ ...hub, revision }, { HF_HUB_CACHE: "/etc" })).toBeUndefined();
  });
});

describe("fetchFile without a network", () => {
  it.each(["DIT_BENCH_OFFLINE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])(
    "sends no request with %s=1",
    async (name) => {
      const error = await provide(file({ hub }), { [name]: "1", HF_ENDPOINT: server.origin }).catch((e) => e);
      expect(error).toMatchObject({ kind: "offline" });
      expect(error.message).toContain(
        `w.safetensors is not here, and ${name} forbids network access: unset it; if you have`,
      );
      expect(server.seen).toEqual([]);
      put(join(folder, "w.safetensors"));
      expect((await provide(file(), { [name]: "1" })).how).toBe("was here");
    },
  );

  it("sends requests when the variables are 0 or empty", async () => {
    expect((await provide(file(), { DIT_BENCH_OFFLINE: "0", HF_HUB_OFFLINE: "" })).how).toBe("fetched");
  });
});
