// Tests the sentences that answer which method is best, at which cost, and how certainly.

import type { RunRecord } from "@dit-bench/record";
import { expect, test } from "vitest";
import { answer, comparison, notes } from "./index.ts";
import { diverged, methods, recordsOf, type Selection, syntheticRecords } from "./synthetic.test.data.ts";

/** The answer as one text with ordinary spaces. */
const textOf = (records: RunRecord[]) => answer(comparison(records)).join(" ").replaceAll("\u00a0", " ");
const textFor = (selection: Selection) => textOf(syntheticRecords(selection));

test("answer names the best method, its cost, and whether the difference is larger than chance", () => {
  const sentences = textFor({});
  expect(sentences).toMatch(
    /^DiffFit has the lowest average FID of the 5 methods that train a part of the model: 15\.\d\d /,
  );
  expect(sentences).toMatch(/ \(95 % interval 1\d\.\d\d to 1\d\.\d\d, from the spread over seeds\); the base model /);
  expect(sentences).toMatch(/; the base model without fine-tuning has 50\.\d\d\. It is/);
  expect(sentences).toContain("It is better than each of the others by more than chance.");
  expect(sentences).toMatch(/Each run trains 28\.0k weights \(1\.6 % of the model, 112 kB on disk\) in 18\.\d s, /);
  expect(sentences).toContain(" s, 0.60× the time of full fine-tuning, with 700 MB of memory.");
  expect(sentences).toMatch(/Full fine-tuning \(16\.\d\d\) is (worse than|not separated from) it/);
});

test("answer names methods that are not separated, with the number of seeds that would likely separate them", () => {
  const twin = { ...methods[5]!, method: "twin", label: "Twin", quality: methods[5]!.quality * 1.01 };
  const sentences = textFor({ methods: [methods[5]!, twin], datasets: ["food"], seeds: [0, 1, 2] });
  expect(sentences).toMatch(
    /It is not separated from (Twin|DiffFit); (about \d+ seeds would likely|even 100 seeds would likely not) separate/,
  );
  expect(sentences).not.toContain("more than chance");
});

test("answer does not call any method better with one seed on one dataset", () => {
  const sentences = textFor({ datasets: ["food"], seeds: [0] });
  expect(sentences).toContain(
    "because each method has one seed on one dataset, which cannot separate a difference from chance: run",
  );
  expect(sentences).toContain("from the finite number of samples only");
  expect(sentences).not.toMatch(/(?<!Whether it )is better than|is worse than|is not separated/);
});

test("answer does not compare a method with one seed with methods with several seeds", () => {
  const records = syntheticRecords({ methods: methods.slice(0, 4), datasets: ["food", "sun"] }).map((record) =>
    record.cell.method === "bitfit"
      ? { ...record, metrics: { ...record.metrics!, fid: 1, fidInterval: [1, 2] } }
      : record,
  ) as RunRecord[];
  const sentences = textOf(records.filter(({ cell }) => cell.method !== "bitfit" || cell.seed === 0));
  expect(sentences).toContain("AdaptFormer has the lowest average FID of the 2 comparable methods that train");
  expect(sentences).toContain("Not ranked with the others: BitFit, with one seed on some dataset.");
});

const foodRecords = (method: number, ...seeds: number[]) =>
  syntheticRecords({ methods: [methods[method]!], datasets: ["food"], seeds });

test("answer does not compare methods that share fewer than two seeds, and gives that as the reason", () => {
  for (const records of [
    [...foodRecords(1, 0, 1), ...foodRecords(2, 2, 3)],
    [...foodRecords(1, 0, 1, 2), ...foodRecords(2, 0)],
  ]) {
    expect(textOf(records)).toContain(
      "is unknown, because no two methods share two seeds, and only runs with equal seeds are compared: run the same",
    );
    expect(notes(comparison(records)).join(" ")).toContain("No ranks, because no two methods share two seeds");
  }
});

