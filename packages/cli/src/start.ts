// The process around a command: streams that may fail, an end that nothing can hold up or forge, the exit code.

import { exitCodes } from "@dit-bench/runner/errors";
import { main } from "./main.ts";
import { formatError } from "./report-error.ts";
import { requestedStop } from "./signals.ts";

/** Runs a command and ends the process, whatever timers or sockets a plug-in left open. */
export async function start(argv: readonly string[]): Promise<never> {
  const output = watchStreams();
  let finished = false;
  let nothingLeft = false;
  process.on("beforeExit", () => {
    nothingLeft = true; // not emitted by process.exit
  });
  process.on("exit", (code) => {
    if (finished || requestedStop() !== undefined || code === exitCodes.interrupted) return;
    const why = nothingLeft
      ? "the program waits for something that never comes; does a plug-in await it at its top level?"
      : `the program was ended before its work was done (exit code ${code}); does a plug-in call process.exit?`;
    process.stderr.write(`${formatError(why)}\n`);
    if (code === 0) process.exitCode = exitCodes.failure;
  });
  const result = await main(argv);
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
  const code = output.failed && result === exitCodes.ok ? exitCodes.io : result;
  finished = true;
  process.on("exit", () => {
    process.exitCode = code; // the last listener: a plug-in's cannot change it
  });
  process.exit(code);
}

/**
 * A stream that fails does not end the work. A reader that went away, such as `head`, has seen enough: that is no error. Where
 * stdout fails in another way (disk full), results are lost: one line says so, and the exit code. What is lost on stderr is not missed.
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

/** Resolves when everything written was handed to the system, or cannot be. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0)
      setImmediate(resolve); // errors of the last write are reported by then
    else stream.write("", () => resolve());
  });
}
