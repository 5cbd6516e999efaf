// Updates the state after the micro-batches: holds the vectors that the parts write, such as their gradients, sums
// them in the order of the parts, and applies the update.
//
// There are as many buffers as parts run at the same time, and one more for the sum if there are further parts:
// after a round of parts its buffers are added to the sum, and the next round writes over them.

import { meanOfParts, sumOfParts } from "../../update/mean-of-parts.ts";
import { createParallelUpdater, type ParallelUpdater } from "../../update/parallel-updater.ts";
import type { Update } from "./run-plan.ts";

export interface StateUpdate {
  /** The parts of each round. */
  readonly rounds: readonly (readonly number[])[];
  /** For each part, the number of its buffer. */
  readonly bufferOf: readonly number[];
  /** For each buffer, the array that an output of a part writes, by the output's name. */
  readonly buffers: readonly ReadonlyMap<string, Float32Array>[];
  /** Adds the vectors of the round to the sum, or, after the last round, updates the states in place. */
  finishRound(round: number, states: () => readonly Float32Array[], scalars: () => readonly number[]): Promise<void>;
  dispose(): void;
}

/**
 * @param sizes number of elements of each output that the vectors consist of
 * @param make makes the array of a vector
 */
export function createStateUpdate(
  { program, vectors }: Update,
  sizes: (output: string) => number,
  count: number,
  lanes: number,
  threads: number,
  make: (size: number) => Float32Array,
): StateUpdate {
  const rounds = roundsOf(count, lanes);
  const last = rounds.length - 1;
  const { size } = program;
  const bufferCount = last === 0 ? count : lanes + 1;
  const whole = Array.from({ length: bufferCount }, () => vectors.map(() => make(size)));
  const buffers = whole.map(
    (arrays) =>
      new Map(
        vectors.flatMap((outputs, v) => {
          let at = 0;
          return outputs.map((output): [string, Float32Array] => {
            const from = at;
            at += sizes(output);
            return [output, arrays[v]!.subarray(from, at)];
          });
        }),
      ),
  );
  // The first buffer of the first round becomes the sum; later rounds write to the others.
  const bufferOf = rounds.flatMap((parts, round) => parts.map((_, lane) => (round === 0 ? lane : lane + 1)));
  const buffersOfRound = (round: number) => rounds[round]!.map((part) => bufferOf[part]!).filter((b) => b > 0);
  const finalVectors = last === 0 ? bufferOf : [0, ...buffersOfRound(last)];
  const update = createParallelUpdater(count === 1 ? program : meanOfParts(program, finalVectors.length), threads);
  const sums = new Map<number, ParallelUpdater>();
  for (const round of rounds.keys()) {
    const added = buffersOfRound(round).length;
    if (round < last && added > 0 && !sums.has(added))
      sums.set(added, createParallelUpdater(sumOfParts(size, added), threads));
  }
  return {
    rounds,
    bufferOf,
    buffers,
    async finishRound(round, states, scalars) {
      if (round === last) {
        const read = vectors.flatMap((_, v) => finalVectors.map((buffer) => whole[buffer]![v]!));
        await update.apply(states(), read, count === 1 ? scalars() : [...scalars(), count]);
        return;
      }
      const added = buffersOfRound(round);
      const sum = sums.get(added.length); // none if the round had one part, whose buffer is the sum
      if (!sum) return;
      for (const v of vectors.keys())
        await sum.apply(
          [whole[0]![v]!],
          added.map((buffer) => whole[buffer]![v]!),
          [],
        );
    },
    dispose() {
      update.dispose();
      for (const sum of sums.values()) sum.dispose();
    },
  };
}

/** The parts 0 to count - 1 in rounds of at most `lanes`. */
export const roundsOf = (count: number, lanes: number): number[][] =>
  Array.from({ length: Math.ceil(count / lanes) }, (_, round) =>
    Array.from({ length: Math.min(lanes, count - round * lanes) }, (_, lane) => round * lanes + lane),
  );
