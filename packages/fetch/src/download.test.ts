// Tests of downloads: complete files, resumption, kept parts, stops and full disks.

import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import {
  body,
  digest,
  eachWithServer,
  expectFailure,
  get,
  keepPart,
  notes,
  place,
  retry,
  serve,
  server,
  sha256,
  targetPath,
} from "./download.test.data.ts";
import { dropAfter, serveFile } from "./testing/fault-server.ts";

eachWithServer();

describe("download", () => {
  it("writes the complete file, returns its SHA-256 and leaves no other file", async () => {
    serve((q, r) => serveFile(q, r, body));
    const progress: number[] = [];
    const result = await get({
      bytes: body.length,
      sha256,
      md5: digest(body, "md5"),
      onProgress: (n) => progress.push(n),
    });
    expect(result).toEqual({ path: targetPath(), bytes: body.length, sha256, already: false });
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
    expect(readdirSync(place)).toEqual(["file.bin"]);
    expect(progress.at(-1)).toBe(body.length);
    expect(server.seen[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it("does not download a file twice", async () => {
    serve((q, r) => serveFile(q, r, body));
    await get();
    expect((await get({ bytes: body.length })).already).toBe(true);
    expect(server.seen.length).toBe(1);
  });

  it("replaces a file of the wrong size, with a note", async () => {
    serve((q, r) => serveFile(q, r, body));
    writeFileSync(targetPath(), "old");
    await get({ bytes: body.length });
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
    expect(notes.join()).toContain("has 3 bytes, wanted 200000");
  });

  it("downloads an empty file", async () => {
    serve((q, r) => serveFile(q, r, Buffer.alloc(0)));
    expect((await get()).bytes).toBe(0);
    expect(readdirSync(place)).toEqual(["file.bin"]);
  });
});

describe("a connection that is cut", () => {
  it.each([0, 1, 1000, 65_536, 100_000, 199_999])("after %i bytes is resumed from there", async (at) => {
    serve((q, r, n) => (n === 0 ? dropAfter(r, body, at) : serveFile(q, r, body)));
    await get({ sha256 });
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
    expect(server.seen.length).toBe(2);
    if (at > 0) expect(server.seen[1]?.headers).toMatchObject({ range: `bytes=${at}-`, "if-range": '"v1"' });
    expect(notes.join()).toContain("retrying in");
  });

  it("is resumed without limit while each attempt makes progress", async () => {
    serve((q, r) => {
      const from = Number(/\d+/.exec(q.headers.range ?? "0")?.[0]);
      const rest = body.subarray(from);
      const range = { "content-range": `bytes ${from}-${body.length - 1}/${body.length}` };
      r.writeHead(from ? 206 : 200, { etag: '"v1"', "content-length": rest.length, ...(from ? range : {}) });
      if (rest.length <= 20_000) r.end(rest);
      // Without the pause the client may lose bytes that it has not read when the connection is cut.
      else r.write(rest.subarray(0, 20_000), () => setTimeout(() => r.destroy(), 100));
    });
    await get({ sha256 });
    expect(server.seen.length).toBeGreaterThan(retry.attempts);
  });

  it("is given up after some attempts without progress; the next call resumes", async () => {
    serve((_, r, n) => (n === 0 ? dropAfter(r, body, 50_000) : r.destroy()));
    const error = await expectFailure();
    expect(error).toMatchObject({ kind: "unreachable" });
    expect(error.message).toContain("the connection was closed, 3 times in a row; 50 kB are kept in");
    serve((q, r) => serveFile(q, r, body));
    await get();
    expect(server.seen.at(-1)?.headers.range).toBe("bytes=50000-");
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
  });

  it("is given up when each attempt brings only a few bytes", async () => {
    serve((q, r) => {
      const from = Number(/\d+/.exec(q.headers.range ?? "0")?.[0]);
      const range = { "content-range": `bytes ${from}-${body.length - 1}/${body.length}` };
      r.writeHead(from ? 206 : 200, { etag: '"v1"', "content-length": body.length - from, ...(from ? range : {}) });
      r.write(body.subarray(from, from + 10), () => setTimeout(() => r.destroy(), 5));
    });
    expect((await expectFailure()).kind).toBe("unreachable");
    expect(server.seen.length).toBe(retry.attempts);
  });

  it("before a response is reported differently from a refused connection", async () => {
    serve((_, r) => r.destroy());
    expect((await expectFailure()).message).toContain("the connection was closed");
    await server.close();
    expect((await expectFailure()).message).toContain("connection refused");
  });
});

describe("the part of an earlier download", () => {
  const storedOrigin = () => ({ url: `${server.origin}/file.bin`, validator: '"v1"', bytes: body.length });

  it("is discarded when the file has changed on the server", async () => {
    keepPart(Buffer.alloc(5000, 7), storedOrigin());
    serve((q, r) => serveFile(q, r, body, { etag: '"v2"' }));
    await get();
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
    expect(notes.join()).toContain("the file has changed");
  });

  it("is discarded when the file changes between two attempts", async () => {
    serve((q, r, n) =>
      n === 0 ? dropAfter(r, Buffer.alloc(200_000, 7), 90_000) : serveFile(q, r, body, { etag: '"v2"' }),
    );
    await get();
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
  });

  it("is discarded when the server ignores ranges", async () => {
    keepPart(body.subarray(0, 5000), storedOrigin());
    serve((_, r) => r.writeHead(200, { "content-length": body.length }).end(body));
    await get({ sha256 });
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
  });

  it("is discarded without a validator and a checksum", async () => {
    keepPart(body.subarray(0, 5000), { url: `${server.origin}/file.bin` });
    serve((q, r) => serveFile(q, r, body, { etag: null }));
    await get();
    expect(server.seen[0]?.headers.range).toBeUndefined();
    expect(notes.join()).toContain("the 5 kB kept may be of another file");
  });

  it("is discarded with only a weak ETag, which allows other bytes", async () => {
    serve((q, r, n) =>
      n === 0 ? dropAfter(r, body, 5000, { etag: 'W/"v1"' }) : serveFile(q, r, body, { etag: 'W/"v1"' }),
    );
    await get();
    expect(server.seen[1]?.headers.range).toBeUndefined();
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
  });

  it("is used for another address when a checksum is known", async () => {
    keepPart(body.subarray(0, 5000), { url: "http://elsewhere.invalid/x", validator: '"z"' });
    serve((q, r) => serveFile(q, r, body));
    await get({ sha256 });
    expect(server.seen[0]?.headers).toMatchObject({ range: "bytes=5000-" });
    expect(server.seen[0]?.headers["if-range"]).toBeUndefined();
  });

  it("is discarded, with a note, when the checksum shows that it was damaged on the disk", async () => {
    const damaged = Buffer.from(body.subarray(0, 5000));
    damaged[17]! ^= 1;
    keepPart(damaged, storedOrigin());
    serve((q, r) => serveFile(q, r, body));
    await get({ sha256 });
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
    expect(notes.join()).toContain("the kept part is discarded; starting over");
  });

  it("is discarded when it is longer than the file", async () => {
    keepPart(Buffer.concat([body, body]), storedOrigin());
    serve((q, r) => serveFile(q, r, body));
    await get();
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
  });

  it("is renamed without further bytes if it is complete, and without a request if its checksum is known", async () => {
    keepPart(body, storedOrigin());
    serve((q, r) => serveFile(q, r, body));
    await get();
    expect(server.seen.map((s) => s.headers.range)).toEqual(["bytes=200000-"]);
    rmSync(targetPath());
    keepPart(body, storedOrigin());
    await get({ sha256 });
    expect(server.seen.length).toBe(1);
  });

  it("is discarded when its description cannot be read", async () => {
    keepPart(body.subarray(0, 5000));
    writeFileSync(`${targetPath()}.partial.json`, "{");
    serve((q, r) => serveFile(q, r, body));
    await get();
    expect(server.seen[0]?.headers.range).toBeUndefined();
  });
});

describe("several addresses", () => {
  it("are tried in order, with a note for each failure", async () => {
    serve((q, r) => (q.url === "/2" ? serveFile(q, r, body) : r.writeHead(404).end()));
    await get({ sha256 }, [`${server.origin}/1`, `${server.origin}/2`]);
    expect(notes[0]).toContain("/1: there is no such file (404); trying the next address");
  });

  it("share the received part: the second resumes where the first stopped", async () => {
    serve((q, r) => {
      if (q.url === "/2") return serveFile(q, r, body, { etag: '"other"' });
      if (q.headers.range) return r.destroy();
      dropAfter(r, body, 30_000);
    });
    await get({ sha256 }, [`${server.origin}/1`, `${server.origin}/2`]);
    expect(server.seen.at(-1)).toMatchObject({ url: "/2", headers: { range: "bytes=30000-" } });
    expect(readFileSync(targetPath()).equals(body)).toBe(true);
  });

  it("that all fail are all named", async () => {
    serve((q, r) => r.writeHead(q.url === "/1" ? 404 : 403).end());
    const error = await expectFailure({}, [`${server.origin}/1`, `${server.origin}/2`]);
    expect(error.message).toMatch(
      /none of 2 addresses worked: .*\/1: there is no such file.*\/2: the server answers 403/,
    );
  });
});

describe("a stop", () => {
  it("keeps the received part, with exit code 75, and the next call resumes", async () => {
    const stop = new AbortController();
    serve((_, r) => {
      r.writeHead(200, { etag: '"v1"', "content-length": body.length });
      r.write(body.subarray(0, 80_000));
    });
    const error = await expectFailure({ signal: stop.signal, onProgress: (n) => n >= 80_000 && stop.abort() });
    expect(error).toMatchObject({ kind: "interrupted" });
    expect(error.message).toContain("file.bin: stopped; 80 kB are kept in");
    serve((q, r) => serveFile(q, r, body));
    await get({ sha256 });
    expect(server.seen.at(-1)?.headers.range).toBe("bytes=80000-");
  });

  it("keeps the received part also before the first request", async () => {
    keepPart(body.subarray(0, 5000), { url: `${server.origin}/file.bin`, validator: '"v1"' });
    expect((await expectFailure({ signal: AbortSignal.abort() })).message).toContain("file.bin: stopped");
    expect(readFileSync(`${targetPath()}.partial`).length).toBe(5000);
    expect(server.seen).toEqual([]);
  });

  it("does not wait for the end of a pause", async () => {
    const stop = new AbortController();
    serve((_, r) => r.writeHead(503, { "retry-after": "60" }).end());
    setTimeout(() => stop.abort(), 100);
    const start = performance.now();
    expect((await expectFailure({ signal: stop.signal, retry: { ...retry, maxPauseSeconds: 100 } })).kind).toBe(
      "interrupted",
    );
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe("a full disk", () => {
  it.skipIf(!existsSync("/dev/full"))("ends a download with exit code 74", async () => {
    serve((q, r) => serveFile(q, r, body));
    symlinkSync("/dev/full", `${targetPath()}.partial`);
    const error = await expectFailure();
    expect(error).toMatchObject({ kind: "disk-full" });
    expect(error.message).toContain("the disk is full");
  });

  it("is reported before the download when the file does not fit", async () => {
    serve((_, r) => r.writeHead(200, { "content-length": 1e18 }).write("x"));
    const error = await expectFailure();
    expect(error).toMatchObject({ kind: "disk-full" });
    expect(error.message).toContain("are still to download and");
  });
});

describe("two downloads of one file", () => {
  it("exclude each other: the second gets an error that names the first", async () => {
    serve(() => {});
    const stop = new AbortController();
    const first = get({ signal: stop.signal, retry: { ...retry, stallSeconds: 60 } }).catch((e) => e);
    await expect.poll(() => server.seen.length).toBe(1);
    const error = await expectFailure();
    expect(error.message).toContain(`process ${process.pid} is fetching it already`);
    stop.abort();
    expect((await first).kind).toBe("interrupted");
    expect(readdirSync(place)).toEqual([]);
  });

  it("ignore the lock of a process that has ended", async () => {
    serve((q, r) => serveFile(q, r, body));
    writeFileSync(`${targetPath()}.lock`, `4194305 ${hostname()}\n`); // above the largest process id of Linux
    await get();
    expect(readdirSync(place)).toEqual(["file.bin"]);
  });
});
