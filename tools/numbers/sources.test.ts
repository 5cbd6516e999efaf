// Tests the sources: their answers are the published tables' numbers, and unknown words are errors with advice.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findRecords, type RunRecord } from "@dit-bench/record";
import { comparison } from "@dit-bench/report";
import { describe, expect, it } from "vitest";
import { ask } from "./ask.mjs";
import { answering } from "./sources/records.mjs";
import { sources } from "./sources/table.mjs";

const page = (path: string) => readFileSync(new URL(`../../results/${path}`, import.meta.url), "utf8");
const { records: found } = await findRecords(fileURLToPath(new URL("../../results/mini", import.meta.url)));
const records = found.map(({ record }) => record).filter(({ tuning }) => tuning === undefined);
const askOf = (changed: readonly RunRecord[]) => {
  const answer = answering(comparison(changed));
  return (question: string) => answer(question.split(" "));
};

const places = [...new Set(records.map(({ cell }) => cell.dataset))];
const placeOf = ({ cell }: RunRecord): number => places.indexOf(cell.dataset);
/** A number of the dataset: differences that are equal on all datasets separate nothing. */
const small = (record: RunRecord): number => 0.01 * placeOf(record);

describe("source mini", () => {
  const table = page("mini/table.md");

  it("has the average, the interval and the costs of the published table", async () => {
    for (const [method, label] of [
      ["difffit", "DiffFit"],
      ["lora", "LoRA-R8"],
      ["base", "Base model"],
    ]) {
      const [mean, interval] = [await ask(`mini fid ${method}`), await ask(`mini fid ${method} interval`)];
      expect(table).toContain(`| ${label} | ${mean} [${interval.replace(" to ", ", ")}] |`);
    }
    expect(table).toContain(`| ${await ask("mini trainableParameters difffit")} |`);
    expect(table).toContain(`| DiffFit | ${await ask("mini fid difffit artbench")} ± `);
    expect(table).toContain(await ask("mini answer"));
    expect(table).toContain(await ask("mini table"));
  });

  it("has columns that are chosen", async () => {
    expect(await ask("mini table rank storedBytes")).toMatch(/^\| Method \| Rank \| Stored \|\n/);
  });

  it("has the difference of two methods in either order, with its interval and verdict", () => {
    const answer = askOf(records);
    const values = (method: string) => comparison(records).rows.find((row) => row.method === method)!.average!.mean;
    expect(answer("difference full vpt")).toBe((values("vpt") - values("full")).toFixed(2));
    expect(answer("difference vpt full")).toBe(answer("difference full vpt"));
    expect(answer("difference vpt full interval")).toBe(answer("difference full vpt interval"));
    expect(answer("difference full base lower")).toBe("8 of 8");
    expect(answer("difference base full lower")).toBe("0 of 8");
    expect(answer("verdict full base")).toBe("better than");
    expect(answer("verdict base full")).toBe("worse than");
  });

  it("follows records whose order changed", () => {
    const factor: Record<string, number> = { full: 1, bitfit: 2, lora: 3, adaptformer: 4, vpt: 5, difffit: 6 };
    const changed = records.map((record) => ({
      ...record,
      metrics: record.metrics && {
        ...record.metrics,
        fid: (5 + small(record)) * factor[record.cell.method]! + record.cell.seed,
        scores: { heldOutFid: { value: 100 - factor[record.cell.method]! } },
      },
    }));
    const answer = askOf(changed);
    expect(answer("order")).toBe("Full, BitFit, LoRA-R8, AdaptFormer, VPT-Deep, DiffFit");
    expect(answer("order fid")).toBe(answer("order"));
    expect(answer("order heldOutFid")).toBe("DiffFit, VPT-Deep, AdaptFormer, LoRA-R8, BitFit, Full");
    expect(() => answer("order precision")).toThrow("no method has a precision");
    expect(() => answer("order rank")).toThrow("score 'rank' is not known");
    expect(answer("best")).toBe("BitFit");
    expect(answer("unseparated")).toBe("none");
    expect(answer("steps")).toContain("| Full, BitFit | 5.04 | 5.01 to 5.06 | 8 of 8 | yes |");
  });

  it("names the pairs that are not separated", () => {
    const other = new Map(records.map(({ cell, metrics }) => [`${cell.method} ${cell.dataset} ${cell.seed}`, metrics]));
    const changed = records.map((record) => {
      const { method, dataset, seed } = record.cell;
      const metrics = (method === "vpt" ? other.get(`lora ${dataset} ${seed}`) : record.metrics) ?? null;
      const sign = method === "vpt" ? (placeOf(record) % 2) * 2 - 1 : 0;
      return { ...record, metrics: metrics && { ...metrics, fid: metrics.fid + 0.1 * sign + 0.01 * Math.abs(sign) } };
    });
    const answer = askOf(changed);
    expect(answer("unseparated").split("; ")).toContain("LoRA-R8 and VPT-Deep");
    expect(answer("verdict vpt lora")).toBe("not separated from");
    expect(answer("steps")).toContain("| LoRA-R8, VPT-Deep | 0.01 | −0.08 to 0.10 | 4 of 8 | no |");
  });

  it("has tuned rates as rows of their own, beside the published ones", () => {
    const tuned = records
      .filter(({ cell }) => cell.method === "lora")
      .map((record) => ({
        ...record,
        cell: { ...record.cell, methodLabel: "LoRA-R8 (rate 0.03)" },
        training: { ...record.training, learningRate: 0.03 },
        metrics: record.metrics && { ...record.metrics, fid: record.metrics.fid - 5 + small(record) },
        tuning: { option: "learningRate", defaultIsBest: [{ method: "vpt", label: "VPT-Deep" }] } as NonNullable<
          RunRecord["tuning"]
        >,
      }));
    const answer = askOf([...records, ...tuned]);
    expect(answer("fid lora")).toBe(askOf(records)("fid lora"));
    expect(Number(answer("fid lora@tuned"))).toBeCloseTo(Number(answer("fid lora")) - 5, 1);
    expect(answer("fid vpt@tuned")).toBe(answer("fid vpt"));
    expect(() => answer("fid bitfit@tuned")).toThrow("method 'bitfit@tuned' is not known");
    expect(answer("order")).toBe(askOf(records)("order"));
    expect(() => askOf(records)("order tuned")).toThrow("no run has a tuned rate");
    expect(answer("order tuned")).toBe("LoRA-R8, VPT-Deep");
    expect(answer("order fid tuned")).toBe(answer("order tuned"));
    expect(answer("unseparated")).toBe(askOf(records)("unseparated"));
    expect(answer("unseparated tuned")).toBe("none");
    expect(answer("steps")).toBe(askOf(records)("steps"));
    expect(answer("steps tuned").split("\n").slice(2)).toEqual([
      expect.stringMatching(/^\| LoRA-R8 \(rate 0.03\), VPT-Deep \| \d\.\d\d \| .* \| 8 of 8 \| yes \|$/),
    ]);
    const [, , lora, vpt] = answer("rates").split("\n");
    expect(lora).toMatch(/^\| LoRA-R8 \| 0\.01 \| 0\.03 \| .* \| 4\.97 \| /);
    expect(vpt).toMatch(/^\| VPT-Deep \| \S+ \| the same \| (\S+) \| \1 \| – \| – \|$/);
    expect(answer("best")).toBe("LoRA-R8 (rate 0.03)");
    for (const question of ["best", "answer", "runs", "table fid rank"])
      expect(answer(`published ${question}`)).toBe(askOf(records)(question));
  });

  it("has runs of a variant as rows of their own, and what they start from", () => {
    const varied = records
      .filter(({ cell }) => cell.method === "lora")
      .map((record) => ({
        ...record,
        cell: {
          ...record.cell,
          methodLabel: "LoRA-R8 (positions continued)",
          variant: { name: "continued", title: "positions continued", settings: {} },
        },
        metrics: record.metrics && { ...record.metrics, fid: record.metrics.fid + 7 + small(record) / 10, baseFid: 99 },
      }));
    const answer = askOf([...records, ...varied]);
    expect(answer("fid lora")).toBe(askOf(records)("fid lora"));
    expect(Number(answer("fid lora+continued"))).toBeCloseTo(Number(answer("fid lora")) + 7, 1);
    expect(answer("difference lora+continued lora")).toBe("7.00");
    expect(answer("verdict lora+continued lora")).toBe("worse than");
    expect([answer("fid base"), answer("fid base+continued")]).toEqual([askOf(records)("fid base"), "99.00"]);
    expect(() => answer("fid base+resampled")).toThrow("method 'base+resampled' is not known");
  });
});

