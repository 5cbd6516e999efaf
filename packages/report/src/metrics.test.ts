// Tests that metrics read their values from records, and how columns average and print them.

import { describe, expect, it } from "vitest";
import { chooseColumns, comparison, csvName, metricNamed, metrics, notes, tableColumns, toMarkdown } from "./index.ts";
import { diverged, methods, syntheticRecords, withScores } from "./synthetic.test.data.ts";

const [record] = syntheticRecords({ datasets: ["food"], seeds: [0] });

/** The texts of a column: one per method, then the base model. */
function column(name: string, records: Parameters<typeof comparison>[0]) {
  const compared = comparison(records);
  const [{ column: found }] = chooseColumns(records, [name]) as [ReturnType<typeof chooseColumns>[number]];
  return [...compared.rows.map((row) => found.cell(row, compared)), found.base(compared.base, compared)];
}

describe("the table of metrics", () => {
  it("has a column for each metric, under a name of its own in tables and in the CSV", () => {
    const names = tableColumns.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(metrics.map(({ name }) => name)));
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(metrics.map(csvName)).size).toBe(metrics.length);
    expect(csvName(metricNamed("peakMemoryMB"))).toBe("peak_memory_mb");
    expect(csvName(metricNamed("heldOutFid"))).toBe("held_out_fid");
    expect(() => metricNamed("fids")).toThrow("there is no metric 'fids'");
  });

  it("reads the scores that a record has, with their intervals, and no others", () => {
    const scored = withScores(record!, { heldOutFid: 20, recall: 0.5 });
    expect(metricNamed("heldOutFid").value(scored)).toBe(20);
    expect(metricNamed("recall").interval!(scored)).toEqual([0.49, 0.51]);
    expect(metricNamed("precision").value(scored)).toBeUndefined();
    for (const name of ["heldOutFid", "recall"]) {
      expect(metricNamed(name).value(record!)).toBeUndefined();
      expect(metricNamed(name).interval!(record!)).toBeUndefined();
    }
  });

  it("has no score and no cost of a diverged run, except what is known before training", () => {
    const known = metrics.filter((metric) => metric.value(diverged(record!)) !== undefined);
    expect(known.map(({ name }) => name)).toEqual(["trainableParameters", "trainablePercent"]);
  });
});

