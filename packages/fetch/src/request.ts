// One request and the redirects after it.

import type { Readable } from "node:stream";
import { type Dispatcher, request } from "undici";
import { FetchError } from "./fetch-error.ts";
import { shownUrl } from "./shown.ts";

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface Response {
  readonly status: number;
  readonly headers: Headers;
  /** Headers of the answers that led here, first to last; the hub says there what file it is. */
  readonly before: readonly Headers[];
  readonly body: Readable;
  /** Where the redirects ended. */
  readonly url: string;
}

export interface RequestOptions {
  /** What carries a request to an address. */
  readonly transport: (address: URL) => Dispatcher;
  readonly headers: Readonly<Record<string, string>>;
  /** A secret for one origin; it is sent nowhere else, whatever redirects say. */
  readonly bearer?: { readonly origin: string; readonly token: string } | undefined;
  readonly signal?: AbortSignal | undefined;
}

const mostRedirects = 10;
const redirects = new Set([301, 302, 303, 307, 308]);

export const header = (headers: Headers, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** Sends a GET. Throws FetchError ("redirect") for a circle, for too many, and for one that leaves https. */
export async function get(url: string, options: RequestOptions): Promise<Response> {
  const before: Headers[] = [];
  const seen = new Set<string>();
  let at = new URL(url);
  for (;;) {
    if (seen.has(at.href))
      throw new FetchError("redirect", `${shownUrl(url)}: redirects go in a circle at ${shownUrl(at)}`);
    seen.add(at.href);
    if (seen.size > mostRedirects + 1)
      throw new FetchError("redirect", `${shownUrl(url)}: more than ${mostRedirects} redirects`);
    const { bearer, transport, signal } = options;
    const answer = await request(at, {
      dispatcher: transport(at),
      headers: {
        "user-agent": "dit-bench",
        "accept-encoding": "identity", // what is asked for are files, and ranges of them
        ...options.headers,
        ...(bearer?.origin === at.origin ? { authorization: `Bearer ${bearer.token}` } : {}),
      },
      ...(signal ? { signal } : {}),
    });
    const response = { status: answer.statusCode, headers: answer.headers, before, body: answer.body, url: at.href };
    if (!redirects.has(answer.statusCode)) return response;
    discard(answer.body);
    before.push(answer.headers);
    at = target(at, header(answer.headers, "location"));
  }
}

function target(from: URL, location: string | undefined): URL {
  const wrong = (what: string) => new FetchError("redirect", `${shownUrl(from)}: ${what}`);
  if (location === undefined) throw wrong("a redirect that does not say where to");
  if (!URL.canParse(location, from)) throw wrong("a redirect to what is no address");
  const to = new URL(location, from);
  if (to.protocol !== "https:" && to.protocol !== "http:")
    throw wrong(`a redirect to ${to.protocol}, wanted http or https`);
  if (from.protocol === "https:" && to.protocol === "http:")
    throw wrong(`a redirect from https to plain http (${shownUrl(to)}), where anybody could change the file`);
  return to;
}

/** Lets go of a body that nobody wants. */
export function discard(body: Readable): void {
  body.on("error", () => {});
  body.destroy();
}
