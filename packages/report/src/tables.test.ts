import { expect, test } from "vitest";
import { comparison, toCsv, toMarkdown } from "./index.ts";
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

test("gaps are dashes, diverged cells say so, and neither is a zero", () => {
  const lines = toMarkdown(comparison(unevenRecords())).split("\n");
  const cells = (label: string) =>
    lines
      .find((line) => line.startsWith(`| ${label}`))!
      .split(" | ")
      .slice(1);
  expect(cells("BitFit").slice(0, 5)).toEqual([
    "–",
    expect.stringMatching(/^[\d.]+ \(1 seed\)$/),
    expect.stringMatching(/ ± /),
    "–",
    "–",
  ]);
  expect(cells("LoRA-R8")[2]).toBe("diverged");
  expect(lines.filter((line) => line.startsWith("|")).join("\n")).not.toMatch(/\b0\.00\b/);
  const csv = toCsv(comparison(unevenRecords())).split("\n");
  expect(csv.find((line) => line.includes("LoRA-R8,{},flowers"))).toContain(",diverged,,,,,,,,");
});

test("a miniature table says that its distances are not FIDs to compare, a real one does not", () => {
  const records = syntheticRecords({ datasets: ["food"] });
  expect(toMarkdown(comparison(records))).toMatch(
    /miniatures.*mini-extractor\/1, never to be compared with published FIDs/,
  );
  const real = records.map((record) => ({ ...record, miniature: false }));
  expect(toMarkdown(comparison(real))).not.toMatch(/miniature|published/);
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

  const table = toMarkdown(compared)
    .split("\n")
    .filter((line) => line.startsWith("|"));
  expect(table).toHaveLength(6);
  const columns = table.map((line) => line.replaceAll("\\|", "").split("|").length);
  expect(new Set(columns).size).toBe(1);
  expect(table.join("\n")).toContain("@cmd \\<b\\>");
});
