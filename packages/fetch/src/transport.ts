// What carries requests: connections, and the proxies of the environment. Node's own fetch does not read those before Node 24.

import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import type { Environment } from "./cache-folder.ts";

/**
 * Connections for some requests; close it when they are done. Obeys `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`
 * in either case; `stallSeconds` bounds the wait for a connection, for headers, and between two pieces of a body.
 */
export function transport(env: Environment, stallSeconds: number): Dispatcher {
  const either = (name: string) => env[name.toLowerCase()] || env[name] || "";
  const all = either("ALL_PROXY");
  const milliseconds = 1e3 * stallSeconds;
  return new EnvHttpProxyAgent({
    httpProxy: either("HTTP_PROXY") || all, // an empty string, unlike undefined, keeps undici from looking at process.env
    httpsProxy: either("HTTPS_PROXY") || all,
    noProxy: either("NO_PROXY"),
    proxyTunnel: false, // plain requests through a proxy are forwarded: many proxies refuse tunnels to port 80
    connect: { timeout: milliseconds },
    headersTimeout: milliseconds,
    bodyTimeout: milliseconds,
  });
}
