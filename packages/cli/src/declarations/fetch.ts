// The arguments and flags of `bench fetch`.

import { declare, type OptionsOf, text, toggle, variadic } from "../parser/flag.ts";
import { fetchableNames } from "./suggestions.ts";

export const fetch = declare({
  about: "download weights, datasets and engines by name, check and unpack them; without a name, list all of them",
  arguments: { names: variadic("names, such as dit-xl-2-256, flowers or openvino", fetchableNames) },
  flags: {
    dryRun: toggle("print what would be downloaded, how large it is, and whether the disk has room; download nothing"),
    to: text("folder", "where to keep the downloads (default: DIT_BENCH_HOME, or the platform's cache folder)"),
    from: text("file.whl", "the file of the engine, such as a wheel from another machine, instead of downloading it"),
    json: toggle("print as JSON"),
  },
  notes: ["Run the same command again to resume after an interruption."],
});

export type FetchOptions = OptionsOf<typeof fetch.flags>;
