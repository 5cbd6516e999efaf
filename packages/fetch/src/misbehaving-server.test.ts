// What a user gets from a server that lies, refuses, redirects, stalls and packs.

import { readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  body,
  digest,
  eachWithServer,
  failure,
  get,
  notes,
  patience,
  place,
  serve,
  server,
  sha256,
  to,
} from "./download.test.data.ts";
import type { DownloadOptions } from "./download.ts";
import type { FetchErrorKind } from "./fetch-error.ts";
import { dropAfter, faultServer, proxyServer, serveFile } from "./testing/fault-server.ts";

eachWithServer();

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

  it("about how much of a range is left is not believed, though no checksum is known", async () => {
    serve((q, r, n) => {
      if (n === 0) return dropAfter(r, body, 60_000);
      if (n > 1) return serveFile(q, r, body);
      const from = Number(/\d+/.exec(q.headers.range ?? "")?.[0]);
      const range = `bytes ${from}-${body.length - 1}/${body.length}`;
      r.writeHead(206, { etag: '"v1"', "content-range": range }).end(
        Buffer.concat([body.subarray(from), Buffer.from("and more")]),
      );
    });
    const error = await failure();
    expect(error.kind).toBe("wrong-size");
    expect(error.message).toContain("more than the 200000 bytes wanted came");
    expect(readdirSync(place)).toEqual([]);
  });

  it("about a range without saying which is not believed either", async () => {
    serve((q, r, n) =>
      n === 0 ? dropAfter(r, body, 60_000) : n === 1 ? r.writeHead(206).end("x") : serveFile(q, r, body),
    );
    await get();
    expect(readFileSync(to()).equals(body)).toBe(true);
  });

  it("about the end of a range, which it closes before, is asked for the rest", async () => {
    serve((q, r, n) => {
      if (n === 0) return dropAfter(r, body, 60_000);
      if (n > 1) return serveFile(q, r, body);
      r.writeHead(206, { etag: '"v1"', "content-range": `bytes 60000-${body.length - 1}/${body.length}` }); // no length
      r.end(body.subarray(60_000, 90_000));
    });
    await get();
    expect(readFileSync(to()).equals(body)).toBe(true);
    expect(notes.join()).toContain("the server promised 200000 bytes and sent 90000");
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

  it.each<[string, Record<string, string>, boolean]>([
    ["HTTPS_PROXY", {}, true],
    ["https_proxy", {}, true],
    ["ALL_PROXY", {}, true],
    ["HTTP_PROXY", {}, false],
    ["HTTPS_PROXY", { NO_PROXY: "127.0.0.1" }, false],
  ])("for https: %s with %j, %s", async (name, others, used) => {
    const proxy = await proxyServer();
    const address = server.origin.replace("http:", "https:"); // it speaks no TLS: what counts is the way there
    const error = await failure({ env: { [name]: proxy.origin, ...others } }, [`${address}/file.bin`]);
    expect(error.kind).toBe("unreachable");
    expect(new Set(proxy.seen)).toEqual(new Set(used ? [`CONNECT ${new URL(address).host}`] : []));
    await proxy.close();
  });

  it.each<[string, number, FetchErrorKind, string]>([
    ["https", 407, "refused", "https://files.test/file.bin: the proxy answers 407: it wants a name and a password"],
    ["https", 403, "refused", "https://files.test/file.bin: the proxy answers 403: ask who runs it"],
    ["https", 503, "unreachable", "the proxy answers 503, 3 times in a row"],
    ["http", 407, "refused", "http://files.test/file.bin: the proxy answers 407: it wants a name and a password"],
    ["http", 403, "refused", "http://files.test/file.bin: the server answers 403"],
  ])("that refuse: %s, %i", async (scheme, status, kind, text) => {
    const proxy = await proxyServer(status);
    const error = await failure({ env: { ALL_PROXY: proxy.origin } }, [`${scheme}://files.test/file.bin`]);
    expect(error).toMatchObject({ kind, exitCode: kind === "refused" ? 4 : 75 });
    expect(error.message).toContain(text);
    expect(proxy.seen.length).toBe(kind === "refused" ? 1 : patience.attempts);
    await proxy.close();
  });

  it("that is no address is told with its variable, and no lock stays", async () => {
    const error = await failure({ env: { HTTPS_PROXY: "not a proxy" } });
    expect(error).toMatchObject({ kind: "environment", exitCode: 2 });
    expect(error.message).toContain(
      'HTTPS_PROXY is "not a proxy": wanted an address such as http://proxy.example:8080',
    );
    expect(readdirSync(place)).toEqual([]);
    expect((await failure({ env: { ALL_PROXY: "socks5://127.0.0.1:9" } })).kind).toBe("unreachable");
  });

  it("that nobody serves are an error that may pass", async () => {
    expect((await failure({ env: { HTTP_PROXY: "http://127.0.0.1:9" } })).kind).toBe("unreachable");
  });
});
