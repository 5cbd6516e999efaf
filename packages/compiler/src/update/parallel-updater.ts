// Runs an update program over whole vectors in place, on several threads where the vectors are large.

import { Worker } from "node:worker_threads";
import type { ElementProgram } from "./program.ts";
import { CHUNK, chunkOffset, updateModule } from "./wasm.ts";

export interface ParallelUpdater {
  /** Updates `states` in place. Every array has the program's size. Calls must not overlap. */
  apply(states: readonly Float32Array[], vectors: readonly Float32Array[], scalars: readonly number[]): Promise<void>;
  dispose(): void;
}

/** Below this number of elements a second thread saves less than the 0.1 ms that its messages take. */
export const PARALLEL_SIZE = 2 ** 18;

/** An array that all threads can use if the program's vectors are large. */
export function sharedVector(size: number, threads: number): Float32Array {
  return threads > 1 && size >= PARALLEL_SIZE
    ? new Float32Array(new SharedArrayBuffer(4 * size))
    : new Float32Array(size);
}

/**
 * @param threads the calling thread and workers. Each has a share of the elements; since each element is computed by
 *   itself, the bits do not depend on this number.
 */
export function createParallelUpdater(program: ElementProgram, threads: number): ParallelUpdater {
  const module = new WebAssembly.Module(updateModule(program));
  const offsets = Array.from({ length: program.states.length + program.vectors.length }, (_, i) => chunkOffset(i));
  const own = rangeUpdater(module, CHUNK, offsets);
  const shares = program.size >= PARALLEL_SIZE ? threads : 1;
  const workers = Array.from({ length: shares - 1 }, () => startWorker(module, offsets));
  const chunks = Math.ceil(program.size / CHUNK);
  const ranges = Array.from({ length: shares }, (_, i) =>
    [i, i + 1].map((at) => Math.min(program.size, CHUNK * Math.floor((chunks * at) / shares))),
  ) as [number, number][];
  return {
    async apply(states, vectors, scalars) {
      const [[from, to], ...others] = ranges as [[number, number], ...[number, number][]];
      const done = others.map(([from, to], i) => workers[i]!({ states, vectors, scalars, from, to }));
      own({ states, vectors, scalars, from, to });
      await Promise.all(done);
    },
    dispose() {
      for (const worker of workers) worker.stop();
    },
  };
}

interface Share {
  readonly states: readonly Float32Array[];
  readonly vectors: readonly Float32Array[];
  readonly scalars: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** Updates a range of elements, chunk by chunk. Workers run this function's text, so it uses nothing outside of itself. */
function rangeUpdater(module: WebAssembly.Module, chunkSize: number, offsets: readonly number[]) {
  const { exports } = new WebAssembly.Instance(module);
  const { memory, update } = exports as { memory: WebAssembly.Memory; update: (bytes: number, ...s: number[]) => void };
  return ({ states, vectors, scalars, from, to }: Share): void => {
    for (let at = from; at < to; at += chunkSize) {
      const length = Math.min(chunkSize, to - at);
      const chunk = (buffer: number) => new Float32Array(memory.buffer, offsets[buffer]!, length);
      for (const [i, state] of states.entries()) chunk(i).set(state.subarray(at, at + length));
      for (const [i, vector] of vectors.entries()) chunk(states.length + i).set(vector.subarray(at, at + length));
      update(4 * length, ...scalars);
      for (const [i, state] of states.entries()) state.set(chunk(i), at);
    }
  };
}

/** A worker that updates one range at a time. Its code is a text because a worker cannot load TypeScript in tests. */
function startWorker(module: WebAssembly.Module, offsets: readonly number[]) {
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    const update = (${rangeUpdater})(workerData.module, workerData.chunk, workerData.offsets);
    parentPort.on("message", (share) => {
      update(share);
      parentPort.postMessage("done");
    });`;
  const worker = new Worker(code, { eval: true, workerData: { module, chunk: CHUNK, offsets } });
  worker.unref();
  let failure: Error | undefined;
  worker.on("error", (error) => {
    failure = error;
  });
  const run = (share: Share): Promise<void> =>
    new Promise((resolve, reject) => {
      if (failure) return reject(failure);
      worker.ref(); // the process must not end while an update runs
      const finish = (error?: Error): void => {
        worker.unref();
        worker.off("message", onDone).off("error", finish);
        if (error) reject(error);
        else resolve();
      };
      const onDone = () => finish();
      worker.on("message", onDone).on("error", finish);
      worker.postMessage(share);
    });
  return Object.assign(run, { stop: () => void worker.terminate() });
}
