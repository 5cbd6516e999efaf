import { expect, test } from "vitest";
import { answer, comparison, costColumns, lossCurve, parametersChart, toCsv, toMarkdown } from "./index.ts";
import { diverged, methods, syntheticRecords } from "./synthetic.test.data.ts";

/** Three methods on three datasets with two seeds; one cell was not run, one diverged, one has a single seed. */
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

test("the Markdown table of fixed records is the one that was read and approved", async () => {
  await expect(toMarkdown(comparison(unevenRecords()))).toMatchFileSnapshot("fixtures/table.md.txt");
});

test("the CSV of fixed records is the one that was read and approved", async () => {
  await expect(toCsv(comparison(unevenRecords()))).toMatchFileSnapshot("fixtures/table.csv");
});

test("tables of the same records in another order are equal to the byte", () => {
  const [forth, back] = [comparison(unevenRecords()), comparison(unevenRecords().reverse())];
  expect(toMarkdown(back)).toBe(toMarkdown(forth));
  expect(toCsv(back)).toBe(toCsv(forth));
});

/** The cells of a method's lines: in the table of methods, and in that of datasets. */
function linesOf(markdown: string, label: string): string[][] {
  return markdown
    .split("\n")
    .filter((line) => line.startsWith(`| ${label} |`))
    .map((line) => line.slice(2, -2).split(" | ").slice(1));
}

test("gaps are dashes, diverged cells are named, and neither is a zero", () => {
  const markdown = toMarkdown(comparison(unevenRecords()));
  const [methodLine, datasetLine] = linesOf(markdown, "BitFit");
  expect(methodLine!.slice(0, 2)).toEqual(["–", "–"]);
  expect(datasetLine).toEqual(["–", expect.stringMatching(/^[\d.]+ \(1 seed\)$/), expect.stringMatching(/ ± /)]);
  expect(linesOf(markdown, "LoRA-R8")[1]![2]).toBe("diverged");
  expect(markdown).not.toMatch(/^\|.*\b0\.00\b/m);
  const csv = toCsv(comparison(unevenRecords())).split("\n");
  expect(csv.find((line) => line.includes("LoRA-R8,{},flowers"))).toContain(",diverged,,,,,,,,");
});

test("a miniature table states that its FIDs are not to be compared with published ones, a real one does not", () => {
  const records = syntheticRecords({ datasets: ["food"] });
  expect(toMarkdown(comparison(records))).toMatch(
    /miniatures.*mini-extractor\/1 and must never be compared with published FIDs/,
  );
  const real = records.map((record) => ({ ...record, miniature: false }));
  expect(toMarkdown(comparison(real))).not.toMatch(/miniature|published/);
});

test("costs are there without full fine-tuning, in every table", () => {
  const records = syntheticRecords({ methods: methods.slice(1, 3), datasets: ["food"], seeds: [0, 1] });
  const stored = records.map((record) => ({ ...record, weights: { ...record.weights, trainedBytes: 123_456 } }));
  const markdown = toMarkdown(comparison(stored));
  expect(markdown).toContain("| Trainable | of the model | Stored | Training | ms/step | Memory | Relative time |");
  const [trainable, percent, size, training, step, memory, relative] = linesOf(markdown, "BitFit")[0]!.slice(2);
  expect([trainable, percent, size]).toEqual(["20.7k", "1.1\u00a0%", "123\u00a0kB"]);
  expect([training, step, memory]).toEqual([
    expect.stringMatching(/^17\.\d\u00a0s$/),
    expect.stringMatching(/^57\.\d$/),
    "700\u00a0MB",
  ]);
  expect(relative).toBe("–");
  expect(markdown).toContain("Relative time: not known: full fine-tuning has no run");
  const [header, first] = toCsv(comparison(stored)).split("\n");
  const value = (name: string) => first!.split(",")[header!.split(",").indexOf(name)];
  expect(value("stored_bytes")).toBe("123456");
  for (const name of ["train_seconds", "step_milliseconds", "peak_memory_mb", "trainable_parameters"])
    expect(Number(value(name)), name).toBeGreaterThan(0);
});

test("every cost with a value per run is a column of the CSV", () => {
  const header = toCsv(comparison(syntheticRecords())).split("\n")[0]!.split(",");
  for (const { csv } of costColumns) if (csv !== undefined) expect(header).toContain(csv.name);
  expect(new Set(header).size).toBe(header.length);
});

