// Runs a command in this process. It handles output streams that fail, sets the exit code, and ends the process itself,
// so that no plug-in can delay or fake the end.

import { callSite } from "@dit-bench/random";
import { exitCodes } from "@dit-bench/runner/errors";
import { printable } from "@dit-bench/text";
import { main } from "./main.ts";
import { formatError } from "./report-error.ts";
import { requestedStop } from "./signals.ts";
import { keepStdoutForResults, writeResult } from "./stdout.ts";

/** Runs a command and ends the process, even if a plug-in left timers or sockets open. */
export async function start(argv: readonly string[]): Promise<never> {
  const output = watchStreams();
  keepStdoutForResults();
  let finished = false;
  let isIdle = false;
  process.on("beforeExit", () => {
    isIdle = true; // this event is not emitted by process.exit
  });
  const atExit = (code: number) => {
    if (finished || requestedStop() !== undefined || code === exitCodes.interrupted) return;
    const caller = isIdle ? undefined : callSite(atExit);
    const who = caller === undefined ? "does a plug-in call process.exit?" : `${printable(caller)} called process.exit`;
    const why = isIdle
      ? "the program waits for something that never comes; does a plug-in await it at its top level?"
      : `the program was ended before its work was done (exit code ${code}); ${who}`;
    process.stderr.write(`${formatError(why)}\n`);
    if (code === 0) process.exitCode = exitCodes.failure;
  };
  process.on("exit", atExit);
  const result = await main(argv);
  await Promise.all([
    drain(process.stdout, (done) => writeResult("", done)),
    drain(process.stderr, (done) => process.stderr.write("", () => done())),
  ]);
  const code = output.failed && result === exitCodes.ok ? exitCodes.io : result;
  finished = true;
  process.on("exit", () => {
    process.exitCode = code; // this listener is the last one: no plug-in's listener changes the code after it
  });
  process.exit(code);
}

/**
 * Keeps the process alive when a stream fails. A reader that closes stdout, such as `head`, is no error. If stdout
 * fails otherwise, as on a full disk, results are lost: that is reported on stderr and by the exit code. Failures of
 * stderr are ignored.
 */
function watchStreams(): { readonly failed: boolean } {
  const state = { failed: false };
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (state.failed || error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") return;
    state.failed = true;
    process.stderr.write(
      `${formatError(`stdout cannot be written (${error.message}); what was printed is not complete`)}\n`,
    );
  });
  return state;
}

/**
 * Resolves when everything is written to the stream, or when the stream is destroyed.
 *
 * @param flush writes nothing to the stream and calls `done`, after everything that was written before
 */
function drain(stream: NodeJS.WriteStream, flush: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0)
      setImmediate(resolve); // an error of the last write is reported before the immediate runs
    else flush(resolve);
  });
}
