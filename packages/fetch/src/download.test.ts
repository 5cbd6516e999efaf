import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { integers } from "@dit-bench/random";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DownloadOptions, download } from "./download.ts";
import { FetchError, type FetchErrorKind } from "./fetch-error.ts";
import { dropAfter, type FaultServer, faultServer, proxyServer, serveFile } from "./testing/fault-server.ts";

const body = Buffer.from(Uint8Array.from(integers(1, "download.test", 0, 200_000, 256)));
const digest = (data: Uint8Array, name = "sha256") => createHash(name).update(data).digest("hex");
const sha256 = digest(body);
const patience = { attempts: 3, pauseSeconds: 0.01, stallSeconds: 0.5, longestPauseSeconds: 1 };

let folder: string;
let place: string;
let number = 0;
let server: FaultServer;
let notes: string[];
const serve = (handler: (q: IncomingMessage, r: ServerResponse, n: number) => void) => {
  server.handler = handler;
};
const to = () => join(place, "file.bin");
const get = (options: DownloadOptions = {}, urls = [`${server.origin}/file.bin`]) =>
  download(urls, to(), { env: {}, patience, onNote: (n) => notes.push(n), ...options });
const failure = async (options: DownloadOptions = {}, urls?: string[]): Promise<FetchError> => {
  const error = await get(options, urls).then(
    () => undefined,
    (e) => e,
  );
  expect(error).toBeInstanceOf(FetchError);
  expect(existsSync(to()), "nothing under the final name").toBe(false);
  return error;
};
/** As if an earlier process had come this far. */
const keep = (bytes: Uint8Array, about?: object) => {
  writeFileSync(`${to()}.partial`, bytes);
  if (about) writeFileSync(`${to()}.partial.json`, JSON.stringify(about));
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "download-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  place = join(folder, String(number++));
  mkdirSync(place);
  notes = [];
  server = await faultServer();
  return () => server.close();
});

