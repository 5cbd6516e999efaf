// Tests the page as text: equal bytes, its policy, its commands, and names that try to break out.

import { createHash } from "node:crypto";
import { Script } from "node:vm";
import type { RunRecord } from "@dit-bench/record";
import { expect, it } from "vitest";
import { comparison } from "../comparison.ts";
import { diverged, methods, syntheticRecords, withScores } from "../synthetic.test.data.ts";
import { hostileRecords } from "./hostile.test.data.ts";
import { commands } from "./how-section.ts";
import { reportPage } from "./report-page.ts";

const pageOf = (records: RunRecord[]) => reportPage(comparison(records));

it("reportPage gives equal bytes for equal records in any order", () => {
  const records = syntheticRecords();
  expect(pageOf([...records].reverse())).toBe(pageOf(records));
});

it("reportPage has no address of another place in its elements, and its policy allows exactly its scripts", () => {
  const page = pageOf(syntheticRecords());
  const addresses = [...page.matchAll(/<[a-z][^>]* (?:src|href|action)="([^"]*)"/g)].map(([, address]) => address!);
  expect(addresses.filter((address) => !/^(#[\w-]+|data:,)$/.test(address))).toEqual([]);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
  expect(policy).toContain("default-src &#39;none&#39;");
  expect(policy).toContain("connect-src &#39;none&#39;");
  const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, source]) => source!);
  expect(scripts).toHaveLength(3);
  for (const source of scripts) {
    new Script(source); // throws if two parts of the script declare one name
    expect(policy).toContain(`sha256-${createHash("sha256").update(source).digest("base64")}`);
  }
});

it("reportPage answers first: the method, its cost, and whether the difference is real", () => {
  const page = pageOf(syntheticRecords());
  const [, answer] = /<section id="answer"([\s\S]*?)<\/section>/.exec(page)!;
  const text = answer!.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
  expect(text).toMatch(
    /Which method\? DiffFit Average FID 15\.\d\d \(95 % interval 14\.\d\d to 15\.\d\d, from the spread over seeds\)/,
  );
  expect(text).toMatch(
    /At what cost\? 28\.0k trained parameters 1\.6 % of the model, 64 times fewer than full fine-tuning\./,
  );
  expect(text).toMatch(/Is the difference real\? Yes, against all 4 others BitFit comes next, \d\.\d\d FID higher/);
  expect(text).toContain("DiffFit has the lowest average FID of the 5 methods that train a part of the model");
});

it.each<[string, RunRecord[], RegExp]>([
  ["one seed on one dataset", syntheticRecords({ datasets: ["food"], seeds: [0] }), /Not known/],
  ["one method", syntheticRecords({ methods: [methods[5]!] }), /Nothing to compare/],
  ["only diverged runs", syntheticRecords({ seeds: [0] }).map(diverged), /No method has a finished run/],
  ["equal methods", withTwin(), /Not shown/],
])("reportPage makes a page for %s", (_, records, answer) => {
  const page = pageOf(records);
  expect(page).toMatch(answer);
  expect(page.replaceAll(/<script>[\s\S]*?<\/script>/g, "")).not.toMatch(/\b(NaN|undefined|Infinity)\b/);
});

function withTwin(): RunRecord[] {
  const records = syntheticRecords({ methods: [methods[5]!] });
  const twins = records.map((record, index) => ({
    ...record,
    cell: { ...record.cell, method: "twin", methodLabel: "Twin" },
    metrics: { ...record.metrics!, fid: record.metrics!.fid + (index % 2 === 0 ? 0.1 : -0.1) },
  }));
  return [...records, ...twins];
}

