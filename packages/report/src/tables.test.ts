// Tests the Markdown page and the CSV, against approved fixtures and for hostile names.

import type { RunRecord } from "@dit-bench/record";
import { expect, test } from "vitest";
import { answer, comparison, csvName, lossCurve, metrics, notes, parametersChart, toCsv, toMarkdown } from "./index.ts";
import { diverged, methods, recordsOf, syntheticRecords, withScores } from "./synthetic.test.data.ts";

/** Four methods, three datasets, two seeds; one cell was not run, one diverged, one has a single seed. */
function unevenRecords() {
  const [full, bitfit, lora] = methods;
  const records = syntheticRecords({
    methods: [full!, bitfit!, lora!, methods[5]!],
    datasets: ["food", "flowers", "cub"],
    seeds: [0, 1],
  });
  return records.flatMap((record) => {
    const { method, dataset, seed } = record.cell;
    if (method === "bitfit" && dataset === "cub") return [];
    if (method === "bitfit" && dataset === "food" && seed === 1) return [];
    return method === "lora" && dataset === "flowers" ? [diverged(record)] : [record];
  });
}

test("the Markdown page of fixed records equals the approved fixture", async () => {
  await expect(toMarkdown(comparison(unevenRecords()))).toMatchFileSnapshot("fixtures/table.md.txt");
});

test("the CSV of fixed records equals the approved fixture", async () => {
  await expect(toCsv(comparison(unevenRecords()))).toMatchFileSnapshot("fixtures/table.csv");
});

test("the order of the records does not change a byte of the tables", () => {
  const [forth, back] = [comparison(unevenRecords()), comparison(unevenRecords().reverse())];
  expect(toMarkdown(back)).toBe(toMarkdown(forth));
  expect(toCsv(back)).toBe(toCsv(forth));
});

