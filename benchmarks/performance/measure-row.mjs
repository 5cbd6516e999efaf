// One row: ours and its rivals in turn, as a chain in which ours stands before and after every measurement of a rival.

import { loadavg } from "node:os";
import { ProcessFailed } from "./process.mjs";

/**
 * @param row `{ ours, rivals: { name: { spec } } }`
 * @param pool of processes
 * @returns `{ chain, about, failed }`: the measurements in their order; what each process said of itself whenever it was started; rivals that failed, and why
 */
export async function measureRow(row, pool, { rounds, seconds, steps }, { onMeasured = () => {} } = {}) {
  const chain = [];
  const about = {};
  const failed = {};
  const specs = {
    ours: row.ours,
    ...Object.fromEntries(Object.entries(row.rivals).map(([name, r]) => [name, r.spec])),
  };
  await pool.keepOnly(Object.values(specs));

  const measure = async (who) => {
    const { started, ...times } = await pool.measure(specs[who], { seconds, steps });
    if (started) {
      about[who] = [...(about[who] ?? []), started];
      const [trained, wanted] = [started.trainable, about.ours?.[0]?.trainable];
      if (row.sameWork?.includes(who) && trained !== wanted)
        throw new ProcessFailed(`${who} trains ${trained} parameters, ours ${wanted}: they do not do the same work`);
    }
    chain.push({ who, at: new Date().toISOString(), load: Math.round(10 * loadavg()[0]) / 10, ...times });
    onMeasured(who);
  };

  for (let round = 0; round < rounds; round++) {
    const order = Object.keys(row.rivals).filter((name) => !failed[name]);
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