describe("every source", () => {
  it.each(sources)("$name has its files", async ({ open }) => {
    expect(await open()).toBeTypeOf("function");
  });
});

describe("the other sources", () => {
  it("have the numbers of the published pages", async () => {
    const precision = page("precision/README.md");
    const [difference, interval] = [await ask("precision difference cars"), await ask("precision interval cars")];
    expect(precision).toContain(`| ${difference} | ${interval} | ${await ask("precision percent cars")} |`);
    const speed = page("performance/495df84-2-threads-3-rounds.md");
    const ratio = await ask("speed amd-avx512 cpu lora torch.compile 384");
    const ms = await ask("speed amd-avx512 cpu lora ms 384");
    expect(speed).toMatch(new RegExp(`\\| LoRA-R8 \\| ${ms} \\| [^|]* \\| ${ratio} \\[`));
    expect(speed).toContain(
      `| 384x12 lora: the fastest PyTorch / ours | ≥ 1.00 | ${await ask("speed amd-avx512 cpu lora fastest 384")} |`,
    );
    expect(await ask("paper fid lora")).toBe("81.25");
    expect(await ask("paper fid lora cars")).toBe("76.24");
  });

  it("join widths, and have ranges and cells of several steps", async () => {
    expect(await ask("speed h200 cuda full;vpt ms")).toBe(
      `| – / ${await ask("speed h200 cuda full ms 384")} / – | – / – / –`,
    );
    const [low, high] = (await ask("speed amd-avx2 cpu all fastest 192")).split("–").map(Number);
    expect(low).toBeLessThan(high!);
    expect((await ask("speed h200 webgpu each ms 384")).split("|")).toHaveLength(1 + 7);
  });
});

