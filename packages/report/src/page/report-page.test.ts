// Tests the page as text: equal bytes, its policy, its commands, and names that try to break out.

import { createHash } from "node:crypto";
import { Script } from "node:vm";
import type { RunRecord } from "@dit-bench/record";
import { expect, it } from "vitest";
import { comparison } from "../comparison.ts";
import { diverged, methods, recordsOf, syntheticRecords, withScores } from "../synthetic.test.data.ts";
import { hostileRecords } from "./hostile.test.data.ts";
import { commands } from "./how-section.ts";
import { reportPage } from "./report-page.ts";

const pageOf = (records: RunRecord[]) => reportPage(comparison(records));

/** The text of the answer's section. */
function answerOf(records: RunRecord[]): string {
  const [, section] = /<section id="answer"[^>]*>([\s\S]*?)<\/section>/.exec(pageOf(records))!;
  return section!.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
}

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
  const text = answerOf(syntheticRecords());
  expect(text).toMatch(
    /Which method\? DiffFit Average FID 15\.\d\d \(95 % interval 14\.\d\d to 15\.\d\d, from the spread over seeds\)/,
  );
  expect(text).toMatch(
    /At what cost\? 28\.0k trained parameters 1\.6 % of the model, 64 times fewer than full fine-tuning\./,
  );
  expect(text).toMatch(/Is the difference real\? Yes, against all 4 others BitFit comes next, \d\.\d\d FID higher/);
  expect(text).toContain("DiffFit has the lowest average FID of the 5 methods that train a part of the model");
});

it("the answer has the time over full fine-tuning with its interval, unless there is one pair of runs", () => {
  const slower = syntheticRecords().map((record) =>
    record.cell.seed === 1 && record.cell.method !== "full"
      ? { ...record, times: { ...record.times, train: 1.5 * record.times.train } }
      : record,
  );
  expect(answerOf(slower)).toMatch(/× the time of full fine-tuning \(95 % interval 0\.\d\d× to 0\.\d\d×\)/);
  expect(answerOf(syntheticRecords({ datasets: ["food"], seeds: [0] }))).toMatch(/× the time of full fine-tuning; /);
});

it.each<[string, RunRecord[], RegExp]>([
  ["one seed on one dataset", syntheticRecords({ datasets: ["food"], seeds: [0] }), /Not known/],
  ["one method", syntheticRecords({ methods: [methods[5]!] }), /Nothing to compare/],
  ["only diverged runs", syntheticRecords({ seeds: [0] }).map(diverged), /No method has an average/],
  ["equal seeds", recordsOf({ A: { food: [10, 10] }, B: { food: [10, 10] } }), /no interval: all seeds are equal/],
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
  const bare = recordsOf({ A: { food: [10] } }).map((record) => ({
    ...record,
    metrics: { ...record.metrics!, fidInterval: [10, 10] as [number, number] },
  }));
  expect(pageOf(bare)).toContain("no interval: its runs have none");
  expect(pageOf(bare)).not.toContain(warning);
  expect(pageOf(syntheticRecords({ datasets: ["food"], seeds: [0] }))).toContain(warning);
  expect(pageOf(syntheticRecords({ datasets: ["food"], seeds: [0, 1] }))).not.toContain(warning);
});

it("reportPage names the methods of a grid that have not finished on every dataset", () => {
  const [bitfit, difffit] = [methods[1]!, methods[5]!];
  const begun = [
    ...syntheticRecords({ methods: [bitfit], datasets: ["food", "sun"], seeds: [0] }),
    ...syntheticRecords({ methods: [difffit], datasets: ["food"], seeds: [0] }),
  ];
  expect(pageOf(begun)).toContain("Not compared, for lack of an average: DiffFit (no finished run on SUN397).");
  expect(pageOf(begun.slice(0, 2))).toContain("There is only one method.");
});

it("reportPage counts only methods that are compared, and does not take a row of one method for another", () => {
  const two = { A: { food: [10, 11] }, B: { food: [13, 14.1] } };
  // C has one seed, so it is not compared, and its lower FID does not make the sentence false.
  expect(answerOf(recordsOf({ ...two, C: { food: [1] } }))).toContain(
    "the lowest of the 2 comparable methods that train a part of the model. The base",
  );
  const more = recordsOf({ A: { food: [20, 21] } }).map((record) => ({
    ...record,
    cell: { ...record.cell, methodLabel: "A (rate 0.1)" },
  }));
  const page = pageOf([...recordsOf(two), ...more]);
  expect(page).toContain("the lowest of the 3 settings of the 2 methods that train a part of the model");
  expect(page).toContain('<p class="scope">2 methods in 3 rows · 1 dataset');
  expect(page).toContain("of rows that are better by more than chance");
});

