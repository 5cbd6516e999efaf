// The flags of the command.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

/** @import { EngineName, Options, Settings } from "./types.ts" */

export const help = `Measures training steps, sampling and the parts of a run, in pairs with PyTorch and bare GEMMs.

    npm run build && npm run performance -- [flags]

  --shapes A,B     which shapes (see settings.json)           --rounds N    measurements of each baseline
  --methods A,B    which methods; sample is the forward pass  --seconds S   least seconds of a measurement
  --peers A,B      pytorch, torch.compile, or none            --threads N   of every process (default: all cores)
  --engine NAME    cpu, webgpu or cuda. On the last two PyTorch runs on the GPU, and --peers also has pytorch-tf32,
                   pytorch-bfloat16 and torch.compile-bfloat16; bare GEMMs and parts are left out
  --commit HASH    the commit that is measured, where git cannot tell
  --parts A,B      which parts of a run, or none              --python P    the Python that has torch (default: .venv's)
  --out FOLDER     default results/performance                --again       measure rows that the file already has
  --table FILE     write the page of a JSON file again, and nothing else`;

export class UsageError extends Error {
  /** @override */
  name = "UsageError";
}

/**
 * The flags' values, checked against the settings.
 *
 * @param {string[]} args
 * @param {Settings} settings
 * @returns {Options}
 * @throws UsageError that names the flag and the accepted values
 */
export function optionsOf(args, settings) {
  const values = parsed(args);
  const { defaults } = settings;
  /**
   * @param {string} flag
   * @param {readonly string[]} known
   * @param {readonly string[]} usual
   */
  const names = (flag, known, usual) => {
    const value = values[flag];
    if (value === undefined) return usual;
    if (value === "none") return [];
    const chosen = value.split(",");
    for (const name of chosen)
      if (!known.includes(name))
        throw new UsageError(`--${flag}: '${name}' is not known, available: ${known.join(", ")}, or none`);
    return chosen;
  };
  /**
   * @param {string} flag
   * @param {number} usual
   * @param {boolean} isInteger
   */
  const number = (flag, usual, isInteger) => {
    const value = values[flag] === undefined ? usual : Number(values[flag]);
    if (!(value > 0 && Number.isFinite(value)) || (isInteger && !Number.isInteger(value)))
      throw new UsageError(`--${flag} is '${values[flag]}', expected a ${isInteger ? "whole " : ""}number above 0`);
    return value;
  };
  const engine = values.engine ?? "cpu";
  if (!settings.engines.includes(engine))
    throw new UsageError(`--engine is '${engine}', expected one of ${settings.engines.join(", ")}`);
  if (values.commit !== undefined && !/^[0-9a-f]{7,40}$/.test(values.commit))
    throw new UsageError(`--commit is '${values.commit}', expected 7 to 40 hexadecimal digits`);
  const onDevice = engine !== "cpu";
  const peers = onDevice ? Object.keys(settings.devicePeers) : settings.peers;
  if (onDevice && values.parts !== undefined && values.parts !== "none")
    throw new UsageError("--parts are measured on the CPU only: leave out --parts or --engine");
  return {
    engine: /** @type {EngineName} */ (engine),
    commit: values.commit,
    help: "help" in values,
    table: values.table,
    shapes: names("shapes", Object.keys(settings.shapes), onDevice ? defaults.deviceShapes : defaults.shapes),
    methods: names("methods", settings.methods, settings.methods),
    peers: names("peers", peers, peers),
    parts: onDevice ? [] : names("parts", settings.parts, settings.parts),
    rounds: number("rounds", defaults.rounds, true),
    seconds: number("seconds", defaults.seconds, false),
    steps: defaults.steps,
    threads: number("threads", availableParallelism(), true),
    python: values.python,
    out: values.out ?? "results/performance",
    again: "again" in values,
  };
}

const withValue = [
  ...["shapes", "methods", "peers", "parts", "rounds", "seconds", "threads", "python", "out", "table"],
  ...["engine", "commit"],
];

/**
 * Flags by name; those without a value are present as "true".
 *
 * @param {string[]} args
 * @returns {Record<string, string | undefined>}
 */
function parsed(args) {
  const options = Object.fromEntries([
    ...withValue.map((name) => [name, /** @type {const} */ ({ type: "string" })]),
    ...["again", "help"].map((name) => [name, /** @type {const} */ ({ type: "boolean" })]),
  ]);
  try {
    const { values } = parseArgs({ args, options });
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  } catch (error) {
    const [reason] = /** @type {Error} */ (error).message.split(". ");
    throw new UsageError(`${reason}; --help lists the flags`);
  }
}
