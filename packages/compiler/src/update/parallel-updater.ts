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

/** Each thread beyond the first is a worker with its own heap, and a few threads use the memory's whole bandwidth. */
const MOST_THREADS = 8;

/** The memory of states and vectors: one that all threads can use if several of them update it. */
export const vectorBuffer = (size: number, threads: number): typeof ArrayBuffer | typeof SharedArrayBuffer =>
  sharesOf(size, threads) > 1 ? SharedArrayBuffer : ArrayBuffer;

/** Number of threads that update vectors of this size. */
const sharesOf = (size: number, threads: number): number =>
  Math.max(1, Math.min(threads, MOST_THREADS, Math.floor((2 * size) / PARALLEL_SIZE)));

/**
 * @param threads the calling thread and workers. Each has a share of the elements; since each element is computed by
 *   itself, the bits do not depend on this number.
 */
export function createParallelUpdater(program: ElementProgram, threads: number): ParallelUpdater {
  const module = new WebAssembly.Module(updateModule(program));
  const offsets = Array.from({ length: program.states.length + program.vectors.length }, (_, i) => chunkOffset(i));
  const own = rangeUpdater(module, CHUNK, offsets);
  const { size } = program;
  const shares = sharesOf(size, threads);
  const workers = Array.from({ length: shares - 1 }, () => startWorker(module, offsets));
  const chunks = Math.ceil(size / CHUNK);
  const ranges = Array.from({ length: shares }, (_, i) =>
    [i, i + 1].map((at) => Math.min(size, CHUNK * Math.floor((chunks * at) / shares))),
  ) as [number, number][];
  return {
    async apply(states, vectors, scalars) {
      // A message would copy other arrays, and the worker would update the copy.
      if (shares > 1 && ![...states, ...vectors].every(({ buffer }) => buffer instanceof SharedArrayBuffer))
        throw new Error("an update on several threads needs arrays over the memory that vectorBuffer names");
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

/** Updates a range of elements, chunk by chunk. Workers run this function's text: it uses nothing else of this file. */
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
  // Without the process's own flags: `--require` and `--import` would load their modules in each worker.
  const worker = new Worker(code, { eval: true, execArgv: [], workerData: { module, chunk: CHUNK, offsets } });
  worker.unref();
  /** Ends the update that runs, if there is one. */
  let finish: ((error?: Error) => void) | undefined;
  let failure: Error | undefined;
  const fail = (reason: string): void => {
    failure ??= new Error(`a thread of the optimizer's update has ended: ${reason}`);
    finish?.(failure);
  };
  worker.on("message", () => finish?.());
  worker.on("error", (error) => fail(error.message));
  worker.on("exit", (code) => fail(`exit code ${code}`));
  const run = (share: Share): Promise<void> =>
    new Promise((resolve, reject) => {
      if (failure) return reject(failure);
      worker.ref(); // the process must not end while an update runs
      finish = (error) => {
        finish = undefined;
        worker.unref();
        if (error) reject(error);
        else resolve();
      };
      worker.postMessage(share);
    });
  return Object.assign(run, { stop: () => void worker.terminate() });
}
