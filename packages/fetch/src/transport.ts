// What carries requests: connections, and the proxies of the environment. Node's own fetch does not read those before Node 24.

import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import type { Environment } from "./cache-folder.ts";
import { FetchError } from "./fetch-error.ts";

/** Connections for some requests. */
export interface Transport {
  /** What carries a request to this address. */
  to(address: URL): Dispatcher;
  /** Breaks off what is under way and closes the connections. */
  end(): Promise<void>;
}

/**
 * Obeys `HTTP_PROXY` for http, `HTTPS_PROXY` for https, `ALL_PROXY` for either that has none, and `NO_PROXY`, all of them
 * in upper or lower case; `stallSeconds` bounds the wait for a connection, for headers, and between two pieces of a body. Throws
 * FetchError ("environment") for a proxy that is no address of http or socks5.
 */
export function transport(env: Environment, stallSeconds: number): Transport {
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
  const through = (address: string) =>
    new EnvHttpProxyAgent({
      httpProxy: address, // an empty string, unlike undefined, keeps undici from looking at process.env
      httpsProxy: address,
      noProxy: either("NO_PROXY"),
      proxyTunnel: false, // plain requests through a proxy are forwarded: many proxies refuse tunnels to port 80
      connect: { timeout: milliseconds },
      headersTimeout: milliseconds,
      bodyTimeout: milliseconds,
    });
  // An agent a scheme: a single one without a proxy for https would take http's for it, which curl does not.
  const [plain, secure] = ["HTTP_PROXY", "HTTPS_PROXY"].map((name) => proxy(name) || proxy("ALL_PROXY")).map(through);
  return {
    to: ({ protocol }) => (protocol === "https:" ? secure! : plain!),
    end: async () => void (await Promise.all([plain!.destroy(), secure!.destroy()])),
  };
}

export const isHttp = (address: string): boolean => hasProtocol(address, /^https?:$/);

const hasProtocol = (address: string, protocols: RegExp): boolean =>
  URL.canParse(address) && protocols.test(new URL(address).protocol);
