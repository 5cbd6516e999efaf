// Tests of downloads from servers with wrong headers, refusals, redirects, stalls and encodings, and through proxies.

import { readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  body,
  digest,
  eachWithServer,
  expectFailure,
  get,
  notes,
  place,
  retry,
  serve,
  server,
  sha256,
  targetPath,
} from "./download.test.data.ts";
import type { DownloadOptions } from "./download.ts";
import type { FetchErrorKind } from "./fetch-error.ts";
import { dropAfter, faultServer, proxyServer, serveFile } from "./testing/fault-server.ts";

eachWithServer();

describe("a server with wrong headers or content", () => {
  it("that sends a range that was not requested is asked again", async () => {
    serve((q, r, n) => {
      if (n === 0) return dropAfter(r, body, 60_000);
      if (n > 1) return serveFile(q, r, body);
      const range = `bytes 10-${body.length - 1}/${body.length}`;
      r.writeHead(206, { etag: '"v1"', "content-range": range, "content-length": body.length - 10 }).end(
        body.subarray(10),
      );
    });
    await get();
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
    expect(notes.join()).toContain("another range (bytes 10-199999/200000)");
  });

  it("that sends more bytes than the range is refused, even if no checksum is known", async () => {
    serve((q, r, n) => {
      if (n === 0) return dropAfter(r, body, 60_000);
      if (n > 1) return serveFile(q, r, body);
      const from = Number(/\d+/.exec(q.headers.range ?? "")?.[0]);
      const range = `bytes ${from}-${body.length - 1}/${body.length}`;
      r.writeHead(206, { etag: '"v1"', "content-range": range }).end(
        Buffer.concat([body.subarray(from), Buffer.from("and more")]),
      );
    });
    const error = await expectFailure();
    expect(error.kind).toBe("wrong-size");
    expect(error.message).toContain("received more than the wanted 200000 bytes");
    expect(readdirSync(place)).toEqual([]);
  });

  it("that sends a range without a content-range is asked again", async () => {
    serve((q, r, n) =>
      n === 0 ? dropAfter(r, body, 60_000) : n === 1 ? r.writeHead(206).end("x") : serveFile(q, r, body),
    );
    await get();
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
  });

  it("that ends a range early is asked for the rest", async () => {
    serve((q, r, n) => {
      if (n === 0) return dropAfter(r, body, 60_000);
      if (n > 1) return serveFile(q, r, body);
      r.writeHead(206, { etag: '"v1"', "content-range": `bytes 60000-${body.length - 1}/${body.length}` }); // no length
      r.end(body.subarray(60_000, 90_000));
    });
    await get();
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
    expect(notes.join()).toContain("the server announced 200000 bytes and sent 90000");
  });

  it("that announces more than it sends is given up, and the file is not created", async () => {
    serve((_, r) => dropAfter(r, Buffer.concat([body, body]), body.length));
    const error = await expectFailure({ bytes: 2 * body.length });
    expect(error.kind).toBe("unreachable");
  });

  it("that announces fewer bytes than wanted is refused", async () => {
    serve((_, r) => r.writeHead(200, { "content-length": 1000 }).end(body.subarray(0, 1000)));
    const error = await expectFailure({ bytes: body.length });
    expect(error).toMatchObject({ kind: "wrong-size" });
    expect(error.message).toContain("the server has 1000 bytes, wanted 200000: it is another file");
  });

  it("that sends fewer bytes than wanted without announcing a size is refused", async () => {
    serve((_, r) => r.writeHead(200).end(body.subarray(0, 1000)));
    expect((await expectFailure({ bytes: body.length })).message).toContain("1000 bytes received, wanted 200000");
  });

  it("that sends more bytes than wanted is cut off", async () => {
    serve((_, r) => {
      r.writeHead(200);
      const more = () => void (r.writableEnded || r.write(body, () => setImmediate(more)));
      more(); // the response never ends
    });
    const error = await expectFailure({ bytes: 10_000 });
    expect(error.kind).toBe("wrong-size");
    expect(readdirSync(place)).toEqual([]);
  });

  it("that corrupts a byte is refused by the checksum, and nothing is kept", async () => {
    const corrupt = Buffer.from(body);
    corrupt[123_456]! ^= 0x40;
    serve((q, r) => serveFile(q, r, corrupt));
    const error = await expectFailure({ sha256 });
    expect(error).toMatchObject({ kind: "wrong-checksum" });
    expect(error.message).toContain(`its SHA-256 is ${digest(corrupt)}, wanted ${sha256}`);
    expect(readdirSync(place)).toEqual([]);
    expect((await expectFailure({ md5: digest(body, "md5") })).message).toContain("its MD5 is");
  });

  it("of the hub is checked by the SHA-256 that its redirect reports", async () => {
    serve((q, r) =>
      q.url === "/file.bin"
        ? r.writeHead(302, { location: "/blob", "x-linked-etag": `"${sha256}"` }).end()
        : serveFile(q, r, body.subarray(1)),
    );
    expect((await expectFailure()).kind).toBe("wrong-checksum");
    serve((q, r) =>
      q.url === "/file.bin"
        ? r.writeHead(302, { location: "/blob", "x-linked-etag": `"${sha256}"` }).end()
        : serveFile(q, r, body),
    );
    expect((await get()).sha256).toBe(sha256);
  });
});