describe("a column of a score", () => {
  const selection = { methods: methods.slice(0, 2), datasets: ["food", "cub"], seeds: [0, 1] };
  const scored = syntheticRecords(selection).map((one) =>
    withScores(one, { recall: one.cell.dataset === "food" ? 0.2 : 0.4 + 0.1 * one.cell.seed }),
  );

  it("counts every dataset once, with the interval of the spread over seeds", () => {
    const [cell] = column("recall", scored);
    expect(cell).toMatchObject({ text: "0.325", value: expect.closeTo(0.325, 12), interval: { mark: "" } });
    const uneven = scored.filter(({ cell: { dataset, seed } }) => dataset !== "food" || seed === 0);
    expect(column("recall", uneven)[0]).toMatchObject({ text: "0.325", interval: { mark: "‡" } });
  });

  it("is missing for a method that has no value on some dataset or diverged there", () => {
    const isFirst = ({ cell }: (typeof scored)[number]) => cell.method === "full" && cell.dataset === "cub";
    const partly = scored.map((one) => (isFirst(one) ? { ...one, metrics: { ...one.metrics!, scores: {} } } : one));
    expect(column("recall", partly).map(({ text }) => text)).toEqual(["–", "0.325", "–"]);
    const failed = scored.map((one) => (isFirst(one) ? diverged(one) : one));
    expect(column("recall", failed)[0]!.text).toBe("–");
  });

  it("has no interval if its runs have none, or if all seeds have the same value", () => {
    const isFirstSeed = ({ cell: { seed } }: (typeof scored)[number]) => seed === 0;
    const bare = scored.map((one) => ({
      ...one,
      metrics: { ...one.metrics!, scores: { recall: { value: 0.5 }, copyRate: { value: 0, interval: [0, 0] } } },
    })) as typeof scored;
    for (const records of [bare, bare.filter(isFirstSeed)])
      for (const name of ["recall", "copyRate"]) {
        const [cell] = column(name, records);
        expect(cell!.value, name).toBe(name === "recall" ? 0.5 : 0);
        expect(cell!.interval, name).toBeUndefined();
      }
    const oneBare = scored.filter(isFirstSeed).map((one, index) => (index === 0 ? bare[0]! : one));
    expect(column("recall", oneBare)[0]!.interval).toBeUndefined();
    expect(column("recall", oneBare)[1]!.interval).toBeDefined();
    const note = "A score without an interval: its runs state none, or all seeds have the same value.";
    const notesOf = (records: typeof scored) => {
      const compared = comparison(records);
      return notes(
        compared,
        chooseColumns(records, ["fid", "recall"]).map(({ column: chosen }) => chosen),
      );
    };
    expect(notesOf(bare)).toContain(note);
    expect(notesOf(scored)).not.toContain(note);
  });

  it("has an interval within the bounds of the score", () => {
    const ends = (name: string, low: number, high: number) => {
      const records = syntheticRecords({ ...selection, datasets: ["food"] }).map((one) =>
        withScores(one, { [name]: one.cell.seed === 0 ? low : high }),
      );
      const { low: from, high: to } = column(name, records)[0]!.interval!;
      return [from, to];
    };
    // t with one degree of freedom is 12.7: two seeds reach far.
    expect(ends("recall", 0.9, 1)[1]).toBe("1.000");
    expect(ends("precision", 0.1, 0)[0]).toBe("0.000");
    expect(ends("coverage", 0.9, 1)[1]).toBe("1.000");
    expect(ends("copyRate", 0.02, 0.04)).toEqual(["0\u00a0%", "16\u00a0%"]);
    expect(ends("heldOutFid", 1, 3)[0]).toBe("0.00");
    expect(ends("density", 0.9, 1.3)[0]).toBe("0.000");
    expect(Number(ends("density", 0.9, 1.3)[1])).toBeGreaterThan(1);
    expect(ends("heldOutKid", 0.01, 0.03)[0]).toMatch(/^−0\.\d{4}$/); // unbiased, so it may be negative
  });

  it("has no best number if neither a lower nor a higher one is better", () => {
    const best = (name: string) => tableColumns.find((one) => one.name === name)!.best;
    expect(["heldOutFid", "recall", "copyRate"].map(best)).toEqual(["lower", "higher", undefined]);
    const records = scored.map((one) => withScores(one, { copyRate: 0.01 * (1 + one.cell.seed), heldOutFid: 20 }));
    const markdown = toMarkdown(comparison(records), { columns: ["heldOutFid", "copyRate"] });
    expect(markdown).toMatch(/^\| Full \| \*\*20\.00\*\* \| 1\.5\u00a0% \[/m);
  });

  it("has a note where a method with an average of the FID lacks a score", () => {
    const partly = scored.map((one) =>
      one.cell.method === "full" ? { ...one, metrics: { ...one.metrics!, scores: {} } } : one,
    );
    const columns = chooseColumns(partly, ["fid", "recall"]).map(({ column: chosen }) => chosen);
    const note = /^– in the column of a score: some run does not have it; metrics\.leftOut in its record/m;
    expect(notes(comparison(partly), columns).join("\n")).toMatch(note);
    expect(notes(comparison(scored), columns).join("\n")).not.toMatch(note);
  });

  it("prints KID of the base model, and no interval from samples that the records do not have", () => {
    const [cell, , base] = column(
      "kid",
      scored.filter(({ cell: { seed } }) => seed === 0),
    );
    expect(cell!.interval).toBeUndefined();
    expect(base!.text).toMatch(/^0\.0\d{3}$/);
  });
});

describe("the usual columns", () => {
  it("include held-out FID and copy rate if a run has them", () => {
    const names = (records: Parameters<typeof comparison>[0]) =>
      chooseColumns(records).map(({ column: { name } }) => name);
    expect(names([record!])).not.toContain("heldOutFid");
    expect(names([record!, withScores(record!, { heldOutFid: 20, copyRate: 0.1 })])).toEqual(
      expect.arrayContaining(["heldOutFid", "copyRate", ...names([record!])]),
    );
  });

  it("are refused under a name that no column has", () => {
    expect(() => chooseColumns([record!], ["fid", "memory"])).toThrow("there is no column 'memory'");
  });
});

describe("inference overhead", () => {
  it("is the sampling time over that of full fine-tuning under the same circumstances", () => {
    const records = syntheticRecords({ methods: methods.slice(0, 3), datasets: ["food"], seeds: [0, 1] }).map((one) => {
      const seconds = { full: 10, bitfit: 10, lora: 11.2 }[one.cell.method]!;
      return { ...one, times: { ...one.times, sample: seconds * (1 + one.cell.seed) } };
    });
    const byLabel = Object.fromEntries(
      comparison(records).rows.map(({ label }, index) => [label, column("inferenceOverhead", records)[index]!.text]),
    );
    expect(byLabel).toEqual({ Full: "+0\u00a0%", BitFit: "+0\u00a0%", "LoRA-R8": "+12\u00a0%" });
    const alone = records.filter(({ cell }) => cell.method !== "full");
    expect(column("inferenceOverhead", alone).map(({ text }) => text)).toEqual(["–", "–", "–"]);
  });
});
