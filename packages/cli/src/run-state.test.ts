// Runs whose files are damaged, missing, left over, or in use by another process, and runs that continue a shorter one.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { bench, type Finished } from "./bench.test.data.ts";
import { goHere, runHere } from "./here.test.data.ts";
import { cell, go, place, run, sha } from "./tiny-place.test.data.ts";

let firstRun: Finished;
/** The folder of the run, and its files when it had finished. */
let folder: string;
let finishedFiles: Record<string, Buffer>;
const pathOf = (name: string) => join(folder, name);
const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));

beforeAll(async () => {
  firstRun = await run("--json", "--out", "state", "--tensorboard", "curves");
  expect(firstRun.code, firstRun.stderr).toBe(0);
  folder = join(place, dirname(String(firstRun.json.record)));
  finishedFiles = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(pathOf(name))]));
}, 120_000);

const restore = () => {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  for (const [name, bytes] of Object.entries(finishedFiles)) writeFileSync(pathOf(name), bytes);
};
const flip = (path: string, bit: number) => {
  const bytes = readFileSync(path);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  writeFileSync(path, bytes);
};

it("writes the files of a finished run and its training state, and nothing else", () => {
  expect(Object.keys(finishedFiles).sort()).toEqual([
    "loss.png",
    "metrics.jsonl",
    "record.base.webp",
    "record.json",
    "record.real.webp",
    "record.samples.webp",
    "sheet.png",
    "state.safetensors",
    "weights.safetensors",
  ]);
  const record = read(pathOf("record.json"));
  expect(record.weights.trainedBytes).toBe(finishedFiles["weights.safetensors"]!.length);
  expect(record.otherLoad).toBeGreaterThanOrEqual(0);
  expect(record.training.fixedBatchLoss.map(({ step }: { step: number }) => step)).toEqual([0, 12]);
});

it("writes a line for each training step, with the losses of the record, and TensorBoard's file of the run", () => {
  const lines = String(finishedFiles["metrics.jsonl"])
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const { training } = read(pathOf("record.json"));
  for (const { step, value } of training.loss) expect(lines[step].loss).toBeCloseTo(value, 5);
  for (const { step, value } of training.fixedBatchLoss) expect(lines[step].fixedBatchLoss).toBeCloseTo(value, 5);
  expect(lines[12]).toMatchObject({ learningRate: training.learningRate, stepMilliseconds: expect.any(Number) });
  const curves = readdirSync(join(place, "curves", relative(join(place, "state"), folder)));
  expect(curves).toEqual([expect.stringMatching(/^events\.out\.tfevents\.\d{10}\.dit-bench\.000000$/)]);
});

describe("a record in the folder of the run", () => {
  it.each<[string, () => void, string]>([
    ["cut short", () => truncateSync(pathOf("record.json"), 700), "it is not JSON"],
    ["zeroed", () => writeFileSync(pathOf("record.json"), Buffer.alloc(3000)), "it is not JSON"],
    [
      "missing a field",
      () => writeFileSync(pathOf("record.json"), '{"schema": 1, "protocol": "x", "cell": {}}'),
      "not a valid record",
    ],
    [
      "a folder",
      () => {
        rmSync(pathOf("record.json"));
        mkdirSync(join(pathOf("record.json"), "something"), { recursive: true });
      },
      "moved to",
    ],
  ])("is replaced, with equal metrics and without training, if it is %s", async (_, damage, why) => {
    restore();
    damage();
    const again = await runHere("--json", "--out", "state");
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain(why);
    expect(again.stderr).toContain("the cell is run again");
    expect(again.stderr).not.toContain("train:");
    expect(again.json).toMatchObject({ already: false, fid: firstRun.json.fid, kid: firstRun.json.kid });
    expect(sha(again.json.weights)).toBe(sha(firstRun.json.weights));
  });

  it("is refused and kept if a newer version wrote it", async () => {
    restore();
    const record = { ...read(pathOf("record.json")), schema: 2 };
    writeFileSync(pathOf("record.json"), JSON.stringify(record));
    const refused = await runHere("--out", "state");
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/written by a newer version .* or delete the file to run the cell again/);
    expect(read(pathOf("record.json"))).toEqual(record);
  });

  it("is refused if it describes other images, without advice to delete it", async () => {
    restore();
    const record = read(pathOf("record.json"));
    const { digest: _, ...withoutDigest } = {
      ...record,
      identity: "0".repeat(64),
      data: { ...record.data, fingerprint: "x" },
    };
    writeFileSync(pathOf("record.json"), JSON.stringify(withoutDigest));
    const refused = await runHere("--out", "state");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("the record of another run (other images); choose another --out");
    expect(refused.stderr).not.toContain("delete");
  });
});

