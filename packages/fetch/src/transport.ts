// Connections for requests, through the proxies of the environment variables. The fetch of Node before 24 ignores these
// variables.

import type { Environment } from "@dit-bench/files";
import type { Dispatcher } from "undici";
import { FetchError } from "./fetch-error.ts";

/** The connections of one download. */
export interface Transport {
  /** The dispatcher for requests to this address. */
  dispatcherFor(address: URL): Dispatcher;
  /** Aborts running requests and closes the connections. */
  close(): Promise<void>;
}

/**
 * Opens connections as the environment requests: `HTTP_PROXY` for http, `HTTPS_PROXY` for https, `ALL_PROXY` for
 * schemes that have no variable of their own, and `NO_PROXY`. Names may be in upper or lower case. Throws FetchError
 * ("environment") for a proxy that is not an http or socks5 address.
 *
 * @param stallSeconds limit for connecting, for headers, and between two chunks of a body
 */
export async function transport(env: Environment, stallSeconds: number): Promise<Transport> {
  const variableValue = (name: string) => env[name.toLowerCase()] || env[name] || "";
  const proxy = (name: string) => {
    const value = variableValue(name);
    if (value !== "" && !hasProtocol(value, /^(https?|socks5?):$/))
      throw new FetchError(
        "environment",
        `${env[name.toLowerCase()] ? name.toLowerCase() : name} is "${value}": set an address such as ` +
          "http://proxy.example:8080 or socks5://proxy.example:1080",
      );
    return value;
  };
  const milliseconds = 1e3 * stallSeconds;
  const { EnvHttpProxyAgent } = await import("undici"); // here, because most commands never download
  const agentFor = (address: string) =>
    new EnvHttpProxyAgent({
      httpProxy: address, // an empty string, unlike undefined, keeps undici from looking at process.env
      httpsProxy: address,
      noProxy: variableValue("NO_PROXY"),
      proxyTunnel: false, // plain requests through a proxy are forwarded: many proxies refuse tunnels to port 80
      connect: { timeout: milliseconds },
      headersTimeout: milliseconds,
      bodyTimeout: milliseconds,
    });
  // One agent per scheme: a single agent without a proxy for https would use that of http, unlike curl.
  const [httpAgent, httpsAgent] = ["HTTP_PROXY", "HTTPS_PROXY"]
    .map((name) => proxy(name) || proxy("ALL_PROXY"))
    .map(agentFor);
  return {
    dispatcherFor: ({ protocol }) => (protocol === "https:" ? httpsAgent! : httpAgent!),
    close: async () => void (await Promise.all([httpAgent!.destroy(), httpsAgent!.destroy()])),
  };
}

export const isHttp = (address: string): boolean => hasProtocol(address, /^https?:$/);

const hasProtocol = (address: string, protocols: RegExp): boolean =>
  URL.canParse(address) && protocols.test(new URL(address).protocol);
