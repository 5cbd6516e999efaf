// The command's flags.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

export const help = `Measures training steps, sampling and the parts of a run, in turn with PyTorch and the machine's bare product rate.

    npm run build && npm run performance -- [flags]

  --shapes A,B     which shapes (see settings.json)           --rounds N    measurements of each rival
  --methods A,B    which methods; sample is the forward pass  --seconds S   least seconds of a measurement
  --peers A,B      pytorch, torch.compile, or none            --threads N   of every process (default: all cores)
  --engine NAME    cpu, webgpu or cuda: on the last two PyTorch is on the GPU, too, its peers also pytorch-tf32, pytorch-bfloat16,
                   torch.compile-bfloat16, and the bare products and the parts are left out
  --commit HASH    what is measured, where there is no git to ask
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
          [
            ...["shapes", "methods", "peers", "parts", "rounds", "seconds", "threads", "python", "out", "table"],
            ...["engine", "commit"],
          ].map((name) => [name, text]),
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
  const engine = values.engine ?? "cpu";
  if (!settings.engines.includes(engine))
    throw new UsageError(`--engine is '${engine}', wanted one of ${settings.engines.join(", ")}`);
  if (values.commit !== undefined && !/^[0-9a-f]{7,40}$/.test(values.commit))
    throw new UsageError(`--commit is '${values.commit}', wanted 7 to 40 hexadecimal digits`);
  const device = engine !== "cpu";
  const peers = device ? Object.keys(settings.devicePeers) : settings.peers;
  if (device && values.parts !== undefined && values.parts !== "none")
    throw new UsageError("--parts are measured on the processor alone: leave them out, or --engine");
  return {
    engine,
    commit: values.commit,
    help: values.help,
    table: values.table,
    shapes: names("shapes", Object.keys(settings.shapes), device ? defaults.deviceShapes : defaults.shapes),
    methods: names("methods", settings.methods, settings.methods),
    peers: names("peers", peers, peers),
    parts: device ? [] : names("parts", settings.parts, settings.parts),
    rounds: number("rounds", defaults.rounds, true),
    seconds: number("seconds", defaults.seconds, false),
    steps: defaults.steps,
    threads: number("threads", availableParallelism(), true),
    python: values.python,
    out: values.out ?? "results/performance",
    again: values.again,
  };
}
