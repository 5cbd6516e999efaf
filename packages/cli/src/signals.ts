// Ctrl-C and its kin: the first asks for a stop at the next safe place, the second stops at once.

const codes = { SIGINT: 130, SIGTERM: 143, SIGUSR2: 75 } as const; // SIGUSR2: what schedulers send before they take a machine away

let received: number | undefined;

/** The exit code of the signal that was received, if one was. */
export const signalled = (): number | undefined => received;

/** Listens from now on; tells whether a stop was asked for. */
export function listenForSignals(): () => boolean {
  for (const [signal, code] of Object.entries(codes)) {
    process.on(signal, () => {
      if (received !== undefined) process.exit(code);
      received = code;
      process.stderr.write("\nbench: stopping at the next safe place; once more stops at once\n");
    });
  }
  return () => received !== undefined;
}
