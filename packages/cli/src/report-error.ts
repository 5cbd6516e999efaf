// Errors as a person reads them, and the exit code that goes with each.

import { exitCodes } from "./exit-codes.ts";
import { signalled } from "./signals.ts";

const byName: Readonly<Record<string, number>> = {
  MethodError: exitCodes.usage,
  UnknownDatasetError: exitCodes.usage,
  DataError: exitCodes.data,
  RecordError: exitCodes.data,
  CorruptFileError: exitCodes.data,
  UnsupportedFileError: exitCodes.data,
  RefusedGlobalError: exitCodes.data,
  LayoutError: exitCodes.data,
};

/** System errors that mean the disk or its rights, not the program. */
const ioCodes = new Set([
  "ENOSPC",
  "EDQUOT",
  "EACCES",
  "EPERM",
  "EROFS",
  "EIO",
  "ENOTDIR",
  "EISDIR",
  "EMFILE",
  "EFBIG",
]);

/** Prints one line on stderr; returns the exit code. */
export async function reportError(error: unknown, verbose: boolean): Promise<number> {
  let e = error instanceof Error ? error : new Error(String(error));
  const code = exitCode(e);
  if (code === exitCodes.failure) {
    const { withMemoryAdvice } = await import("@dit-bench/runner");
    e = withMemoryAdvice(e, "take smaller batches, or another machine") as Error;
  }
  const unexpected = code === exitCodes.failure && !("exitCode" in e);
  const hint = unexpected && !verbose ? " ('bench --verbose …' shows where)" : "";
  process.stderr.write(`bench: ${e.message}${hint}\n`);
  if (verbose) process.stderr.write(`${e.stack}\n`);
  return code;
}

function exitCode(e: Error): number {
  if (e.name === "Interrupted" || (e as { exitCode?: number }).exitCode === exitCodes.interrupted)
    return signalled() ?? exitCodes.interrupted;
  const own = (e as { exitCode?: unknown }).exitCode;
  if (typeof own === "number") return own;
  const system = (e as NodeJS.ErrnoException).code;
  if (system !== undefined && ioCodes.has(system)) return exitCodes.io;
  return byName[e.name] ?? byName[e.constructor.name] ?? exitCodes.failure;
}
