// The output and the files of `bench table`, also from records of other programs and with unsafe names.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findRecords, type RunRecord, writeRecord } from "@dit-bench/record";
import { comparison } from "@dit-bench/report";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { benchInProcess } from "./bench-in-process.test.data.ts";
import { writeTables } from "./commands/table.ts";
import { publishedRuns } from "./published-runs.test.data.ts";
import { formatTable } from "./table-text.ts";

const published = fileURLToPath(new URL("../../../results/mini/records", import.meta.url));
const place = mkdtempSync(join(tmpdir(), "bench-table-"));
let originals: RunRecord[];
let number = 0;
let from: string;
let printed: string;
beforeAll(async () => {
  originals = (await publishedRuns()).filter(({ cell }) => cell.dataset === "flowers" && cell.seed === 0);
});
beforeEach(() => {
  from = join(place, String(number++), "from");
  printed = "";
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => {
      printed += text;
      return true;
    });
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => rmSync(place, { recursive: true }));

const out = () => join(from, "../a/b/out");
/** Files below a folder, in order. */
const files = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
async function writeRecords(...records: RunRecord[]) {
  for (const [i, record] of records.entries()) await writeRecord(join(from, `${i}.json`), record);
}
const makeRecord = (i: number, cell: Partial<RunRecord["cell"]>, rest: Partial<RunRecord> = {}): RunRecord => ({
  ...originals[i]!,
  ...rest,
  cell: { ...originals[i]!.cell, ...cell },
});

describe("bench table --with", () => {
  const others = () => join(from, "../others");
  const mine = () => makeRecord(0, { method: "mine", methodLabel: "Mine" });

  it("puts runs beside the published ones of the same protocol", async () => {
    await writeRecords(mine());
    await writeRecord(join(others(), "other.json"), makeRecord(1, {}, { protocol: "other/1" }));
    await writeTables(from, out(), false, { others: [join(published, "flowers"), others()] });
    const text = readFileSync(join(out(), "table.md"), "utf8");
    for (const label of ["Mine", "DiffFit", "LoRA-R8"]) expect(text).toContain(`| ${label} |`);
    expect(readdirSync(join(out(), "records/flowers"))).toEqual(
      expect.arrayContaining(["mine-seed-0.json", "difffit-seed-2.json"]),
    );
    expect(existsSync(join(out(), "other-1"))).toBe(false);
    expect(printed).toContain(
      `--with ${others()}: no records of ${originals[0]!.protocol} below it, only of other/1, which is another`,
    );
  });

  it("counts copies of one run once, and of two results of one cell the own one", async () => {
    await writeRecords(makeRecord(0, {}));
    const flowers = join(published, "flowers");
    const count = files(flowers).filter((name) => name.endsWith(".json")).length;
    expect(await writeTables(from, out(), true, { others: [flowers] })).toBe(false);
    expect(printed).toContain(`"records":${count},`);
    await writeRecord(join(others(), "again.json"), makeRecord(0, {}, { identity: "0".repeat(64) }));
    await writeTables(from, out(), true, { others: [others()] });
    expect(printed.trimEnd().split("\n").at(-1)).toContain('"records":1,');
    expect(printed).toContain(
      `1 record below --with ${others()} left out: ${from} has other results of the same cells`,
    );
  });

  it("does not count the copies of an earlier table in a folder of --with", async () => {
    await writeRecords(mine());
    const tables = join(others(), "tables");
    await writeRecord(join(others(), "other.json"), makeRecord(1, {}));
    await writeTables(from, tables, false, { others: [others()] });
    rmSync(join(others(), "other.json"));
    await writeTables(from, tables, true, { others: [others()] });
    expect(printed.trimEnd().split("\n").at(-1)).toContain('"records":1,');
  });

  it("refuses a folder that is not there", async () => {
    await writeRecords(mine());
    const r = await benchInProcess(["table", "--from", from, "--with", others()], { cwd: place });
    expect(r).toMatchObject({ code: 4, stdout: "" });
    expect(r.stderr).toContain(`--with ${others()}: there is no such folder; give a folder with records`);
  });
});

