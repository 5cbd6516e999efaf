// Allocation failures as one line that says what to do. They arrive under many names: JavaScript's arrays, ONNX
// Runtime, CUDA, WebGPU. Two cannot be caught: at V8's own heap limit Node ends with exit code 134, and the kernel may
// end any process with SIGKILL.

import { BenchError } from "./errors.ts";

/** `Invalid typed array length` with nine digits or more exceeds what V8 allows; with fewer, it is a bug. */
const texts = new RegExp(
  "array buffer allocation failed|invalid typed array length: \\d{9,}|bad_alloc|bad allocation|" +
    "failed to allocate|out of memory|ENOMEM",
  "i",
);

/** True if an error, or one of its causes, is a failed allocation. */
export function isOutOfMemory(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause)
    if ((e as NodeJS.ErrnoException).code === "ERR_MEMORY_ALLOCATION_FAILED" || texts.test(e.message)) return true;
  return false;
}

/** Gives the error back, or, for a failed allocation, a BenchError with advice on how to use less memory. */
export function withMemoryAdvice(error: unknown, advice: string): unknown {
  if (error instanceof BenchError || !isOutOfMemory(error)) return error;
  const { message } = error as Error;
  const bytes = /requested buffer of size (\d+)/.exec(message)?.[1]; // ONNX Runtime
  const what = bytes ? `a buffer of ${(Number(bytes) / 1e9).toFixed(1)} GB` : message.split("\n")[0]!.slice(0, 120);
  return new BenchError("failure", `out of memory (${what}); ${advice}`, { cause: error });
}
