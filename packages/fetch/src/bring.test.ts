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
import { bring, type RemoteFile } from "./bring.ts";
import { cacheFolder } from "./cache-folder.ts";
import { findInHubCache, hubCache, hubUrl } from "./hub.ts";
import { type FaultServer, faultServer, serveFile } from "./testing/fault-server.ts";

const body = Buffer.from("weights".repeat(1000));
const sha256 = createHash("sha256").update(body).digest("hex");
const md5 = createHash("md5").update(body).digest("hex");
const root = mkdtempSync(join(tmpdir(), "bring-"));
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
const go = (f: RemoteFile, env: Record<string, string> = {}, notes: string[] = []) =>
  bring(f, folder, {
    env: { HF_HUB_CACHE: join(root, "no-cache"), ...env },
    patience: { attempts: 2, pauseSeconds: 0.01, stallSeconds: 1 },
    onNote: (n) => notes.push(n),
  });
const put = (path: string, bytes: string | Uint8Array = body) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
};

describe("a file of a catalogue", () => {
  it("is fetched once, and found after that without a request", async () => {
    expect(await go(file())).toMatchObject({ how: "fetched", bytes: body.length, path: join(folder, "w.safetensors") });
    expect((await go(file())).how).toBe("was here");
    expect(server.seen.length).toBe(1);
  });

  it("that somebody put there is checked once before it is believed", async () => {
    put(join(folder, "w.safetensors"));
    const notes: string[] = [];
    await go(file(), {}, notes);
    await go(file(), {}, notes);
    expect(notes).toEqual([`${join(folder, "w.safetensors")}: checking its SHA256`]);
    utimesSync(join(folder, "w.safetensors"), 1, 1); // touched: it may be another
    await go(file({ sha256: null }), {}, notes);
    expect(notes.at(-1)).toContain("checking its MD5");
    expect(server.seen).toEqual([]);
  });

  it("that somebody put there and is another is refused, not removed", async () => {
    put(join(folder, "w.safetensors"), Buffer.alloc(body.length));
    await expect(go(file())).rejects.toMatchObject({ kind: "wrong-checksum", exitCode: 4 });
    await expect(go(file())).rejects.toThrow("remove it and run the same command again");
    expect(existsSync(join(folder, "w.safetensors"))).toBe(true);
  });

  it("is right although nothing can be noted beside it", async () => {
    mkdirSync(join(folder, ".w.safetensors.checked/in-the-way"), { recursive: true });
    expect((await go(file())).how).toBe("fetched");
    expect((await go(file())).how).toBe("was here");
    expect(readdirSync(folder).sort()).toEqual([".w.safetensors.checked", "w.safetensors"]);
  });

  it("is not checked on when it is to stop", async () => {
    put(join(folder, "w.safetensors"));
    const stopping = bring(file(), folder, { env: {}, signal: AbortSignal.abort() });
    await expect(stopping).rejects.toMatchObject({ kind: "interrupted", exitCode: 75 });
  });

  it("that cannot be fetched says where to put it, how large it is, and what is known of its host", async () => {
    server.handler = (_, r) => r.writeHead(404).end();
    const error = await go(file({ gone: "404 since 2023" })).catch((e) => e);
    expect(error).toMatchObject({ kind: "not-found", exitCode: 4 });
    expect(error.message).toContain("(known: 404 since 2023)");
    expect(error.message).toContain(
      `where you have w.safetensors (7 kB, SHA-256 ${sha256}) from elsewhere, put it at ${folder}`,
    );
  });
});

