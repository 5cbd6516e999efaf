// Allocation failures as one line that says what to do. They arrive under many names: JavaScript's arrays, ONNX Runtime, CUDA, WebGPU.
// V8's own heap limit is not among them: Node ends the process there, with exit code 134, and nothing can catch it.

import { BenchError } from "./errors.ts";

const texts =
  /array buffer allocation failed|bad_alloc|bad allocation|failed to allocate memory|out of memory|cannot create a buffer|available memory|ENOMEM|std::length_error/i;

/** Whether an error, or what caused it, is a failed allocation. */
export function isOutOfMemory(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause)
    if ((e as NodeJS.ErrnoException).code === "ERR_MEMORY_ALLOCATION_FAILED" || texts.test(e.message)) return true;
  return false;
}

/** The error itself, or, where it is a failed allocation, one that says how to use less memory. */
export function withMemoryAdvice(error: unknown, advice: string): unknown {
  if (!isOutOfMemory(error) || (error instanceof BenchError && error.exitCode !== 1)) return error;
  const { message } = error as Error;
  return new BenchError("failure", `out of memory (${message.split("\n")[0]!.slice(0, 200)}); ${advice}`, {
    cause: error,
  });
}
