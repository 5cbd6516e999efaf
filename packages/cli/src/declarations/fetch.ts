// The arguments and flags of `bench fetch`.

import { declare, type OptionsOf, text, toggle, variadic } from "../parser/flag.ts";

export const fetch = declare({
  about: "download weights and datasets by name, check and unpack them; without a name, list all of them",
  arguments: { names: variadic("names of weights or datasets, such as dit-xl-2-256 or flowers") },
  flags: {
    dryRun: toggle("print what would be downloaded, how large it is, and whether the disk has room; download nothing"),
    to: text("folder", "where to keep the downloads (default: DIT_BENCH_HOME, or the platform's cache folder)"),
    json: toggle("print as JSON"),
  },
  notes: ["Run the same command again to resume after an interruption."],
});

export type FetchOptions = OptionsOf<typeof fetch.flags>;
