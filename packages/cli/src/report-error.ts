// Prints errors, and chooses their exit codes.

import type { FetchErrorKind } from "@dit-bench/fetch";
import { exitCodes } from "@dit-bench/runner/errors";
import { withMemoryAdvice } from "@dit-bench/runner/out-of-memory";
import { printable } from "@dit-bench/text";
import { requestedStop } from "./signals.ts";
import { applyStyle } from "./style.ts";
import { hangText, screenWidth } from "./text-layout.ts";

/** Exit codes of errors by name, for errors of packages that know no exit codes. */
const codesByName: Readonly<Record<string, number>> = {
  MethodError: exitCodes.usage,
  UnknownDatasetError: exitCodes.usage,
  DataError: exitCodes.data,
  ImageError: exitCodes.data,
  RecordError: exitCodes.data,
  CorruptFileError: exitCodes.data,
  UnsupportedFileError: exitCodes.data,
  RefusedGlobalError: exitCodes.data,
  LayoutError: exitCodes.data,
  AutoencoderLayoutError: exitCodes.data,
  ArchiveError: exitCodes.data,
  MatError: exitCodes.data,
  JsonError: exitCodes.data,
  ComparisonError: exitCodes.data,
};

/** Exit codes of failed downloads, by the kind of the error. */
const codesByFetchKind: Readonly<Record<FetchErrorKind, number>> = {
  environment: exitCodes.usage,
  offline: exitCodes.data,
  "not-found": exitCodes.data,
  refused: exitCodes.data,
  redirect: exitCodes.data,
  "not-the-file": exitCodes.data,
  "wrong-size": exitCodes.data,
  "wrong-checksum": exitCodes.data,
  pip: exitCodes.data,
  "disk-full": exitCodes.io,
  unreachable: exitCodes.interrupted, // the same command again may reach it
  interrupted: exitCodes.interrupted,
};

/** Exit codes of system errors: missing or unexpected files, a full disk, missing permissions. */
const codesBySystemCode: Readonly<Record<string, number>> = {
  ENOENT: exitCodes.data,
  EISDIR: exitCodes.data,
  ELOOP: exitCodes.data,
  ENAMETOOLONG: exitCodes.usage,
  ...Object.fromEntries(
    [
      ...["ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "EIO", "ENOTDIR", "EEXIST", "ENOTEMPTY", "EBUSY", "EMFILE"],
      ...["ENFILE", "EFBIG", "ESTALE", "ETXTBSY", "ENXIO", "ENODEV"],
    ].map((code) => [code, exitCodes.io]),
  ),
};

const fullDisk: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);

/** Prints the error on stderr; returns the exit code. */
export function reportError(error: unknown, verbose: boolean): number {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const e = withMemoryAdvice(thrown, "take smaller batches, fewer --jobs, or a machine with more memory") as Error;
  process.stderr.write(`${describeError(e, verbose)}\n`);
  if (verbose) process.stderr.write(`${(e.stack ?? "").split("\n").map(printable).join("\n")}\n`);
  return exitCodeOf(e);
}

/** Returns the exit code of an error. After a requested stop, the code of that request replaces `interrupted`. */
export function exitCodeOf(error: Error): number {
  const code = lookUpCode(error);
  return code === exitCodes.interrupted ? (requestedStop() ?? code) : code;
}

function lookUpCode(error: Error): number {
  const { exitCode, code, kind } = error as { exitCode?: unknown; code?: unknown; kind?: unknown };
  if (error.name === "FetchError") return codesByFetchKind[kind as FetchErrorKind];
  if (typeof exitCode === "number") return exitCode;
  if (typeof code === "string" && codesBySystemCode[code] !== undefined) return codesBySystemCode[code];
  return codesByName[error.name] ?? codesByName[error.constructor.name] ?? exitCodes.failure;
}

/** Returns the message, formatted for the screen. Errors without advice of their own get some. */
function describeError(e: Error, verbose: boolean): string {
  let text = printable(e.message.trim().replaceAll(/\s*\n\s*/g, " ")) || e.name;
  const isUnexpected = exitCodeOf(e) === exitCodes.failure && !("exitCode" in e);
  if (fullDisk.has((e as NodeJS.ErrnoException).code ?? "")) text += "; make room there and run the same command again";
  if (isUnexpected && !verbose) text += "; 'bench --verbose …' shows where it happened";
  return formatError(text);
}

/** Prints a problem that does not end the command, such as one damaged record among many. */
export const reportProblem = (message: string): void => void process.stderr.write(`${formatError(message)}\n`);

/**
 * Returns the message after `bench: error:`. On a terminal it is wrapped, with the advice after its first semicolon on
 * lines of its own.
 */
export function formatError(message: string, screen: NodeJS.WriteStream = process.stderr): string {
  const prefix = applyStyle(["red", "bold"], "bench: error:", screen);
  if (!screen.isTTY) return `${prefix} ${message}`;
  const plain = "bench: error: ";
  const width = screenWidth(screen.columns || 80);
  const [what = "", ...advice] = message.split(/; (?=\S)/);
  const lines = [
    ...hangText(plain, what, width),
    ...(advice.length > 0 ? hangText("  ", advice.join("; "), width) : []),
  ];
  return [prefix + lines[0]!.slice(plain.length - 1), ...lines.slice(1)].join("\n");
}
