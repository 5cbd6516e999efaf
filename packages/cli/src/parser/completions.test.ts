// What the shell completes at the cursor.

import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addCommand } from "./add-command.ts";
import { completionsOf } from "./completions.ts";
import { argument, choice, declare, list, text, texts, toggle, variadic, wholeNumber } from "./flag.ts";
import { atLeast } from "./values.ts";

/** A parser with every form of flag and argument. */
function parser(): Command {
  const bench = new Command("bench").version("1", "-V, --version", "print the version");
  const run = declare({
    about: "train",
    flags: {
      method: text("name", "the method", { required: true, suggestions: async () => ["lora", "loha", "bitfit"] }),
      engine: choice("name", "the engine", { choices: ["auto", "cpu"], default: "auto" }),
      datasets: list("names", "datasets", { suggestions: ["food", "flowers", "sun"] }),
      set: texts("key=value", "an option", ["training.steps=", "lora.rank="]),
      out: text("folder", "where to"),
      rates: text("file", "rates"),
      weights: text("path", "weights"),
      seed: wholeNumber("number", "the seed", atLeast(0)),
      dryRun: toggle("only print"),
    },
  });
  addCommand(bench, "run", run, async () => {});
  addCommand(bench, "report", declare({ about: "write a page", flags: {} }), async () => {});
  const vae = bench.command("vae").description("encode or decode");
  const encode = declare({
    about: "encode images",
    arguments: { shell: argument("shell", ["bash", "zsh"]), images: variadic("images") },
    flags: {},
  });
  addCommand(vae, "encode", encode, async () => {});
  const fetch = declare({ about: "download", arguments: { names: variadic("names", ["dit", "flowers"]) }, flags: {} });
  addCommand(bench, "fetch", fetch, async () => {});
  return bench;
}

const complete = async (...line: string[]) => {
  const { words, files } = await completionsOf(parser(), line);
  return { words: words.map(({ word }) => word), files };
};
const wordsOf = async (...line: string[]) => (await complete(...line)).words;

describe("the completions of a command line", () => {
  it("are commands and subcommands at the start", async () => {
    expect(await complete("r")).toEqual({ words: ["run", "report"], files: false });
    expect(await wordsOf("")).toEqual(["run", "report", "vae", "fetch", "help"]);
    expect(await wordsOf()).toEqual(["run", "report", "vae", "fetch", "help"]);
    expect(await wordsOf("--verb", "vae", "")).toEqual(["encode", "help"]);
    expect(await wordsOf("help", "vae", "e")).toEqual(["encode"]);
    expect(await wordsOf("help", "r")).toEqual(["run", "report"]);
  });

  it("are flags after a hyphen, with their description", async () => {
    expect((await completionsOf(parser(), ["run", "--me"])).words).toEqual([{ word: "--method", about: "the method" }]);
    expect(await wordsOf("run", "--")).toEqual([
      ...["--method", "--engine", "--datasets", "--set", "--out", "--rates", "--weights", "--seed", "--dry-run"],
      "--help",
    ]);
    expect(await wordsOf("-")).toEqual(["--version", "--help"]);
  });

  it("have no flag twice, except flags that can be repeated", async () => {
    const line = ["run", "--dry-run", "--seed=1", "--set", "a=1", "-"];
    expect(await wordsOf(...line)).not.toContain("--dry-run");
    expect(await wordsOf(...line)).not.toContain("--seed");
    expect(await wordsOf(...line)).toContain("--set");
  });

  it("are the names that a flag takes", async () => {
    expect(await complete("run", "--method", "lo")).toEqual({ words: ["lora", "loha"], files: false });
    expect(await complete("run", "--method=b")).toEqual({ words: ["bitfit"], files: false });
    expect(await complete("run", "--engine", "")).toEqual({ words: ["auto", "cpu"], files: false });
    expect(await wordsOf("run", "--set", "")).toEqual(["training.steps=", "lora.rank="]);
  });

  it("continue a list after its last comma, without the names that it has", async () => {
    expect(await wordsOf("run", "--datasets", "f")).toEqual(["food", "flowers"]);
    expect(await wordsOf("run", "--datasets", "food,")).toEqual(["food,flowers", "food,sun"]);
    expect(await wordsOf("run", "--datasets=food,sun,f")).toEqual(["food,sun,flowers"]);
  });

  it("are files where a flag takes a file or a folder, and nothing for a number", async () => {
    expect(await complete("run", "--out", "r")).toEqual({ words: [], files: true });
    expect(await complete("run", "--rates", "")).toEqual({ words: [], files: true });
    expect(await complete("run", "--weights=", "")).toEqual({ words: [], files: false }); // an empty value, then a word
    expect(await complete("run", "--weights=")).toEqual({ words: [], files: true });
    expect(await complete("run", "--seed", "")).toEqual({ words: [], files: false });
  });

  it("are those of the argument at the cursor", async () => {
    expect(await complete("vae", "encode", "z")).toEqual({ words: ["zsh"], files: false });
    expect(await complete("vae", "encode", "zsh", "")).toEqual({ words: [], files: true });
    expect(await complete("vae", "encode", "zsh", "a", "b")).toEqual({ words: [], files: true });
    expect(await wordsOf("fetch", "dit", "f")).toEqual(["flowers"]);
    expect(await complete("run", "x")).toEqual({ words: [], files: false });
  });

  it("are no flags after --", async () => {
    expect(await complete("vae", "encode", "zsh", "--", "--")).toEqual({ words: [], files: true });
  });

  it("are nothing for a flag or a command that does not exist", async () => {
    expect(await complete("run", "--nothing=")).toEqual({ words: [], files: false });
    expect(await complete("nothing", "")).toEqual({ words: [], files: false });
  });
});
