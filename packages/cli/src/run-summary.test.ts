// The summary of a finished run as text.

import { fileURLToPath } from "node:url";
import { findRecords } from "@dit-bench/record";
import { expect, it } from "vitest";
import { describeRun } from "./run-summary.ts";

const published = fileURLToPath(new URL("../../../results/mini/records/flowers", import.meta.url));
const files = { record: "none", weights: "none", sheet: "none", loss: "none" };

it("describeRun prints an interval of the copy rate only if it has a width", async () => {
  const [found] = (await findRecords(published)).records;
  const { record } = found!;
  const summary = (value: number, interval: [number, number]) =>
    describeRun({ ...record, metrics: { ...record.metrics!, scores: { copyRate: { value, interval } } } }, files, 0);
  expect(summary(0.0625, [0.03125, 0.125])).toContain("6.3 %   (95 % interval 3.1 to 12.5 %; about 5 % if");
  expect(summary(0.002, [0, 0.004])).toContain("0.2 %   (95 % interval 0.0 to 0.4 %; about 5 % if");
  expect(summary(0, [0, 0])).toContain("0.0 %   (no interval; about 5 % if");
});
