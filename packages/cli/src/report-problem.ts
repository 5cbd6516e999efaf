// Something that went wrong without ending the command, such as one damaged record among many.

import { hanging } from "./columns.ts";

/** Prints the message on stderr: on one line for programs, broken between words on a terminal. */
export function reportProblem(message: string): void {
  const { isTTY, columns } = process.stderr;
  const lines = isTTY ? hanging("bench: ", message, columns || 80) : [`bench: ${message}`];
  process.stderr.write(`${lines.join("\n")}\n`);
}
