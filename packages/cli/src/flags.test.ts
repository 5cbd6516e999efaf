// What every flag and argument of every command refuses: the list of them comes from the program, so that none is forgotten.

import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { allCommands, pathOf } from "./flags.ts";
import { program } from "./main.ts";

const commands = allCommands(program()).filter(({ commands }) => commands.length === 0);
const words = (command: Command) => pathOf(command).split(" ").slice(1);
const flags = commands.flatMap((command) =>
  command.options
    .filter(({ required }) => required)
    .map((option) => [words(command), option.long!, option.flags] as const),
);
const args = commands.flatMap((command) =>
  command.registeredArguments.map(
    (argument, i) => [words(command), argument.name(), i, command.registeredArguments.length] as const,
  ),
);

const refusal = async (argv: readonly string[]) => {
  try {
    await program().parseAsync(argv, { from: "user" });
  } catch (error) {
    return error as Error & { exitCode?: number };
  }
  throw new Error(`${argv.join(" ")} was not refused`);
};

describe.each([
  ["empty", ""],
  ["blank", " "],
  ["blank", "\t\n"],
])("a value that is %s", (what, value) => {
  it.each(flags)("of bench %j %s is refused with the flag's name", async (command, flag) => {
    const error = await refusal([...command, flag, value]);
    expect(error.message).toBe(`${flag} is ${what}; is the variable in your script set?`);
    expect(error.exitCode).toBe(2);
    expect((await refusal([...command, `${flag}=${value}`])).message).toBe(error.message);
  });

  it.each(args)("of bench %j %s is refused with the argument's name", async (command, name, index, count) => {
    const error = await refusal([...command, ...Array.from({ length: count }, (_, i) => (i === index ? value : "x"))]);
    expect(error.message).toContain(`'${name}' is ${what}`);
    expect(error.exitCode).toBe(2);
  });
});

const numbers = flags.filter(([, , declared]) => /<(number|pixels)>/.test(declared));
const decimals = flags.filter(([, , declared]) => /<(minutes|factor)>/.test(declared));

describe("a number that is not written in decimal digits", () => {
  it("is looked for in many flags", () => {
    expect(numbers.length).toBeGreaterThan(20);
    expect(decimals.length).toBeGreaterThan(2);
  });

  it.each(numbers)("of bench %j %s is refused", async (command, flag) => {
    for (const value of ["1e3", " 5", "0x10", "1.0", "-1", "+5", "NaN", "Infinity", "five", "１"]) {
      const error = await refusal([...command, flag, value]);
      expect(error.message).toMatch(`${flag} is '${value}'; wanted a whole number`);
      expect(error.exitCode).toBe(2);
    }
    expect((await refusal([...command, flag, "99999999999999999999"])).message).toMatch(
      /wanted at most 9007199254740991/,
    );
  });

  it.each(decimals)("of bench %j %s is refused", async (command, flag) => {
    for (const value of ["1e3", " 5", "0x10", "-1", "NaN", "Infinity", "1,5"])
      expect((await refusal([...command, flag, value])).message).toMatch(
        `${flag} is '${value}'; wanted a decimal number`,
      );
  });
});

describe("misspelt flags and commands", () => {
  const refused = async (...argv: string[]) => {
    let text = "";
    const bench = program(argv);
    const write = process.stderr.write;
    process.stderr.write = ((chunk: string) => {
      text += chunk;
      return true;
    }) as typeof write;
    try {
      await bench.parseAsync(argv, { from: "user" });
    } catch (error) {
      text += (error as Error).name === "CommanderError" ? "" : (error as Error).message;
    } finally {
      process.stderr.write = write;
    }
    return text;
  };

  it.each([
    [["run", "--methd", "lora"], "unknown option '--methd'; did you mean '--method'? 'bench run --help' lists"],
    [["grd"], "unknown command 'grd'; did you mean 'grid'? 'bench --help' lists"],
    [["vae", "encod"], "did you mean 'encode'? 'bench vae --help' lists"],
    [["predict"], "--weights <file> is needed; 'bench predict --help' lists the options"],
    [["fid", "a"], "missing required argument 'b'; 'bench fid --help' lists"],
  ])("%j", async (argv, message) => {
    expect(await refused(...argv)).toContain(message);
  });
});
