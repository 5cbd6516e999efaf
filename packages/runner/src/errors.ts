/** Exit codes of `bench`: what a script or a scheduler may act on. */
export const exitCodes = {
  failure: 1,
  usage: 2,
  someCellsFailed: 3,
  data: 4,
  diverged: 5,
  io: 74,
  interrupted: 75,
} as const;

/** An error that a person can do something about: its message says what happened, with which value, what was wanted and what to do. */
export class BenchError extends Error {
  override name = "BenchError";
  readonly exitCode: number;
  constructor(kind: keyof typeof exitCodes, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCodes[kind];
  }
}

/** A stop that was asked for; what was done is kept. */
export class Interrupted extends BenchError {
  constructor(message: string) {
    super("interrupted", message);
  }
}