it("reportPage states the outcome of the tests, also if it contradicts the averages or a test is missing", () => {
  const contrary = answerOf(recordsOf({ A: { food: [12, 12.1, 1, 1.1] }, B: { food: [10, 10.3] } }));
  expect(contrary).toContain("Is the difference real? No B comes next, 1.90 FID lower on the shared seeds");
  expect(contrary).toContain("it is lower on 2 of 2. But on the seeds that both have, B is better than it");
  const missing = answerOf(
    recordsOf({
      A: { food: [10, 11, 12, 13] },
      B: { food: [20, 21.1] },
      C: { food: [undefined, undefined, 30, 31.1] },
      D: { food: [undefined, 50, undefined, undefined, 51, 52] },
      E: { food: [undefined, 60, undefined, undefined, 61, 62] },
    }),
  );
  expect(missing).toContain("Only against 2 of 4 others");
  expect(missing).toContain("Not compared, for lack of two shared seeds: D and E.");
});

it("reportPage compares a single method with full fine-tuning", () => {
  const text = answerOf(recordsOf({ Full: { food: [5, 5.1] }, A: { food: [10, 11] } }));
  expect(text).toMatch(
    /No other method trains a part of the model\. Full fine-tuning \(5\.05\) is (better|not separated from it): its/,
  );
});

it("reportPage compares with full fine-tuning under the same conditions as the answer in sentences", () => {
  const full = (fids: number[]) =>
    recordsOf({ A: { food: [12, 12.1, 1, 1.1] }, B: { food: [20, 21] }, Full: { food: fids } });
  const other = full([10, 10.12]).map((record) =>
    record.cell.method === "full" && record.cell.seed === 0
      ? { ...record, cell: { ...record.cell, methodLabel: "Full (rate 0.1)" } }
      : record,
  );
  expect(answerOf(full([10, 10.12]))).toContain(
    "Full fine-tuning (10.06) is better on the seeds that both have: its FID is 1.99 lower (95 % interval of the",
  );
  expect(answerOf([...other, ...full([10, 10.12]).filter(({ cell }) => cell.method === "full")])).toContain(
    "Full fine-tuning in row &quot;Full&quot; (10.06) is better on the seeds that both have: its FID",
  );
});

it("reportPage states both that no other method can be compared, and which have no average", () => {
  const records = recordsOf({ Full: { food: [null] }, A: { food: [10, 11] }, B: { food: [9, null] } });
  expect(answerOf(records)).toContain(
    "No other method has runs that can be compared with these. Not compared, for lack of an average: Full (diverged",
  );
  expect(answerOf(records.filter(({ cell }) => cell.method !== "B"))).toContain(
    "No other method trains a part of the model. Not compared, for lack of an average: Full (diverged on Food-101).",
  );
});

it("reportPage names the next method of those that can be compared as such", () => {
  const records = recordsOf({
    A: { food: [10, 11] },
    B: { food: [undefined, undefined, 12, 13.1] },
    C: { food: [20, 21.1] },
    D: { food: [undefined, undefined, 30, 31.4] },
  });
  expect(answerOf(records)).toContain("Of the methods that share two seeds with it, C comes next, 10.05 FID higher");
  expect(answerOf(records.filter(({ cell }) => cell.method !== "B"))).toContain(
    "Yes, against C C comes next, 10.05 FID",
  );
});

it("reportPage prints no interval for differences that are all equal, and shows none of them to be better", () => {
  const text = answerOf(recordsOf({ Full: { food: [9, 10] }, A: { food: [10, 11] }, B: { food: [13, 14] } }));
  expect(text).toContain(
    "Not shown B comes next, 3.00 FID higher (no interval: all differences are equal, paired over",
  );
  expect(text).toContain(
    "Full fine-tuning (9.50) is not separated from it: its FID is 1.00 lower (no interval: all differences are equal).",
  );
});

it("reportPage gives every filter a name of its own", () => {
  const filters = pageOf(syntheticRecords()).matchAll(/<label>([^<]*)\s<input type="search"/g);
  expect([...filters].map(([, text]) => text)).toEqual([
    "Filter the table of methods",
    "Filter the table of datasets",
    "Filter runs",
  ]);
});