test("answer does not compare two methods over datasets if their intervals have different bases", () => {
  const records = syntheticRecords({ methods: methods.slice(1, 3), datasets: ["food", "sun"] });
  const mixed = records.filter(({ cell }) => cell.method === "bitfit" || cell.dataset === "food" || cell.seed === 0);
  expect(textOf(mixed)).toMatch(
    /is unknown, because one method has one seed on some dataset .*: run the same seeds of both/,
  );
  expect(notes(comparison(mixed)).join(" ")).toContain("No ranks, because one method has one seed on some dataset");
});

test("answer names a method that shares no seeds with the ranked ones, without counting it as not separated", () => {
  const compared = comparison([...foodRecords(1, 0, 1), ...foodRecords(2, 0, 1), ...foodRecords(5, 2, 3)]);
  const sentences = answer(compared).join(" ");
  expect(sentences).toMatch(/^BitFit has the lowest FID of the 2 comparable methods/);
  expect(sentences).toContain("It is better than LoRA-R8 by more than chance.");
  expect(sentences).toContain("Not ranked: DiffFit, with fewer than two seeds shared with the others.");
  expect(notes(compared).join(" ")).toContain("Not ranked: DiffFit, which shares fewer than two seeds with any ranked");
});

test("answer compares two groups of methods with different seeds only within each group", () => {
  const sentences = textOf([
    ...foodRecords(1, 0, 1),
    ...foodRecords(2, 0, 1),
    ...foodRecords(5, 2, 3),
    ...foodRecords(4, 2, 3),
    ...foodRecords(0, 0, 1),
  ]);
  expect(sentences).toMatch(/^DiffFit has the lowest FID/);
  expect(sentences).toContain(
    "It shares fewer than two seeds with BitFit and LoRA-R8, so it is not compared with those",
  );
  expect(sentences).not.toContain("Full fine-tuning (");
});

test("answer does not promise that more seeds separate methods with equal scores", () => {
  const twin = foodRecords(1, 0, 1).map((record) => ({
    ...record,
    cell: { ...record.cell, method: "twin", methodLabel: "Twin" },
  }));
  const sentences = textOf([...foodRecords(1, 0, 1), ...twin]);
  expect(sentences).toContain(
    "It is not separated from Twin; even 100 seeds would likely not separate BitFit and Twin.",
  );
  expect(sentences).toMatch(
    /^BitFit has the lowest FID of the 2 methods that train a part of the model, equal to that of Twin: \d/,
  );
});

test("answer has a sentence for a single method, for a method that does not help, and for no complete method", () => {
  expect(textFor({ methods: [methods[1]!] })).toMatch(/^BitFit has the average FID /);
  expect(textFor({ methods: [methods[0]!] })).toMatch(/^Full has the average FID /);
  expect(textFor({ methods: [methods[0]!] })).not.toContain("the time of full fine-tuning");
  const alone = notes(comparison(syntheticRecords({ methods: [methods[1]!] })));
  expect(alone).toContain("Bold: the lowest number of a column."); // no rank to refer to
  const worse = syntheticRecords({ methods: [methods[1]!] }).map((record) => ({
    ...record,
    metrics: { ...record.metrics!, baseFid: 1 },
  }));
  expect(textOf(worse)).toContain(
    "The base model is better than BitFit by more than chance: fine-tuning did not help here.",
  );
  expect(textOf(syntheticRecords({ methods: [methods[1]!] }).map(diverged))).toBe(
    "No method has an average: that needs a finished run on every dataset, and none that diverged. " +
      "Not compared, for lack of an average: BitFit (diverged on 8 of 8 datasets).",
  );
});

test("answer states the outcome of the test if it contradicts the averages, which have other seeds", () => {
  // A has the lower average by its seeds 2 and 3. On the seeds that both have, B is lower by 2.
  const records = recordsOf({
    A: { food: [12, 12.1, 1, 1.1] },
    B: { food: [10, 10.11] },
    C: { food: [30, 30, 20, 20] },
  });
  const sentences = textOf(records);
  expect(sentences).toMatch(/^A has the lowest FID of the 3 methods/);
  expect(sentences).toContain(
    "It is better than C by more than chance. " +
      "But on the seeds that both have, B is better than it by more than chance.",
  );
  expect(sentences).not.toMatch(/It is better than (B|each)/);
  const full = (fids: number[]) => textOf(recordsOf({ A: { food: [12, 12.1, 1, 1.1] }, Full: { food: fids } }));
  expect(full([10, 10.12])).toContain("(10.06) is better than it by more than chance on the seeds that both have.");
  expect(full([10, 10.11, 9, 9])).not.toContain("on the seeds that both have");
});