describe("a download", () => {
  it("brings the file whole, says its SHA-256, and leaves nothing else", async () => {
    serve((q, r) => serveFile(q, r, body));
    const seen: number[] = [];
    const found = await get({ bytes: body.length, sha256, md5: digest(body, "md5"), onProgress: (n) => seen.push(n) });
    expect(found).toEqual({ path: to(), bytes: body.length, sha256, already: false });
    expect(readFileSync(to()).equals(body)).toBe(true);
    expect(readdirSync(place)).toEqual(["file.bin"]);
    expect(seen.at(-1)).toBe(body.length);
    expect(server.seen[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it("is not done twice", async () => {
    serve((q, r) => serveFile(q, r, body));
    await get();
    expect((await get({ bytes: body.length })).already).toBe(true);
    expect(server.seen.length).toBe(1);
  });

  it("replaces a file of another length than is wanted, and says so", async () => {
    serve((q, r) => serveFile(q, r, body));
    writeFileSync(to(), "old");
    await get({ bytes: body.length });
    expect(readFileSync(to()).equals(body)).toBe(true);
    expect(notes.join()).toContain("has 3 bytes, wanted 200000");
  });

  it("of an empty file is an empty file", async () => {
    serve((q, r) => serveFile(q, r, Buffer.alloc(0)));
    expect((await get()).bytes).toBe(0);
    expect(readdirSync(place)).toEqual(["file.bin"]);
  });
});

describe("a connection that drops", () => {
  it.each([0, 1, 1000, 65_536, 100_000, 199_999])("after %i bytes is gone on with from there", async (at) => {
    serve((q, r, n) => (n === 0 ? dropAfter(r, body, at) : serveFile(q, r, body)));
    await get({ sha256 });
    expect(readFileSync(to()).equals(body)).toBe(true);
    expect(server.seen.length).toBe(2);
    if (at > 0) expect(server.seen[1]?.headers).toMatchObject({ range: `bytes=${at}-`, "if-range": '"v1"' });
    expect(notes.join()).toContain("going on in");
  });

  it("again and again is borne as long as something comes each time", async () => {
    serve((q, r) => {
      const from = Number(/\d+/.exec(q.headers.range ?? "0")?.[0]);
      const rest = body.subarray(from);
      const range = { "content-range": `bytes ${from}-${body.length - 1}/${body.length}` };
      r.writeHead(from ? 206 : 200, { etag: '"v1"', "content-length": rest.length, ...(from ? range : {}) });
      if (rest.length <= 20_000) r.end(rest);
      else r.write(rest.subarray(0, 20_000), () => setTimeout(() => r.destroy(), 5));
    });
    await get({ sha256 });
    expect(server.seen.length).toBeGreaterThan(patience.attempts);
  });

  it("is given up after some attempts that bring nothing; what came is kept and the next call goes on there", async () => {
    serve((_, r, n) => (n === 0 ? dropAfter(r, body, 50_000) : r.destroy()));
    const error = await failure();
    expect(error).toMatchObject({ kind: "unreachable", exitCode: 75 });
    expect(error.message).toContain("the connection was cut, 3 times in a row; 50 kB are kept in");
    serve((q, r) => serveFile(q, r, body));
    await get();
    expect(server.seen.at(-1)?.headers.range).toBe("bytes=50000-");
    expect(readFileSync(to()).equals(body)).toBe(true);
  });

  it("after a few bytes each time is given up too: it would not end", async () => {
    serve((q, r) => {
      const from = Number(/\d+/.exec(q.headers.range ?? "0")?.[0]);
      const range = { "content-range": `bytes ${from}-${body.length - 1}/${body.length}` };
      r.writeHead(from ? 206 : 200, { etag: '"v1"', "content-length": body.length - from, ...(from ? range : {}) });
      r.write(body.subarray(from, from + 10), () => setTimeout(() => r.destroy(), 5));
    });
    expect((await failure()).kind).toBe("unreachable");
    expect(server.seen.length).toBe(patience.attempts);
  });

  it("before an answer, and a host where nobody listens, are said as such", async () => {
    serve((_, r) => r.destroy());
    expect((await failure()).message).toContain("the connection was cut");
    await server.close();
    expect((await failure()).message).toContain("nobody answers there");
  });
});

describe("what was kept", () => {
  const about = () => ({ url: `${server.origin}/file.bin`, validator: '"v1"', bytes: body.length });

  it("is of another file now: the server starts over, and so do we", async () => {
    keep(Buffer.alloc(5000, 7), about());
    serve((q, r) => serveFile(q, r, body, { etag: '"v2"' }));
    await get();
    expect(readFileSync(to()).equals(body)).toBe(true);
    expect(notes.join()).toContain("the file has changed");
  });

  it("changes between two attempts: nothing of the old one stays", async () => {
    serve((q, r, n) =>
      n === 0 ? dropAfter(r, Buffer.alloc(200_000, 7), 90_000) : serveFile(q, r, body, { etag: '"v2"' }),
    );
    await get();
    expect(readFileSync(to()).equals(body)).toBe(true);
  });

  it("cannot be gone on with where the server ignores ranges", async () => {
    keep(body.subarray(0, 5000), about());
    serve((_, r) => r.writeHead(200, { "content-length": body.length }).end(body));
    await get({ sha256 });
    expect(readFileSync(to()).equals(body)).toBe(true);
  });

  it("without a version and without a checksum is not trusted", async () => {
    keep(body.subarray(0, 5000), { url: `${server.origin}/file.bin` });
    serve((q, r) => serveFile(q, r, body, { etag: null }));
    await get();
    expect(server.seen[0]?.headers.range).toBeUndefined();
    expect(notes.join()).toContain("nothing says that the 5 kB kept are of this file");
  });

  it("with a weak ETag alone is not gone on with, since that allows other bytes", async () => {
    serve((q, r, n) =>
      n === 0 ? dropAfter(r, body, 5000, { etag: 'W/"v1"' }) : serveFile(q, r, body, { etag: 'W/"v1"' }),
    );
    await get();
    expect(server.seen[1]?.headers.range).toBeUndefined();
    expect(readFileSync(to()).equals(body)).toBe(true);
  });

  it("may come from another address when a checksum vouches for it", async () => {
    keep(body.subarray(0, 5000), { url: "http://elsewhere.invalid/x", validator: '"z"' });
    serve((q, r) => serveFile(q, r, body));
    await get({ sha256 });
    expect(server.seen[0]?.headers).toMatchObject({ range: "bytes=5000-" });
    expect(server.seen[0]?.headers["if-range"]).toBeUndefined();
  });

  it("was damaged on the disk: the checksum shows it, it is thrown away and said so, and fetched once more", async () => {
    const damaged = Buffer.from(body.subarray(0, 5000));
    damaged[17]! ^= 1;
    keep(damaged, about());
    serve((q, r) => serveFile(q, r, body));
    await get({ sha256 });
    expect(readFileSync(to()).equals(body)).toBe(true);
    expect(notes.join()).toContain("what was kept of it is thrown away, starting over");
  });

  it("is longer than the file", async () => {
    keep(Buffer.concat([body, body]), about());
    serve((q, r) => serveFile(q, r, body));
    await get();
    expect(readFileSync(to()).equals(body)).toBe(true);
  });

  it("is the whole file: it gets its name without a byte more, and with a checksum without a request", async () => {
    keep(body, about());
    serve((q, r) => serveFile(q, r, body));
    await get();
    expect(server.seen.map((s) => s.headers.range)).toEqual(["bytes=200000-"]);
    rmSync(to());
    keep(body, about());
    await get({ sha256 });
    expect(server.seen.length).toBe(1);
  });

  it("has a note that cannot be read: it counts as unknown", async () => {
    keep(body.subarray(0, 5000));
    writeFileSync(`${to()}.partial.json`, "{");
    serve((q, r) => serveFile(q, r, body));
    await get();
    expect(server.seen[0]?.headers.range).toBeUndefined();
  });
});

describe("a server that lies", () => {
  it("about the range it sends is not believed", async () => {
    serve((q, r, n) => {
      if (n === 0) return dropAfter(r, body, 60_000);
      if (n > 1) return serveFile(q, r, body);
      const range = `bytes 10-${body.length - 1}/${body.length}`;
      r.writeHead(206, { etag: '"v1"', "content-range": range, "content-length": body.length - 10 }).end(
        body.subarray(10),
      );
    });
    await get();
    expect(readFileSync(to()).equals(body)).toBe(true);
    expect(notes.join()).toContain("another range (bytes 10-199999/200000)");
  });

  it("about a range without saying which is not believed either", async () => {
    serve((q, r, n) =>
      n === 0 ? dropAfter(r, body, 60_000) : n === 1 ? r.writeHead(206).end("x") : serveFile(q, r, body),
    );
    await get();
    expect(readFileSync(to()).equals(body)).toBe(true);
  });

  it("and promises more than it ever sends: every attempt is told, none of it is taken for the file", async () => {
    serve((_, r) => dropAfter(r, Buffer.concat([body, body]), body.length));
    const error = await failure({ bytes: 2 * body.length });
    expect(error.kind).toBe("unreachable");
  });

  it("and sends fewer bytes than are wanted", async () => {
    serve((_, r) => r.writeHead(200, { "content-length": 1000 }).end(body.subarray(0, 1000)));
    const error = await failure({ bytes: body.length });
    expect(error).toMatchObject({ kind: "wrong-size", exitCode: 4 });
    expect(error.message).toContain("the server has 1000 bytes, wanted 200000: it is another file");
  });

  it("and sends fewer bytes than are wanted, without saying how many", async () => {
    serve((_, r) => r.writeHead(200).end(body.subarray(0, 1000)));
    expect((await failure({ bytes: body.length })).message).toContain("1000 bytes came, wanted 200000");
  });

  it("and sends more bytes than are wanted is stopped there", async () => {
    serve((_, r) => {
      r.writeHead(200);
      const more = () => void (r.writableEnded || r.write(body, () => setImmediate(more)));
      more(); // without an end
    });
    const error = await failure({ bytes: 10_000 });
    expect(error.kind).toBe("wrong-size");
    expect(readdirSync(place)).toEqual([]);
  });

  it("and corrupts a byte: the checksum says so, nothing is kept", async () => {
    const corrupt = Buffer.from(body);
    corrupt[123_456]! ^= 0x40;
    serve((q, r) => serveFile(q, r, corrupt));
    const error = await failure({ sha256 });
    expect(error).toMatchObject({ kind: "wrong-checksum", exitCode: 4 });
    expect(error.message).toContain(`its SHA-256 is ${digest(corrupt)}, wanted ${sha256}`);
    expect(readdirSync(place)).toEqual([]);
    expect((await failure({ md5: digest(body, "md5") })).message).toContain("its MD5 is");
  });

  it("on the hub about the file behind a redirect is found out by the SHA-256 that the redirect names", async () => {
    serve((q, r) =>
      q.url === "/file.bin"
        ? r.writeHead(302, { location: "/blob", "x-linked-etag": `"${sha256}"` }).end()
        : serveFile(q, r, body.subarray(1)),
    );
    expect((await failure()).kind).toBe("wrong-checksum");
    serve((q, r) =>
      q.url === "/file.bin"
        ? r.writeHead(302, { location: "/blob", "x-linked-etag": `"${sha256}"` }).end()
        : serveFile(q, r, body),
    );
    expect((await get()).sha256).toBe(sha256);
  });
});

describe("pages in place of files", () => {
  const page = "<!DOCTYPE html><html><head><title>Sign in\n to go on</title></head></html>";
  it.each<[string, Record<string, string>, string, DownloadOptions]>([
    ["an error page as 200", { "content-type": "text/html; charset=utf-8" }, page, {}],
    ["an error page without a type", {}, `\n  ${page}`, {}],
    [
      "an error page where a size is wanted",
      { "content-type": "text/html", "content-length": "72" },
      page,
      { bytes: 9 },
    ],
  ])("%s is recognised and its title quoted", async (_, headers, text, options) => {
    serve((_, r) => r.writeHead(200, headers).end(text));
    const error = await failure(options);
    expect(error).toMatchObject({ kind: "not-the-file", exitCode: 4 });
    expect(error.message).toContain('a web page, "Sign in to go on", came in place of the file');
    expect(readdirSync(place)).toEqual([]);
  });

  it("a file that a server calls text/html is taken when it is none", async () => {
    serve((q, r) => serveFile(q, r, body, { headers: { "content-type": "text/html" } }));
    expect((await get({ sha256 })).bytes).toBe(body.length);
  });
});

describe("status codes", () => {
  it.each<[number, FetchErrorKind, number, string]>([
    [404, "not-found", 4, "there is no such file (404)"],
    [410, "not-found", 4, "there is no such file (410)"],
    [401, "refused", 4, "needs an account or a token"],
    [403, "refused", 4, "needs an account or a token"],
    [400, "refused", 4, "the server answers 400"],
    [451, "refused", 4, "the server answers 451"],
    [304, "refused", 4, "the server answers 304"],
    [500, "unreachable", 75, "the server answers 500, 3 times in a row; nothing came"],
    [503, "unreachable", 75, "the server answers 503, 3 times in a row"],
    [429, "unreachable", 75, "the server answers 429, 3 times in a row"],
  ])("%i", async (status, kind, exitCode, text) => {
    serve((_, r) => r.writeHead(status).end());
    const error = await failure();
    expect(error).toMatchObject({ kind, exitCode });
    expect(error.message).toContain(text);
    expect(server.seen.length).toBe(kind === "unreachable" ? patience.attempts : 1);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])("%i passes", async (status) => {
    serve((q, r, n) => (n < 2 ? r.writeHead(status).end() : serveFile(q, r, body)));
    expect((await get({ sha256 })).bytes).toBe(body.length);
  });

  it("Retry-After is obeyed, in seconds and as a date", async () => {
    const date = () => new Date(Date.now() + 1500).toUTCString(); // whole seconds: from 0.5 to 1.5
    serve((q, r, n) =>
      n === 0
        ? r.writeHead(429, { "retry-after": "1" }).end()
        : n === 1
          ? r.writeHead(503, { "retry-after": date() }).end()
          : serveFile(q, r, body),
    );
    const start = performance.now();
    await get({ patience: { ...patience, longestPauseSeconds: 5 } });
    expect(performance.now() - start).toBeGreaterThan(1300);
    expect(notes[0]).toContain("going on in 1 s");
  });

  it("a Retry-After that is too long is told instead of waited for", async () => {
    serve((_, r) => r.writeHead(429, { "retry-after": "3600" }).end());
    const error = await failure();
    expect(error.message).toContain("the server answers 429, and asks to come back in 3600 s");
    expect(server.seen.length).toBe(1);
  });
});

describe("redirects", () => {
  it("are followed, and what is missing is asked for at their end", async () => {
    serve((q, r, n) => {
      if (q.url === "/file.bin") return r.writeHead(302, { location: "/a?signature=secret" }).end();
      if (n === 1) return dropAfter(r, body, 70_000);
      serveFile(q, r, body);
    });
    await get({ sha256 });
    expect(server.seen.map((s) => s.headers.range)).toEqual([undefined, undefined, "bytes=70000-", "bytes=70000-"]);
  });

  it.each<[string, (q: IncomingMessage, r: ServerResponse) => void, string]>([
    ["in a circle", (q, r) => r.writeHead(302, { location: q.url === "/b" ? "/file.bin" : "/b" }).end(), "in a circle"],
    ["to itself", (_, r) => r.writeHead(301, { location: "/file.bin" }).end(), "in a circle"],
    ["without an end", (q, r) => r.writeHead(307, { location: `${q.url}x` }).end(), "more than 10 redirects"],
    ["to nowhere", (_, r) => r.writeHead(302).end(), "does not say where to"],
    ["to what is no address", (_, r) => r.writeHead(302, { location: "http://[" }).end(), "to what is no address"],
    [
      "to a file of this machine",
      (_, r) => r.writeHead(302, { location: "file:///etc/passwd" }).end(),
      "redirect to file:",
    ],
  ])("%s are refused", async (_, handler, text) => {
    serve(handler);
    const error = await failure();
    expect(error).toMatchObject({ kind: "redirect", exitCode: 4 });
    expect(error.message).toContain(text);
  });

  it("to another host do not take the token along, to the same host they do", async () => {
    const other = await faultServer();
    other.handler = (q, r) => serveFile(q, r, body);
    serve((q, r) =>
      q.url === "/file.bin"
        ? r.writeHead(302, { location: "/again" }).end()
        : r.writeHead(302, { location: `${other.origin}/blob` }).end(),
    );
    await get({ bearer: { origin: server.origin, token: "hf_secret" } });
    expect(server.seen.map((s) => s.headers.authorization)).toEqual(["Bearer hf_secret", "Bearer hf_secret"]);
    expect(other.seen.map((s) => s.headers.authorization)).toEqual([undefined]);
    await other.close();
  });

  it("never show the query of an address, where signatures are", async () => {
    serve((q, r) =>
      q.url === "/file.bin" ? r.writeHead(302, { location: "/a?signature=secret" }).end() : r.writeHead(403).end(),
    );
    expect((await failure()).message + notes.join()).not.toContain("secret");
  });
});

describe("slowness", () => {
  it("a server that says nothing is given up", async () => {
    serve(() => {});
    expect((await failure()).message).toContain("no answer in time, 3 times in a row");
  });

  it("a body that stops is given up and gone on with", async () => {
    serve((q, r, n) => {
      if (n > 0) return serveFile(q, r, body);
      r.writeHead(200, { etag: '"v1"', "content-length": body.length });
      r.write(body.subarray(0, 10_000)); // and no more
    });
    await get({ sha256 });
    expect(server.seen[1]?.headers.range).toBe("bytes=10000-");
  });

  it("a body that drips is given up as well", async () => {
    serve((q, r, n) => {
      if (n > 0) return serveFile(q, r, body);
      r.writeHead(200, { etag: '"v1"', "content-length": body.length });
      let i = 0;
      const drip = setInterval(() => (r.destroyed ? clearInterval(drip) : r.write(body.subarray(i, ++i))), 100);
    });
    await get({ sha256 });
    expect(notes.join()).toContain("no more than a trickle for 0.5 s");
  });

  it("a body that is slow but steady is waited for", async () => {
    serve((_, r) => {
      r.writeHead(200, { "content-length": body.length });
      let i = 0;
      const drip = setInterval(() => {
        r.write(body.subarray(i, i + 20_000));
        i += 20_000;
        if (i >= body.length) {
          clearInterval(drip);
          r.end();
        }
      }, 100);
    });
    await get({ sha256 });
    expect(server.seen.length).toBe(1);
  });
});

describe("encodings", () => {
  it("that were not asked for are undone", async () => {
    serve((_, r) => r.writeHead(200, { etag: '"v1"', "content-encoding": "gzip" }).end(gzipSync(body)));
    expect((await get({ sha256, bytes: body.length })).bytes).toBe(body.length);
  });

  it("that a server names for a .tgz are the file's own, as Apache does", async () => {
    const archive = gzipSync(body);
    serve((q, r) => serveFile(q, r, archive, { headers: { "content-encoding": "x-gzip" } }));
    await get({ sha256: digest(archive) }, [`${server.origin}/file.tgz`]);
    expect(readFileSync(to()).equals(archive)).toBe(true);
  });

  it("that nobody knows are refused", async () => {
    serve((_, r) => r.writeHead(200, { "content-encoding": "snappy" }).end("x"));
    expect((await failure()).message).toContain('content-encoding "snappy"');
  });

  it("that are damaged count as a broken connection", async () => {
    serve((_, r) => r.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(body).subarray(0, 5000)));
    expect((await failure()).kind).toBe("unreachable");
  });
});

describe("several addresses", () => {
  it("are tried in turn, and which failed is said", async () => {
    serve((q, r) => (q.url === "/2" ? serveFile(q, r, body) : r.writeHead(404).end()));
    await get({ sha256 }, [`${server.origin}/1`, `${server.origin}/2`]);
    expect(notes[0]).toContain("/1: there is no such file (404); trying the next address");
  });

  it("share what came: the second goes on where the first broke off", async () => {
    serve((q, r) => {
      if (q.url === "/2") return serveFile(q, r, body, { etag: '"other"' });
      if (q.headers.range) return r.destroy();
      dropAfter(r, body, 30_000);
    });
    await get({ sha256 }, [`${server.origin}/1`, `${server.origin}/2`]);
    expect(server.seen.at(-1)).toMatchObject({ url: "/2", headers: { range: "bytes=30000-" } });
    expect(readFileSync(to()).equals(body)).toBe(true);
  });

  it("that all fail are all told", async () => {
    serve((q, r) => r.writeHead(q.url === "/1" ? 404 : 403).end());
    const error = await failure({}, [`${server.origin}/1`, `${server.origin}/2`]);
    expect(error.message).toMatch(
      /none of 2 addresses gave it: .*\/1: there is no such file.*\/2: the server answers 403/,
    );
  });
});

describe("stopping", () => {
  it("keeps what came, with exit code 75, and the next call goes on there", async () => {
    const stop = new AbortController();
    serve((_, r) => {
      r.writeHead(200, { etag: '"v1"', "content-length": body.length });
      r.write(body.subarray(0, 80_000));
    });
    const error = await failure({ signal: stop.signal, onProgress: (n) => n >= 80_000 && stop.abort() });
    expect(error).toMatchObject({ kind: "interrupted", exitCode: 75 });
    expect(error.message).toContain("file.bin: stopped; 80 kB are kept in");
    serve((q, r) => serveFile(q, r, body));
    await get({ sha256 });
    expect(server.seen.at(-1)?.headers.range).toBe("bytes=80000-");
  });

  it("does not wait for the end of a pause", async () => {
    const stop = new AbortController();
    serve((_, r) => r.writeHead(503, { "retry-after": "60" }).end());
    setTimeout(() => stop.abort(), 100);
    const start = performance.now();
    expect((await failure({ signal: stop.signal, patience: { ...patience, longestPauseSeconds: 100 } })).kind).toBe(
      "interrupted",
    );
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe("the disk", () => {
  it.skipIf(!existsSync("/dev/full"))("that is full ends it with exit code 74", async () => {
    serve((q, r) => serveFile(q, r, body));
    symlinkSync("/dev/full", `${to()}.partial`);
    const error = await failure();
    expect(error).toMatchObject({ kind: "disk-full", exitCode: 74 });
    expect(error.message).toContain("the disk is full");
  });

  it("that has no room for what is to come is told before anything comes", async () => {
    serve((_, r) => r.writeHead(200, { "content-length": 1e18 }).write("x"));
    const error = await failure();
    expect(error).toMatchObject({ kind: "disk-full", exitCode: 74 });
    expect(error.message).toContain("more are to come and");
  });
});

describe("two at the same file", () => {
  it("do not write into each other's: the second is told who is at it", async () => {
    serve(() => {});
    const stop = new AbortController();
    const first = get({ signal: stop.signal, patience: { ...patience, stallSeconds: 60 } }).catch((e) => e);
    await expect.poll(() => server.seen.length).toBe(1);
    const error = await failure();
    expect(error.message).toContain(`process ${process.pid} is at it already`);
    stop.abort();
    expect((await first).kind).toBe("interrupted");
    expect(readdirSync(place)).toEqual([]);
  });

  it("a lock of a process that is gone does not count", async () => {
    serve((q, r) => serveFile(q, r, body));
    writeFileSync(`${to()}.lock`, `4194305 ${hostname()}\n`); // above the largest process number of Linux
    await get();
    expect(readdirSync(place)).toEqual(["file.bin"]);
  });
});

describe("proxies", () => {
  it.each<[string, Record<string, string>, number]>([
    ["HTTP_PROXY", {}, 1],
    ["http_proxy", {}, 1],
    ["ALL_PROXY", {}, 1],
    ["HTTPS_PROXY", {}, 0],
    ["HTTP_PROXY", { NO_PROXY: "127.0.0.1" }, 0],
    ["HTTP_PROXY", { no_proxy: "*" }, 0],
    ["HTTP_PROXY", { NO_PROXY: "example.org" }, 1],
  ])("%s with %j is used %i times", async (name, others, times) => {
    const proxy = await proxyServer();
    serve((q, r, n) => (n === 0 ? dropAfter(r, body, 30_000) : serveFile(q, r, body)));
    await get({ sha256, env: { [name]: proxy.origin, ...others } });
    expect(readFileSync(to()).equals(body)).toBe(true);
    expect(proxy.seen).toEqual(Array(2 * times).fill(`GET ${server.origin}/file.bin`));
    await proxy.close();
  });

  it("that nobody serves are an error that may pass", async () => {
    expect((await failure({ env: { HTTP_PROXY: "http://127.0.0.1:9" } })).kind).toBe("unreachable");
  });
});
