// Makes a command of the parser (commander) from its declaration: flags, arguments, help, and the checks of every
// value.

import { BenchError } from "@dit-bench/runner/errors";
import { closestName } from "@dit-bench/text";
import { type Command, Option, Argument as ParserArgument } from "commander";
import { hangText } from "../text-layout.ts";
import { longName } from "./command-line.ts";
import type { Argument, Arguments, Choices, Declaration, Flag, Flags, OptionsOf, ValuesOf } from "./flag.ts";
import { refuseBlank, splitNames } from "./values.ts";

/** Adds a command to its parent. @param run the code of the command; it gets the arguments by name, and the options */
export function addCommand<F extends Flags, A extends Arguments>(
  parent: Command,
  name: string,
  declaration: Declaration<F, A>,
  run: (args: ValuesOf<A>, options: OptionsOf<F>) => Promise<void>,
): void {
  const command = parent.command(name).description(declaration.about);
  const names = Object.keys(declaration.arguments ?? {});
  for (const key of names) command.addArgument(new DeclaredArgument(key, declaration.arguments![key]!));
  for (const [key, flag] of Object.entries(declaration.flags)) command.addOption(new DeclaredOption(key, flag));
  const { notes = [] } = declaration;
  command.addHelpText("after", () => {
    const width = command.createHelp().helpWidth ?? 80;
    const lines = notes.flatMap((text) => (text.startsWith(" ") ? [text] : hangText("", text, width)));
    return lines.length === 0 ? "" : `\n${lines.join("\n")}`;
  });
  command.hook("preAction", (_, called) => refuseMissing(called));
  command.hook("preAction", (_, called) => refuseUnknownChoices(called));
  command.action(async (...given: unknown[]) => {
    const args = Object.fromEntries(names.map((key, i) => [key, given[i]]));
    await run(args as ValuesOf<A>, given[names.length] as OptionsOf<F>);
  });
}

/** Every command, subcommands included. */
export const allCommands = (command: Command): Command[] => [command, ...command.commands.flatMap(allCommands)];

/** Returns the full name of a command, such as "bench vae encode". */
export const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

/**
 * Adds the choices to the descriptions of a command's flags and arguments. Only the help needs the choices without
 * running the command, and loading their tables takes longer than the rest of the help.
 */
export async function describeChoices(command: Command): Promise<void> {
  for (const option of [...command.options, ...command.registeredArguments])
    if (option instanceof DeclaredOption || option instanceof DeclaredArgument) await option.describeChoices();
}

/** The declaration of a flag or an argument; undefined for one that the parser itself adds, such as `--help`. */
export const declarationOf = (part: Option | ParserArgument): Flag | Argument | undefined =>
  part instanceof DeclaredOption || part instanceof DeclaredArgument ? part.declaration : undefined;

class DeclaredOption extends Option {
  readonly declaration: Flag;

  constructor(key: string, flag: Flag) {
    const name = longName(key, flag);
    super(flag.placeholder === undefined ? name : `${name} <${flag.placeholder}>`, describeFlag(flag));
    this.declaration = flag;
    if (flag.default !== undefined) this.default(flag.default);
    if (flag.placeholder === undefined) return;
    this.argParser((value: string, previous: unknown) => {
      refuseBlank(name, value);
      return flag.read!(value, previous, name);
    });
  }

  async describeChoices(): Promise<void> {
    this.description = describeFlag(this.declaration, await loadNames(this.declaration.choices));
  }
}

class DeclaredArgument extends ParserArgument {
  readonly declaration: Argument;

  constructor(key: string, declaration: Argument) {
    super(declaration.variadic ? `[${key}...]` : `<${key}>`, declaration.about);
    this.declaration = declaration;
    this.argParser((value: string, previous: unknown) => {
      refuseBlank(`'${key}'`, value);
      return declaration.variadic ? [...((previous as string[] | undefined) ?? []), value] : value;
    });
  }

  async describeChoices(): Promise<void> {
    const names = await loadNames(this.declaration.choices);
    if (names) this.description = `${this.declaration.about}: ${names.join(", ")}`;
  }
}

/** Returns the help of a flag, such as "seed of all random numbers (default: 0)". */
function describeFlag(flag: Flag, choices?: readonly string[]): string {
  const hasDefault = flag.placeholder !== undefined && flag.default !== undefined && !flag.repeatable;
  const facts = [
    ...(choices ? [`${flag.commaSeparated ? "any" : "one"} of ${choices.join(", ")}`] : []),
    ...(hasDefault ? [`default: ${flag.default}`] : []),
  ];
  const about = flag.repeatable ? `${flag.about}; repeatable` : flag.about;
  return facts.length === 0 ? about : `${about} (${facts.join("; ")})`;
}

const declaredOptions = (command: Command): DeclaredOption[] =>
  command.options.filter((option) => option instanceof DeclaredOption);

/**
 * Throws BenchError (usage) if a required flag is missing. It runs after the parser has looked for unknown flags, so
 * that `--methd x` is reported as a misspelt flag, and not as a missing `--method`.
 */
function refuseMissing(command: Command): void {
  const missing = declaredOptions(command).find(
    (option) => option.declaration.required && command.getOptionValue(option.attributeName()) === undefined,
  );
  if (missing)
    throw new BenchError("usage", `${missing.flags} is needed; '${pathOf(command)} --help' lists the options`);
}

/** Throws BenchError (usage) for a value that is none of its flag's or argument's choices. */
async function refuseUnknownChoices(command: Command): Promise<void> {
  for (const option of declaredOptions(command)) {
    if (command.getOptionValueSource(option.attributeName()) !== "cli") continue;
    const { choices, commaSeparated } = option.declaration;
    if (choices === undefined) continue;
    const value: string = command.getOptionValue(option.attributeName());
    for (const name of commaSeparated ? splitNames(option.long!, value) : [value])
      await refuseUnknown(option.long!, name, choices);
  }
  for (const [i, argument] of command.registeredArguments.entries())
    if (argument instanceof DeclaredArgument)
      await refuseUnknown(`<${argument.name()}>`, command.processedArgs[i], argument.declaration.choices);
}

async function refuseUnknown(what: string, value: string, choices: Choices | undefined): Promise<void> {
  const names = await loadNames(choices);
  if (names === undefined || names.includes(value)) return;
  const suggestion = closestName(value, names);
  const advice = suggestion === undefined ? "" : `did you mean '${suggestion}'? `;
  throw new BenchError("usage", `${what} '${value}' is not known; ${advice}available: ${names.join(", ")}`);
}

/** Returns the names of choices or suggestions. */
export const loadNames = async (choices: Choices | undefined): Promise<readonly string[] | undefined> =>
  typeof choices === "function" ? choices() : choices;
