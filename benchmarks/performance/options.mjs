// Parses and checks the flags of `npm run performance`.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

/** @import { Options, Place, Settings } from "./types.ts" */

export const help = `Measures training steps, sampling and the parts of a run, in pairs with PyTorch and bare GEMMs.

    npm run build && npm run performance -- [flags]

  --shapes A,B     which shapes (see settings.json)           --rounds N    measurements of each baseline
  --methods A,B    which methods; sample is the forward pass  --seconds S   minimum seconds of a measurement
  --peers A,B      pytorch, pytorch-bfloat16, torch.compile, torch.compile-bfloat16, or none (default: all)
  --engine A,B     cpu (default), openvino, openvino+bfloat16: several are measured in turn with the same baselines.
                   Or webgpu or cuda alone: PyTorch runs on the GPU, --peers also accepts pytorch-tf32, and bare GEMMs
                   and parts are not measured
  --before FOLDER  also measures the built checkout of an earlier version, on its engine cpu
  --threads N      threads of each process (default: all cores)
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
  const engines = parseEngines(values.engine ?? "cpu", settings);
  const place = settings.engines[engines[0]].on;
  if (values.commit !== undefined && !/^[0-9a-f]{7,40}$/.test(values.commit))
    throw new UsageError(`--commit is '${values.commit}', expected 7 to 40 hexadecimal digits`);
  const onDevice = place === "gpu";
  const peers = Object.keys(settings.peers).filter((name) => settings.peers[name].on.includes(place));
  if (onDevice && values.before !== undefined)
    throw new UsageError("--before is measured on the CPU only: leave out --before or --engine");
  if (onDevice && values.parts !== undefined && values.parts !== "none")
    throw new UsageError("--parts are measured on the CPU only: leave out --parts or --engine");
  return {
    engines,
    commit: values.commit,
    before: values.before,
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

/**
 * @param {string} value
 * @param {Settings} settings
 */
function parseEngines(value, { engines }) {
  const names = [...new Set(value.split(","))];
  for (const name of names)
    if (!Object.hasOwn(engines, name))
      throw new UsageError(`--engine: '${name}' is not known, available: ${Object.keys(engines).join(", ")}`);
  const alone = names.find((name) => engines[name].on === "gpu");
  if (alone !== undefined && names.length > 1)
    throw new UsageError(`--engine is '${value}', but ${alone} is measured alone: give it a run of its own`);
  return names;
}

const flagsWithValue = [
  ...["shapes", "methods", "peers", "parts", "rounds", "seconds", "threads", "python", "out", "table"],
  ...["engine", "commit", "before"],
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