describe("trained weights of a finished run", () => {
  it.each<[string, () => void, string]>([
    ["cut short", () => truncateSync(pathOf("weights.safetensors"), 100), "has 100 bytes"],
    ["missing", () => rmSync(pathOf("weights.safetensors")), "is missing"],
    ["changed in one bit", () => flip(pathOf("weights.safetensors"), 8 * 3000 + 2), "its SHA-256 is not the one"],
    [
      "replaced by a folder",
      () => {
        rmSync(pathOf("weights.safetensors"));
        mkdirSync(pathOf("weights.safetensors"));
      },
      "is a folder",
    ],
  ])("are made again from the kept state, without a change to the record, if they are %s", async (_, damage, why) => {
    restore();
    damage();
    if (existsSync(pathOf("weights.safetensors"))) {
      const refused = await goHere(
        "sample",
        "--run",
        folder,
        "--recipe",
        join(place, "tiny"),
        "--count",
        "1",
        "--output",
        "s",
      );
      expect(refused.code).toBe(4);
      expect(refused.stderr).toContain("run its cell again");
    }
    const again = await runHere("--json", "--out", "state");
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain(why);
    expect(again.stderr).toContain("the weights are made again");
    expect(again.stderr).toContain("made again: weights.safetensors");
    expect(again.json).toMatchObject({ already: true, remade: ["weights.safetensors"] });
    expect(again.stderr).not.toMatch(/train:|sample:/);
    for (const [name, bytes] of Object.entries(finishedFiles))
      expect(readFileSync(pathOf(name)).equals(bytes), name).toBe(true);
  });

  it("are trained again to the same bytes if the kept state is damaged, too", async () => {
    restore();
    truncateSync(pathOf("weights.safetensors"), 100);
    flip(pathOf("state.safetensors"), 8 * 5000);
    rmSync(pathOf("sheet.png"));
    const again = await runHere("--json", "--out", "state");
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toMatch(/the kept training state is not used: .*does not match its SHA-256/);
    expect(again.stderr).toContain("train: 12 steps");
    expect(again.json).toMatchObject({ already: true, remade: ["weights.safetensors", "sheet.png"] });
    for (const name of ["record.json", "weights.safetensors", "sheet.png"])
      expect(readFileSync(pathOf(name)).equals(finishedFiles[name]!), name).toBe(true);
  });
});

it("makes a missing contact sheet and a damaged chart again, with the same bytes", async () => {
  restore();
  rmSync(pathOf("sheet.png"));
  truncateSync(pathOf("loss.png"), 50);
  const again = await runHere("--json", "--out", "state");
  expect(again.code, again.stderr).toBe(0);
  expect(again.json).toMatchObject({ already: true, remade: ["sheet.png", "loss.png"] });
  for (const [name, bytes] of Object.entries(finishedFiles))
    expect(readFileSync(pathOf(name)).equals(bytes), name).toBe(true);
});

