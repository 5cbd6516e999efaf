// Command lines that are written from options are read back as the same options.

import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addCommand } from "./add-command.ts";
import { argumentsOf } from "./command-line.ts";
import { defaultsOf } from "./defaults.test.data.ts";
import { declare, list, negated, type OptionsOf, text, texts, toggle, wholeNumber } from "./flag.ts";
import { atLeast } from "./values.ts";

const declaration = declare({
  about: "for this test",
  flags: {
    name: text("name", "a text"),
    keepState: text("when", "a text with a default", { default: "auto" }),
    seed: wholeNumber("number", "a number", atLeast(0), { default: 0 }),
    set: texts("key=value", "texts"),
    methods: list("names", "a list"),
    dryRun: toggle("a switch"),
    nullClass: negated("a switch that is on"),
  },
});
type Options = OptionsOf<typeof declaration.flags>;

async function readBack(argv: readonly string[]): Promise<Options> {
  let options: Options | undefined;
  const bench = new Command("bench");
  addCommand(bench, "try", declaration, async (_, given) => {
    options = given;
  });
  await bench.parseAsync(["try", ...argv], { from: "user" });
  return options!;
}

describe("argumentsOf", () => {
  it("writes the flags that have a value, in the order of their declaration", () => {
    const options = { set: ["a=1", "b=2"], seed: 3, keepState: "never", dryRun: true, nullClass: false };
    expect(argumentsOf(declaration.flags, options)).toEqual(
      "--keep-state never --seed 3 --set a=1 --set b=2 --dry-run --no-null-class".split(" "),
    );
  });

  it("writes no flag for undefined, for an empty list and for a switch that is not given", () => {
    const options = { name: undefined, set: [], dryRun: false, nullClass: true };
    expect(argumentsOf(declaration.flags, options)).toEqual([]);
  });

  it.each<Partial<Options>>([
    {},
    { name: "--seed", set: ["", "x y", "--"].filter(Boolean), methods: "a,b" },
    { keepState: "always", seed: 7, dryRun: true, nullClass: false },
  ])("writes %j so that the parser reads the same options", async (options) => {
    const { name, methods, ...others } = { ...defaultsOf(declaration.flags), ...options };
    const given = { ...(name === undefined ? {} : { name }), ...(methods === undefined ? {} : { methods }) };
    expect(await readBack(argumentsOf(declaration.flags, options))).toEqual({ ...others, ...given });
  });
});

describe("a declaration's flags", () => {
  it("are joined, collected or replaced when they are given twice, depending on their kind", async () => {
    const twice = "--methods a --methods b --set a=1 --set b=2 --seed 1 --seed 2".split(" ");
    expect(await readBack(twice)).toMatchObject({ methods: "a,b", set: ["a=1", "b=2"], seed: 2 });
  });
});
