// Sends one GET request and follows its redirects.

import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { FetchError } from "./fetch-error.ts";
import { displayUrl } from "./format.ts";

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface Response {
  readonly status: number;
  readonly headers: Headers;
  /** Headers of the redirects, in order; the Hugging Face hub describes the file there. */
  readonly redirectHeaders: readonly Headers[];
  readonly body: Readable;
  /** The address after all redirects. */
  readonly url: string;
}

export interface RequestOptions {
  /** The dispatcher for requests to an address. */
  readonly transport: (address: URL) => Dispatcher;
  readonly headers: Readonly<Record<string, string>>;
  /** A secret for one origin. It is sent to no other origin, even after a redirect. */
  readonly bearer?: { readonly origin: string; readonly token: string } | undefined;
  readonly signal?: AbortSignal | undefined;
}

const maxRedirects = 10;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

export const header = (headers: Headers, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/**
 * Sends a GET request and follows redirects. Throws FetchError ("redirect") for a loop, for too many redirects, and for
 * a redirect from https to http.
 */
export async function get(url: string, options: RequestOptions): Promise<Response> {
  const { request } = await import("undici"); // here, because most commands never download
  const redirectHeaders: Headers[] = [];
  const visited = new Set<string>();
  let address = new URL(url);
  for (;;) {
    if (visited.has(address.href))
      throw new FetchError("redirect", `${displayUrl(url)}: redirects form a loop at ${displayUrl(address)}`);
    visited.add(address.href);
    if (visited.size > maxRedirects + 1)
      throw new FetchError("redirect", `${displayUrl(url)}: more than ${maxRedirects} redirects`);
    const { bearer, transport, signal } = options;
    const answer = await request(address, {
      dispatcher: transport(address),
      headers: {
        "user-agent": "dit-bench",
        "accept-encoding": "identity", // ranges refer to the bytes of the file itself
        ...options.headers,
        ...(bearer?.origin === address.origin ? { authorization: `Bearer ${bearer.token}` } : {}),
      },
      ...(signal ? { signal } : {}),
    });
    const response = {
      status: answer.statusCode,
      headers: answer.headers,
      redirectHeaders,
      body: answer.body,
      url: address.href,
    };
    if (!redirectStatuses.has(answer.statusCode)) return response;
    discard(answer.body);
    redirectHeaders.push(answer.headers);
    address = redirectTarget(address, header(answer.headers, "location"));
  }
}

function redirectTarget(from: URL, location: string | undefined): URL {
  const redirectError = (what: string) => new FetchError("redirect", `${displayUrl(from)}: ${what}`);
  if (location === undefined) throw redirectError("a redirect without an address");
  if (!URL.canParse(location, from)) throw redirectError("a redirect to an invalid address");
  const to = new URL(location, from);
  if (to.protocol !== "https:" && to.protocol !== "http:")
    throw redirectError(`a redirect to ${to.protocol}, wanted http or https`);
  if (from.protocol === "https:" && to.protocol === "http:")
    throw redirectError(`a redirect from https to plain http (${displayUrl(to)}), where anyone could change the file`);
  return to;
}

/** Closes a body that is not needed. */
export function discard(body: Readable): void {
  body.on("error", () => {});
  body.destroy();
}