test("times that were measured under load are marked, with what the load was", () => {
  const records = syntheticRecords({ methods: methods.slice(1, 3), datasets: ["food"], seeds: [0, 1] });
  // Two threads on two cores: another process's 0.2 cores are within the tolerance of a tenth, 0.9 and 1.5 are not.
  const loads: Record<string, number[]> = { bitfit: [0.9, 1.5], lora: [0.2, 0] };
  const loaded = records.map((record) => ({ ...record, otherLoad: loads[record.cell.method]![record.cell.seed]! }));
  const markdown = toMarkdown(comparison(loaded));
  const times = (label: string) => linesOf(markdown, label)[0]!.slice(5, 7);
  expect(times("BitFit")).toEqual([expect.stringMatching(/\u00a0s†$/), expect.stringMatching(/\d†$/)]);
  expect(times("LoRA-R8").join()).not.toContain("†");
  expect(markdown).toContain("- † 2 of 4 runs were measured while other processes used 1.2 cores on average");
  expect(answer(comparison(loaded)).join(" ")).toContain("these times were measured while other processes used");
  expect(toCsv(comparison(loaded)).match(/,(true|false),cpu,/g)).toEqual([
    ",true,cpu,",
    ",true,cpu,",
    ",false,cpu,",
    ",false,cpu,",
  ]);
  // Of a run that used one thread, a second core in use by another one takes nothing.
  const single = loaded.map((record) => ({ ...record, engine: { ...record.engine, threads: 1 }, otherLoad: 1 }));
  expect(toMarkdown(comparison(single))).not.toContain("†");
});

test("each row states what its interval rests on", () => {
  const [, bitfit, lora] = methods;
  const records = syntheticRecords({ methods: [bitfit!, lora!], datasets: ["food", "sun"], seeds: [0, 1] }).filter(
    ({ cell }) => cell.method !== "lora" || cell.seed === 0,
  );
  const markdown = toMarkdown(comparison(records));
  expect(linesOf(markdown, "BitFit")[0]![0]).toMatch(/\]$/);
  expect(linesOf(markdown, "LoRA-R8")[0]![0]).toMatch(/\]‡$/);
  expect(markdown).toContain("it does not include the variation between training runs");
  const [header, ...lines] = toCsv(comparison(records)).trim().split("\n");
  const at = header!.split(",").indexOf("average_interval_basis");
  expect(lines.map((line) => line.split(",")[at])).toEqual([...Array(4).fill("seeds"), ...Array(2).fill("samples")]);
});

test("a mixture of one seed and several is ranked within one basis, and the table names who is not ranked", () => {
  const records = syntheticRecords({ methods: methods.slice(1, 4), datasets: ["food", "sun", "cub"] }).filter(
    ({ cell }) => cell.method !== "adaptformer" || cell.seed === 0,
  );
  const markdown = toMarkdown(comparison(records));
  expect(linesOf(markdown, "AdaptFormer")[0]![1]).toBe("–");
  expect(markdown).toContain(
    "Not ranked: AdaptFormer, with one seed on some dataset, while the ranked methods have two or more seeds on every dataset.",
  );
});

test("records that could not be read are named", () => {
  const compared = comparison(syntheticRecords({ datasets: ["food"] }));
  expect(toMarkdown(compared, { leftOut: ["a/record.json"] })).toContain(
    "1 record could not be read and is left out: a/record.json.",
  );
  expect(toMarkdown(compared, { leftOut: ["a", "b"] })).toContain(
    "2 records could not be read and are left out: a, b.",
  );
  expect(toMarkdown(compared)).not.toContain("left out");
});

test("a table says over how many seeds, and holds no date", () => {
  const markdown = toMarkdown(comparison(syntheticRecords()));
  expect(markdown).toContain("on 8 datasets, 3 seeds each");
  expect(markdown).not.toMatch(/20\d\d-/);
});

test("names that would break the table or run as a formula are made harmless", () => {
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

test.each(["1. first", "2) second", "- third", "+ fourth", "=== fifth"])(
  "a label %j begins no list in Markdown",
  (label) => {
    const [record] = syntheticRecords({ datasets: ["food"], seeds: [0] }).slice(1);
    const markdown = toMarkdown(comparison([{ ...record!, cell: { ...record!.cell, methodLabel: label } }]));
    expect(markdown.split("\n").some((line) => line.startsWith(label))).toBe(false);
    expect(markdown).toMatch(/^\d?\\[-+=.)].* has the FID/m);
  },
);

test("control characters end no row of a CSV, reach no terminal and stop no chart", async () => {
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