it("refuses a damaged checkpoint, names the file to delete, and writes no record", async () => {
  restore();
  for (const name of ["record.json", "weights.safetensors"]) rmSync(pathOf(name));
  renameSync(pathOf("state.safetensors"), pathOf("checkpoint.safetensors"));
  const size = statSync(pathOf("checkpoint.safetensors")).size;
  for (let i = 0; i < 4; i++) {
    const bit = 8 * Math.floor(((i + 0.5) / 4) * size) + 6; // also in exponents, where a flipped bit can give NaN
    flip(pathOf("checkpoint.safetensors"), bit);
    const refused = await runHere("--out", "state");
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/checkpoint\.safetensors: .*; delete it to train from the start/);
    expect(existsSync(pathOf("record.json"))).toBe(false);
    flip(pathOf("checkpoint.safetensors"), bit);
  }
  const resumed = await runHere("--json", "--out", "state");
  expect(sha(resumed.json.weights)).toBe(sha(firstRun.json.weights));
});

it("replaces damaged samples of the base model, prints why, and computes equal metrics", async () => {
  const base = join(folder, "../../../base");
  const path = join(base, readdirSync(base).find((name) => name.startsWith("samples-seed-0"))!);
  const before = readFileSync(path);
  for (const [damage, why] of [
    [() => flip(path, 8 * (before.length - 100)), "does not match its SHA-256"],
    [() => truncateSync(path, 200), "truncated"],
    [
      () => {
        rmSync(path);
        mkdirSync(path);
      },
      "is a folder",
    ],
  ] as const) {
    restore();
    rmSync(pathOf("record.json"));
    damage();
    const again = await runHere("--json", "--out", "state");
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toMatch(new RegExp(`the base model's samples are made again: .*${why}`));
    expect(again.json).toMatchObject({ fid: firstRun.json.fid, baseFid: firstRun.json.baseFid });
    expect(readFileSync(path).equals(before)).toBe(true);
  }
});

describe("processes on one cell", () => {
  it("train it once: the second process waits and finds the record", async () => {
    const args = [...cell, "--set", "training.steps=150", "--json", "--out", "twice"];
    const results = await Promise.all([go(...args), go(...args)]);
    for (const { code, stderr } of results) expect(code, stderr).toBe(0);
    const [done, waited] = results[0]!.json.already ? [results[1]!, results[0]!] : [results[0]!, results[1]!];
    expect(done.json.already).toBe(false);
    expect(waited.json).toMatchObject({ already: true, remade: [], fid: done.json.fid });
    expect(waited.stderr).toMatch(/waiting for process \d+, which runs this cell/);
    expect(waited.stderr).not.toMatch(/train:|sample:/);
    expect(readdirSync(join(place, dirname(String(done.json.record))))).not.toContain(".lock");
  });

  it("share its samples: the second one makes a part of them while it waits", async () => {
    const long = ["sampling.images=320", "sampling.respacing=ddim50"].flatMap((setting) => ["--set", setting]);
    const args = [...cell, "--set", "training.steps=60", ...long, "--json"];
    const alone = await goHere(...args, "--out", "alone");
    const results = await Promise.all([go(...args, "--out", "shared"), go(...args, "--out", "shared")]);
    for (const { code, stderr, json } of results) {
      expect(code, stderr).toBe(0);
      expect(json).toMatchObject({ fid: alone.json.fid, kid: alone.json.kid, baseFid: alone.json.baseFid });
    }
    const waited = results.find(({ json }) => json.already)!;
    expect(waited.stderr).toContain("this process makes a part of the samples meanwhile");
    const left = readdirSync(join(place, dirname(String(waited.json.record))));
    expect(left.filter((name) => name === "samples" || name.startsWith(".lock"))).toEqual([]);
  });

  it("stop waiting on Ctrl-C", async () => {
    const args = [...cell, "--set", "training.steps=3000", "--out", "waiting"];
    let holder: import("node:child_process").ChildProcess | undefined;
    const holderEnd = bench(args, {
      cwd: place,
      watch: (stderr, child) => {
        if (/train: /.test(stderr)) holder = child;
      },
    });
    while (!holder) await new Promise((done) => setTimeout(done, 50));
    const waiting = await bench(args, {
      cwd: place,
      watch: (stderr, child) => /waiting for/.test(stderr) && !/stopping/.test(stderr) && child.kill("SIGINT"),
    });
    holder.kill("SIGKILL");
    await holderEnd;
    expect(waiting.code).toBe(130);
    expect(waiting.stderr).toContain("stopped while waiting for another process");
  });

  it("exit with code 74 if the lock cannot be made", async () => {
    restore();
    rmSync(pathOf("record.json"));
    mkdirSync(join(pathOf(".lock"), "something"), { recursive: true });
    const refused = await runHere("--out", "state");
    expect(refused.code).toBe(74);
    expect(refused.stderr).toMatch(/the lock .*\.lock cannot be made .*; remove that folder, or choose another --out/);
    rmSync(pathOf(".lock"), { recursive: true });
  });
});

