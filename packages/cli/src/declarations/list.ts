// The arguments and flags of `bench list`.

import { argument, declare, type OptionsOf, text, toggle, wholeNumber } from "../parser/flag.ts";
import { atLeast } from "../parser/values.ts";
import { out, plugin, recipe } from "./shared.ts";

export const listNames = ["methods", "datasets", "recipes", "engines", "runs"] as const;
export type ListName = (typeof listNames)[number];

export const list = declare({
  about: `list ${listNames.slice(0, -1).join(", ")} or ${listNames.at(-1)}`,
  arguments: { what: argument("what to list", listNames) },
  flags: {
    model: text("name", "methods: count trained parameters on this model, such as DiT-XL/2 (default: the recipe's)"),
    classes: wholeNumber("number", "methods: for this many classes (default: the model's own)", atLeast(1)),
    recipe: { ...recipe, about: "methods: the recipe whose model to count on" },
    plugin: { ...plugin, about: "methods: include the methods of this package, folder or file" },
    out: { ...out, about: "runs: where they are kept" },
    json: toggle("print as JSON, with every value that is known"),
  },
});

export type ListOptions = OptionsOf<typeof list.flags>;