it("reportPage does not print that a method trains fewer weights than full fine-tuning if it does not", () => {
  const text = (full: number, own: number) =>
    answerOf(
      recordsOf({ Full: { food: [5, 5.1] }, A: { food: [10, 11] } }).map((record) => ({
        ...record,
        parameters: { ...record.parameters, trainable: record.cell.method === "full" ? full : own },
      })),
    );
  expect(text(1_000_000, 500_000)).toContain("of the model, 2 times fewer than full fine-tuning.");
  for (const [full, own] of [
    [1_000_000, 1_000_000],
    [1_000_000, 1_500_000],
    [1_000_000, 0],
  ] as const)
    expect(text(full, own)).not.toContain("times fewer");
});

it("reportPage marks times under load, and cells with other numbers of seeds, as the other tables do", () => {
  const records = recordsOf({ A: { food: [10, 11], sun: [5] }, B: { food: [12, null], sun: [4, 3] } });
  const loaded = records.map((record) => ({ ...record, otherLoad: record.cell.method === "A" ? 1.5 : 0 }));
  const page = pageOf(loaded);
  expect(page).toMatch(/class="number">\d\d\.\d\u00a0s†<\/td>/);
  expect(page).toMatch(/columns mean<\/a>\..* † 3 of 6 runs were measured while other processes used 1\.5 cores/s);
  const [datasets] = /<table id="datasets"[\s\S]*?<\/table>/.exec(page)!;
  expect(datasets).toContain('class="number">5.00 (1 seed)</td>');
  expect(datasets).toContain('class="number">12.00 (1 diverged, 1 seed)</td>'); // not in bold
  expect(datasets).toContain('class="number best">10.50');
});

it("reportPage has a section about training, and a link to it, only if a run has curves", () => {
  const records = syntheticRecords({ datasets: ["food"] });
  const bare = records.map((record) => ({ ...record, training: { ...record.training, loss: [] } }));
  for (const [chosen, count] of [
    [records, 1],
    [bare, 0],
  ] as const) {
    const page = pageOf([...chosen]);
    expect(page.match(/<a href="#training">/g)?.length ?? 0).toBe(count);
    expect(page.match(/<section id="training"/g)?.length ?? 0).toBe(count);
  }
  const targets = [...pageOf(bare).matchAll(/<a [^>]*href="#([\w-]+)"/g)].map(([, id]) => id!);
  expect(targets.filter((id) => !pageOf(bare).includes(`id="${id}"`))).toEqual([]);
});

it("reportPage shows the settings of the recipe, not of a variant, and which rates a sweep chose", () => {
  const [record] = recordsOf({ B: { food: [10] } });
  const variant = { name: "v", title: "other steps", settings: { training: { steps: 7 } } };
  const varied: RunRecord = {
    ...record!,
    cell: { ...record!.cell, methodLabel: "A (other steps)", variant },
    settings: { training: { steps: 7 } },
  };
  expect(pageOf([varied, record!])).toContain('<th scope="row">training.steps</th><td>300</td>');
  const tuning: RunRecord["tuning"] = {
    ...{ option: "training.learningRate", values: [0.001, 0.01], runs: 2, datasets: ["sun"], seed: 1000 },
    ...{ criterion: "fid", protocol: "mini/1", sweep: "5".repeat(64), defaultIsBest: [] },
  };
  const rated = { ...record!, training: { ...record!.training, learningRate: 0.01 } };
  expect(pageOf([{ ...rated, tuning }])).toContain("<td>0.01, chosen by a sweep</td>");
  expect(pageOf([rated])).toContain("<td>0.01</td>");
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
  // A grid has the seeds from 0 only.
  const swept = recordsOf({ A: { food: [1], sun: [2] } }).map((record) => ({
    ...record,
    cell: { ...record.cell, seed: 1000 },
  }));
  expect(commands(comparison(swept)).map((words) => words.join(" "))).toEqual([
    "npx bench run --recipe mini --method A --dataset food --seed 1000",
    "npx bench run --recipe mini --method A --dataset sun --seed 1000",
    "npx bench table --from runs --out results/mini",
    "npx bench report --recipe mini",
  ]);
  const [grid] = commands(comparison(hostileRecords()));
  expect(grid!.filter((word) => /[$<`;]/.test(word)).every((word) => /^'.*'$/s.test(word))).toBe(true);
});
