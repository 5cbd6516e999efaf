// Measures one row as a chain: each of our engines is measured before and after every measurement of a baseline.
//
// With the engines A and B and the baselines P and Q the chain is A B P B A Q A B. The order behind a baseline is the
// reverse of the order before it, so that a load that rises or falls steadily cancels out for every engine.

import { loadavg } from "node:os";
import { ProcessFailed } from "./process.mjs";

/** @import { About, Measured, Measurement, Row, Spec, Times } from "./types.ts" */
/** @typedef {{ rounds: number, seconds: number, steps: number }} Thoroughness */
/**
 * @typedef {object} Pool
 * @property {(specs: Spec[]) => Promise<void>} keepOnly
 * @property {(spec: Spec, how: { seconds: number, steps: number }) => Promise<Times & { started?: About }>} measure
 */

/**
 * Measures a row. An engine or a baseline that fails is not measured again; the reason is kept in `failed`.
 *
 * @param {Pick<Row, "ours" | "baselines" | "sameWork">} row
 * @param {Pool} pool
 * @param {Thoroughness} thoroughness
 * @param {{ onMeasured?: (who: string) => void }} [events]
 * @returns {Promise<Measured>}
 * @throws ProcessFailed if all of our engines fail
 */
export async function measureRow(row, pool, { rounds, seconds, steps }, { onMeasured = () => {} } = {}) {
  /** @type {Measurement[]} */
  const chain = [];
  /** @type {Record<string, About[]>} */
  const about = {};
  /** @type {Record<string, string>} */
  const failed = {};
  const engines = Object.keys(row.ours);
  const participants = { ...row.ours, ...row.baselines };
  await pool.keepOnly(Object.values(participants).map(({ spec }) => spec));

  const measure = async (/** @type {string} */ who) => {
    const { started, ...times } = await pool.measure(participants[who].spec, { seconds, steps });
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
      failed[who] = error.message;
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
    const order = Object.keys(row.baselines).filter((name) => !failed[name]);
    if (round % 2 === 1) order.reverse();
    if (order.length === 0 || chain.length === 0) await measureOurs(engines);
    for (const name of order) {
      const { engine: onlyEngine } = row.baselines[name];
      const compared = (onlyEngine === undefined ? engines : [onlyEngine]).filter((engine) => !failed[engine]);
      await measureOurs(compared.filter((engine) => !recent.includes(engine)));
      if (compared.every((engine) => failed[engine]) || !(await tryToMeasure(name))) continue;
      const reversed = recent.filter((engine) => compared.includes(engine)).reverse();
      recent = [];
      await measureOurs(reversed);
    }
  }
  return { chain, about, failed };
}
