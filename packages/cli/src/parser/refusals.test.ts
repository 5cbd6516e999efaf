// Tests values that every flag and argument of every command refuses. The flags and arguments come from the program, so
// that new ones are included.

import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { program } from "../main.ts";
import { allCommands, pathOf } from "./add-command.ts";

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

const catchRefusal = async (argv: readonly string[]) => {
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
])("the parser, given a value that is %s (%j)", (what, value) => {
  it.each(flags)("refuses it for bench %j %s, with the flag's name", async (command, flag) => {
    const error = await catchRefusal([...command, flag, value]);
    expect(error.message).toBe(`${flag} is ${what}; is the variable in your script set?`);
    expect(error.exitCode).toBe(2);
    expect((await catchRefusal([...command, `${flag}=${value}`])).message).toBe(error.message);
  });

  it.each(args)("refuses it for bench %j %s, with the argument's name", async (command, name, index, count) => {
    const error = await catchRefusal([
      ...command,
      ...Array.from({ length: count }, (_, i) => (i === index ? value : "x")),
    ]);
    expect(error.message).toContain(`'${name}' is ${what}`);
    expect(error.exitCode).toBe(2);
  });
});

const wholeNumbers = flags.filter(([, , declared]) => /<(number|pixels)>/.test(declared));
const decimals = flags.filter(([, , declared]) => /<(minutes|factor)>/.test(declared));

describe("the parser, given a number that is not written in decimal digits", () => {
  it("has more than 20 flags of whole numbers and more than 2 of decimal numbers to check", () => {
    expect(wholeNumbers.length).toBeGreaterThan(20);
    expect(decimals.length).toBeGreaterThan(2);
  });

  it.each(wholeNumbers)("refuses it for bench %j %s, which takes a whole number", async (command, flag) => {
    for (const value of ["1e3", " 5", "0x10", "1.0", "-1", "+5", "NaN", "Infinity", "five", "１"]) {
      const error = await catchRefusal([...command, flag, value]);
      expect(error.message).toMatch(`${flag} is '${value}'; wanted a whole number`);
      expect(error.exitCode).toBe(2);
    }
    expect((await catchRefusal([...command, flag, "99999999999999999999"])).message).toMatch(
      /wanted at most 9007199254740991/,
    );
  });

  it.each(decimals)("refuses it for bench %j %s, which takes a decimal number", async (command, flag) => {
    for (const value of ["1e3", " 5", "0x10", "-1", "NaN", "Infinity", "1,5"])
      expect((await catchRefusal([...command, flag, value])).message).toMatch(
        `${flag} is '${value}'; wanted a decimal number`,
      );
  });
});

describe("the checks of single flags", () => {
  it.each([
    [["grid", "--seeds", "0"], "--seeds is '0'; wanted a whole number of at least 1"],
    [["grid", "--time-limit", "0"], "--time-limit is '0'; wanted minutes above 0"],
    [["fid", "a", "b", "--resamples", "3"], "--resamples is '3'; wanted 0, or at least 20 for an interval"],
    [["vae", "decode", "a", "--scale", "0"], "--scale is '0'; wanted a positive number, such as 0.18215"],
    [["features", "a", "--output", "a.csv"], "--output is 'a.csv'; wanted a name that ends in .npz or .safetensors"],
  ])("refuse %j", async (argv, message) => {
    const error = await catchRefusal(argv);
    expect(error.message).toBe(message);
    expect(error.exitCode).toBe(2);
  });
});

describe("flags and arguments with choices", () => {
  it.each([
    [
      ["run", "--method", "lora", "--keep-state", "alway"],
      "--keep-state 'alway' is not known; did you mean 'always'? available: auto, always, never",
    ],
    [["fid", "a", "b", "--resize", "x"], "--resize 'x' is not known; available: pytorch, clean, tensorflow"],
    [
      ["fid", "a", "b", "--extractor", "incepton"],
      "did you mean 'inception'? available: efficientnet-lite0, inception, mini",
    ],
    [
      ["run", "--method", "lora", "--engine", "gpu"],
      "--engine 'gpu' is not known; did you mean 'cpu'? available: auto",
    ],
    [["run", "--method", "lora", "--engine", "tfjs-cpu+float16"], "--engine 'tfjs-cpu+float16' is not known"],
    [["list", "runners"], "<what> 'runners' is not known; available: methods, datasets"],
  ])("refuse another name, as in %j", async (argv, message) => {
    const error = await catchRefusal(argv);
    expect(error.message).toContain(message);
    expect(error.exitCode).toBe(2);
  });
});

describe("the parser's errors", () => {
  const printedErrors = async (...argv: string[]) => {
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
    [["grd"], "unknown command 'grd'; did you mean 'grid'? 'bench --help' lists the commands"],
    [["vae", "encod"], "did you mean 'encode'? 'bench vae --help' lists"],
    [["predict"], "--weights <file> is needed; 'bench predict --help' lists the options"],
    [["fid", "a"], "missing required argument 'b'; 'bench fid --help' lists the options"],
  ])("name the mistake in %j, and the help command that lists the valid names", async (argv, message) => {
    expect(await printedErrors(...argv)).toContain(message);
  });
});
