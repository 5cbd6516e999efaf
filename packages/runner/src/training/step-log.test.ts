// What a training writes about its steps, through interruptions, kills and damaged files.

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { eventLog } from "./event-log.ts";
import { jsonLines, linesOf, openAll, type StepLine } from "./step-log.ts";

const folder = mkdtempSync(join(tmpdir(), "dit-bench-steps-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "metrics.jsonl");

/** The state of a training after `step` steps. */
const state = (step: number) => ({
  losses: Array.from({ length: step }, (_, i) => 1 / (i + 3)),
  fixedBatchLoss: [0, 2, 4].filter((point) => point <= step).map((point) => ({ step: point, value: 0.5 ** point })),
});
const done = (step: number) => linesOf(state(step), () => 1e-3);
/** Opens the file at a checkpoint, then appends the steps up to `last`. The file stays open, as after a kill. */
function train(from: number, last: number): void {
  const log = jsonLines(path)(done(from));
  for (const line of done(last).filter(({ step }) => step > from)) log.append({ ...line, stepMilliseconds: 7.125 });
}
const lines = (): StepLine[] =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const steps = () => lines().map(({ step }) => step);

describe("metrics.jsonl", () => {
  it("has a line for each step, with the fixed-batch loss where it was evaluated", () => {
    train(0, 3);
    expect(readFileSync(path, "utf8")).toBe(
      [
        '{"step":0,"fixedBatchLoss":1}',
        '{"step":1,"loss":0.333333333,"learningRate":0.001,"stepMilliseconds":7.125}',
        '{"step":2,"loss":0.25,"learningRate":0.001,"stepMilliseconds":7.125,"fixedBatchLoss":0.25}',
        '{"step":3,"loss":0.2,"learningRate":0.001,"stepMilliseconds":7.125}',
        "",
      ].join("\n"),
    );
  });

  it("has every step once after a resume from an earlier checkpoint, whatever a killed process had written", () => {
    train(0, 5);
    appendFileSync(path, '{"step":6,"lo');
    train(3, 6);
    expect(steps()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(
      lines()
        .slice(1)
        .every(({ stepMilliseconds }) => stepMilliseconds === 7.125),
    ).toBe(true);
  });

  it("is complete from the checkpoint alone if it is missing or damaged; only times of steps are lost", () => {
    for (const damage of [() => rmSync(path), () => writeFileSync(path, "x\n[]\nnull\n{}\n")]) {
      damage();
      train(4, 6);
      expect(steps()).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect(lines().map(({ stepMilliseconds }) => stepMilliseconds)).toEqual([
        ...Array(5).fill(undefined),
        7.125,
        7.125,
      ]);
      expect(lines()[4]).toMatchObject({ loss: expect.closeTo(1 / 6, 8), learningRate: 1e-3, fixedBatchLoss: 0.0625 });
    }
  });

  it("has null for a loss that is not finite", () => {
    jsonLines(path)([{ step: 1, loss: Number.NaN }]).close();
    expect(readFileSync(path, "utf8")).toBe('{"step":1,"loss":null}\n');
  });
});

describe("TensorBoard's event files", () => {
  /** A clock that advances by a quarter of a second. */
  const clock = () => {
    let ms = 1_700_000_000_000;
    return () => {
      ms += 250;
      return ms;
    };
  };
  const read = (run: string) =>
    Object.fromEntries(readdirSync(run).map((name) => [name, readFileSync(join(run, name)).toString("hex")]));

  it("equal the fixture, which tensorboard reads", () => {
    const run = join(folder, "fixture");
    const now = clock();
    const first = eventLog(run, now)([{ step: 0, fixedBatchLoss: 0.75 }]);
    for (const step of [1, 2, 300])
      first.append({
        step,
        loss: 1 / step,
        learningRate: 1e-3,
        stepMilliseconds: 7.125,
        ...(step === 2 && { fixedBatchLoss: 0.5 }),
      });
    first.close();
    const second = eventLog(run, now)(linesOf({ losses: [1, 0.5], fixedBatchLoss: [] }, () => 1e-3));
    second.append({ step: 3, loss: 0.125 });
    second.close();
    const fixture = fileURLToPath(new URL("fixtures/events/", import.meta.url));
    expect(read(run)).toEqual(read(fixture));
  });

  it("have the steps that are done only if the folder had no event file", () => {
    const run = join(folder, "late");
    eventLog(run, clock())(done(3)).close();
    eventLog(run, clock())(done(3)).close();
    const sizes = Object.values(read(run)).map((hex) => hex.length / 2);
    expect(sizes[0]).toBeGreaterThan(5 * sizes[1]!);
  });

  it("have all steps of a training that starts from step 0 in a folder with files of another one", () => {
    const run = join(folder, "again");
    eventLog(run, clock())(done(3)).close();
    eventLog(run, clock())([{ step: 0, fixedBatchLoss: 0.75 }]).close();
    const second = readFileSync(join(run, readdirSync(run).sort()[1]!));
    expect(second.includes("train/fixed_batch_loss")).toBe(true);
    const session = Buffer.from([0x10, 0, 0x3a, 2, 0x08, 1]); // Event.step 0, SessionLog.status START
    expect(second.includes(session)).toBe(true);
  });

  it("cause an error with advice if the folder cannot be made", () => {
    writeFileSync(join(folder, "a-file"), "");
    expect(() => openAll(eventLog(join(folder, "a-file")))([])).toThrow(
      /TensorBoard's files cannot be written to .*a-file .*choose another folder with --tensorboard/,
    );
  });
});
