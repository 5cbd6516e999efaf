// The arguments and flags of `bench report`.

import { declare, type OptionsOf, text, toggle, wholeNumber } from "../parser/flag.ts";
import { json, recipe, withRealImages, withRecords } from "./shared.ts";

export const report = declare({
  about: "write one HTML page with the answer, tables, charts and images of finished runs; reads records only",
  flags: {
    recipe: { ...recipe, about: "the recipe whose published records to read: results/NAME" },
    from: text("folder", "read the records below this folder instead, such as runs"),
    with: withRecords,
    out: text("folder", "where to write report.html (default: beside the records)"),
    serve: toggle("send the page to a browser on this machine instead of writing it, and follow a running grid"),
    port: wholeNumber("number", "port of --serve; 0 takes a free one (default: 8360)", {
      holds: (port) => port <= 65_535,
      wanted: "a port from 0 to 65535",
    }),
    withRealImages,
    json,
  },
  notes: [
    "The page is one file without requests to other places: send it to others, or open it without a network.",
    "  bench report --from runs --serve     follow a running 'bench grid'",
  ],
});

export type ReportOptions = OptionsOf<typeof report.flags>;
