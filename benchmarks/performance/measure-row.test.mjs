import { describe, expect, it } from "vitest";
import { measureRow } from "./measure-row.mjs";
import { ProcessFailed } from "./process.mjs";

const how = { rounds: 2, seconds: 0, steps: 1 };
const row = {
  ours: { name: "ours" },
  rivals: { a: { spec: { name: "a" } }, b: { spec: { name: "b" } } },
  sameWork: ["a"],
};

/** Stands for the processes: answers at once; `trainable` by name; those in `broken` fail. */
function pool({ trainable = {}, broken = [] } = {}) {
  const started = new Set();
  return {
    async keepOnly() {},
    async measure({ name }) {
      if (broken.includes(name)) throw new ProcessFailed(`${name} was ended by SIGKILL (memory?)`);
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
const order = ({ chain }) => chain.map(({ who }) => who).join(" ");

describe("a row", () => {
  it("is a chain with ours on both sides of every rival, whose order turns from round to round", async () => {
    const measured = await measureRow(row, pool(), how);
    expect(order(measured)).toBe("ours a ours b ours b ours a ours");
    expect(measured.about).toEqual({ ours: [{ trainable: 7 }], a: [{ trainable: 7 }], b: [{ trainable: 7 }] });
    expect(measured.failed).toEqual({});
  });

  it("measures ours once a round where there is nothing to hold against", async () => {
    expect(order(await measureRow({ ...row, rivals: {} }, pool(), how))).toBe("ours ours");
  });

  it("goes on without a rival that fails, and keeps the reason", async () => {
    const measured = await measureRow(row, pool({ broken: ["b"] }), how);
    expect(order(measured)).toBe("ours a ours a ours");
    expect(measured.failed).toEqual({ b: "b was ended by SIGKILL (memory?)" });
  });

  it("refuses to compare with a peer that trains another number of parameters", async () => {
    const measured = await measureRow(row, pool({ trainable: { a: 8, b: 9 } }), how);
    expect(measured.failed).toEqual({ a: "a trains 8 parameters, ours 7: they do not do the same work" });
    expect(order(measured)).toBe("ours b ours b ours"); // b is no peer: it need not train the same
  });

  it("fails when ours does", async () => {
    await expect(measureRow(row, pool({ broken: ["ours"] }), how)).rejects.toThrow("ours was ended by SIGKILL");
  });
});
