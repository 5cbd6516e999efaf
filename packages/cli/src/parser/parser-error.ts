// Changes messages of the parser (commander), such as that of an unknown flag, to the form of our own messages.

import { printable } from "@dit-bench/text";
import type { Command } from "commander";
import { formatError } from "../report-error.ts";
import { pathOf } from "./add-command.ts";

/**
 * Returns the message to print.
 *
 * @param text the message of commander: "error: unknown option '--methd'\n(Did you mean --method?)"
 */
export function parserError(text: string, command: Command): string {
  const [message = "", hint = ""] = text
    .trim()
    .replace(/^error: /, "")
    .split(/\s*\n/);
  const suggestion = /Did you mean (?:one of )?(.*)\?/.exec(hint)?.[1];
  const help = `'${pathOf(command)} --help' lists the ${command.commands.length > 0 ? "commands" : "options"}`;
  const extra = command.args[command.registeredArguments.length];
  if (message.startsWith("too many arguments") && extra !== undefined)
    return formatError(
      `'${printable(extra)}' is one argument too many for '${pathOf(command)}'; a value with spaces needs quotes ` +
        `around it, and each option needs its name, such as --out; ${help}`,
    );
  return formatError(`${message}; ${suggestion ? `did you mean '${suggestion}'? ` : ""}${help}`);
}
