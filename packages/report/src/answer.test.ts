import type { RunRecord } from "@dit-bench/record";
import { expect, test } from "vitest";
import { answer, comparison, notes } from "./index.ts";
import { diverged, methods, type Selection, syntheticRecords } from "./synthetic.test.data.ts";

const text = (records: RunRecord[]) => answer(comparison(records)).join(" ").replaceAll("\u00a0", " ");
const of = (selection: Selection) => text(syntheticRecords(selection));

test("the best method, its cost and the certainty of it are named", () => {
  const sentences = of({});
  expect(sentences).toMatch(
    /^DiffFit has the lowest average FID of the 5 methods that train a part of the model: 15\.\d\d \(95 % interval 1\d\.\d\d to 1\d\.\d\d, from the spread over seeds\); the base model without fine-tuning has 50\.\d\d\./,
  );
  expect(sentences).toContain("It is better than each of the others by more than chance.");
  expect(sentences).toMatch(
    /A run of it trains 28\.0k weights \(1\.6 % of the model, 112 kB on disk\) in 18\.\d s, 0\.60× the time of full fine-tuning, with 700 MB of memory\./,
  );
  expect(sentences).toMatch(/Full fine-tuning \(16\.\d\d\) is (worse than|not separated from) it/);
});

test("methods that are not separated are named, with what would likely separate them", () => {
  const twin = { ...methods[5]!, method: "twin", label: "Twin", quality: methods[5]!.quality * 1.01 };
  const sentences = of({ methods: [methods[5]!, twin], datasets: ["food"], seeds: [0, 1, 2] });
  expect(sentences).toMatch(
    /It is not separated from (Twin|DiffFit); (about \d+ seeds would likely|even 100 seeds would likely not) separate/,
  );
  expect(sentences).not.toContain("more than chance");
});

test("from one seed on one dataset nothing is said to be better", () => {
  const sentences = of({ datasets: ["food"], seeds: [0] });
  expect(sentences).toContain(
    "because each method has one seed on one dataset, which cannot tell a difference from chance: run",
  );
  expect(sentences).toContain("from the finite number of samples alone");
  expect(sentences).not.toMatch(/(?<!Whether it )is better than|is worse than|is not separated/);
});

test("a method of one seed among others of several is not compared with them", () => {
  const records = syntheticRecords({ methods: methods.slice(0, 4), datasets: ["food", "sun"] }).map((record) =>
    record.cell.method === "bitfit"
      ? { ...record, metrics: { ...record.metrics!, fid: 1, fidInterval: [1, 2] } }
      : record,
  ) as RunRecord[];
  const sentences = text(records.filter(({ cell }) => cell.method !== "bitfit" || cell.seed === 0));
  expect(sentences).toContain("AdaptFormer has the lowest average FID of the 2 comparable methods that train");
  expect(sentences).toContain("Not ranked with the others: BitFit, with one seed on some dataset.");
});

const food = (method: number, ...seeds: number[]) =>
  syntheticRecords({ methods: [methods[method]!], datasets: ["food"], seeds });

test("methods without two seeds in common are not compared, and the reason given is not the number of their seeds", () => {
  for (const records of [
    [...food(1, 0, 1), ...food(2, 2, 3)],
    [...food(1, 0, 1, 2), ...food(2, 0)],
  ]) {
    expect(text(records)).toContain(
      "is unknown, because no two methods share two seeds, and only equal seeds are compared: run the same seeds",
    );
    expect(notes(comparison(records)).join(" ")).toContain("No ranks, because no two methods share two seeds");
  }
});

test("two methods whose intervals rest on different bases are not compared over datasets", () => {
  const records = syntheticRecords({ methods: methods.slice(1, 3), datasets: ["food", "sun"] });
  const mixed = records.filter(({ cell }) => cell.method === "bitfit" || cell.dataset === "food" || cell.seed === 0);
  expect(text(mixed)).toMatch(
    /is unknown, because one method has one seed on some dataset .*: run the same seeds of both/,
  );
  expect(notes(comparison(mixed)).join(" ")).toContain("No ranks, because one method has one seed on some dataset");
});

test("a method that shares no seeds with the ranked ones is named, and does not count as not separated", () => {
  const compared = comparison([...food(1, 0, 1), ...food(2, 0, 1), ...food(5, 2, 3)]);
  const sentences = answer(compared).join(" ");
  expect(sentences).toMatch(/^BitFit has the lowest FID of the 2 comparable methods/);
  expect(sentences).toContain("It is better than LoRA-R8 by more than chance.");
  expect(sentences).toContain("Not ranked: DiffFit, with fewer than two seeds in common with the others.");
  expect(notes(compared).join(" ")).toContain("Not ranked: DiffFit, which shares fewer than two seeds with any ranked");
});

test("of two groups of methods with seeds of their own, each is compared within itself", () => {
  const sentences = text([...food(1, 0, 1), ...food(2, 0, 1), ...food(5, 2, 3), ...food(4, 2, 3), ...food(0, 0, 1)]);
  expect(sentences).toMatch(/^DiffFit has the lowest FID/);
  expect(sentences).toContain(
    "It shares fewer than two seeds with BitFit and LoRA-R8, so it is not compared with those",
  );
  expect(sentences).not.toContain("Full fine-tuning (");
});

test("equal methods are not promised to separate with more seeds", () => {
  const twin = food(1, 0, 1).map((record) => ({
    ...record,
    cell: { ...record.cell, method: "twin", methodLabel: "Twin" },
  }));
  expect(text([...food(1, 0, 1), ...twin])).toContain(
    "It is not separated from Twin; even 100 seeds would likely not separate BitFit and Twin.",
  );
});

test("one method alone, one that does not help, and none that is complete each get their sentence", () => {
  expect(of({ methods: [methods[1]!] })).toMatch(/^BitFit has the average FID /);
  expect(of({ methods: [methods[0]!] })).toMatch(/^Full has the average FID /);
  expect(of({ methods: [methods[0]!] })).not.toContain("the time of full fine-tuning");
  const alone = notes(comparison(syntheticRecords({ methods: [methods[1]!] })));
  expect(alone).toContain("Bold: the lowest number of a column."); // no rank to refer to
  const worse = syntheticRecords({ methods: [methods[1]!] }).map((record) => ({
    ...record,
    metrics: { ...record.metrics!, baseFid: 1 },
  }));
  expect(text(worse)).toContain("BitFit is not better than the base model: fine-tuning has not helped here.");
  expect(text(syntheticRecords({ methods: [methods[1]!] }).map(diverged))).toBe(
    "No method has a finished run on every dataset, so there is no average to compare.",
  );
});
