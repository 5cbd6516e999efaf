// Tests what the answer says about tuned rows.

import type { RunRecord } from "@dit-bench/record";
import { expect, test } from "vitest";
import { answer, comparison } from "./index.ts";
import { methods, type SyntheticMethod, syntheticRecords } from "./synthetic.test.data.ts";

const [full, bitfit, lora, , , difffit] = methods as [
  SyntheticMethod,
  SyntheticMethod,
  SyntheticMethod,
  SyntheticMethod,
  SyntheticMethod,
  SyntheticMethod,
];
const datasets = ["food", "flowers"];
const tuning = {
  option: "training.learningRate",
  values: [0.001, 0.01],
  runs: 2,
  datasets: ["food"],
  seed: 1000,
  criterion: "heldOutFid" as const,
  protocol: "mini/1",
  sweep: "5".repeat(64),
  defaultIsBest: [],
};
const tuned = (method: SyntheticMethod, quality: number, changes: Partial<RunRecord["tuning"]> = {}) =>
  syntheticRecords({ methods: [{ ...method, label: `${method.label} (rate 0.03)`, quality }], datasets }).map(
    (record): RunRecord => ({ ...record, tuning: { ...tuning, ...changes } }),
  );
const answerOf = (...rows: ReturnType<typeof tuned>[]) =>
  answer(comparison([...syntheticRecords({ methods: [full, bitfit, lora, difffit], datasets }), ...rows.flat()]))
    .join(" ")
    .replaceAll("\u00a0", " ");

test("the answer counts methods, and says nothing about tuning, where no row is tuned", () => {
  expect(answerOf()).toContain("DiffFit has the lowest average FID of the 3 methods that train a part");
  expect(answerOf()).not.toMatch(/tun(ed|ing)\b(?<!fine-tun(ed|ing))/);
});

test("the answer names the best method without tuning if tuning makes another one the best", () => {
  const text = answerOf(tuned(lora, 0.8));
  expect(text).toContain(
    "LoRA-R8 (rate 0.03) has the lowest average FID of the 4 settings of the 3 methods that train",
  );
  expect(text).toMatch(
    /Without tuning DiffFit has the lowest average \(1\d\.\d\d\), with tuning LoRA-R8 \(rate 0\.03\) \(1\d\.\d\d\)\./,
  );
});

test("the answer does not count a method as tuned that no sweep had, and names it", () => {
  // LoRA's tuned row is worse than DiffFit's default row, but DiffFit was not tuned.
  const text = answerOf(tuned(lora, 1.8));
  expect(text).toMatch(/Without tuning DiffFit has .*, with tuning LoRA-R8 \(rate 0\.03\) \(\d\d\.\d\d\)\./);
  expect(text).toContain("Not tuned: DiffFit and BitFit.");
  expect(text).not.toContain("with and without tuning");
});

test("the answer counts the default row as tuned if the sweep found no better value", () => {
  const others = { defaultIsBest: [{ method: "difffit", label: "DiffFit", runs: 2 }] };
  const text = answerOf(tuned(lora, 1.8, others));
  expect(text).toContain("DiffFit has the lowest average with and without tuning.");
  expect(text).toContain("Not tuned: BitFit.");
  const otherSetting = { defaultIsBest: [{ method: "difffit", label: "DiffFit (norm=false)", runs: 2 }] };
  expect(answerOf(tuned(lora, 1.8, otherSetting))).toContain("Not tuned: DiffFit and BitFit.");
});

test("the answer does not name a method as not tuned whose tuned row cannot be compared", () => {
  const oneSeed = tuned(lora, 0.5).filter(({ cell }) => cell.seed === 0);
  expect(answerOf(oneSeed)).not.toMatch(/Without tuning|Not tuned/);
  const text = answerOf(oneSeed, tuned(difffit, 0.8));
  expect(text).toContain("with tuning the same method");
  expect(text).toContain("Not tuned: BitFit.");
});

test("the answer names a method once if it is the best with and without tuning, also if its tuned row is worse", () => {
  for (const quality of [0.8, 1.02]) // by chance, or because the sweep chose by another score
    expect(answerOf(tuned(difffit, quality))).toMatch(
      /Without tuning DiffFit has the lowest average \(1\d\.\d\d\), with tuning the same method \(1\d\.\d\d\)\./,
    );
});

test("the answer states if full fine-tuning is not tuned, and the compared method is", () => {
  expect(answerOf(tuned(difffit, 0.8))).toMatch(/Full fine-tuning \(1\d\.\d\d, not tuned\) is /);
  expect(answerOf(tuned(difffit, 0.8), tuned(full, 0.9))).toMatch(
    /Full fine-tuning in row "Full \(rate 0\.03\)" \(1\d\.\d\d\) is/,
  );
  expect(answerOf(tuned(lora, 1.8))).not.toContain(", not tuned)"); // DiffFit is not, either
});

test("the answer names the row of full fine-tuning if there are several", () => {
  expect(answerOf(tuned(full, 0.5))).toMatch(/Full fine-tuning in row "Full \(rate 0\.03\)" \(\d\.\d\d\) is/);
});
