// What carries requests: connections, and the proxies of the environment. Node's own fetch does not read those before Node 24.

import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import type { Environment } from "./cache-folder.ts";
import { FetchError } from "./fetch-error.ts";

/**
 * Connections for some requests; close it when they are done. Obeys `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`
 * in either case; `stallSeconds` bounds the wait for a connection, for headers, and between two pieces of a body. Throws
 * FetchError ("environment") for a proxy that is no address of http or socks5.
 */
export function transport(env: Environment, stallSeconds: number): Dispatcher {
  const either = (name: string) => env[name.toLowerCase()] || env[name] || "";
  const proxy = (name: string) => {
    const value = either(name);
    if (value !== "" && !hasProtocol(value, /^(https?|socks5?):$/))
      throw new FetchError(
        "environment",
        `${env[name.toLowerCase()] ? name.toLowerCase() : name} is "${value}": wanted an address such as http://proxy.example:8080 or socks5://proxy.example:1080`,
      );
    return value;
  };
  const milliseconds = 1e3 * stallSeconds;
  return new EnvHttpProxyAgent({
    httpProxy: proxy("HTTP_PROXY") || proxy("ALL_PROXY"), // an empty string, unlike undefined, keeps undici from looking at process.env
    httpsProxy: proxy("HTTPS_PROXY") || proxy("ALL_PROXY"),
    noProxy: either("NO_PROXY"),
    proxyTunnel: false, // plain requests through a proxy are forwarded: many proxies refuse tunnels to port 80
    connect: { timeout: milliseconds },
    headersTimeout: milliseconds,
    bodyTimeout: milliseconds,
  });
}

export const isHttp = (address: string): boolean => hasProtocol(address, /^https?:$/);

const hasProtocol = (address: string, protocols: RegExp): boolean =>
  URL.canParse(address) && protocols.test(new URL(address).protocol);