/** The page with each paragraph on one line. */
const unwrapped = (markdown: string) => markdown.replaceAll(/\n(?:> | {2})?(?=[^\s>|#-])/g, " ");

/** The cells of a method's two lines: in the table of methods and in the table of datasets. */
function linesOf(markdown: string, label: string): string[][] {
  return markdown
    .split("\n")
    .filter((line) => line.startsWith(`| ${label} |`))
    .map((line) => line.slice(2, -2).split(" | ").slice(1));
}

/** A method's line in the table of methods, by heading. */
function methodLine(markdown: string, label: string): Record<string, string> {
  const headings = linesOf(markdown, "Method")[0]!;
  return Object.fromEntries(linesOf(markdown, label)[0]!.map((cell, index) => [headings[index]!, cell]));
}

test("prints a dash for a missing value and `diverged` for a diverged run, never a zero", () => {
  const markdown = toMarkdown(comparison(unevenRecords()));
  const [methodLine, datasetLine] = linesOf(markdown, "BitFit");
  expect(methodLine!.slice(0, 2)).toEqual(["–", "–"]);
  expect(datasetLine).toEqual(["–", expect.stringMatching(/^[\d.]+ \(1 seed\)$/), expect.stringMatching(/ ± /)]);
  expect(linesOf(markdown, "LoRA-R8")[1]![2]).toBe("diverged");
  expect(markdown).not.toMatch(/^\|.*\b0\.00\b/m);
  const csv = toCsv(comparison(unevenRecords())).split("\n");
  expect(csv.find((line) => line.includes("LoRA-R8,{},flowers"))).toContain(",diverged,,,,,,,,");
});

test("has the lowest mean of a dataset in bold, but not one of seeds that finished while others diverged", () => {
  const records = recordsOf({ A: { food: [10, 12], sun: [4, 5] }, B: { food: [1, null], sun: [5, 6] } });
  const markdown = unwrapped(toMarkdown(comparison(records)));
  expect(linesOf(markdown, "A")[1]).toEqual(["**11.00** ± 1.41", "**4.50** ± 0.71"]);
  expect(linesOf(markdown, "B")[1]![0]).toBe("1.00 (1 diverged, 1 seed)");
  expect(markdown).toContain(
    "- Bold: the lowest number of a column, without those of methods with a diverged run there.",
  );
  const finished = records.filter(({ cell }) => cell.method === "A");
  expect(unwrapped(toMarkdown(comparison(finished)))).toContain("- Bold: the lowest number of a column.\n");
});

test("the notes describe an interval of the FID only if there is one, and explain its absence", () => {
  const absent = "A score without an interval: its runs state none, or all seeds have the same value.";
  const notesOf = (records: RunRecord[]) => notes(comparison(records));
  const equal = recordsOf({ A: { food: [10, 10] } });
  expect(notesOf(equal)).toContain("FID: the mean over seeds.");
  expect(notesOf(equal)).toContain(absent);
  const single = recordsOf({ A: { food: [10] } });
  expect(notesOf(single)).toContain("FID: the mean over seeds, with a 95 % interval.");
  const mixed = notesOf([...equal, ...recordsOf({ B: { food: [11] } })]);
  expect(mixed).toContainEqual(expect.stringMatching(/^‡ interval of/));
  expect(notesOf(syntheticRecords({ datasets: ["food"] }))).not.toContain(absent);
});

test("the notes state what may have been not finite in a diverged run", () => {
  expect(notes(comparison(recordsOf({ A: { food: [10, null] } })))).toContainEqual(
    expect.stringMatching(/^Diverged: the training loss, a trained weight or a sample was not finite\. /),
  );
});

test("the note on costs states if the methods finished on different datasets or seeds", () => {
  const remark = "of a method. The methods have finished on different datasets or with different seeds.";
  const page = (fids: Parameters<typeof recordsOf>[0]) => unwrapped(toMarkdown(comparison(recordsOf(fids))));
  expect(page({ A: { food: [1, 2], sun: [1, 2] }, B: { food: [1, 2] } })).toContain(remark);
  expect(page({ A: { food: [1, 2] }, B: { food: [1, null] } })).toContain(remark);
  expect(page({ A: { food: [1, 2] }, B: { food: [3, 4] } })).not.toContain(remark);
});

test("the rank counts rows if a method has several, and methods if each has one", () => {
  const records = recordsOf({ A: { food: [10, 12] }, B: { food: [14, 17] } });
  const more = records
    .filter(({ cell }) => cell.method === "B")
    .map((record) => ({ ...record, cell: { ...record.cell, methodLabel: "B (rate 0.1)" } }));
  const text = (all: RunRecord[]) => unwrapped(toMarkdown(comparison(all)));
  expect(text([...records, ...more])).toContain("Rank: 1 plus the number of rows that are better by more than chance.");
  expect(text(records)).toContain("Rank: 1 plus the number of methods that are better by more than chance.");
});

test("the CSV has the learning rate of each run, and whether a sweep chose its value", () => {
  const tuning: RunRecord["tuning"] = {
    ...{ option: "training.learningRate", values: [0.001, 0.01], runs: 2, datasets: ["sun"], seed: 1000 },
    ...{ criterion: "fid", protocol: "mini/1", sweep: "5".repeat(64) },
    defaultIsBest: [{ method: "vpt", label: "VPT-Deep", runs: 2 }],
  };
  const rated = (index: number, label: string, learningRate: number, more: Partial<RunRecord> = {}) =>
    syntheticRecords({ methods: [{ ...methods[index]!, label }], datasets: ["food"], seeds: [0] }).map((record) => ({
      ...record,
      training: { ...record.training, learningRate },
      ...more,
    }));
  const records = [
    ...rated(1, "BitFit", 0.001),
    ...rated(1, "BitFit (rate 0.01)", 0.01, { tuning }),
    ...rated(4, "VPT-Deep", 0.002),
    ...syntheticRecords({ methods: [methods[2]!], datasets: ["food"], seeds: [0] }),
  ];
  const [header, ...lines] = toCsv(comparison(records)).trim().split("\n");
  const names = header!.split(",");
  const shown = lines.map((line) =>
    ["label", "learning_rate", "tuned"].map((name) => line.split(",")[names.indexOf(name)]),
  );
  expect(shown).toEqual([
    ["BitFit", "0.001", "false"],
    ["BitFit (rate 0.01)", "0.01", "true"],
    ["LoRA-R8", "", "false"],
    ["VPT-Deep", "0.002", "default"],
  ]);
});

test("warns against comparing FIDs with published ones in a miniature table only", () => {
  const records = syntheticRecords({ datasets: ["food"] });
  expect(unwrapped(toMarkdown(comparison(records)))).toMatch(
    /miniatures.*mini-extractor\/1 and must never be compared with published FIDs/,
  );
  const real = records.map((record) => ({ ...record, miniature: false }));
  expect(toMarkdown(comparison(real))).not.toMatch(/miniature|published/);
});

test("wraps paragraphs at 120 columns, but never before a word that would begin a list", () => {
  const [record] = syntheticRecords({ datasets: ["food"], seeds: [0] }).slice(1);
  for (const word of ["-", "+", "===", "12.", "3)"])
    for (let length = 112; length <= 120; length++) {
      const methodLabel = `${"m".repeat(length)} ${word} x`;
      const markdown = toMarkdown(comparison([{ ...record!, cell: { ...record!.cell, methodLabel } }]));
      for (const line of markdown.split("\n").filter((candidate) => !candidate.startsWith("|"))) {
        expect(line.length, line).toBeLessThanOrEqual(120 + 1 + word.length);
        expect(line).not.toMatch(/^ *(?:[-+]|=+|\d+[.)])(?: x\b|$)/);
      }
    }
});

test("prints costs in Markdown and CSV, also without full fine-tuning", () => {
  const records = syntheticRecords({ methods: methods.slice(1, 3), datasets: ["food"], seeds: [0, 1] });
  const stored = records.map((record) => ({ ...record, weights: { ...record.weights, trainedBytes: 123_456 } }));
  const markdown = unwrapped(toMarkdown(comparison(stored)));
  const costs = methodLine(markdown, "BitFit");
  expect(costs).toMatchObject({
    Trainable: "20.7k",
    "Share of model": "1.1\u00a0%",
    Stored: "123\u00a0kB",
    Training: expect.stringMatching(/^17\.\d\u00a0s$/),
    "ms/step": expect.stringMatching(/^57\.\d$/),
    Memory: "700\u00a0MB",
    "Relative time": "–",
  });
  expect(markdown).toContain("Relative time: unknown, because full fine-tuning has no run");
  const [header, first] = toCsv(comparison(stored)).split("\n");
  const value = (name: string) => first!.split(",")[header!.split(",").indexOf(name)];
  expect(value("stored_bytes")).toBe("123456");
  for (const name of ["train_seconds", "step_milliseconds", "peak_memory_mb", "trainable_parameters"])
    expect(Number(value(name)), name).toBeGreaterThan(0);
});

test("every metric that a run has is a column of the CSV, and no other", () => {
  const header = (records: RunRecord[]) => toCsv(comparison(records)).split("\n")[0]!.split(",");
  const records = syntheticRecords();
  for (const metric of metrics)
    expect(header(records).includes(csvName(metric)), metric.name).toBe(metric.value(records[0]!) !== undefined);
  const scored = header(records.map((record) => withScores(record, { copyRate: 0.25 })));
  expect(scored).toEqual([...header(records), "copy_rate", "copy_rate_low", "copy_rate_high"]);
  expect(new Set(scored).size).toBe(scored.length);
});

test("marks times that were measured under load, and prints the load", () => {
  const records = syntheticRecords({ methods: methods.slice(1, 3), datasets: ["food"], seeds: [0, 1] });
  // Two threads on two cores: other processes on 0.2 cores are within the tolerance of 10 %, 0.9 and 1.5 are not.
  const loads: Record<string, number[]> = { bitfit: [0.9, 1.5], lora: [0.2, 0] };
  const loaded = records.map((record) => ({ ...record, otherLoad: loads[record.cell.method]![record.cell.seed]! }));
  const markdown = unwrapped(toMarkdown(comparison(loaded)));
  expect(methodLine(markdown, "BitFit")).toMatchObject({
    Training: expect.stringMatching(/\u00a0s†$/),
    "ms/step": expect.stringMatching(/\d†$/),
  });
  expect(Object.values(methodLine(markdown, "LoRA-R8")).join()).not.toContain("†");
  expect(markdown).toContain("- † 2 of 4 runs were measured while other processes used 1.2 cores on average");
  expect(answer(comparison(loaded)).join(" ")).toContain("these times were measured while other processes used");
  expect(toCsv(comparison(loaded)).match(/,(true|false),cpu,/g)).toEqual([
    ",true,cpu,",
    ",true,cpu,",
    ",false,cpu,",
    ",false,cpu,",
  ]);
  // A run with one thread is not slowed by another process on the second core.
  const single = loaded.map((record) => ({ ...record, engine: { ...record.engine, threads: 1 }, otherLoad: 1 }));
  expect(toMarkdown(comparison(single))).not.toContain("†");
});

test("marks intervals that reflect the samples only, in Markdown and CSV", () => {
  const [, bitfit, lora] = methods;
  const records = syntheticRecords({ methods: [bitfit!, lora!], datasets: ["food", "sun"], seeds: [0, 1] }).filter(
    ({ cell }) => cell.method !== "lora" || cell.seed === 0,
  );
  const markdown = unwrapped(toMarkdown(comparison(records)));
  expect(linesOf(markdown, "BitFit")[0]![0]).toMatch(/\]$/);
  expect(linesOf(markdown, "LoRA-R8")[0]![0]).toMatch(/\]‡$/);
  expect(markdown).toContain("does not include the variation between training runs");
  const [header, ...lines] = toCsv(comparison(records)).trim().split("\n");
  const at = header!.split(",").indexOf("average_interval_basis");
  expect(lines.map((line) => line.split(",")[at])).toEqual([...Array(4).fill("seeds"), ...Array(2).fill("samples")]);
});

