// What every flag and argument refuses, whichever command it belongs to. Applied once to the whole program, so that a new flag
// cannot be forgotten.

import { BenchError } from "@dit-bench/runner/errors";
import type { Argument, Command, Option } from "commander";

type Parse = (value: string, previous: unknown) => unknown;

/** Every command, subcommands included. */
export const allCommands = (command: Command): Command[] => [command, ...command.commands.flatMap(allCommands)];

/** Makes each flag and argument refuse empty values, and each number what is not written as a decimal number. */
export function checkValues(bench: Command): void {
  for (const command of allCommands(bench)) {
    for (const option of command.options)
      if (option.required || option.optional) checked(option, option.long ?? option.flags, placeholder(option.flags));
    for (const argument of command.registeredArguments) checked(argument, `'${argument.name()}'`, argument.name());
  }
}

/**
 * Checks options that are needed after the parser has looked for unknown ones: `--methd x` is a misspelt flag, and not first of all a
 * missing `--method`.
 */
export function checkNeeded(bench: Command): void {
  const needed = new Map<Command, Option[]>();
  for (const command of allCommands(bench)) {
    const options = command.options.filter(({ mandatory }) => mandatory);
    for (const option of options) option.makeOptionMandatory(false);
    needed.set(command, options);
  }
  bench.hook("preAction", (_, command) => {
    const missing = needed.get(command)!.find((option) => command.getOptionValue(option.attributeName()) === undefined);
    if (missing)
      throw new BenchError("usage", `${missing.flags} is needed; '${pathOf(command)} --help' lists the options`);
  });
}

/** "bench vae encode" */
export const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

function checked(declared: Option | Argument, what: string, kind: string): void {
  const inner = declared.parseArg as Parse | undefined;
  const own: Parse =
    inner ?? (declared.variadic ? (value, previous) => [...((previous as string[]) ?? []), value] : (value) => value);
  declared.argParser((value: string, previous: unknown) => {
    refuseEmpty(what, value);
    if (Object.hasOwn(numbers, kind)) refuseOtherNumbers(what, value, numbers[kind as keyof typeof numbers]);
    return own(value, previous);
  });
}

function refuseEmpty(what: string, value: string): void {
  if (value.trim() !== "") return;
  throw new BenchError("usage", `${what} is ${value === "" ? "empty" : "blank"}; is the variable in your script set?`);
}

/** By the placeholder of a flag. `Number` alone would read "" and " " as 0, "0x10" as 16 and "1e3" as 1000. */
const numbers = {
  number: { form: /^\d+$/, wanted: "a whole number in decimal digits, such as 16" },
  pixels: { form: /^\d+$/, wanted: "a whole number in decimal digits, such as 256" },
  minutes: { form: /^\d+(\.\d+)?$/, wanted: "a decimal number, such as 90 or 0.5" },
  factor: { form: /^\d+(\.\d+)?$/, wanted: "a decimal number, such as 1.5" },
} as const;

function refuseOtherNumbers(what: string, value: string, { form, wanted }: { form: RegExp; wanted: string }): void {
  if (!form.test(value)) throw new BenchError("usage", `${what} is '${value}'; wanted ${wanted}`);
  if (!Number.isFinite(Number(value)) || Number(value) > Number.MAX_SAFE_INTEGER)
    throw new BenchError("usage", `${what} is ${value}; wanted at most ${Number.MAX_SAFE_INTEGER}`);
}

/** "--seed <number>" -> "number" */
const placeholder = (flags: string): string => /[<[]([\w-]+)/.exec(flags)?.[1] ?? "";
