// What bench table writes, and where, of records that may be a stranger's.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunRecord, readRecords, writeRecord } from "@dit-bench/record";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { writeTables } from "./commands/table.ts";

const published = fileURLToPath(new URL("../../../results/mini/records", import.meta.url));
const place = mkdtempSync(join(tmpdir(), "bench-table-"));
let originals: RunRecord[];
let number = 0;
let from: string;
beforeAll(async () => {
  originals = (await readRecords(join(published, "flowers"))).filter(({ cell }) => cell.seed === 0);
});
beforeEach(() => {
  from = join(place, String(number++), "from");
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => rmSync(place, { recursive: true }));

const out = () => join(from, "../a/b/out");
/** Files below a folder, in order. */
const files = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
async function put(...records: RunRecord[]) {
  for (const [i, record] of records.entries()) await writeRecord(join(from, `${i}.json`), record);
}
const changed = (i: number, cell: Partial<RunRecord["cell"]>, rest: Partial<RunRecord> = {}): RunRecord => ({
  ...originals[i]!,
  ...rest,
  cell: { ...originals[i]!.cell, ...cell },
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
    await put(changed(0, { methodLabel: "DiffFit (norm=false)", options }), changed(1, {}));
    await writeTables(from, out(), false);
    expect(files(join(out(), "records"))).toContain("flowers/difffit-norm-false-seed-0.json");
  });

  it("writes nothing outside the folder, whatever a record calls its dataset, its method and its protocol", async () => {
    await put(
      changed(0, { dataset: "../../../x" }),
      changed(1, { dataset: "/" }),
      changed(2, { methodLabel: "../../../../y" }),
      changed(3, {}, { protocol: ".." }),
      changed(4, { dataset: "..", methodLabel: "/elsewhere/z" }, { protocol: "../../.." }),
    );
    await writeTables(from, out(), false);
    const below = files(join(from, ".."));
    expect(below.filter((path) => !/^(from|a\/b\/out)\//.test(path))).toEqual([]);
    expect(below.filter((path) => /^a\/.*\/records\//.test(path))).toHaveLength(5);
  });

  it("keeps records and tables apart whose names would be one", async () => {
    const [first, second] = [{ x: 1 }, { x: 2 }];
    await put(
      changed(0, { methodLabel: "A (x)", options: first }),
      changed(0, { methodLabel: "A x", options: second }),
      changed(1, {}, { protocol: "other/1" }),
      changed(1, {}, { protocol: "other-1" }),
    );
    await writeTables(from, out(), false);
    const written = files(out());
    expect(written.filter((path) => path.endsWith(".json"))).toHaveLength(4);
    expect(written.filter((path) => path.endsWith("table.csv"))).toHaveLength(3);
  });

  it("copies no record where there can be no table", async () => {
    const again = { finishedAt: "2030-01-01T00:00:00.000Z", identity: "0".repeat(64) };
    await put(changed(0, {}), changed(0, {}, again));
    await expect(writeTables(from, out(), false)).rejects.toThrow("two different records of one cell");
    expect(existsSync(out())).toBe(false);
  });
});
