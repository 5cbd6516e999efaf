// Runs of a recipe's variants in a comparison: rows of their own, beside the recipe's own runs.

import type { RunRecord } from "@dit-bench/record";
import { describe, expect, it } from "vitest";
import { answer, comparison, notes, toCsv, toMarkdown } from "./index.ts";
import { toLatex } from "./latex.ts";
import { methods, syntheticRecords } from "./synthetic.test.data.ts";

const [full, , , , , difffit] = methods;
const own = syntheticRecords({ methods: [full!, difffit!], datasets: ["food"] });
const continued = { name: "continued", title: "positions continued", settings: { positions: "continued" } };
const scratch = { name: "from-scratch", title: "from scratch", settings: { base: { random: "unit" } } };

/** The record as a run of the variant, with this FID and twice the base model's FID. */
function varied(record: RunRecord, variant: NonNullable<RunRecord["cell"]["variant"]>, fid: number): RunRecord {
  const { cell, metrics } = record;
  return {
    ...record,
    cell: { ...cell, methodLabel: `${cell.methodLabel} (${variant.title})`, variant },
    metrics: { ...metrics!, fid: fid + record.cell.seed / 10, baseFid: 2 * metrics!.baseFid },
  };
}

const ofMethod = (method: string) => own.filter(({ cell }) => cell.method === method);
const records = [
  ...own,
  ...ofMethod("difffit").map((record) => varied(record, continued, 1)),
  ...ofMethod("full").map((record) => varied(record, scratch, 99)),
];
const compared = comparison(records);
const rowOf = (label: string) => compared.rows.find((row) => row.label === label)!;

describe("a comparison with variants", () => {
  it("has a row for each, with full fine-tuning of the recipe itself first, as the reference", () => {
    expect(compared.rows.map(({ label, full }) => [label, full])).toEqual([
      ["Full", true],
      ["DiffFit (positions continued)", false],
      ["DiffFit", false],
      ["Full (from scratch)", false],
    ]);
    expect(rowOf("Full").relativeTime).toBeCloseTo(1, 10);
    expect(rowOf("Full (from scratch)").relativeTime).toBeCloseTo(1, 10);
    const onlyVariants = comparison(records.filter(({ cell }) => cell.variant));
    expect(onlyVariants.rows.map(({ relativeTime }) => relativeTime)).toEqual([null, null]);
    expect(onlyVariants.bases.map(({ label }) => label)).toEqual([
      ...["Base model (from scratch)", "Base model (positions continued)"],
    ]);
  });

  it("has a row for what the runs of each start from, in every kind of table", () => {
    const labels = ["Base model", "Base model (from scratch)", "Base model (positions continued)"];
    expect(compared.bases.map(({ label }) => label)).toEqual(labels);
    const [base, random] = compared.bases.map(({ average }) => average!.mean);
    expect(random).toBeCloseTo(2 * base!, 10);
    expect(compared.base.average!.mean).toBe(base);
    const [markdown, latex] = [toMarkdown(compared), toLatex(compared)];
    for (const label of labels) {
      expect(markdown).toContain(`| ${label} |`);
      expect(latex).toContain(`    ${label} & `);
    }
    expect(latex).toMatch(/Full \(from scratch\).*\n {4}\\midrule\n {4}Base model &/);
  });

  it("answers which method is best with the runs of the recipe itself", () => {
    expect(answer(compared).join(" ")).toMatch(/^DiffFit has the FID/);
  });

  it("explains each variant by the settings that it changes", () => {
    const text = notes(compared).join("\n");
    expect(text).toContain("positions continued: a variant of the recipe, with positions=continued; its base model");
    expect(text).toContain('from scratch: a variant of the recipe, with base={"random":"unit"};');
  });

  it("has a column of variants in the CSV, which tables without variants lack", () => {
    const lines = toCsv(compared).split("\n");
    expect(lines[0]).toMatch(/,variant$/);
    expect(lines.filter((line) => line.endsWith(",continued"))).toHaveLength(3);
    expect(toCsv(comparison(own)).split("\n")[0]).not.toContain("variant");
  });
});

describe("records of variants", () => {
  it("may start from weights of their own, of each seed", () => {
    const withBase = records.map((record, index) =>
      record.cell.variant?.name === "from-scratch"
        ? { ...record, weights: { ...record.weights, base: String(index % 10).repeat(64) } }
        : record,
    );
    expect(comparison(withBase).rows).toHaveLength(4);
    const mixed = records.map((record, index) =>
      record.cell.variant === undefined && index === 0
        ? { ...record, weights: { ...record.weights, base: "9".repeat(64) } }
        : record,
    );
    expect(() => comparison(mixed)).toThrow("cannot compare runs with more than one base model");
  });

  it("cannot share a table if one title stands for different settings", () => {
    const other = { ...continued, settings: { positions: "resampled" } };
    const mixed = records.map((record, index) =>
      record.cell.variant?.name === "continued" && index === 6
        ? { ...record, cell: { ...record.cell, variant: other } }
        : record,
    );
    expect(() => comparison(mixed)).toThrow("more than one variant titled positions continued");
  });
});
