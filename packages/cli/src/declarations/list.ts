// The arguments and flags of `bench list`.

import { argument, choice, declare, list as names, type OptionsOf, text, toggle, wholeNumber } from "../parser/flag.ts";
import { atLeast } from "../parser/values.ts";
import { out, plugin, recipe } from "./shared.ts";
import { datasetNames, methodNames } from "./suggestions.ts";

export const listNames = ["methods", "datasets", "recipes", "engines", "runs"] as const;
/** Orders of the runs beside those by a metric; `folder` is that of the files' paths. */
export const textOrders = ["folder", "date", "protocol", "dataset", "method", "seed"] as const;

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
    method: names("names", "runs: only of these methods, by name or label", { suggestions: methodNames }),
    dataset: names("names", "runs: only on these datasets", { suggestions: datasetNames }),
    protocol: names("names", "runs: only of these protocols"),
    seed: names("numbers", "runs: only with these seeds"),
    state: names("names", "runs: only those that ended so", { choices: ["finished", "diverged"] }),
    sort: choice("name", "runs: order; by a metric, the best first", {
      choices: async () => [...textOrders, ...(await import("@dit-bench/report")).metrics.map(({ name }) => name)],
      default: "folder",
    }),
    json: toggle("print as JSON, with every value that is known"),
  },
});

export type ListOptions = OptionsOf<typeof list.flags>;
