// Tests writeReport.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { comparison, toCsv, toLatex, toMarkdown, writeReport } from "./index.ts";
import { syntheticRecords } from "./synthetic.test.data.ts";

test("writeReport writes five files, equal for equal records, and leaves them unchanged after an error", async () => {
  const folder = await mkdtemp(join(tmpdir(), "report-"));
  const read = async () =>
    Promise.all((await readdir(folder)).sort().map((name) => readFile(join(folder, name), "base64")));
  try {
    const records = syntheticRecords({ seeds: [0] });
    const { paths, comparison: compared } = await writeReport(records, folder);
    expect(compared.records).toHaveLength(records.length);
    expect((await readdir(folder)).sort()).toEqual(["chart.png", "chart.svg", "table.csv", "table.md", "table.tex"]);
    expect(await readFile(paths.csv, "utf8")).toBe(toCsv(comparison(records)));
    expect(await readFile(paths.markdown, "utf8")).toBe(toMarkdown(comparison(records)));
    expect(await readFile(paths.latex, "utf8")).toBe(toLatex(comparison(records)));
    expect((await readFile(paths.png)).toString("latin1", 1, 4)).toBe("PNG");
    expect(await readFile(paths.svg, "utf8")).toMatch(/^<\?xml/);

    const before = await read();
    await writeReport(records.reverse(), folder);
    expect(await read()).toEqual(before);
    await expect(writeReport([...records, { ...records[0]!, protocol: "paper/1" }], folder)).rejects.toThrow(
      /protocol/,
    );
    expect(await read()).toEqual(before);
  } finally {
    await rm(folder, { recursive: true });
  }
});