describe("a web page instead of a file", () => {
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
    const error = await expectFailure(options);
    expect(error).toMatchObject({ kind: "not-the-file" });
    expect(error.message).toContain('received the web page "Sign in to go on" instead of the file');
    expect(readdirSync(place)).toEqual([]);
  });

  it("is not assumed for a file that the server labels text/html", async () => {
    serve((q, r) => serveFile(q, r, body, { headers: { "content-type": "text/html" } }));
    expect((await get({ sha256 })).bytes).toBe(body.length);
  });
});

describe("status codes", () => {
  it.each<[number, FetchErrorKind, string]>([
    [404, "not-found", "there is no such file (404)"],
    [410, "not-found", "there is no such file (410)"],
    [401, "refused", "needs an account or a token"],
    [403, "refused", "needs an account or a token"],
    [400, "refused", "the server answers 400"],
    [451, "refused", "the server answers 451"],
    [304, "refused", "the server answers 304"],
    [500, "unreachable", "the server answers 500, 3 times in a row; nothing was received"],
    [503, "unreachable", "the server answers 503, 3 times in a row"],
    [429, "unreachable", "the server answers 429, 3 times in a row"],
  ])("%i causes an error of the kind '%s'", async (status, kind, text) => {
    serve((_, r) => r.writeHead(status).end());
    const error = await expectFailure();
    expect(error).toMatchObject({ kind });
    expect(error.message).toContain(text);
    expect(server.seen.length).toBe(kind === "unreachable" ? retry.attempts : 1);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])("%i is retried", async (status) => {
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
    await get({ retry: { ...retry, maxPauseSeconds: 5 } });
    expect(performance.now() - start).toBeGreaterThan(1300);
    expect(notes[0]).toContain("retrying in 1 s");
  });

  it("a Retry-After above the limit is reported instead of waited for", async () => {
    serve((_, r) => r.writeHead(429, { "retry-after": "3600" }).end());
    const error = await expectFailure();
    expect(error.message).toContain("the server answers 429, and asks to retry after 3600 s");
    expect(server.seen.length).toBe(1);
  });
});

