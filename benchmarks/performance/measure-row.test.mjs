// Tests the order, the failures and the checks of a row's chain with a pool that answers at once.

import { describe, expect, it } from "vitest";
import { measureRow } from "./measure-row.mjs";
import { ProcessFailed } from "./process.mjs";

/** @import { Measured, Spec } from "./types.ts" */

const thoroughness = { rounds: 2, seconds: 0, steps: 1 };
/** The pool below identifies a spec by its method. */
const spec = (/** @type {string} */ method) => ({ prepare: { method } });
const ours = { ours: { spec: spec("ours") } };
const row = {
  ours,
  baselines: { a: { spec: spec("a"), scale: 1 }, b: { spec: spec("b"), scale: 1 } },
  sameWork: ["a"],
};

/**
 * A pool whose processes answer at once.
 *
 * @param {{ trainable?: Record<string, number>, failing?: string[] }} [options] parameters by name; names that fail
 */
function pool({ trainable = {}, failing = [] } = {}) {
  const started = new Set();
  return {
    async keepOnly(/** @type {readonly Spec[]} */ kept) {
      if (kept.length === 0) started.clear();
    },
    async end(/** @type {Spec} */ { prepare: { method = "" } }) {
      started.delete(method);
    },
    running: () => [...started],
    async measure(/** @type {Spec} */ { prepare: { method: name = "" } }) {
      if (failing.includes(name))
        throw new ProcessFailed(`/somewhere/bin/${name} was ended by SIGKILL (out of memory?)`);
      const first = !started.has(name);
      started.add(name);
      return {
        wall_ms: [1],
        cpu_ms: 1,
        peak_mb: 1,
        ...(first ? { started: { trainable: trainable[name] ?? 7 } } : {}),
      };
    },
  };
}
const order = (/** @type {Measured} */ { chain }) => chain.map(({ who }) => who).join(" ");

describe("measureRow", () => {
  it("measures ours before and after every baseline, and reverses their order each round", async () => {
    const measured = await measureRow(row, pool(), thoroughness);
    expect(order(measured)).toBe("ours a ours b ours b ours a ours");
    expect(measured.failed).toEqual({});
  });

  it("starts every process again in each round", async () => {
    const measured = await measureRow(row, pool(), thoroughness);
    const [first, second] = [{ trainable: 7 }, { trainable: 7 }];
    expect(measured.about).toEqual({ ours: [first, second], a: [first, second], b: [first, second] });
    expect(measured.failed).toEqual({});
  });

  it("ends the process of a baseline once it was measured, and keeps ours", async () => {
    const processes = pool();
    /** @type {string[]} */
    const running = [];
    await measureRow(row, processes, thoroughness, { onMeasured: () => running.push(processes.running().join("+")) });
    expect(running.join(" ")).toBe("ours ours+a ours ours+b ours b ours ours+a ours");
  });

  it("measures ours once per round where there is no baseline", async () => {
    expect(order(await measureRow({ ...row, baselines: {} }, pool(), thoroughness))).toBe("ours ours");
  });

  it("continues without a baseline that fails, and keeps the reason", async () => {
    const measured = await measureRow(row, pool({ failing: ["b"] }), thoroughness);
    expect(order(measured)).toBe("ours a ours a ours");
    expect(measured.failed).toEqual({ b: "b was ended by SIGKILL (out of memory?)" });
  });

  it("compares the number of trained parameters for peers only, and rejects a peer with another number", async () => {
    const measured = await measureRow(row, pool({ trainable: { a: 8, b: 9 } }), thoroughness);
    expect(measured.failed).toEqual({ a: "a trains 8 parameters, ours 7: they do not do the same work" });
    expect(order(measured)).toBe("ours b ours b ours"); // b is no peer
  });

  it("fails when ours fails", async () => {
    await expect(measureRow(row, pool({ failing: ["ours"] }), thoroughness)).rejects.toThrow(
      "ours was ended by SIGKILL",
    );
  });
});

describe("a measurement that other programs disturb", () => {
  /**
   * A pool that reports these numbers of other cores, one after the other.
   *
   * @param {readonly number[]} otherCores
   */
  const disturbedPool = (otherCores) => {
    let i = 0;
    return {
      async keepOnly() {},
      async end() {},
      async measure() {
        const other_cores = otherCores[i++];
        return { wall_ms: [i], cpu_ms: 1, other_cores, ...(i === 1 ? { started: { trainable: 7 } } : {}) };
      },
    };
  };
  const measureOnce = async (/** @type {readonly number[]} */ otherCores) => {
    /** @type {number[]} */
    const waits = [];
    const wait = async (/** @type {number} */ ms) => waits.push(ms);
    const alone = { ...row, baselines: {} };
    const measured = await measureRow(alone, disturbedPool(otherCores), { ...thoroughness, rounds: 1 }, { wait });
    return { ...measured, waits };
  };

  it("is discarded and made again, after longer and longer waits", async () => {
    const { chain, about, waits } = await measureOnce([1.5, 0.11, 0.1]);
    expect(chain).toMatchObject([{ who: "ours", wall_ms: [3], other_cores: 0.1, discarded: 2 }]);
    expect(about).toEqual({ ours: [{ trainable: 7 }] });
    expect(waits).toEqual([1000, 2000]);
  });

  it("is kept if six are disturbed: the least disturbed one", async () => {
    const { chain, waits } = await measureOnce([1, 0.9, 0.3, 0.4, 0.5, 0.6, 0]);
    expect(chain).toMatchObject([{ who: "ours", wall_ms: [3], other_cores: 0.3, discarded: 5 }]);
    expect(waits).toHaveLength(5);
  });

  it("is not one where the system does not report other programs, or reports few", async () => {
    expect((await measureOnce([0.1])).chain[0]).not.toHaveProperty("discarded");
    expect(order(await measureRow(row, pool(), thoroughness))).toBe("ours a ours b ours b ours a ours");
  });
});

describe("measureRow with several engines", () => {
  const engines = { ours: { x: { spec: spec("x") }, y: { spec: spec("y") } } };

  it("measures them in turn, behind a baseline in the reverse of the order before it", async () => {
    expect(order(await measureRow({ ...row, ...engines }, pool(), { ...thoroughness, rounds: 1 }))).toBe(
      "x y a y x b x y",
    );
  });

  it("measures only its engine next to a baseline that belongs to one engine", async () => {
    const full = (/** @type {string} */ engine) => ({ spec: spec(`full on ${engine}`), scale: 1, engine });
    const baselines = { a: row.baselines.a, "full on x": full("x"), "full on y": full("y") };
    const measured = await measureRow({ ...row, ...engines, baselines }, pool(), { ...thoroughness, rounds: 1 });
    expect(order(measured)).toBe("x y a y x full on x x y full on y y");
  });

  it("continues without an engine that fails, and keeps the reason", async () => {
    const measured = await measureRow({ ...row, ...engines }, pool({ failing: ["x"] }), thoroughness);
    expect(order(measured)).toBe("y a y b y b y a y");
    expect(measured.failed).toEqual({ x: "x was ended by SIGKILL (out of memory?)" });
  });

  it("fails when all engines fail", async () => {
    await expect(measureRow({ ...row, ...engines }, pool({ failing: ["x", "y"] }), thoroughness)).rejects.toThrow(
      "y was ended by SIGKILL",
    );
  });
});
