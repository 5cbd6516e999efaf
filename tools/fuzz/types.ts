// The types of the fuzzer: a target, and what came of its inputs.

import type { Stream } from "@dit-bench/random";

/** A parser of bytes that anybody may have written. */
export interface Target {
  /** Also the name of its folder in `corpus`. */
  readonly name: string;
  /** Small valid inputs, from which all others are made. Equal on every call. */
  seeds(): readonly Buffer[] | Promise<readonly Buffer[]>;
  /** A change that keeps a seed close to valid, such as another header with the right checksum. Half the inputs. */
  edit?(seed: Buffer, numbers: Stream): Buffer;
  /**
   * Reads an input. Returning counts as accepted, except for `false`, which counts as refused.
   *
   * @param folder an empty folder at the first call, which the target may fill and keep
   */
  read(input: Buffer, folder: string): unknown;
  /** The errors that refuse an input. Every other error is a fault. */
  readonly errors: readonly (abstract new (
    ...args: never[]
  ) => Error)[];
  /** Limits on one input, where they are not the usual ones. */
  readonly limits?: Partial<Limits>;
}

export interface Limits {
  /** CPU time of one input. */
  readonly seconds: number;
  /** Memory that one input may take beyond what the process had, in MB (10^6 bytes). */
  readonly megabytes: number;
}

export interface Fault {
  /** Index of a generated input, or the name of a file of the corpus. */
  readonly input: number | string;
  readonly problem: string;
  readonly bytes: Uint8Array;
}

export interface Tally {
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly faults: readonly Fault[];
  readonly seconds: number;
}

/** What a process of one target has to do. */
export interface Job {
  readonly module: string;
  /** Files to read before the generated inputs. Positions count both. */
  readonly files: readonly string[];
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Folder of the target's own files. */
  readonly folder: string;
  /** File in which the process notes its position, for the case that it dies. */
  readonly position: string;
}

/** A message of the process. */
export type Message =
  | { readonly kind: "fault"; readonly at: number; readonly problem: string; readonly bytes: Uint8Array }
  | { readonly kind: "finished" };