describe("redirects", () => {
  it("are followed, and the missing part is requested at their end", async () => {
    serve((q, r, n) => {
      if (q.url === "/file.bin") return r.writeHead(302, { location: "/a?signature=secret" }).end();
      if (n === 1) return dropAfter(r, body, 70_000);
      serveFile(q, r, body);
    });
    await get({ sha256 });
    expect(server.seen.map((s) => s.headers.range)).toEqual([undefined, undefined, "bytes=70000-", "bytes=70000-"]);
  });

  it.each<[string, (q: IncomingMessage, r: ServerResponse) => void, string]>([
    ["in a loop", (q, r) => r.writeHead(302, { location: q.url === "/b" ? "/file.bin" : "/b" }).end(), "form a loop"],
    ["to itself", (_, r) => r.writeHead(301, { location: "/file.bin" }).end(), "form a loop"],
    ["without an end", (q, r) => r.writeHead(307, { location: `${q.url}x` }).end(), "more than 10 redirects"],
    ["without an address", (_, r) => r.writeHead(302).end(), "a redirect without an address"],
    ["to an invalid address", (_, r) => r.writeHead(302, { location: "http://[" }).end(), "to an invalid address"],
    [
      "to a file of this machine",
      (_, r) => r.writeHead(302, { location: "file:///etc/passwd" }).end(),
      "redirect to file:",
    ],
  ])("%s are refused", async (_, handler, text) => {
    serve(handler);
    const error = await expectFailure();
    expect(error).toMatchObject({ kind: "redirect" });
    expect(error.message).toContain(text);
  });

  it("send the token to the same host, not to another one", async () => {
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

  it("never show the query of an address in messages, since it may hold signatures", async () => {
    serve((q, r) =>
      q.url === "/file.bin" ? r.writeHead(302, { location: "/a?signature=secret" }).end() : r.writeHead(403).end(),
    );
    expect((await expectFailure()).message + notes.join()).not.toContain("secret");
  });
});

describe("a slow server", () => {
  it("is given up when it does not respond", async () => {
    serve(() => {});
    expect((await expectFailure()).message).toContain("timeout while waiting for a response, 3 times in a row");
  });

  it("is resumed after a body that stops", async () => {
    serve((q, r, n) => {
      if (n > 0) return serveFile(q, r, body);
      r.writeHead(200, { etag: '"v1"', "content-length": body.length });
      r.write(body.subarray(0, 10_000)); // the server sends nothing after this
    });
    await get({ sha256 });
    expect(server.seen[1]?.headers.range).toBe("bytes=10000-");
  });

  it("is resumed after a body with almost no data", async () => {
    serve((q, r, n) => {
      if (n > 0) return serveFile(q, r, body);
      r.writeHead(200, { etag: '"v1"', "content-length": body.length });
      let i = 0;
      const drip = setInterval(() => (r.destroyed ? clearInterval(drip) : r.write(body.subarray(i, ++i))), 100);
    });
    await get({ sha256 });
    expect(notes.join()).toContain("almost no data for 0.5 s");
  });

  it("is waited for when its body is slow but steady", async () => {
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

describe("content encodings", () => {
  it("that were not requested are decoded", async () => {
    serve((_, r) => r.writeHead(200, { etag: '"v1"', "content-encoding": "gzip" }).end(gzipSync(body)));
    expect((await get({ sha256, bytes: body.length })).bytes).toBe(body.length);
  });

  it("that Apache reports for a .tgz are not decoded", async () => {
    const archive = gzipSync(body);
    serve((q, r) => serveFile(q, r, archive, { headers: { "content-encoding": "x-gzip" } }));
    await get({ sha256: digest(archive) }, [`${server.origin}/file.tgz`]);
    expect(readFileSync(targetPath()).equals(archive)).toBe(true);
  });

  it("that are unknown are refused", async () => {
    serve((_, r) => r.writeHead(200, { "content-encoding": "snappy" }).end("x"));
    expect((await expectFailure()).message).toContain('content-encoding "snappy"');
  });

  it("that are damaged count as a broken connection", async () => {
    serve((_, r) => r.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(body).subarray(0, 5000)));
    expect((await expectFailure()).kind).toBe("unreachable");
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
  ])("%s with %j is used %i times", async (name, otherVariables, times) => {
    const proxy = await proxyServer();
    serve((q, r, n) => (n === 0 ? dropAfter(r, body, 30_000) : serveFile(q, r, body)));
    await get({ sha256, env: { [name]: proxy.origin, ...otherVariables } });
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
    expect(proxy.seen).toEqual(Array(2 * times).fill(`GET ${server.origin}/file.bin`));
    await proxy.close();
  });

  it.each<[string, Record<string, string>, boolean]>([
    ["HTTPS_PROXY", {}, true],
    ["https_proxy", {}, true],
    ["ALL_PROXY", {}, true],
    ["HTTP_PROXY", {}, false],
    ["HTTPS_PROXY", { NO_PROXY: "127.0.0.1" }, false],
  ])("%s with %j is used for https: %s", async (name, otherVariables, used) => {
    const proxy = await proxyServer();
    const address = server.origin.replace("http:", "https:"); // the server has no TLS: the test checks only the route
    const error = await expectFailure({ env: { [name]: proxy.origin, ...otherVariables } }, [`${address}/file.bin`]);
    expect(error.kind).toBe("unreachable");
    expect(new Set(proxy.seen)).toEqual(new Set(used ? [`CONNECT ${new URL(address).host}`] : []));
    await proxy.close();
  });

  it.each<[string, number, FetchErrorKind, string]>([
    ["https", 407, "refused", "https://files.test/file.bin: the proxy answers 407: give it a name and a password"],
    ["https", 403, "refused", "https://files.test/file.bin: the proxy answers 403: ask its administrator"],
    ["https", 503, "unreachable", "the proxy answers 503, 3 times in a row"],
    ["http", 407, "refused", "http://files.test/file.bin: the proxy answers 407: give it a name and a password"],
    ["http", 403, "refused", "http://files.test/file.bin: the server answers 403"],
  ])("that refuse %s with %i are reported", async (scheme, status, kind, text) => {
    const proxy = await proxyServer(status);
    const error = await expectFailure({ env: { ALL_PROXY: proxy.origin } }, [`${scheme}://files.test/file.bin`]);
    expect(error).toMatchObject({ kind });
    expect(error.message).toContain(text);
    expect(proxy.seen.length).toBe(kind === "refused" ? 1 : retry.attempts);
    await proxy.close();
  });

  it("with an invalid address are reported with their variable, and no lock file remains", async () => {
    const error = await expectFailure({ env: { HTTPS_PROXY: "not a proxy" } });
    expect(error).toMatchObject({ kind: "environment" });
    expect(error.message).toContain('HTTPS_PROXY is "not a proxy": set an address such as http://proxy.example:8080');
    expect(readdirSync(place)).toEqual([]);
    expect((await expectFailure({ env: { ALL_PROXY: "socks5://127.0.0.1:9" } })).kind).toBe("unreachable");
  });

  it("that refuse connections are a transient error", async () => {
    expect((await expectFailure({ env: { HTTP_PROXY: "http://127.0.0.1:9" } })).kind).toBe("unreachable");
  });
});
