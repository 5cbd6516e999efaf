// The values of `--job`: what each job of a cluster gets.

import { BenchError } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";

export interface JobSettings {
  /** Cells of one job, one after the other. */
  readonly cells: number;
  readonly cpus?: number;
  readonly gpus?: number;
  /** In GiB. */
  readonly memory?: number;
  /** In minutes. */
  readonly time?: number;
  /** Settings that only one launcher knows; undefined for one without a value. */
  readonly own: ReadonlyMap<string, string | undefined>;
}

/** Settings that every cluster has. */
const common = ["cells", "cpus", "gpus", "memory", "time"] as const;
type CommonKey = (typeof common)[number];

/**
 * Reads the values of `--job`. Throws BenchError (usage).
 *
 * @param checkOwn throws for a key that the launcher does not know either, or for its value
 * @param withoutValue keys of the launcher that are written without a value, such as `hold`
 */
export function readJobSettings(
  job: readonly string[],
  checkOwn: (key: string, value: string, flag: string) => void,
  withoutValue: readonly string[] = [],
): JobSettings {
  const values: Partial<Record<CommonKey, number>> = {};
  const own = new Map<string, string | undefined>();
  for (const text of job) {
    const flag = `--job ${printable(text)}`;
    const isWithoutValue = withoutValue.includes(text);
    const [, key, value = ""] = isWithoutValue ? [undefined, text] : (/^([^=]*)=(.*)$/s.exec(text) ?? []);
    if (key === undefined || key === "" || (value.trim() === "" && !isWithoutValue))
      throw new BenchError(
        "usage",
        `${flag}: wanted key=value, such as cells=4 or time=60` +
          (withoutValue.length === 0 ? "" : `, or one of ${withoutValue.join(", ")}`),
      );
    if (own.has(key) || Object.hasOwn(values, key))
      throw new BenchError("usage", `${flag}: '${printable(key)}' is given twice; give it once`);
    if (printable(value) !== value)
      throw new BenchError("usage", `${flag}: the value has a control character; leave it out`);
    if (isCommon(key)) values[key] = wholeNumber(value, flag);
    else if (isWithoutValue) own.set(key, undefined);
    else {
      checkOwn(key, value, flag);
      own.set(key, value);
    }
  }
  return { cells: 1, ...values, own };
}

const isCommon = (key: string): key is CommonKey => (common as readonly string[]).includes(key);

function wholeNumber(value: string, flag: string): number {
  if (!/^\d{1,9}$/.test(value) || Number(value) === 0)
    throw new BenchError("usage", `${flag}: wanted a whole number of at least 1`);
  return Number(value);
}

/** The message for a key that no launcher knows. @param own further keys of the launcher */
export const unknownKey = (flag: string, own: string): BenchError =>
  new BenchError("usage", `${flag}: the setting is not known; wanted ${common.join(", ")}, or ${own}`);
