// Measures one row as a chain: each of our engines is measured before and after every measurement of a baseline.
//
// With the engines A and B and the baselines P and Q the chain is A B P B A Q A B. The order behind a baseline is the
// reverse of the order before it, so that a load that rises or falls steadily cancels out for every engine. A
// measurement that other programs have disturbed is discarded and made again. The process of a baseline ends when it
// was measured, since each round starts all processes again: its memory is free for our engines.

import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { ProcessFailed } from "./process.mjs";

/** @import { About, Measured, Measurement, Row, Spec, Times } from "./types.ts" */
/** @typedef {{ rounds: number, seconds: number, steps: number }} Thoroughness */
/**
 * @typedef {object} Pool
 * @property {(specs: Spec[]) => Promise<void>} keepOnly
 * @property {(spec: Spec) => Promise<void>} end
 * @property {(spec: Spec, how: { seconds: number, steps: number }) => Promise<Times & { started?: About }>} measure
 */

/** A measurement is disturbed if everything else uses more cores than this. */
export const DISTURBED_CORES = 0.1;
/** Attempts at an undisturbed measurement. Then the least disturbed one is kept. */
const ATTEMPTS = 6;
/** Seconds to wait after a disturbed measurement; each time twice as long as before. */
const WAIT_SECONDS = 1;

/**
 * Measures a row. An engine or a baseline that fails is not measured again; the reason is kept in `failed`.
 *
 * @param {Pick<Row, "ours" | "baselines" | "sameWork">} row
 * @param {Pool} pool
 * @param {Thoroughness} thoroughness
 * @param {{ onMeasured?: (who: string) => void, wait?: (ms: number) => Promise<unknown> }} [events]
 * @returns {Promise<Measured>}
 * @throws ProcessFailed if all of our engines fail
 */
export async function measureRow(row, pool, { rounds, seconds, steps }, { onMeasured = () => {}, wait = sleep } = {}) {
  /** @type {Measurement[]} */
  const chain = [];
  /** @type {Record<string, About[]>} */
  const about = {};
  /** @type {Record<string, string>} */
  const failed = {};
  const engines = Object.keys(row.ours);
  const participants = { ...row.ours, ...row.baselines };
  await pool.keepOnly(Object.values(participants).map(({ spec }) => spec));

  const measureUndisturbed = async (/** @type {string} */ who) => {
    const { spec } = participants[who];
    const { started, ...first } = await pool.measure(spec, { seconds, steps });
    /** @type {Omit<Measurement, "who">} */
    let best = first;
    let discarded = 0;
    for (; discarded < ATTEMPTS - 1 && isDisturbed(best); discarded++) {
      await wait(1e3 * WAIT_SECONDS * 2 ** discarded);
      const again = await pool.measure(spec, { seconds, steps });
      if ((again.other_cores ?? 0) < (best.other_cores ?? 0)) best = again;
    }
    return { ...best, ...(discarded > 0 && { discarded }), started };
  };
  const measure = async (/** @type {string} */ who) => {
    const { started, ...times } = await measureUndisturbed(who);
    if (started) {
      about[who] = [...(about[who] ?? []), started];
      const expected = engines.flatMap((engine) => about[engine] ?? [])[0]?.trainable;
      if (row.sameWork.includes(who) && started.trainable !== expected)
        throw new ProcessFailed(
          `${who} trains ${started.trainable} parameters, ours ${expected}: they do not do the same work`,
        );
    }
    chain.push({ who, at: new Date().toISOString(), load: Math.round(10 * loadavg()[0]) / 10, ...times });
    onMeasured(who);
  };
  /** Returns whether the measurement succeeded. */
  const tryToMeasure = async (/** @type {string} */ who) => {
    try {
      await measure(who);
      return true;
    } catch (error) {
      if (!(error instanceof ProcessFailed)) throw error;
      failed[who] = withoutFolders(error.message);
      if (engines.every((engine) => failed[engine])) throw error;
      return false;
    }
  };
  /** @type {string[]} the engines measured since the last baseline, in this order */
  let recent = [];
  const measureOurs = async (/** @type {readonly string[]} */ names) => {
    for (const engine of names) if (!failed[engine] && (await tryToMeasure(engine))) recent.push(engine);
  };

  for (let round = 0; round < rounds; round++) {
    if (round > 0) await pool.keepOnly([]);
    const order = Object.keys(row.baselines).filter((name) => !failed[name]);
    if (round % 2 === 1) order.reverse();
    if (order.length === 0 || chain.length === 0) await measureOurs(engines);
    for (const name of order) {
      const { engine: onlyEngine } = row.baselines[name];
      const compared = (onlyEngine === undefined ? engines : [onlyEngine]).filter((engine) => !failed[engine]);
      await measureOurs(compared.filter((engine) => !recent.includes(engine)));
      if (compared.every((engine) => failed[engine])) continue;
      const measured = await tryToMeasure(name);
      await pool.end(row.baselines[name].spec);
      if (!measured) continue;
      const reversed = recent.filter((engine) => compared.includes(engine)).reverse();
      recent = [];
      await measureOurs(reversed);
    }
  }
  return { chain, about, failed };
}

/** @param {Pick<Times, "other_cores">} times */
export const isDisturbed = ({ other_cores = 0 }) => other_cores > DISTURBED_CORES;

/**
 * A text with the last part of each absolute path only: failures are kept in result files, which others read.
 *
 * @param {string} text
 */
const withoutFolders = (text) => text.replace(/(?<![\w.:/~-])\/(?:[^\s"'/]+\/)+/g, "");
