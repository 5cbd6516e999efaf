// Measures one row as a chain: ours is measured before and after every measurement of a baseline.

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
 * Measures a row. A baseline that fails is not measured again; the reason is kept in `failed`.
 *
 * @param {Pick<Row, "ours" | "baselines" | "sameWork">} row
 * @param {Pool} pool
 * @param {Thoroughness} thoroughness
 * @param {{ onMeasured?: (who: string) => void }} [events]
 * @returns {Promise<Measured>}
 * @throws ProcessFailed if the process of ours fails
 */
export async function measureRow(row, pool, { rounds, seconds, steps }, { onMeasured = () => {} } = {}) {
  /** @type {Measurement[]} */
  const chain = [];
  /** @type {Record<string, About[]>} */
  const about = {};
  /** @type {Record<string, string>} */
  const failed = {};
  /** @type {Record<string, Spec>} */
  const specs = {
    ours: row.ours,
    ...Object.fromEntries(Object.entries(row.baselines).map(([name, b]) => [name, b.spec])),
  };
  await pool.keepOnly(Object.values(specs));

  const measure = async (/** @type {string} */ who) => {
    const { started, ...times } = await pool.measure(specs[who], { seconds, steps });
    if (started) {
      about[who] = [...(about[who] ?? []), started];
      const [trained, expected] = [started.trainable, about.ours?.[0]?.trainable];
      if (row.sameWork.includes(who) && trained !== expected)
        throw new ProcessFailed(`${who} trains ${trained} parameters, ours ${expected}: they do not do the same work`);
    }
    chain.push({ who, at: new Date().toISOString(), load: Math.round(10 * loadavg()[0]) / 10, ...times });
    onMeasured(who);
  };

  for (let round = 0; round < rounds; round++) {
    const order = Object.keys(row.baselines).filter((name) => !failed[name]);
    if (round % 2 === 1) order.reverse();
    if (order.length === 0 || chain.length === 0) await measure("ours");
    for (const name of order) {
      try {
        await measure(name);
      } catch (error) {
        if (!(error instanceof ProcessFailed)) throw error;
        failed[name] = error.message;
        continue;
      }
      await measure("ours");
    }
  }
  return { chain, about, failed };
}