describe("the Hugging Face hub", () => {
  it("is asked at its address of a branch or commit, before others", async () => {
    const done = await go(file({ hub }), { HF_ENDPOINT: `${server.origin}/` });
    expect(done.how).toBe("fetched");
    expect(server.seen.map((s) => s.url)).toEqual(["/org/name/resolve/main/sub/w.safetensors"]);
    expect(hubUrl(hub, {})).toBe("https://huggingface.co/org/name/resolve/main/sub/w.safetensors");
  });

  it("gets the token, other addresses do not", async () => {
    const other = await faultServer();
    other.handler = (q, r) => serveFile(q, r, body);
    server.handler = (_, r) => r.writeHead(401).end();
    await go(file({ hub, urls: [`${other.origin}/w`] }), { HF_ENDPOINT: server.origin, HF_TOKEN: "hf_secret" });
    expect(server.seen[0]?.headers.authorization).toBe("Bearer hf_secret");
    expect(other.seen[0]?.headers.authorization).toBeUndefined();
    await other.close();
  });

  it.each(["no address", "ftp://mirror"])("at an address such as '%s' is told by its variable", async (HF_ENDPOINT) => {
    const error = await go(file({ hub }), { HF_ENDPOINT }).catch((e) => e);
    expect(error).toMatchObject({ kind: "environment", exitCode: 2 });
    expect(error.message).toContain(`HF_ENDPOINT is "${HF_ENDPOINT}": wanted an address such as`);
  });

  it("has a cache, which is read first and left as it is", async () => {
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
      expect(await go(file({ hub: { ...hub, revision } }), env)).toMatchObject({ path: snapshot, how: "hub cache" });
    }
    expect(readdirSync(cache, { recursive: true })).toEqual(before);
    expect(server.seen).toEqual([]);
    rmSync(blob); // a link to nothing, as a half-removed cache has
    expect(findInHubCache(hub, { HF_HUB_CACHE: cache })).toBeUndefined();
    put(blob, "short");
    await go(file({ hub }), { HF_HUB_CACHE: cache, HF_ENDPOINT: server.origin });
    expect(readFileSync(blob, "utf8")).toBe("short");
  });

  it.each<[Record<string, string>, string]>([
    [{ HF_HUB_CACHE: "/a" }, "/a"],
    [{ HUGGINGFACE_HUB_CACHE: "/b" }, "/b"],
    [{ HF_HOME: "/c", XDG_CACHE_HOME: "/x" }, "/c/hub"],
    [{ XDG_CACHE_HOME: "/x" }, "/x/huggingface/hub"],
    [{ HOME: "/h" }, "/h/.cache/huggingface/hub"],
    [{}, join(homedir(), ".cache/huggingface/hub")],
  ])("keeps it where %j says: %s", (env, folder) => {
    expect(hubCache(env)).toBe(folder);
  });

  it.each(["../../../etc", ".."])("a branch called %s leads nowhere", (revision) => {
    expect(findInHubCache({ ...hub, revision }, { HF_HUB_CACHE: "/etc" })).toBeUndefined();
  });
});

describe("without a network", () => {
  it.each(["DIT_BENCH_OFFLINE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])("%s=1: nothing is asked", async (name) => {
    const error = await go(file({ hub }), { [name]: "1", HF_ENDPOINT: server.origin }).catch((e) => e);
    expect(error).toMatchObject({ kind: "offline", exitCode: 4 });
    expect(error.message).toContain(
      `w.safetensors is not here, and ${name} forbids the network: unset it, or, where you have`,
    );
    expect(server.seen).toEqual([]);
    put(join(folder, "w.safetensors"));
    expect((await go(file(), { [name]: "1" })).how).toBe("was here");
  });

  it("0 and nothing do not forbid it", async () => {
    expect((await go(file(), { DIT_BENCH_OFFLINE: "0", HF_HUB_OFFLINE: "" })).how).toBe("fetched");
  });
});

it.each<[NodeJS.Platform, Record<string, string>, string]>([
  ["linux", { HOME: "/h" }, "/h/.cache/p"],
  ["linux", { HOME: "/h", XDG_CACHE_HOME: "/x" }, "/x/p"],
  ["darwin", {}, join(homedir(), "Library/Caches/p")],
  ["win32", { LOCALAPPDATA: "/l" }, "/l/p/Cache"],
])("caches on %s with %j lie in %s", (platform, env, folder) => {
  expect(cacheFolder("p", env, platform)).toBe(folder);
});
