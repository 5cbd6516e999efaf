// The arguments and flags of `bench table`.

import { declare, list, type OptionsOf, text, toggle } from "../parser/flag.ts";
import { json, recipe, withRealImages, withRecords } from "./shared.ts";

export const table = declare({
  about: "print the comparison of finished runs and write its tables and chart; reads records only",
  flags: {
    recipe: { ...recipe, about: "the recipe whose published records to read: results/NAME" },
    from: text("folder", "read the records below this folder instead, such as runs"),
    with: withRecords,
    out: text("folder", "where to write tables, chart and copies of the records (default: beside the records)"),
    columns: list("names", "columns of the table of methods, comma-separated, the most important first", {
      choices: async () => (await import("@dit-bench/report")).tableColumns.map(({ name }) => name),
    }),
    withPaper: toggle("add the table of the DiffFit paper, which is not comparable"),
    withRealImages,
    json,
  },
  notes: [
    "Writes table.md, table.tex (LaTeX with booktabs), table.csv (every number of every run), chart.png and chart.svg.",
  ],
});

export type TableOptions = OptionsOf<typeof table.flags>;
