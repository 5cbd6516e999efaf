/**
 * The status by which a proxy refused to lead to a host, or to pass a request on; undefined for any other error. undici says it
 * in the message alone (lib/dispatcher/proxy-agent.js).
 */
export function proxyStatus(error: unknown): number | undefined {
  const message = error instanceof Error ? error.message : "";
  const [, tunnel, plain] = /^Proxy (?:response \((\d{3})\)|Authentication Required \((407)\))/.exec(message) ?? [];
  const status = tunnel ?? plain;
  return status === undefined ? undefined : Number(status);
}
