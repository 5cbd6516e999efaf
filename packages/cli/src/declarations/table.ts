// The arguments and flags of `bench table`.

import { declare, type OptionsOf, text } from "../parser/flag.ts";
import { json, withRealImages } from "./shared.ts";

export const table = declare({
  about: "print the comparison of finished runs and write its tables and chart; reads records only",
  flags: {
    recipe: text("name", "the recipe whose published records to read: results/NAME", { default: "mini" }),
    from: text("folder", "read the records below this folder instead, such as runs"),
    out: text("folder", "where to write tables, chart and copies of the records (default: beside the records)"),
    withRealImages,
    json,
  },
});

export type TableOptions = OptionsOf<typeof table.flags>;
