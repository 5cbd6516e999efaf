// The training loop: batches in, losses out, a checkpoint now and then.

import type { Compiled, Engine, Values } from "@dit-bench/compiler";
import { type AdamWOptions, adamwCoefficients } from "@dit-bench/diffusion";
import { size } from "@dit-bench/method";
import { BenchError, Interrupted } from "../errors.ts";
import type { Listener } from "../events.ts";
import { type Checkpoint, type Progress, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { compileFixedBatch, type FixedBatch, type FixedBatchLoss } from "./fixed-batch.ts";
import { unflatten } from "./flat.ts";
import { initialState, type StepDescription, stateNames, type TrainingState, trainingStep } from "./optimizer-step.ts";
import { measureOtherLoad } from "./other-load.ts";

export interface Training {
  readonly engine: Engine;
  readonly step: StepDescription;
  /** Initial values of what trains. */
  readonly start: Readonly<Record<string, Float32Array>>;
  readonly steps: number;
  /** The optimizer's settings at step `step` (from 0); only the learning rate may change. */
  optimizer(step: number): AdamWOptions;
  /** Inputs of step `step` (from 0), a function of the step alone. */
  batch(step: number): Values;
  readonly fixedBatch?: FixedBatch;
  /** Where the unfinished training is kept, and whose it is. */
  readonly checkpoint: { readonly path: string; readonly identity: string; readonly lineage: string };
  /** Another state from which this training may continue where it has no checkpoint. */
  earlier?(parameters: number): Promise<Checkpoint | undefined>;
  readonly listener: Listener;
}

export interface Trained extends Omit<Progress, "step" | "otherCoreSeconds"> {
  /** Exponential moving average of the weights: the weights to sample from. */
  readonly ema: Record<string, Float32Array>;
  readonly compileSeconds: number;
  /** Mean number of cores that other processes used during training. */
  readonly otherLoad: number;
}

/** The loss, or at the end a weight, was not finite. */
export class Diverged extends BenchError {
  readonly trained: Omit<Trained, "ema">;
  constructor(what: string, trained: Omit<Trained, "ema">) {
    super(
      "diverged",
      `training diverged: ${what}; try a lower learning rate, for instance --set training.learningRateScale=0.1`,
    );
    this.trained = trained;
  }
}

/**
 * Least seconds of work between two checkpoints, also as a multiple of what the last one took: the most that a crash
 * costs.
 */
const CHECKPOINT_SECONDS = 4;
const CHECKPOINT_SHARE = 20;

/**
 * Trains to the end, from the checkpoint where there is one, else from the earlier state that `earlier` finds. Leaves a
 * checkpoint of the end, except where the earlier state was the end already.
 */
export async function train(task: Training): Promise<Trained> {
  const { checkpoint, engine, fixedBatch, listener, steps } = task;
  const parameters = task.step.trainable.reduce((sum, { shape }) => sum + size(shape), 0);
  const owner = { identity: checkpoint.identity, lineage: checkpoint.lineage, engine: engine.name };
  const own = readCheckpoint(checkpoint.path, owner, parameters);
  const kept = own ?? (await task.earlier?.(parameters));
  const { state, ...done } = kept ?? { state: initialState(task.step.trainable, task.start), ...NOTHING_DONE };
  const losses = [...done.losses];
  const fixedBatchLoss = fixedBatch ? done.fixedBatchLoss.filter(({ step }) => fixedBatch.isDue(step)) : [];
  const resumes = done.resumes + (own && own.step < steps ? 1 : 0);
  const { continuedFrom } = done;
  const result = (
    ema: Float32Array,
    stepMilliseconds: number,
    compileSeconds: number,
    { seconds, otherCoreSeconds }: Pick<Progress, "seconds" | "otherCoreSeconds">,
  ): Trained => ({
    ema: unflatten(task.step.trainable, ema),
    losses,
    fixedBatchLoss,
    stepMilliseconds,
    compileSeconds,
    seconds,
    otherLoad: seconds > 0 ? Math.max(0, otherCoreSeconds / seconds) : 0,
    resumes,
    ...(continuedFrom ? { continuedFrom } : {}),
  });
  if (done.step >= steps) return finite(result(state.ema, done.stepMilliseconds, 0, done));
  if (own) listener.note?.(`resuming after step ${own.step} of ${steps}`);

  listener.stage?.("compile");
  const compileStart = performance.now();
  const compiled = await engine.compile(...trainingStep(task.step));
  const compileSeconds = (performance.now() - compileStart) / 1e3;
  let evaluation: FixedBatchLoss | undefined;
  try {
    if (fixedBatch) evaluation = await compileFixedBatch(engine, fixedBatch);
    await handOver(state, compiled);
    const clock = trainingClock(done);
    const evaluate = async (step: number) => {
      if (!evaluation || !fixedBatch?.isDue(step) || fixedBatchLoss.some((point) => point.step === step)) return;
      const { of } = evaluation;
      await clock.pausedFor(async () => {
        fixedBatchLoss.push({ step, value: await of((await stateOf(compiled)).ema) });
      });
    };
    await evaluate(done.step);
    listener.stage?.("train", `${steps} step${steps === 1 ? "" : "s"}`);
    const milliseconds: number[] = [];
    let nextKept = performance.now() + 1e3 * CHECKPOINT_SECONDS;
    const keep = async (step: number) => {
      const before = performance.now();
      writeCheckpoint(checkpoint.path, owner, {
        step,
        state: await stateOf(compiled),
        losses,
        fixedBatchLoss,
        ...clock.spent(),
        stepMilliseconds: median(milliseconds),
        resumes,
        ...(continuedFrom ? { continuedFrom } : {}),
      });
      const now = performance.now();
      nextKept = now + Math.max(1e3 * CHECKPOINT_SECONDS, CHECKPOINT_SHARE * (now - before));
    };
    for (let step = done.step; step < steps; step++) {
      const before = performance.now();
      const { loss } = await compiled.run({ ...task.batch(step), ...adamwInputs(step + 1, task.optimizer(step)) });
      const value = (loss as Float32Array)[0]!;
      milliseconds.push(performance.now() - before);
      losses.push(value);
      if (!Number.isFinite(value))
        throw new Diverged(
          `the loss of step ${step} is ${value}`,
          result(new Float32Array(parameters), median(milliseconds), compileSeconds, clock.spent()),
        );
      listener.progress?.(step + 1, steps, `loss ${value.toFixed(4)}`);
      await evaluate(step + 1);
      const last = step + 1 === steps;
      const stop = !last && listener.stopping?.();
      if (last || stop || performance.now() > nextKept) await keep(step + 1);
      if (stop)
        throw new Interrupted(`stopped after step ${step + 1} of ${steps}; run the same command again to go on`);
    }
    const { ema } = await stateOf(compiled);
    return finite(result(ema, median(milliseconds), compileSeconds, clock.spent()));
  } finally {
    await evaluation?.dispose();
    await compiled.dispose();
  }
}

const NOTHING_DONE: Progress = {
  step: 0,
  losses: [],
  fixedBatchLoss: [],
  seconds: 0,
  otherCoreSeconds: 0,
  stepMilliseconds: 0,
  resumes: 0,
};

/**
 * Seconds of training and the load of other processes meanwhile, added to what was spent before; evaluations do not
 * count.
 */
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
      await work();
      spent = until;
      started = performance.now();
      other = measureOtherLoad();
    },
  };
}

/** The loss of a step is that of the weights before it, so the last step's own outcome shows in the weights alone. */
function finite(trained: Trained): Trained {
  for (const [name, values] of Object.entries(trained.ema))
    for (let i = 0; i < values.length; i++)
      if (!Number.isFinite(values[i]!)) throw new Diverged(`the weight '${name}' became ${values[i]}`, trained);
  return trained;
}

function adamwInputs(step: number, options: AdamWOptions): Values {
  return Object.fromEntries(Object.entries(adamwCoefficients(step, options)).map(([name, v]) => [`adamw.${name}`, v]));
}

/**
 * Gives the state to the engine, vector by vector; each is released before the next, because all of them may not fit
 * twice.
 */
async function handOver(state: Partial<TrainingState>, compiled: Compiled): Promise<void> {
  for (const name of stateNames) {
    await compiled.setState({ [name]: state[name]! });
    delete state[name];
  }
}

/** The present state, valid until the next step. */
async function stateOf(compiled: Compiled): Promise<TrainingState> {
  const state = await compiled.getState("view");
  return Object.fromEntries(stateNames.map((name) => [name, state[name]])) as unknown as TrainingState;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
