// Flags that several commands take.

import { choice, negated, text, texts, toggle, wholeNumber } from "../parser/flag.ts";
import { atLeast } from "../parser/values.ts";
import { recipeNames } from "./suggestions.ts";

export const json = toggle("print one JSON object on the last line of stdout");
export const withRecords = texts(
  "folder",
  "also count the records below this folder, such as those of published runs: results/mini",
);
export const strict = toggle("stop at the first image that cannot be used, instead of leaving it out");
export const withRealImages = toggle(
  "keep the small real images beside the samples also where they are not this program's miniatures: " +
    "your own images or a dataset's photographs, which then can be seen by everybody who gets the files",
);
export const overwrite = (command: string) =>
  toggle(`replace the files that ${command} wrote into the folder before; other files there stay`);

export const seed = (about: string) => wholeNumber("number", about, atLeast(0), { default: 0 });

/** The compute engine. */
export const computing = {
  engine: choice(
    "name",
    "compute engine; 'bench list engines' shows which work here; +float16 keeps frozen weights as float16, " +
      "+bfloat16 multiplies matrices in bfloat16",
    { choices: async () => (await import("@dit-bench/compiler")).engineNames(), default: "auto" },
  ),
  threads: wholeNumber("number", "CPU threads of the engine (default: all)", atLeast(1)),
};

export const recipe = text("name", "the benchmark's settings: a name, or a folder with a recipe.json", {
  default: "mini",
  suggestions: recipeNames,
});
export const out = text("folder", "where runs are kept", { default: "runs" });
export const plugin = texts("package", "a package, folder or file with a method of your own");

/** How a DiT's checkpoint is read. */
export const ditCheckpoint = {
  heads: wholeNumber(
    "number",
    "attention heads of the checkpoint, if neither shapes nor a config.json show them",
    atLeast(1),
  ),
  key: text(
    "name",
    "for a checkpoint with several models: the name of its entry, or the prefix of its tensors " +
      "(default: ema, model or state_dict)",
  ),
  nullClass: negated(
    "the checkpoint was trained without class dropout: every row of its label table is a class, " +
      "and there is no guidance",
  ),
};
