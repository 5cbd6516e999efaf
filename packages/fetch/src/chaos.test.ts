// Tests downloads from a server that misbehaves in a different way at each request. Seeds choose the ways. After a
// download the file is correct or absent.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { integers, stream } from "@dit-bench/random";
import { expect, it } from "vitest";
import { digest, eachWithServer, get, place, serve, targetPath } from "./download.test.data.ts";
import { FetchError } from "./fetch-error.ts";
import { dropAfter, serveFile } from "./testing/fault-server.ts";

eachWithServer();

const version = (n: number) => Buffer.from(Uint8Array.from(integers(n, "chaos.test", 0, 30_000, 256)));
const [firstVersion, secondVersion] = [version(1), version(2)];

const outcomes = { correct: 0, absent: 0, resumed: 0 };

/** Answers a request in a random way. @param random gives integers below its argument */
function answer(
  q: IncomingMessage,
  r: ServerResponse,
  random: (n: number) => number,
  body: Buffer,
  etag: string,
  corrupts: boolean,
) {
  const from = Number(/\d+/.exec(q.headers.range ?? "0")?.[0]);
  if (from > 0) outcomes.resumed++;
  const kind = random(corrupts ? 9 : 7);
  if (kind <= 1) return serveFile(q, r, body, { etag });
  if (kind === 2) return dropAfter(r, body, random(body.length), { etag }); // ignores the requested range
  if (kind === 3) return r.writeHead(503).end();
  if (kind === 4) return r.destroy();
  if (kind === 5) {
    const wrongStart = random(body.length - 1);
    const range = { "content-range": `bytes ${wrongStart}-${body.length - 1}/${body.length}` };
    return r.writeHead(206, { etag, ...range }).end(body.subarray(wrongStart));
  }
  if (kind === 6) {
    const rest = q.headers["if-range"] === etag || q.headers["if-range"] === undefined ? body.subarray(from) : body;
    const range = { "content-range": `bytes ${from}-${body.length - 1}/${body.length}` };
    r.writeHead(from > 0 && rest !== body ? 206 : 200, {
      etag,
      "content-length": rest.length,
      ...(from > 0 ? range : {}),
    });
    return void r.write(rest.subarray(0, random(rest.length)), () => setTimeout(() => r.destroy(), 1));
  }
  const damagedBody = Buffer.from(body);
  damagedBody[random(damagedBody.length)]! ^= 1 << random(8);
  return serveFile(q, r, kind === 7 ? damagedBody : damagedBody.subarray(0, random(damagedBody.length)), { etag });
}

const retry = { attempts: 4, pauseSeconds: 0.001, stallSeconds: 1, maxPauseSeconds: 1 };

it.each(Array.from({ length: 60 }, (_, seed) => seed))(
  "download with a checksum gives the correct file or none (seed %i)",
  async (seed) => {
    const numbers = stream(seed, "chaos.test", 1);
    serve((q, r) => void answer(q, r, (n) => numbers.integer(n), firstVersion!, '"v1"', true));
    for (let call = 0; call < 3; call++) {
      const error = await get({ sha256: digest(firstVersion!), bytes: firstVersion!.length, retry }).catch((e) => e);
      if (error instanceof Error) expect(error).toBeInstanceOf(FetchError);
      expect(existsSync(targetPath())).toBe(!(error instanceof Error));
      if (existsSync(targetPath())) expect(readFileSync(targetPath()).equals(firstVersion!)).toBe(true);
      outcomes[error instanceof Error ? "absent" : "correct"]++;
    }
    expect(readdirSync(place).every((f) => /^file\.bin(\.partial(\.json)?)?$/.test(f))).toBe(true);
  },
);

it.each(Array.from({ length: 60 }, (_, seed) => seed))(
  "download gives one version of a file that changes, never a mixture of versions (seed %i)",
  async (seed) => {
    const numbers = stream(seed, "chaos.test", 2);
    const change = numbers.integer(6);
    serve(
      (q, r, n) =>
        void answer(
          q,
          r,
          (m) => numbers.integer(m),
          n < change ? firstVersion! : secondVersion!,
          n < change ? '"v1"' : '"v2"',
          false,
        ),
    );
    const error = await get({ retry }).catch((e) => e);
    if (error instanceof Error) return expect(error).toBeInstanceOf(FetchError);
    const found = readFileSync(targetPath());
    expect(found.equals(firstVersion!) || found.equals(secondVersion!)).toBe(true);
  },
);

it("the tests above include complete, failed and resumed downloads", () => {
  expect(outcomes.correct).toBeGreaterThan(30);
  expect(outcomes.absent).toBeGreaterThan(5);
  expect(outcomes.resumed).toBeGreaterThan(30);
});
