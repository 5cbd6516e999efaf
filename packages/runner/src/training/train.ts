// The training loop: runs the compiled step on each batch, records losses, and writes checkpoints.

import type { Compiled, Engine, Values } from "@dit-bench/compiler";
import { type AdamWOptions, adamwCoefficients } from "@dit-bench/diffusion";
import { size } from "@dit-bench/method";
import { BenchError, Interrupted, NotFiniteSamples } from "../errors.ts";
import type { Listener } from "../events.ts";
import { firstNotFinite } from "../first-not-finite.ts";
import { type Progress, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { addCosts, type Costs, costsOf, meanStepTime, withCompilation } from "./costs.ts";
import { type FidCurve, pointsOf } from "./fid-curve.ts";
import { compileFixedBatch, type FixedBatch, type FixedBatchLoss } from "./fixed-batch.ts";
import { unflatten } from "./flat.ts";
import type { EarlierState } from "./kept-state.ts";
import { initialState, type StepDescription, stateNames, type TrainingState, trainingStep } from "./optimizer-step.ts";
import { measureOtherLoad } from "./other-load.ts";
import { linesOf, type OpenStepLog, type StepLog } from "./step-log.ts";

export interface Training {
  readonly engine: Engine;
  readonly step: StepDescription;
  /** Initial values of the trainable weights, by name. */
  readonly start: Readonly<Record<string, Float32Array>>;
  readonly steps: number;
  /** Settings of AdamW at `step`, counted from 0. Only the learning rate may differ between steps. */
  optimizer(step: number): AdamWOptions;
  /** Inputs of `step`, counted from 0. They depend on the step alone, so that a resumed training repeats them. */
  batch(step: number): Values;
  readonly fixedBatch?: FixedBatch;
  /** Gets a line for each step. */
  readonly log?: OpenStepLog;
  /** FID over training; absent if it is not computed. */
  readonly fidCurve?: FidCurve | undefined;
  /** The checkpoint file, and the run that it belongs to. */
  readonly checkpoint: { readonly path: string; readonly identity: string; readonly lineage: string };
  /** A state of a shorter training, from which this one may continue if it has no checkpoint. */
  earlier?(parameters: number): Promise<EarlierState | undefined>;
  /** What this process has spent on the run so far, without the compilation of the training step. */
  spent?(): Costs;
  readonly listener: Listener;
}

export interface Trained extends Omit<Progress, "step" | "otherCoreSeconds" | "costs"> {
  /** Exponential moving average of the weights. Sampling uses these. */
  readonly ema: Record<string, Float32Array>;
  /** Seconds that this process compiled the training step. */
  readonly compileSeconds: number;
  /** Costs of the earlier processes of the run, and of the shorter run that it continued, up to their checkpoints. */
  readonly earlierCosts: Costs;
  /** Mean number of cores that other processes used during training. */
  readonly otherLoad: number;
}

/** A loss, or a weight or the loss of the averaged weights after the last step, is not finite. */
export class Diverged extends BenchError {
  readonly trained: Omit<Trained, "ema">;
  constructor(
    what: string,
    trained: Omit<Trained, "ema">,
    advice = "try a lower learning rate, with --set learningRate=RATE",
  ) {
    super("diverged", `training diverged: ${what}; ${advice}`);
    this.trained = trained;
  }
}

/** Minimum seconds between two checkpoints, and the minimum as a multiple of the time that the last one took. */
const CHECKPOINT_SECONDS = 4;
const CHECKPOINT_SHARE = 20;

/**
 * Trains all steps. Starts from the checkpoint, else from the state that `earlier` finds, else from `start`. Leaves a
 * checkpoint of the last step, unless the earlier state was already at the last step.
 *
 * @throws Diverged if a loss, a final weight or the loss of the final weights is not finite
 * @throws Interrupted if the listener asks to stop; the checkpoint is written first
 * @throws BenchError (data) if the checkpoint is damaged, or belongs to another run or engine
 */
export async function train(task: Training): Promise<Trained> {
  const { checkpoint, engine, fixedBatch, fidCurve, listener, steps } = task;
  const parameters = task.step.trainable.reduce((sum, { shape }) => sum + size(shape), 0);
  const owner = { identity: checkpoint.identity, lineage: checkpoint.lineage, engine: engine.name };
  const own = readCheckpoint(checkpoint.path, owner, parameters);
  const kept = own ? undefined : await task.earlier?.(parameters);
  const isSameRun = own !== undefined || kept?.identity === checkpoint.identity;
  const { state, ...done } = own ?? kept ?? { state: initialState(task.step.trainable, task.start), ...NOTHING_DONE };
  const losses = [...done.losses];
  const fixedBatchLoss = fixedBatch ? done.fixedBatchLoss.filter(({ step }) => fixedBatch.isDue(step)) : [];
  const fidPoints = fidCurve ? pointsOf(fidCurve, done, isSameRun) : [];
  const fid = fidCurve && { fid: { key: fidCurve.key, points: fidPoints } };
  const resumes = done.resumes + (own && own.step < steps ? 1 : 0);
  const { continuedFrom } = done;
  const earlierCosts = costsOf(done);
  const result = (
    ema: Float32Array,
    stepMilliseconds: number,
    compileSeconds: number,
    { seconds, otherCoreSeconds }: Pick<Progress, "seconds" | "otherCoreSeconds">,
  ): Trained => ({
    ema: unflatten(task.step.trainable, ema),
    losses,
    fixedBatchLoss,
    ...fid,
    stepMilliseconds,
    compileSeconds,
    earlierCosts,
    seconds,
    otherLoad: seconds > 0 ? Math.max(0, otherCoreSeconds / seconds) : 0,
    resumes,
    ...(continuedFrom ? { continuedFrom } : {}),
  });
  const openLog = () => task.log?.(linesOf({ losses, fixedBatchLoss }, (step) => task.optimizer(step).lr));
  if (done.step >= steps) {
    openLog()?.close();
    return checkFinite(result(state.ema, done.stepMilliseconds, 0, done));
  }
  if (own) listener.note?.(`resuming after step ${own.step} of ${steps}`);

  listener.stage?.("compile");
  const compileStart = performance.now();
  const compiled = await engine.compile(...trainingStep(task.step));
  const compileSeconds = (performance.now() - compileStart) / 1e3;
  let evaluation: FixedBatchLoss | undefined;
  let log: StepLog | undefined;
  try {
    if (fixedBatch) evaluation = await compileFixedBatch(engine, fixedBatch);
    await moveState(state, compiled);
    const clock = trainingClock(done);
    const milliseconds: number[] = [];
    const stepTime = () => meanStepTime(done, { step: milliseconds.length, stepMilliseconds: median(milliseconds) });
    const isPointDue = (step: number) => fidCurve?.isDue(step) === true && isMissing(fidPoints, step);
    const evaluate = async (step: number) => {
      if (evaluation && fixedBatch?.isDue(step) && isMissing(fixedBatchLoss, step)) {
        const { of } = evaluation;
        await clock.pausedFor(async () => {
          fixedBatchLoss.push({ step, value: await of((await stateOf(compiled)).ema) });
        });
      }
      if (fidCurve && isPointDue(step)) {
        try {
          await clock.pausedFor(async () => {
            const ema = unflatten(task.step.trainable, Float32Array.from((await stateOf(compiled)).ema));
            if (findNotFinite(ema) !== undefined) return; // the training diverges at its end
            fidPoints.push(await fidCurve.measure(step, ema));
          });
        } catch (error) {
          if (!(error instanceof NotFiniteSamples) || step === 0) throw error;
          throw new Diverged(
            `the samples after step ${step} are not finite (${error.problem})`,
            result(new Float32Array(parameters), stepTime(), compileSeconds, clock.spent()),
          );
        }
        if (step > done.step && step < steps) listener.stage?.("train", `from step ${step} of ${steps}`);
      }
    };
    await evaluate(done.step);
    await clock.pausedFor(async () => {
      log = openLog();
    });
    listener.stage?.("train", `${steps} step${steps === 1 ? "" : "s"}`);
    let nextCheckpoint = performance.now() + 1e3 * CHECKPOINT_SECONDS;
    const saveCheckpoint = async (step: number) => {
      const before = performance.now();
      writeCheckpoint(checkpoint.path, owner, {
        step,
        state: await stateOf(compiled),
        losses,
        fixedBatchLoss,
        ...fid,
        ...clock.spent(),
        stepMilliseconds: stepTime(),
        ...(task.spent && {
          costs: addCosts(earlierCosts, withCompilation(task.spent(), compileSeconds)),
        }),
        resumes,
        ...(continuedFrom ? { continuedFrom } : {}),
      });
      const now = performance.now();
      nextCheckpoint = now + Math.max(1e3 * CHECKPOINT_SECONDS, CHECKPOINT_SHARE * (now - before));
    };
    for (let step = done.step; step < steps; step++) {
      const before = performance.now();
      const { loss } = await compiled.run({ ...task.batch(step), ...adamwInputs(step + 1, task.optimizer(step)) });
      const value = (loss as Float32Array)[0]!;
      milliseconds.push(performance.now() - before);
      losses.push(value);
      const line = {
        step: step + 1,
        loss: value,
        learningRate: task.optimizer(step).lr,
        stepMilliseconds: Number(milliseconds.at(-1)!.toFixed(3)),
      };
      if (!Number.isFinite(value)) {
        log?.append(line);
        const trained = result(new Float32Array(parameters), stepTime(), compileSeconds, clock.spent());
        throw step === 0
          ? divergedAtStart(task.step, value, trained)
          : new Diverged(`the loss of step ${step} is ${value}`, trained);
      }
      listener.progress?.(step + 1, steps, `loss ${value.toFixed(4)}`);
      const last = step + 1 === steps;
      // A point may take minutes. If the process ends meanwhile, the steps are kept, and the point is measured after
      // the resume. A checkpoint of the last step would not be trained further, so it is written with all its points.
      if (!last && isPointDue(step + 1)) await saveCheckpoint(step + 1);
      await evaluate(step + 1);
      const evaluated = fixedBatchLoss.at(-1);
      log?.append(evaluated?.step === step + 1 ? { ...line, fixedBatchLoss: evaluated.value } : line);
      const stop = !last && listener.stopping?.();
      if (last || stop || performance.now() > nextCheckpoint) await saveCheckpoint(step + 1);
      if (stop)
        throw new Interrupted(`stopped after step ${step + 1} of ${steps}; run the same command again to continue`);
    }
    const { ema } = await stateOf(compiled);
    return checkFinite(result(ema, stepTime(), compileSeconds, clock.spent()));
  } finally {
    log?.close();
    await evaluation?.dispose();
    await compiled.dispose();
  }
}

/** The first loss is computed before any update, so the method or the base model is at fault, not the learning rate. */
function divergedAtStart({ blame, plugin }: StepDescription, value: number, trained: Omit<Trained, "ema">): Diverged {
  const problem = `the loss of step 0 is ${value}, before any weight has changed`;
  const advice =
    plugin === undefined
      ? "check the base model, or choose another --engine"
      : "'bench check-method' shows whether the method computes numbers that are not finite";
  return new Diverged(blame?.(problem).message ?? problem, trained, `no learning rate helps: ${advice}`);
}

const isMissing = (points: readonly { readonly step: number }[], step: number): boolean =>
  points.every((point) => point.step !== step);

const NOTHING_DONE: Progress = {
  step: 0,
  losses: [],
  fixedBatchLoss: [],
  seconds: 0,
  otherCoreSeconds: 0,
  stepMilliseconds: 0,
  resumes: 0,
};

/** Measures training time and the load of other processes. Adds both to `before`; evaluations are not counted. */
function trainingClock(before: Pick<Progress, "seconds" | "otherCoreSeconds">) {
  let spent = { seconds: before.seconds, otherCoreSeconds: before.otherCoreSeconds };
  let started = performance.now();
  let other = measureOtherLoad();
  const now = () => ({
    seconds: spent.seconds + (performance.now() - started) / 1e3,
    otherCoreSeconds: spent.otherCoreSeconds + other(),
  });
  return {
    spent: now,
    async pausedFor(work: () => Promise<void>): Promise<void> {
      const until = now();
      try {
        await work();
      } finally {
        spent = until;
        started = performance.now();
        other = measureOtherLoad();
      }
    },
  };
}

/**
 * Checks the weights, and their loss if it was evaluated: the loss of a step is computed before its update, so it does
 * not show a bad last update. Finite weights may be so large that the model's output is not finite.
 */
function checkFinite(trained: Trained): Trained {
  const bad = findNotFinite(trained.ema);
  if (bad !== undefined) throw new Diverged(`the weight '${bad.name}' became ${bad.value}`, trained);
  if (trained.fixedBatchLoss.at(-1)?.value === null)
    throw new Diverged("the loss of the averaged weights is not finite after the last step", trained);
  return trained;
}

/** The first value that is not finite. */
function findNotFinite(
  weights: Readonly<Record<string, Float32Array>>,
): { readonly name: string; readonly value: number } | undefined {
  for (const [name, values] of Object.entries(weights)) {
    const index = firstNotFinite(values);
    if (index >= 0) return { name, value: values[index]! };
  }
  return undefined;
}

function adamwInputs(step: number, options: AdamWOptions): Values {
  return Object.fromEntries(Object.entries(adamwCoefficients(step, options)).map(([name, v]) => [`adamw.${name}`, v]));
}

/** Moves the state into the engine one vector at a time, so that at most one vector is in memory twice. */
async function moveState(state: Partial<TrainingState>, compiled: Compiled): Promise<void> {
  for (const name of stateNames) {
    await compiled.setState({ [name]: state[name]! });
    delete state[name];
  }
}

/** The current state. The arrays are views, valid until the next step. */
async function stateOf(compiled: Compiled): Promise<TrainingState> {
  const state = await compiled.getState("view");
  return Object.fromEntries(stateNames.map((name) => [name, state[name]])) as unknown as TrainingState;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