describe("bench table --out", () => {
  it("copies records under the names that results/mini has", async () => {
    await writeTables(join(published, "flowers"), out(), false);
    expect(files(join(out(), "records", "flowers"))).toEqual(files(join(published, "flowers")));
    for (const name of files(join(published, "flowers")))
      expect(readFileSync(join(out(), "records/flowers", name), "utf8"), name).toBe(
        readFileSync(join(published, "flowers", name), "utf8"),
      );
  });

  it("makes plain file names of labels with options in them", async () => {
    const options = { norm: false };
    await writeRecords(makeRecord(0, { methodLabel: "DiffFit (norm=false)", options }), makeRecord(1, {}));
    await writeTables(from, out(), false);
    expect(files(join(out(), "records"))).toContain("flowers/difffit-norm-false-seed-0.json");
  });

  it("writes nothing outside the folder, for any names of dataset, method and protocol in a record", async () => {
    await writeRecords(
      makeRecord(0, { dataset: "../../../x" }),
      makeRecord(1, { dataset: "/" }),
      makeRecord(2, { methodLabel: "../../../../y" }),
      makeRecord(3, {}, { protocol: ".." }),
      makeRecord(4, { dataset: "..", methodLabel: "/elsewhere/z" }, { protocol: "../../.." }),
    );
    await writeTables(from, out(), false);
    const below = files(join(from, ".."));
    expect(below.filter((path) => !/^(from|a\/b\/out)\//.test(path))).toEqual([]);
    expect(below.filter((path) => /^a\/.*\/records\//.test(path))).toHaveLength(5);
  });

  it("keeps records and tables apart if their names give the same file name", async () => {
    const [first, second] = [{ x: 1 }, { x: 2 }];
    await writeRecords(
      makeRecord(0, { methodLabel: "A (x)", options: first }),
      makeRecord(0, { methodLabel: "A x", options: second }),
      makeRecord(1, {}, { protocol: "other/1" }),
      makeRecord(1, {}, { protocol: "other-1" }),
    );
    await writeTables(from, out(), false);
    const written = files(out());
    expect(written.filter((path) => path.endsWith(".json"))).toHaveLength(4);
    expect(written.filter((path) => path.endsWith("table.csv"))).toHaveLength(3);
  });

  it("copies no record if there can be no table", async () => {
    const again = { finishedAt: "2030-01-01T00:00:00.000Z", identity: "0".repeat(64) };
    await writeRecords(makeRecord(0, {}), makeRecord(0, {}, again));
    await expect(writeTables(from, out(), false)).rejects.toThrow(
      new RegExp(`two different records of one cell .*${join(from, "0.json")} .* and ${join(from, "1.json")} `),
    );
    expect(existsSync(out())).toBe(false);
  });

  it("does not count its own copies when it is below --from", async () => {
    await writeRecords(makeRecord(0, {}), makeRecord(1, {}));
    const inside = join(from, "t");
    for (let times = 0; times < 3; times++) {
      printed = "";
      expect(await writeTables(from, inside, false)).toBe(false);
      expect(printed).toContain(`${originals[0]!.protocol}: 2 records\n`);
      expect(printed).not.toContain("ignored as copies");
    }
    const copies = files(join(inside, "records"));
    expect(copies).toHaveLength(2);
    // After the run is repeated with another result, the copy of the first result is not a second record of the cell.
    await writeRecords(makeRecord(0, {}, { metrics: { ...originals[0]!.metrics!, fid: 1 } }));
    printed = "";
    await writeTables(from, inside, false);
    expect(printed).toContain(`1 record below ${inside} ignored as copies of an earlier table`);
    expect(readFileSync(join(inside, "table.csv"), "utf8")).toContain(`,${originals[0]!.data.images},1,`);
  });

  it("moves copies aside of which the run is gone, and leaves other files and the records that it reads", async () => {
    await writeRecords(makeRecord(0, {}), makeRecord(1, {}));
    await writeTables(from, out(), false);
    const records = join(out(), "records");
    const [gone, kept] = [0, 1].map((i) => `flowers/${originals[i]!.cell.methodLabel.toLowerCase()}-seed-0`);
    for (const copy of [gone, kept]) writeFileSync(join(records, `${copy}.samples.webp`), "of an earlier run");
    writeFileSync(join(records, "flowers", "notes-of-mine.json"), "{}");
    rmSync(join(from, "0.json"));
    printed = "";
    await writeTables(from, out(), false);
    expect(files(records)).toEqual([
      `.former/${gone}.json`,
      `.former/${gone}.samples.webp`,
      `.former/${kept}.samples.webp`,
      `${kept}.json`,
      "flowers/notes-of-mine.json",
    ]);
    expect(printed).toContain(`3 files of an earlier table moved to ${join(records, ".former")}`);
    expect((await findRecords(out())).records).toHaveLength(1);

    // The records themselves are no copies, whatever their names are, also if --from is a link to their folder.
    await writeRecord(join(records, "flowers", "x-seed-0.json"), makeRecord(0, {}));
    const link = join(from, "../link");
    symlinkSync(records, link);
    for (const path of [link, records]) {
      await writeTables(path, out(), false);
      expect(files(records)).toContain("flowers/x-seed-0.json");
      rmSync(join(records, `${gone}.json`)); // a second record of the same run
    }
  });

  it("accepts the folder that holds the records themselves", async () => {
    await writeRecords(makeRecord(0, {}), makeRecord(1, {}));
    await writeRecord(join(from, "runs", "2.json"), makeRecord(2, {}));
    await writeTables(from, join(from, "runs"), false);
    expect(printed).toContain(`${originals[0]!.protocol}: 3 records\n`);
  });
});

describe("a damaged record", () => {
  const damage = () => {
    mkdirSync(join(from, "deep"));
    writeFileSync(join(from, "deep", "record.json"), readFileSync(join(from, "0.json")).subarray(0, 700));
  };

  it("is named in the table, which has all other records", async () => {
    await writeRecords(makeRecord(0, {}), makeRecord(1, {}));
    damage();
    expect(await writeTables(from, out(), false)).toBe(true);
    expect(printed).toContain(`bench: error: cannot read ${join(from, "deep", "record.json")}: it is not JSON`);
    const sentence = "1 record could not be read and is left out: deep/record.json.";
    expect(printed).toContain(sentence);
    expect(readFileSync(join(out(), "table.md"), "utf8")).toContain(sentence);
    expect(readFileSync(join(out(), "table.csv"), "utf8").trim().split("\n")).toHaveLength(1 + 2);
    expect(files(join(out(), "records"))).toHaveLength(2);
  });

  it("gives exit code 3, and 4 if there is no other record", async () => {
    await writeRecords(makeRecord(0, {}), makeRecord(1, {}));
    damage();
    const table = () => benchInProcess(["table", "--from", from, "--out", out(), "--json"], { cwd: place });
    expect(await table()).toMatchObject({
      code: 3,
      json: { tables: [{ records: 2 }], damaged: [{ path: expect.any(String) }] },
    });
    for (const name of ["0.json", "1.json"]) rmSync(join(from, name));
    const alone = await table();
    expect(alone.code).toBe(4);
    expect(alone.stderr).toMatch(
      /deep.record\.json: it is not JSON[\s\S]*none of the records below this folder can be read/,
    );
  });

  it("is named by bench list runs, which lists the others and exits with 3", async () => {
    await writeRecords(makeRecord(0, {}), makeRecord(1, {}));
    damage();
    const r = await benchInProcess(["list", "runs", "--out", from], { cwd: place });
    expect(r.code).toBe(3);
    expect(r.stderr).toContain(`cannot read ${join(from, "deep", "record.json")}`);
    expect(
      r.stdout
        .trim()
        .split("\n")
        .filter((line) => line.includes("flowers")),
    ).toHaveLength(2);
  });
});

describe("bench table --columns", () => {
  it("prints these columns in this order, in all forms except the CSV, which has every value", async () => {
    await writeTables(join(published, "flowers"), out(), false);
    const csv = readFileSync(join(out(), "table.csv"), "utf8");
    printed = "";
    await writeTables(join(published, "flowers"), out(), false, { columns: ["peakMemoryMB", "kid", "fid"] });
    expect(printed).toMatch(/^Method +Memory +KID +95 % interval +FID +95 % interval$/m);
    expect(readFileSync(join(out(), "table.md"), "utf8")).toContain("| Method | Memory | KID | FID |");
    expect(readFileSync(join(out(), "table.tex"), "utf8")).toContain("Method & Memory & KID & FID \\\\");
    expect(readFileSync(join(out(), "table.csv"), "utf8")).toBe(csv);
  });

  it("refuses unknown and repeated names, and lists the columns in the help", async () => {
    const table = (...args: string[]) => benchInProcess(["table", ...args], { cwd: place });
    const unknown = await table("--columns", "fid,memory");
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/--columns 'memory' is not known; .*available: fid, rank, kid, .*peakMemoryMB/);
    expect((await table("--columns", "fid,fid")).stderr).toContain("has 'fid' twice");
    expect((await table("--help")).stdout.replaceAll(/\s+/g, " ")).toContain("(any of fid, rank, kid,");
  });
});

describe("bench table --with-paper", () => {
  it("adds the paper's table with a warning, in 80 columns on the terminal, in Markdown and in LaTeX", async () => {
    const compared = comparison(originals);
    const text = formatTable(compared, { wholeTable: "", width: 80, withPaper: true });
    const all = text.split("\n");
    expect(Math.max(...all.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(all.join(" ")).toContain("Not comparable with the numbers above: the paper has another model (DiT-XL/2)");
    expect(all.find((line) => line.startsWith("LoRA-R8 ") && line.includes("81.25"))).toMatch(/81\.25 +1\.15/);
    await writeTables(join(published, "flowers"), out(), false, { withPaper: true });
    for (const file of ["table.md", "table.tex"])
      expect(readFileSync(join(out(), file), "utf8").replaceAll(/\n> /g, " "), file).toMatch(
        /Not comparable[\s\S]*164\.13/,
      );
    await writeTables(join(published, "flowers"), out(), false);
    expect(readFileSync(join(out(), "table.md"), "utf8")).not.toContain("164.13");
  });
});

describe("records that cannot share a table", () => {
  it("are named by their files, with exit code 4, while the table of another protocol is written", async () => {
    const other = { ...originals[1]!.weights, base: "d".repeat(64) };
    await writeRecords(
      makeRecord(0, {}),
      makeRecord(1, {}, { weights: other }),
      makeRecord(2, {}, { protocol: "other/1" }),
    );
    const r = await benchInProcess(["table", "--from", from, "--out", out()], { cwd: place });
    expect(r.code).toBe(4);
    expect(r.stderr).toContain("cannot compare runs with more than one base model");
    for (const name of ["0.json", "1.json"]) expect(r.stderr).toContain(join(from, name));
    expect(r.stderr).not.toContain("--verbose");
    expect(r.stdout).toContain("other/1: 1 record\n");
    expect(files(out()).filter((path) => path.endsWith("table.md"))).toEqual(["other-1/table.md"]);
  });
});

describe("the table on a terminal", () => {
  /** The published runs, with the columns that every record has. */
  const compared = async () => {
    return comparison(
      (await publishedRuns()).map(({ otherLoad, ...record }) => ({
        ...record,
        metrics: record.metrics && { ...record.metrics, scores: {} },
      })),
    );
  };
  const lines = async (width: number) =>
    formatTable(await compared(), { wholeTable: "t/table.md", leftOut: [], width }).split("\n");

  it.each([60, 80, 100, 220])(
    "fits %i columns, and shows method, FID, rank and the answer in sentences",
    async (width) => {
      const all = await lines(width);
      expect(Math.max(...all.map((line) => line.length))).toBeLessThanOrEqual(width);
      expect(all.find((line) => line.startsWith("DiffFit "))).toMatch(/^DiffFit +\d\d\.\d\d .* 2 /);
      expect(all.join(" ")).toContain("DiffFit has the lowest average FID of the 5 methods");
    },
  );

  it("shows every cost in 80 columns, and names the file with the other columns", async () => {
    const all = await lines(80);
    expect(all[0]).toMatch(/^Method +Mean +95 % +Rank +Trained +Stored +Time +ms\/step +Memory$/);
    expect(all.find((line) => line.startsWith("LoRA-R8"))).toMatch(
      /25\.5k +10\d\u00a0kB +\d\d\.\d\u00a0s +\d{3} +\d{3}\u00a0MB$/,
    );
    expect(all.join(" ")).toContain(
      "Not shown for lack of width: the single datasets, relative time, model share. All columns: t/table.md",
    );
    expect((await lines(220)).join(" ")).not.toContain("Not shown");
    expect((await lines(220))[0]).toContain("Oxford Flowers-102");
  });

  it("breaks no word: long labels are wrapped, or other columns are dropped", async () => {
    const labelled = (methodLabel: string) =>
      originals.map((record, index) => (index > 0 ? record : makeRecord(0, { methodLabel })));
    const text = (label: string) =>
      formatTable(comparison(labelled(label)), { wholeTable: "", leftOut: [], width: 60 });
    expect(text("A method (with=1, many=2, options=3)")).toMatch(/^A method .*\n\(with=1,|^A method \(with=1, /m);
    const longLabel = `LoRA-${"x".repeat(50)}`;
    expect(text(longLabel)).toContain(longLabel);
  });

  it("shows control characters escaped, and aligns columns after wide letters", async () => {
    const hostile = comparison([
      makeRecord(0, { methodLabel: "a\x1b[2J\u202eb" }),
      makeRecord(1, { methodLabel: "花花" }),
    ]);
    const text = formatTable(hostile, { wholeTable: "", leftOut: [], width: 100 });
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}|\u202e/u);
    expect(text).toContain("a\\x1b[2J\\u{202e}b");
    const end = (start: string) => text.split("\n").find((line) => line.startsWith(start))!.length;
    expect(end("花花") + 2).toBe(end("Base model"));
  });
});