it("removes temporary files of a killed process, and takes over its lock", async () => {
  restore();
  rmSync(pathOf("record.json"));
  const leftovers = [".record.json.0123456789ab.tmp", ".checkpoint.safetensors.ba9876543210.tmp"];
  for (const name of leftovers) writeFileSync(pathOf(name), "torn");
  writeFileSync(pathOf("checkpoint.safetensors"), finishedFiles["state.safetensors"]!);
  writeFileSync(pathOf(".lock"), "");
  const again = await runHere("--json", "--out", "state");
  expect(again.code, again.stderr).toBe(0);
  expect(readdirSync(folder).sort()).toEqual(Object.keys(finishedFiles).sort());
});

describe("a finished run", () => {
  const runSteps = (out: string, steps: number, ...more: string[]) =>
    runHere("--json", "--out", out, "--set", `training.steps=${steps}`, ...more);

  it("continues with more steps to the same bits as a run of that length", async () => {
    restore();
    const straight = await runSteps("straight", 40);
    const continued = await runSteps("state", 40);
    expect(continued.stderr).toMatch(/continuing after step 12 of state\/.*state\.safetensors/);
    expect(sha(continued.json.weights)).toBe(sha(straight.json.weights));
    const [a, b] = [straight, continued].map(({ json }) => read(join(place, String(json.record))));
    expect(b.training).toEqual({
      ...a.training,
      continuedFrom: { steps: 12, identity: read(pathOf("record.json")).identity },
    });
    expect(b.metrics).toEqual(a.metrics);
    for (const [name, bytes] of Object.entries(finishedFiles))
      expect(readFileSync(pathOf(name)).equals(bytes), name).toBe(true);
  });

  it("is not trained again for different sampling or metrics settings", async () => {
    restore();
    const other = await runHere(
      "--json",
      "--out",
      "state",
      "--set",
      "sampling.guidance=2",
      "--set",
      "metrics.resamples=30",
    );
    expect(other.code, other.stderr).toBe(0);
    expect(other.stderr).toContain("continuing after step 12 of");
    expect(other.stderr).not.toContain("train:");
    expect(other.json.fid).not.toBe(firstRun.json.fid);
  });

  it("is trained from the start for any different training setting", async () => {
    for (const change of ["training.labelDropout=0.2", "training.emaDecay=0.9", "data.flip=false"]) {
      const other = await runHere("--out", "state", "--set", change);
      expect(other.stderr, change).not.toContain("continuing");
    }
  });

  it("keeps no training state with --keep-state never, and prints that", async () => {
    const never = await runHere("--json", "--out", "never", "--keep-state", "never");
    expect(never.stderr).toMatch(/the training state \(.*\) is not kept: .* start it with --keep-state always/);
    expect(readdirSync(join(place, dirname(String(never.json.record))))).not.toContain("state.safetensors");
    const plan = await runHere("--out", "never", "--dry-run", "--keep-state", "never");
    expect(plan.stdout).toContain("training state, removed at the end");
    expect((await runHere("--out", "never", "--dry-run")).stdout).toContain(
      "training state, kept for further training",
    );
  });
});