test("answer names the methods that have no average, with the reason", () => {
  const records = recordsOf({
    A: { food: [1, 2], sun: [1, 2] },
    B: { food: [2, 3], sun: [0.1, null] },
    C: { food: [3, 4] },
    Full: { sun: [null] },
  });
  expect(textOf(records)).toContain(
    "Not compared, for lack of an average: Full (diverged on SUN397, no finished run on Food-101), " +
      "B (diverged on SUN397) and C (no finished run on SUN397).",
  );
});

test("answer compares the best method with the base model by the test of the ranks", () => {
  const text = (fids: number[]) => textOf(recordsOf({ A: { food: fids } }));
  expect(text([40, 41, 39])).not.toContain("base model:");
  expect(text([70, 71, 69])).toContain("The base model is better than A by more than chance: fine-tuning did not help");
  for (const close of [
    [40, 61, 47],
    [61, 40, 53],
  ])
    expect(text(close)).toContain(
      "A is not separated from the base model: these runs do not show that fine-tuning helps",
    );
  expect(text([51])).toContain("A has no lower FID than the base model: these runs do not show");
  expect(text([49])).not.toContain("these runs do not show");
});

test("answer counts the settings of a single method as such", () => {
  const [lora] = recordsOf({ LoRA: { food: [10] } });
  const more: RunRecord = {
    ...lora!,
    cell: { ...lora!.cell, methodLabel: "LoRA-R16", options: { rank: 16 } },
    metrics: { ...lora!.metrics!, fid: 11 },
  };
  expect(textOf([lora!, more])).toMatch(
    /^LoRA has the lowest FID of the 2 settings of the only method that trains a part of the model: /,
  );
});

test("answer counts the methods of the table, also if those that can be compared are fewer", () => {
  const settings = (label: string, fids: number[]) =>
    recordsOf({ [label]: { food: fids } }).flatMap((record) => [
      record,
      {
        ...record,
        cell: { ...record.cell, methodLabel: `${label}-2`, options: { rank: 2 } },
        metrics: { ...record.metrics!, fid: record.metrics!.fid + 1 + record.cell.seed },
      },
    ]);
  const failed = recordsOf({ B: { food: [null, null] } });
  expect(textOf([...settings("A", [10, 11]), ...failed])).toMatch(
    /^A has the lowest FID of the 2 comparable settings of one of the 2 methods that train a part of the model: /,
  );
  expect(textOf([...settings("A", [10, 11]), ...settings("C", [20, 21]), ...failed])).toMatch(
    /^A has the lowest FID of the 4 comparable settings of 2 of the 3 methods that train a part of the model: /,
  );
  expect(textOf([...settings("A", [10, 11]), ...settings("C", [20, 21])])).toMatch(
    /^A has the lowest FID of the 4 settings of the 2 methods that train a part of the model: /,
  );
});

test("answer does not call a method better by differences that are all equal", () => {
  const sentences = textOf(recordsOf({ A: { food: [10, 11] }, B: { food: [13, 14] } }));
  expect(sentences).toContain("It is not separated from B.");
  const far = textOf(recordsOf({ A: { food: [10, 10], sun: [20, 20] }, B: { food: [13, 13], sun: [23, 23] } }));
  expect(far).toContain("It is not separated from B.");
});

test("answer has no interval for equal seeds, and says that a time is a mean over machines", () => {
  const records = recordsOf({ A: { food: [10, 10] } });
  const elsewhere = { ...records[1]!, machine: { ...records[1]!.machine, cores: 64 } };
  const sentences = textOf([records[0]!, elsewhere]);
  expect(sentences).toMatch(/^A has the FID 10\.00 \(no interval: all seeds are equal\); the base model/);
  expect(sentences).toContain("of memory; the time is a mean over 2 different machines or engines.");
  expect(textOf(records)).not.toContain("different machines");
});
