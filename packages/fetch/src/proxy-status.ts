// Finds the HTTP status of a proxy that refused a request, in an error of undici.

/**
 * The status with which a proxy refused a tunnel or a request; undefined for any other error. undici reports it only in
 * the message (lib/dispatcher/proxy-agent.js).
 */
export function proxyStatus(error: unknown): number | undefined {
  const message = error instanceof Error ? error.message : "";
  const [, tunnelStatus, requestStatus] =
    /^Proxy (?:response \((\d{3})\)|Authentication Required \((407)\))/.exec(message) ?? [];
  const status = tunnelStatus ?? requestStatus;
  return status === undefined ? undefined : Number(status);
}
