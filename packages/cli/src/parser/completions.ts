// Completes a command line for the shell: the commands, flags and values that can stand at the cursor.

import type { Command, Option, Argument as ParserArgument } from "commander";
import { declarationOf, loadNames } from "./add-command.ts";
import type { Choices, Flag } from "./flag.ts";

export interface Completions {
  /** Only those that begin with what is typed. */
  readonly words: readonly Completion[];
  /** True if the shell completes the names of files and folders if no word fits. */
  readonly files: boolean;
}

export interface Completion {
  readonly word: string;
  readonly about: string;
}

/**
 * Returns the completions of the last word. For `--flag=value` they are those of the value.
 *
 * @param line the words after `bench`; the last one is the one at the cursor, empty if nothing of it is typed
 */
export async function completionsOf(bench: Command, line: readonly string[]): Promise<Completions> {
  const typed = line.at(-1) ?? "";
  const { command, flag, position, given, hasOnlyArguments } = readWords(bench, line.slice(0, -1));
  if (flag) return valuesOf(flag, typed);
  if (typed.startsWith("-") && !hasOnlyArguments) {
    const equals = typed.indexOf("=");
    if (equals < 0) return onlyWords(flagsOf(command, given), typed);
    const named = flagNamed(command, typed.slice(0, equals));
    return named?.required ? valuesOf(named, typed.slice(equals + 1)) : nothing;
  }
  if (position === 0 && command.commands.length > 0) return onlyWords(commandsOf(command), typed);
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[position] ?? (last?.variadic ? last : undefined);
  return argument ? valuesOf(argument, typed) : nothing;
}

/** Where the cursor is. */
interface Place {
  readonly command: Command;
  /** The flag whose value is at the cursor. */
  readonly flag?: Option | undefined;
  /** Arguments of the command before the cursor. */
  readonly position: number;
  /** Flags before the cursor. */
  readonly given: ReadonlySet<Option>;
  /** True after `--`, which ends the flags. */
  readonly hasOnlyArguments: boolean;
}

function readWords(bench: Command, words: readonly string[]): Place {
  const given = new Set<Option>();
  let command = bench;
  let flag: Option | undefined;
  let position = 0;
  let hasOnlyArguments = false;
  for (const word of words) {
    if (flag) flag = undefined;
    else if (word === "--") hasOnlyArguments = true;
    else if (word.startsWith("-") && !hasOnlyArguments) {
      const named = flagNamed(command, word.split("=", 1)[0]!);
      if (named) given.add(named);
      if (named?.required && !word.includes("=")) flag = named;
    } else if (word !== "help" || command.commands.length === 0) {
      const inner = position === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (inner) command = inner;
      else position++;
    } // `help` stands before the names of commands
  }
  return { command, flag, position, given, hasOnlyArguments };
}

const nothing: Completions = { words: [], files: false };

const onlyWords = (words: readonly Completion[], typed: string): Completions => ({
  words: words.filter(({ word }) => word.startsWith(typed)),
  files: false,
});

/** Every flag, `--help` too; after a flag that takes one value, not that flag again. */
const flagsOf = (command: Command, given: ReadonlySet<Option>): Completion[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .filter((option) => !given.has(option) || isRepeatable(option))
    .map(({ long, flags, description }) => ({ word: long ?? flags, about: description }));

const isRepeatable = (option: Option): boolean => (declarationOf(option) as Flag | undefined)?.repeatable === true;

const commandsOf = (command: Command): Completion[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((inner) => ({ word: inner.name(), about: inner.description() }));

const flagNamed = (command: Command, name: string): Option | undefined =>
  command
    .createHelp()
    .visibleOptions(command)
    .find(({ long, short }) => long === name || short === name);

async function valuesOf(part: Option | ParserArgument, typed: string): Promise<Completions> {
  const { choices, suggestions, ...declaration }: Partial<Flag> = declarationOf(part) ?? {};
  const names = (await loadNames(choices ?? suggestions)) ?? [];
  const start = declaration.commaSeparated ? typed.slice(0, typed.lastIndexOf(",") + 1) : "";
  const earlier = start.split(",");
  const words = names.filter((name) => !earlier.includes(name)).map((name) => ({ word: start + name, about: "" }));
  return { ...onlyWords(words, typed), files: choices === undefined && takesFiles(declaration, suggestions) };
}

/** True for a flag whose placeholder is that of a file or folder, and for an argument without suggestions. */
const takesFiles = ({ placeholder }: Partial<Flag>, suggestions: Choices | undefined): boolean =>
  placeholder === undefined ? suggestions === undefined : /^(file|folder|path|package)/.test(placeholder);
