// The parser's own messages, such as that of an unknown flag, in the form of all others.

import { printable } from "@dit-bench/text";
import type { Command } from "commander";
import { formatError } from "../report-error.ts";
import { pathOf } from "./add-command.ts";

/** @param text as commander writes it: "error: unknown option '--methd'\n(Did you mean --method?)" */
export function parserError(text: string, command: Command): string {
  const [message = "", hint = ""] = text
    .trim()
    .replace(/^error: /, "")
    .split(/\s*\n/);
  const meant = /Did you mean (?:one of )?(.*)\?/.exec(hint)?.[1];
  const help = `'${pathOf(command)} --help' lists the ${command.commands.length > 0 ? "commands" : "options"}`;
  const extra = command.args[command.registeredArguments.length];
  if (message.startsWith("too many arguments") && extra !== undefined)
    return formatError(
      `'${printable(extra)}' is one argument too many for '${pathOf(command)}'; a value with spaces needs quotes ` +
        `around it, and each option its name, such as --out; ${help}`,
    );
  return formatError(`${message}; ${meant ? `did you mean '${meant}'? ` : ""}${help}`);
}