it("reportPage has the base model's scores, the best numbers in bold, and a note for every column", () => {
  const records = syntheticRecords({ seeds: [0, 1] }).map((record) =>
    withScores(record, { recall: record.cell.method === "vpt" ? 0.9 : 0.5, heldOutFid: 30 }),
  );
  const page = pageOf(records);
  const tableOf = (id: string) => new RegExp(`<table id="${id}"[\\s\\S]*?</table>`).exec(page)![0];
  const linesOf = (table: string) => [...table.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, line]) => line!);
  const further = linesOf(tableOf("further-scores"));
  expect([...further[0]!.matchAll(/<button[^>]*>([^<]*)/g)].map(([, text]) => text)).toEqual([
    ...["Method", "KID", "Recall"],
  ]);
  expect(further.at(-1)).toMatch(/Base model<\/th><td data-sort="0\.0\d+" class="number">0\.0\d{3}<\/td>/);
  expect(further.filter((line) => /best">0\.900/.test(line))).toHaveLength(1);
  expect(linesOf(tableOf("methods")).at(-1)).toMatch(/data-sort="0" class="number">0<.*data-sort="0"[^>]*>0\u00a0%</s);
  expect(page).toContain("<li>Recall: share of the real images");
  expect(page).toContain("<li>Bold: the best number of a column.");
});

it("reportPage states in the answer that the interval of one seed does not cover other seeds", () => {
  const warning = "With another seed it may differ by more than this interval.";
  expect(pageOf(syntheticRecords({ datasets: ["food"], seeds: [0] }))).toContain(warning);
  expect(pageOf(syntheticRecords({ datasets: ["food"], seeds: [0, 1] }))).not.toContain(warning);
});

it("reportPage names the methods of a grid that have not finished on every dataset", () => {
  const [bitfit, difffit] = [methods[1]!, methods[5]!];
  const begun = [
    ...syntheticRecords({ methods: [bitfit], datasets: ["food", "sun"], seeds: [0] }),
    ...syntheticRecords({ methods: [difffit], datasets: ["food"], seeds: [0] }),
  ];
  expect(pageOf(begun)).toContain("Without a finished run on every dataset: DiffFit.");
  expect(pageOf(begun.slice(0, 2))).toContain("There is only one method.");
});

it("reportPage writes negative limits of intervals with a minus sign", () => {
  expect(pageOf(withTwin())).toMatch(/FID higher \(95 % interval −\d\.\d\d to \d\.\d\d, paired over 8 datasets\)/);
});

it("reportPage escapes every name of a record", () => {
  const page = pageOf(hostileRecords());
  expect(page).not.toMatch(/<(?:img|iframe|svg\/)/);
  expect(page.match(/<script/g)).toHaveLength(5);
  expect(page.match(/<\/script>/g)).toHaveLength(5);
});

it("commands run every variant of a method, with its options and learning rate, and quote words for a shell", () => {
  const records = syntheticRecords({ methods: [methods[0]!, methods[2]!], datasets: ["food", "sun"], seeds: [0, 1] });
  const more = records
    .filter(({ cell }) => cell.method === "lora")
    .map((record) => ({
      ...record,
      cell: { ...record.cell, methodLabel: "LoRA-R16", options: { at: "a b", rank: 16 } },
    }));
  expect(commands(comparison([...records, ...more])).map((words) => words.join(" "))).toEqual([
    "npx bench grid --recipe mini --methods full,lora --datasets food,sun --seeds 2 " +
      "--set 'lora.at=a b' --set lora.rank=16",
    "npx bench grid --recipe mini --methods lora --datasets food,sun --seeds 2",
    "npx bench table --from runs --out results/mini",
    "npx bench report --recipe mini",
  ]);
  const rates = [0.0003 * 10, 0.03].map((learningRate, index) =>
    syntheticRecords({ methods: [methods[2]!], datasets: ["food"], seeds: [0] }).map((record) => ({
      ...record,
      cell: { ...record.cell, methodLabel: index === 0 ? "LoRA-R8" : "LoRA-R8 (rate 0.03)" },
      training: { ...record.training, learningRate },
    })),
  );
  expect(commands(comparison(rates.flat())).map((words) => words.slice(-2).join(" "))).toEqual([
    "--set lora.learningRate=0.003",
    "--set lora.learningRate=0.03",
    "--out results/mini",
    "--recipe mini",
  ]);
  const [grid] = commands(comparison(hostileRecords()));
  expect(grid!.filter((word) => /[$<`;]/.test(word)).every((word) => /^'.*'$/s.test(word))).toBe(true);
});
