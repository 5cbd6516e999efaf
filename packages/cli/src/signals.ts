// Signals and other requests to stop. The first asks for a stop at the next safe place, the second stops at once.

import { signalExitCodes } from "@dit-bench/runner/errors";

type Handled = keyof typeof signalExitCodes;

/**
 * Signals that follow the first within this time are the same request: a terminal sends Ctrl-C to the whole group while npx passes
 * it on, and a lost connection makes the shell and the kernel send SIGHUP.
 */
const sameRequestMs = 250;

let stopCode: number | undefined;
let firstSignalAt: number | undefined;
const listeners = Object.fromEntries(
  (Object.keys(signalExitCodes) as Handled[]).map((signal) => [signal, () => received(signal)]),
) as Record<Handled, () => void>;
const whenStopping: ((code: number) => void)[] = [];
const whenStoppingAtOnce: (() => void)[] = [];

/** The exit code that goes with the requested stop; undefined while none was requested. */
export const requestedStop = (): number | undefined => stopCode;

/** Requests a stop at the next safe place, as the first signal does. */
export function requestStop(code: number): void {
  if (stopCode !== undefined) return;
  stopCode = code;
  for (const call of whenStopping) call(code);
}

/**
 * Listens from now on; the returned function tells whether a stop was requested. Before, signals end the process as usual.
 *
 * @param stopping called once, when a stop is requested
 * @param atOnce called before the process ends by a second signal
 */
export function listenForSignals(stopping?: (code: number) => void, atOnce?: () => void): () => boolean {
  if (stopping) whenStopping.push(stopping);
  if (atOnce) whenStoppingAtOnce.push(atOnce);
  for (const [signal, listener] of Object.entries(listeners)) {
    process.off(signal, listener);
    process.on(signal, listener);
  }
  return () => stopCode !== undefined;
}

function received(signal: Handled): void {
  const code = signalExitCodes[signal];
  if (firstSignalAt !== undefined) {
    if (performance.now() - firstSignalAt < sameRequestMs) return;
    for (const call of whenStoppingAtOnce) call();
    process.exit(code);
  }
  firstSignalAt = performance.now();
  process.stderr.write("\nbench: stopping at the next safe place; once more stops at once\n");
  requestStop(code);
  // Without a listener the second signal ends the process even while it computes and cannot run a listener.
  if (whenStoppingAtOnce.length === 0)
    setTimeout(() => {
      for (const ending of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(ending, listeners[ending]);
    }, sameRequestMs).unref();
}