test("ranks only rows of one basis, and names the methods that are not ranked", () => {
  const records = syntheticRecords({ methods: methods.slice(1, 4), datasets: ["food", "sun", "cub"] }).filter(
    ({ cell }) => cell.method !== "adaptformer" || cell.seed === 0,
  );
  const markdown = unwrapped(toMarkdown(comparison(records)));
  expect(linesOf(markdown, "AdaptFormer")[0]![1]).toBe("–");
  expect(markdown).toContain(
    "Not ranked: AdaptFormer, with one seed on some dataset, " +
      "while the ranked methods have two or more seeds on every dataset.",
  );
});

test("names the records that could not be read", () => {
  const compared = comparison(syntheticRecords({ datasets: ["food"] }));
  expect(toMarkdown(compared, { leftOut: ["a/record.json"] })).toContain(
    "1 record could not be read and is left out: a/record.json.",
  );
  expect(toMarkdown(compared, { leftOut: ["a", "b"] })).toContain(
    "2 records could not be read and are left out: a, b.",
  );
  expect(toMarkdown(compared)).not.toContain("left out");
});

test("prints the number of seeds, and no date", () => {
  const markdown = toMarkdown(comparison(syntheticRecords()));
  expect(markdown).toContain("on 8 datasets, 3 seeds each");
  expect(markdown).not.toMatch(/20\d\d-/);
});

