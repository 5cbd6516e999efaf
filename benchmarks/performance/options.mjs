// Parses and checks the flags of `npm run performance`.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

/** @import { EngineName, Options, Settings } from "./types.ts" */

export const help = `Measures training steps, sampling and the parts of a run, in pairs with PyTorch and bare GEMMs.

    npm run build && npm run performance -- [flags]

  --shapes A,B     which shapes (see settings.json)           --rounds N    measurements of each baseline
  --methods A,B    which methods; sample is the forward pass  --seconds S   minimum seconds of a measurement
  --peers A,B      pytorch, torch.compile, or none            --threads N   threads of each process (default: all cores)
  --engine NAME    cpu, webgpu or cuda. With webgpu and cuda, PyTorch runs on the GPU, --peers also accepts
                   pytorch-tf32, pytorch-bfloat16 and torch.compile-bfloat16, and bare GEMMs and parts are not measured
  --commit HASH    the measured commit, for a copy of the code without git
  --parts A,B      which parts of a run, or none              --python P    the Python that has torch (default: .venv's)
  --out FOLDER     default results/performance                --again       measure all rows, also those in the file
  --table FILE     only write the page of a JSON file again`;

export class UsageError extends Error {
  /** @override */
  name = "UsageError";
}

/**
 * Returns the values of the flags, checked against the settings.
 *
 * @param {string[]} args
 * @param {Settings} settings
 * @returns {Options}
 * @throws UsageError that names the flag and the accepted values
 */
export function optionsOf(args, settings) {
  const values = parseFlags(args);
  const { defaults } = settings;
  /**
   * @param {string} flag
   * @param {readonly string[]} accepted
   * @param {readonly string[]} fallback
   */
  const parseNames = (flag, accepted, fallback) => {
    const value = values[flag];
    if (value === undefined) return fallback;
    if (value === "none") return [];
    const chosenNames = value.split(",");
    for (const name of chosenNames)
      if (!accepted.includes(name))
        throw new UsageError(`--${flag}: '${name}' is not known, available: ${accepted.join(", ")}, or none`);
    return chosenNames;
  };
  /**
   * @param {string} flag
   * @param {number} fallback
   * @param {boolean} isInteger
   */
  const parseNumber = (flag, fallback, isInteger) => {
    const value = values[flag] === undefined ? fallback : Number(values[flag]);
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
    shapes: parseNames("shapes", Object.keys(settings.shapes), onDevice ? defaults.deviceShapes : defaults.shapes),
    methods: parseNames("methods", settings.methods, settings.methods),
    peers: parseNames("peers", peers, peers),
    parts: onDevice ? [] : parseNames("parts", settings.parts, settings.parts),
    rounds: parseNumber("rounds", defaults.rounds, true),
    seconds: parseNumber("seconds", defaults.seconds, false),
    steps: defaults.steps,
    threads: parseNumber("threads", availableParallelism(), true),
    python: values.python,
    out: values.out ?? "results/performance",
    again: "again" in values,
  };
}

const flagsWithValue = [
  ...["shapes", "methods", "peers", "parts", "rounds", "seconds", "threads", "python", "out", "table"],
  ...["engine", "commit"],
];

/**
 * Returns the flags by name. A flag without a value is present with the value "true".
 *
 * @param {string[]} args
 * @returns {Record<string, string | undefined>}
 */
function parseFlags(args) {
  const options = Object.fromEntries([
    ...flagsWithValue.map((name) => [name, /** @type {const} */ ({ type: "string" })]),
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
