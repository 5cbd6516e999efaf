import type { RunRecord } from "@dit-bench/record";
import { expect, test } from "vitest";
import { type Comparison, comparison } from "./index.ts";
import { diverged, methods, syntheticRecords } from "./synthetic.test.data.ts";

/** Records of chosen FIDs: `fids[label][dataset][seed]`, null for a run that diverged. */
function recordsOf(fids: Record<string, Record<string, (number | null)[]>>): RunRecord[] {
  return Object.entries(fids).flatMap(([label, byDataset]) =>
    Object.entries(byDataset).flatMap(([dataset, values]) =>
      values.map((fid, seed) => {
        const method = { method: label === "Full" ? "full" : label, label, weights: 1000, quality: 1, time: 1 };
        const [record] = syntheticRecords({ methods: [method], datasets: [dataset], seeds: [seed] });
        if (fid === null) return diverged(record!);
        const metrics = { ...record!.metrics!, fid, fidInterval: [fid - 1, fid + 1] as [number, number], baseFid: 50 };
        return { ...record!, metrics };
      }),
    ),
  );
}

const row = ({ rows }: Comparison, label: string) => rows.find((candidate) => candidate.label === label)!;

test("a cell is the mean and the sample standard deviation over seeds", () => {
  const { cells } = row(comparison(recordsOf({ A: { food: [10, 12, 17], sun: [3] } })), "A");
  expect(cells[0]).toEqual({ fids: [10, 12, 17], seeds: [0, 1, 2], diverged: [], mean: 13, deviation: Math.sqrt(13) });
  expect(cells[1]).toMatchObject({ mean: 3, deviation: null });
});

test("the average counts each dataset once, with the interval of the spread over seeds", () => {
  const { average } = row(comparison(recordsOf({ A: { food: [10, 14], sun: [4, 6] } })), "A");
  // Variances of the means: 8/2 = 4 and 2/2 = 1; standard error of their average √5/2; degrees 25/(16 + 1).
  expect(average!.mean).toBe(8.5);
  expect(average!.standardError).toBeCloseTo(Math.sqrt(5) / 2, 12);
  const reach = average!.interval[1] - 8.5;
  expect(reach / average!.standardError).toBeGreaterThan(4.302); // t at two degrees
  expect(reach / average!.standardError).toBeLessThan(12.707); // t at one
  expect(average!.interval[0]).toBeCloseTo(8.5 - reach, 12);
});

test("with one seed, the interval of the average comes from the runs' own intervals", () => {
  const compared = comparison(recordsOf({ A: { food: [10], sun: [4] } }));
  expect(compared.noise).toBe("samples");
  const { average } = row(compared, "A");
  expect(average!.interval[0]).toBeCloseTo(7 - Math.SQRT2 / 2, 6); // two independent ± 1, averaged
  expect(average!.interval[1]).toBeCloseTo(7 + Math.SQRT2 / 2, 6);
});

test("a missing dataset is a gap, and leaves the row without average and rank", () => {
  const compared = comparison(recordsOf({ A: { food: [10, 11], sun: [4, 5] }, B: { food: [9, 9] } }));
  expect(row(compared, "B").cells[1]).toEqual({ fids: [], seeds: [], diverged: [], mean: null, deviation: null });
  expect(row(compared, "B").average).toBeNull();
  expect(row(compared, "B").rank).toBeNull();
  expect(row(compared, "A").average).not.toBeNull();
});

test("a diverged run is told apart from a missing one, and leaves the row without average", () => {
  const compared = comparison(
    recordsOf({ A: { food: [10, null, 12], sun: [4, 5, 6] }, B: { food: [null], sun: [1] } }),
  );
  expect(row(compared, "A").cells[0]).toMatchObject({ seeds: [0, 2], diverged: [1], mean: 11 });
  expect(row(compared, "A").average).toBeNull();
  expect(row(compared, "B").cells[0]).toMatchObject({ fids: [], diverged: [0], mean: null });
});

test("the floor has each base score once, however many methods scored it", () => {
  const records = recordsOf({ A: { food: [10, 11] }, B: { food: [12, 13] }, C: { sun: [null] } });
  const { floor } = comparison(records);
  expect(floor.cells[0]).toMatchObject({ fids: [50, 50], seeds: [0, 1] });
  expect(floor.cells[1]!.mean).toBeNull();
  expect(floor.average).toBeNull();
});

test("full fine-tuning comes first, then the averages from low to high, then the rows without one", () => {
  const { rows } = comparison(
    recordsOf({
      Gap: { food: [1] },
      High: { food: [20], sun: [20] },
      Full: { food: [30], sun: [30] },
      Low: { food: [10], sun: [10] },
    }),
  );
  expect(rows.map((candidate) => candidate.label)).toEqual(["Full", "Low", "High", "Gap"]);
  expect(rows.map((candidate) => candidate.ceiling)).toEqual([true, false, false, false]);
});

test("training time is relative to full fine-tuning of the same cell on the same machine", () => {
  const timed = (record: RunRecord, train: number): RunRecord => ({ ...record, times: { ...record.times, train } });
  const [full, a] = recordsOf({ Full: { food: [1], sun: [1] }, A: { food: [1], sun: [1] } }).reduce<RunRecord[][]>(
    ([fulls, as], record) => (record.cell.method === "full" ? [[...fulls!, record], as!] : [fulls!, [...as!, record]]),
    [[], []],
  ) as [RunRecord[], RunRecord[]];
  const records = [timed(full[0]!, 100), timed(full[1]!, 10), timed(a[0]!, 50), timed(a[1]!, 20)];
  expect(row(comparison(records), "A").relativeTime).toBeCloseTo(1, 12); // half and twice
  expect(row(comparison(records), "Full").relativeTime).toBe(1);

  const elsewhere = records.map((record) =>
    record.cell.method === "full" ? { ...record, machine: { ...record.machine, cpu: "another" } } : record,
  );
  expect(row(comparison(elsewhere), "A").relativeTime).toBeNull();
});

test("trainable parameters are averaged over datasets, because the class embedding differs", () => {
  const { trainable, percent } = row(comparison(syntheticRecords()), "BitFit");
  // 20,000 and a class embedding of 96 × (classes + 1): classes are 6, 8, 6, 6, 8, 4, 6, 6.
  expect(trainable).toEqual({ mean: 20_000 + 96 * 7.25, min: 20_000 + 96 * 5, max: 20_000 + 96 * 9 });
  expect(percent).toBeCloseTo(1.147, 2);
  expect(row(comparison(syntheticRecords()), "Full").percent).toBe(100);
});

test("the same records in another order make the same comparison", () => {
  const records = syntheticRecords({ methods: methods.slice(0, 3) });
  const shuffled = records.map((record, index) => ({ record, key: (index * 7) % records.length }));
  const other = shuffled.sort((a, b) => a.key - b.key).map(({ record }) => record);
  expect(other).not.toEqual(records);
  expect(comparison(other)).toEqual(comparison(records));
});
