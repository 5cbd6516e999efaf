// Tests what the answer says about tuned rows.

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
const tuned = (method: SyntheticMethod, quality: number) =>
  syntheticRecords({ methods: [{ ...method, label: `${method.label} (rate 0.03)`, quality }], datasets }).map(
    (record) => ({ ...record, tuning }),
  );
const answerOf = (...rows: ReturnType<typeof tuned>[]) =>
  answer(comparison([...syntheticRecords({ methods: [full, bitfit, lora, difffit], datasets }), ...rows.flat()]))
    .join(" ")
    .replaceAll("\u00a0", " ");

test("the answer counts methods, and says nothing about tuning, where no row is tuned", () => {
  expect(answerOf()).toContain("DiffFit has the lowest average FID of the 3 methods that train a part");
  expect(answerOf()).not.toContain("tuned");
});

test("the answer names the best method at default values if tuning makes another one the best", () => {
  const text = answerOf(tuned(lora, 0.8));
  expect(text).toContain(
    "LoRA-R8 (rate 0.03) has the lowest average FID of the 4 settings of the 3 methods that train",
  );
  expect(text).toMatch(/At default values DiffFit has the lowest average \(1\d\.\d\d\), at tuned values /);
  expect(text).toMatch(/, at tuned values LoRA-R8 \(rate 0\.03\) \(1\d\.\d\d\)\./);
});

test("the answer says so if the same method is the best without tuning", () => {
  expect(answerOf(tuned(difffit, 0.8))).toMatch(
    /DiffFit has the lowest average at its default value, too \(1\d\.\d\d\)\./,
  );
  expect(answerOf(tuned(lora, 1.8))).toContain("DiffFit has the lowest average at default and at tuned values.");
});

test("the answer compares tuned values also if a default row remains the best of all", () => {
  // By chance, or because the sweep chose by another score, the tuned row of the best method can be worse.
  expect(answerOf(tuned(difffit, 1.02))).toMatch(
    /DiffFit has the lowest average FID of .* DiffFit has the lowest average at its default value, too/,
  );
});

test("the answer names the row of full fine-tuning if there are several", () => {
  expect(answerOf(tuned(full, 0.5))).toMatch(/Full fine-tuning \(Full \(rate 0\.03\), \d\.\d\d\) is/);
});
