// Updates on several threads, sums and means of the parts' vectors: against plain loops in float32.

import { describe, expect, test } from "vitest";
import { meanOfParts, sumOfParts } from "./mean-of-parts.ts";
import { createParallelUpdater, PARALLEL_SIZE, vectorBuffer } from "./parallel-updater.ts";
import type { ElementProgram } from "./program.ts";
import { CHUNK } from "./wasm.ts";

/** An array of numbers in (-2, 2), in memory that `threads` threads can use. */
function vector(size: number, phase: number, threads = 1): Float32Array {
  const array = new Float32Array(new (vectorBuffer(size, threads))(4 * size) as ArrayBuffer);
  for (let i = 0; i < size; i++) array[i] = 2 * Math.sin(1.7 * i + phase);
  return array;
}

/** w - rate * (0.9 * m + g), and the second state m. */
const momentum = (size: number): ElementProgram => ({
  size,
  states: ["w", "m"],
  vectors: ["g"],
  scalars: ["decay", "rate"],
  // Values 0 to 4 are w, m, g, decay and rate.
  instructions: [
    { op: "Mul", operands: [1, 3] },
    { op: "Add", operands: [5, 2] },
    { op: "Mul", operands: [6, 4] },
    { op: "Sub", operands: [0, 7] },
  ],
  results: [8, 6],
});

async function update(program: ElementProgram, threads: number, vectors: number, scalars: readonly number[]) {
  const states = program.states.map((_, i) => vector(program.size, i, threads));
  const read = Array.from({ length: vectors }, (_, i) => vector(program.size, 0.3 + i, threads));
  const updater = createParallelUpdater(program, threads);
  for (let step = 0; step < 3; step++) await updater.apply(states, read, scalars);
  updater.dispose();
  return states;
}

describe("createParallelUpdater", () => {
  test.each([PARALLEL_SIZE, 2 * PARALLEL_SIZE + 3 * CHUNK + 5])(
    "gives the same bits with 1, 2, 3 and 5 threads, for %i elements",
    async (size) => {
      const program = momentum(size);
      const wanted = await update(program, 1, 1, [0.9, 0.1]);
      expect(wanted[0]).not.toEqual(vector(size, 0));
      for (const threads of [2, 3, 5]) {
        const found = await update(program, threads, 1, [0.9, 0.1]);
        for (const [i, state] of wanted.entries())
          expect(Buffer.compare(Buffer.from(state.buffer), Buffer.from(found[i]!.buffer)), `${threads} threads`).toBe(
            0,
          );
      }
    },
  );

  test.each([1, 5, CHUNK, CHUNK + 1, PARALLEL_SIZE - 1])("computes each element as a loop does: %i", async (size) => {
    const [w, m] = await update(momentum(size), 2, 1, [0.9, 0.1]);
    const f = Math.fround;
    const g = vector(size, 0.3);
    const [wantedW, wantedM] = [vector(size, 0), vector(size, 1)];
    for (let step = 0; step < 3; step++)
      for (let i = 0; i < size; i++) {
        wantedM[i] = f(f(wantedM[i]! * f(0.9)) + g[i]!);
        wantedW[i] = f(wantedW[i]! - f(wantedM[i]! * f(0.1)));
      }
    expect(w).toEqual(wantedW);
    expect(m).toEqual(wantedM);
  });

  test("shares large arrays only, and with several threads only", () => {
    expect(vectorBuffer(PARALLEL_SIZE, 1)).toBe(ArrayBuffer);
    expect(vectorBuffer(PARALLEL_SIZE - 1, 8)).toBe(ArrayBuffer);
    expect(vectorBuffer(PARALLEL_SIZE, 2)).toBe(SharedArrayBuffer);
  });

  test("refuses arrays that the other threads would receive as copies, and changes none", async () => {
    const updater = createParallelUpdater(momentum(PARALLEL_SIZE), 2);
    const states = [0, 1].map((phase) => vector(PARALLEL_SIZE, phase));
    const read = [vector(PARALLEL_SIZE, 2, 2)];
    await expect(updater.apply(states, read, [0.9, 0.1])).rejects.toThrow("the memory that vectorBuffer names");
    expect(states[0]).toEqual(vector(PARALLEL_SIZE, 0));
    updater.dispose();
  });

  test("rejects in place of waiting for ever if a thread has ended, during an update or before", async () => {
    const updater = createParallelUpdater(momentum(PARALLEL_SIZE), 2);
    const states = [0, 1].map((phase) => vector(PARALLEL_SIZE, phase, 2));
    await updater.apply(states, [vector(PARALLEL_SIZE, 2, 2)], [0.9, 0.1]);
    const running = updater.apply(states, [vector(PARALLEL_SIZE, 2, 2)], [0.9, 0.1]);
    updater.dispose();
    const outcome = await running.then(
      () => "done",
      (error: Error) => error.message,
    );
    expect(outcome).toMatch(/^(done|a thread of the optimizer's update has ended: exit code \d+)$/);
    await expect(updater.apply(states, [vector(PARALLEL_SIZE, 2, 2)], [0.9, 0.1])).rejects.toThrow(
      "a thread of the optimizer's update has ended",
    );
  });
});

describe("sumOfParts", () => {
  test.each([1, 2, 5])("adds %i vectors one after the other", async (count) => {
    const size = CHUNK + 3;
    const updater = createParallelUpdater(sumOfParts(size, count), 1);
    const sum = vector(size, 9);
    const parts = Array.from({ length: count }, (_, i) => vector(size, i));
    const wanted = sum.map((first, i) => parts.reduce((total, part) => Math.fround(total + part[i]!), first));
    await updater.apply([sum], parts, []);
    updater.dispose();
    expect(sum).toEqual(wanted);
  });
});

describe("meanOfParts", () => {
  test.each([1, 2, 3, 7])(
    "updates by the mean of %i vectors, summed in their order and divided once",
    async (count) => {
      const size = CHUNK + 3;
      const parts = Array.from({ length: count }, (_, i) => vector(size, 0.3 + i));
      const mean = vector(size, 0).map((_, i) => {
        const sum = parts.slice(1).reduce((total, part) => Math.fround(total + part[i]!), parts[0]![i]!);
        return Math.fround(sum / 7);
      });
      const [plain, combined] = [momentum(size), meanOfParts(momentum(size), count)].map((program) => ({
        updater: createParallelUpdater(program, 1),
        states: [vector(size, 0), vector(size, 1)],
      })) as [Updated, Updated];
      await plain.updater.apply(plain.states, [mean], [0.9, 0.1]);
      await combined.updater.apply(combined.states, parts, [0.9, 0.1, 7]);
      expect(combined.states).toEqual(plain.states);
      for (const { updater } of [plain, combined]) updater.dispose();
    },
  );

  test("keeps the vectors of a program with two of them apart", async () => {
    const difference: ElementProgram = {
      size: 4,
      states: ["w"],
      vectors: ["a", "b"],
      scalars: [],
      instructions: [
        { op: "Sub", operands: [1, 2] },
        { op: "Add", operands: [0, 3] },
      ],
      results: [4],
    };
    const updater = createParallelUpdater(meanOfParts(difference, 2), 1);
    const w = Float32Array.of(0, 0, 0, 0);
    const [a, b] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(0, 0, 1, 1)];
    await updater.apply([w], [a, a, b, b], [2]);
    updater.dispose();
    expect(w).toEqual(Float32Array.of(1, 2, 2, 3));
  });
});

interface Updated {
  readonly updater: ReturnType<typeof createParallelUpdater>;
  readonly states: Float32Array[];
}