test("escapes names that would break a table or run as a formula in a spreadsheet", () => {
  const hostile = { ...methods[0]!, method: "x", label: '=HYPERLINK("http://x","a|b")' };
  const records = syntheticRecords({
    methods: [hostile, { ...hostile, label: "@cmd\n<b>" }, { ...hostile, label: "-1" }],
  });
  const compared = comparison(records.map((record) => ({ ...record, metrics: { ...record.metrics!, kid: -0.5 } })));
  const csv = toCsv(compared);
  expect(csv).toContain(`"'=HYPERLINK(""http://x"",""a|b"")"`);
  expect(csv).toContain(`"'@cmd\n<b>"`);
  expect(csv).toContain(",'-1,");
  expect(csv).toContain(",-0.5,"); // a number stays a number
  expect(csv).not.toMatch(/(^|,)"?[=@]/m);

  const tables = toMarkdown(compared)
    .split("\n")
    .filter((line) => line.startsWith("|"));
  expect(tables).toHaveLength(2 * 6);
  const columns = tables.map((line) => line.replaceAll("\\|", "").split("|").length);
  expect(new Set(columns).size).toBe(2);
  expect(tables.join("\n")).toContain("@cmd \\<b\\>");
});

test("escapes names that Markdown would make links or formulas of", () => {
  const label = "www.example.com https://example.com $a$ 1:2";
  const records = syntheticRecords({ methods: [{ ...methods[1]!, label }], datasets: ["food"], seeds: [0] });
  expect(toMarkdown(comparison(records))).toContain("| www\\.example.com https\\://example.com \\$a\\$ 1:2 |");
});

test.each(["1. first", "2) second", "- third", "+ fourth", "=== fifth"])(
  "escapes a label %j, which would begin a list or a heading in Markdown",
  (label) => {
    const [record] = syntheticRecords({ datasets: ["food"], seeds: [0] }).slice(1);
    const markdown = toMarkdown(comparison([{ ...record!, cell: { ...record!.cell, methodLabel: label } }]));
    expect(markdown.split("\n").some((line) => line.startsWith(label))).toBe(false);
    expect(markdown).toMatch(/^\d?\\[-+=.)].* has the FID/m);
  },
);

test("control characters in a label do not break CSV, Markdown or charts", async () => {
  const hostile = { ...methods[0]!, method: "x", label: "a\0b\x1b[2J\r=1+1\u202e" };
  const compared = comparison(syntheticRecords({ methods: [hostile] }));
  const csv = toCsv(compared);
  expect(csv).toContain(`,"${hostile.label}",`); // quoted, so that the carriage return ends no row
  const markdown = toMarkdown(compared);
  expect(markdown).toContain("| a\\\\x00b\\\\x1b\\[2J =1+1\\\\u{202e} |");
  expect(markdown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
  const record = compared.records[0]!;
  expect((await parametersChart(compared, { format: "svg" })).length).toBeGreaterThan(1000);
  const svg = Buffer.from(await lossCurve(record, "svg")).toString();
  expect(svg.replaceAll(/[\n\t]/g, "")).not.toMatch(/\p{Cc}/u);
});
