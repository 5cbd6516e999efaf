// Errors with advice for users, and the exit codes of `bench` for scripts and schedulers. This module imports nothing,
// so that the command line can load it before anything else.

/** The only definition of exit codes; the README lists them. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  someCellsFailed: 3,
  data: 4,
  diverged: 5,
  io: 74,
  interrupted: 75,
} as const;

/**
 * Whether the same command may work the next time: after an interruption, with more memory, time or space. It does not
 * if its flags, its data or the training itself are at fault.
 */
export const mayWorkAgain = (exitCode: number): boolean =>
  exitCode !== exitCodes.usage && exitCode !== exitCodes.data && exitCode !== exitCodes.diverged;

/** After a stop by a signal: 128 + its number, except for the two that schedulers send before they end a job. */
export const signalExitCodes = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
  SIGUSR1: exitCodes.interrupted,
  SIGUSR2: exitCodes.interrupted,
} as const;

/** A message that says what happened, with which value, and what to do. */
export class BenchError extends Error {
  override name = "BenchError";
  readonly exitCode: number;
  constructor(kind: Exclude<keyof typeof exitCodes, "ok">, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCodes[kind];
  }
}

/** A model's samples have values that are not finite. As bytes they would be black or white images with an FID. */
export class NotFiniteSamples extends BenchError {
  /** The first such sample and its value, such as `image 3 of 48 has NaN`. */
  readonly problem: string;
  constructor(problem: string, engine: string) {
    super(
      "failure",
      `the samples are not finite: ${problem}, on engine ${engine}; ` +
        "check the weights and the settings of sampling, or choose another --engine",
    );
    this.problem = problem;
  }
}

/** The user asked for a stop. Finished work is kept. */
export class Interrupted extends BenchError {
  constructor(message: string) {
    super("interrupted", message);
  }
}
