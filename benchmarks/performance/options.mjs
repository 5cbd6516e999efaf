// The command's flags.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

export const help = `Measures training steps, sampling and the parts of a run, in turn with PyTorch and the machine's bare product rate.

    npm run build && npm run performance -- [flags]

  --shapes A,B     which shapes (see settings.json)           --rounds N    measurements of each rival
  --methods A,B    which methods; sample is the forward pass  --seconds S   least seconds of a measurement
  --peers A,B      pytorch, torch.compile, or none            --threads N   of every process (default: all cores)
  --parts A,B      which parts of a run, or none              --python P    the Python that has torch (default: .venv's)
  --out FOLDER     default results/performance                --again       measure what the file of this commit has, too
  --table FILE     make the table of a JSON file again, and nothing else`;

export class UsageError extends Error {
  name = "UsageError";
}

/** @returns everything chosen, checked against the settings */
export function optionsOf(args, settings) {
  const text = { type: "string" };
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        ...Object.fromEntries(
          ["shapes", "methods", "peers", "parts", "rounds", "seconds", "threads", "python", "out", "table"].map(
            (name) => [name, text],
          ),
        ),
        again: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(`${error.message.split(". ")[0]}; --help lists the flags`);
  }
  const { defaults } = settings;
  const names = (flag, known, usual) => {
    if (values[flag] === undefined) return usual;
    if (values[flag] === "none") return [];
    const chosen = values[flag].split(",");
    for (const name of chosen)
      if (!known.includes(name))
        throw new UsageError(`--${flag}: '${name}' is not known, wanted some of ${known.join(", ")}, or none`);
    return chosen;
  };
  const number = (flag, usual, whole) => {
    const value = values[flag] === undefined ? usual : Number(values[flag]);
    if (!(value > 0 && Number.isFinite(value)) || (whole && !Number.isInteger(value)))
      throw new UsageError(`--${flag} is ${values[flag]}, wanted a ${whole ? "whole " : ""}number above 0`);
    return value;
  };
  return {
    help: values.help,
    table: values.table,
    shapes: names("shapes", Object.keys(settings.shapes), defaults.shapes),
    methods: names("methods", settings.methods, settings.methods),
    peers: names("peers", settings.peers, settings.peers),
    parts: names("parts", settings.parts, settings.parts),
    rounds: number("rounds", defaults.rounds, true),
    seconds: number("seconds", defaults.seconds, false),
    steps: defaults.steps,
    threads: number("threads", availableParallelism(), true),
    python: values.python,
    out: values.out ?? "results/performance",
    again: values.again,
  };
}