describe("unknown words", () => {
  it.each([
    [
      "minni fid lora",
      "source 'minni' is not known; did you mean 'mini'? available: mini, high-resolution, paper, precision, speed",
    ],
    ["mini fidd lora", "question 'fidd' is not known; did you mean 'fid'? available: fid, rank, kid"],
    ["mini fid lorra", "method 'lorra' is not known; did you mean 'lora'? available: "],
    ["mini fid", "a method is missing; available: "],
    ["mini fid lora flower", "dataset 'flower' is not known; did you mean 'flowers'? available: "],
    ["mini fid lora flowers mean", "'mean' is one word too many: leave it out"],
    ["mini rank lora flowers", "a rank has no value for one dataset: leave 'flowers' out"],
    ["mini rank lora interval", "it has no interval"],
    ["mini difference lora vpt mean", "'mean' is not known; available: interval, lower"],
    ["mini table fidd", "there is no column 'fidd'"],
    ["paper fid llora", "method 'llora' is not known; did you mean 'lora'?"],
    ["precision difference carz", "method or dataset 'carz' is not known; did you mean 'cars'?"],
    ["speed amd-zen5 cpu lora ms", "machine 'amd-zen5' is not known; did you mean 'amd-zen4'?"],
    ["speed amd-avx512 cpu lora msec", "nothing was measured that fits all of these words; available: engines cpu;"],
    ["speed amd-avx512 cpu lora ms 200", "width '200' is not known; available: 192, 384, 1152"],
  ])("'%s' is an error with advice", async (expression, message) => {
    await expect(ask(expression)).rejects.toThrow(`'${expression}': ${message}`);
  });
});
