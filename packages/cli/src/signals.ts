// Signals and other requests to stop. After the first one the work stops at the next safe place, a point from which it
// can resume; the second one ends the process, unless it is one that a cluster sends again.

import { signalExitCodes } from "@dit-bench/runner/errors";

type HandledSignal = keyof typeof signalExitCodes;
const allSignals = Object.keys(signalExitCodes) as HandledSignal[];

/**
 * Signals within this time after the first are the same request: on Ctrl-C the terminal signals the whole process group
 * while npx passes the signal on, and on a lost connection both the shell and the kernel send SIGHUP.
 */
const sameRequestMs = 250;

let stopCode: number | undefined;
let firstSignalAt: number | undefined;
const listeners = Object.fromEntries(allSignals.map((signal) => [signal, () => receive(signal)])) as Record<
  HandledSignal,
  () => void
>;
const stopCallbacks: ((code: number) => void)[] = [];
const endCallbacks: (() => void)[] = [];

let ending: readonly HandledSignal[] = allSignals;

let announce = (text: string): void => void process.stderr.write(`\n${text}\n`);

/** The exit code of the requested stop; undefined before one is requested. */
export const requestedStop = (): number | undefined => stopCode;

/** Requests a stop at the next safe place, as the first signal does. */
export function requestStop(code: number): void {
  if (stopCode !== undefined) return;
  stopCode = code;
  for (const call of stopCallbacks) call(code);
}

/**
 * Handles signals from now on; before, they end the process as usual.
 *
 * @param stopping called once, when a stop is requested
 * @param atOnce called before a second signal ends the process
 * @param show prints the message about the first signal, for a display that draws on the screen
 * @param endingSignals those that end the process when they come after another; further ones are ignored
 * @returns whether a stop was requested
 */
export function listenForSignals(
  stopping?: (code: number) => void,
  atOnce?: () => void,
  show?: (text: string) => void,
  endingSignals?: readonly HandledSignal[],
): () => boolean {
  if (endingSignals) ending = endingSignals;
  if (stopping) stopCallbacks.push(stopping);
  if (atOnce) endCallbacks.push(atOnce);
  if (show) announce = show;
  for (const [signal, listener] of Object.entries(listeners)) {
    process.off(signal, listener);
    process.on(signal, listener);
  }
  return () => stopCode !== undefined;
}

function receive(signal: HandledSignal): void {
  const code = signalExitCodes[signal];
  if (firstSignalAt !== undefined) {
    if (performance.now() - firstSignalAt < sameRequestMs || !ending.includes(signal)) return;
    for (const call of endCallbacks) call();
    process.exit(code);
  }
  firstSignalAt = performance.now();
  const second = ending === allSignals ? "signal" : ending.join(" or ");
  announce(`bench: stopping at the next safe place; a second ${second} stops at once`);
  requestStop(code);
  // During a computation no listener can run. Without listeners, the system ends the process at the second signal.
  if (endCallbacks.length === 0)
    setTimeout(() => {
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(name, listeners[name]);
    }, sameRequestMs).unref();
}
