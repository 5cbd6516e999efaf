// The arguments and flags of `bench sweep`.

import { declare, type OptionsOf, text, texts, wholeNumber } from "../parser/flag.ts";
import { atLeast } from "../parser/values.ts";
import { cells, limits } from "./grid.ts";
import { settingKeys } from "./suggestions.ts";
import { training } from "./training.ts";

const { rates: _rates, ...shared } = training;

export const sweep = declare({
  about: "try several learning rates, or values of another option, with each method, and choose the best of each",
  flags: {
    ...cells,
    values: texts(
      "key=v1,v2",
      "the option and its values: lora.rank=4,8,16, or learningRate=0.3x,1x,3x, where 3x is three times the method's " +
        "own rate (default: learningRate=0.1x,0.3x,1x,3x,10x)",
      settingKeys,
    ),
    seed: wholeNumber("number", "seed of all runs; a grid's runs have the seeds from 0", atLeast(0), { default: 1000 }),
    ...shared,
    out: text("folder", "where the runs are kept, apart from those of tables", { default: "sweeps" }),
    ...limits,
    output: text(
      "file",
      "the file to write; choices of earlier sweeps stay in it (default: sweep.json beside the runs)",
      {
        check: { holds: (name) => name.endsWith(".json"), wanted: "a name that ends in .json" },
      },
    ),
  },
  notes: [
    "Run the same command again to resume after an interruption; finished runs are not repeated. " +
      "Then 'bench grid --rates sweeps/mini-2/sweep.json' runs each method with its chosen value.",
    "A sweep of other methods under the same conditions adds them to the file; one under other conditions is refused.",
  ],
});

export type SweepOptions = OptionsOf<typeof sweep.flags>;
