// The training loop: batches in, losses out, a checkpoint now and then.

import type { Compiled, Engine, Values } from "@dit-bench/compiler";
import { type AdamWOptions, adamwCoefficients } from "@dit-bench/diffusion";
import { size } from "@dit-bench/method";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { BenchError, Interrupted } from "./errors.ts";
import type { Listener } from "./events.ts";
import { unflatten } from "./flat.ts";
import { initialState, type StepDescription, stateNames, type TrainingState, trainingStep } from "./optimise.ts";

export interface Training {
  readonly engine: Engine;
  readonly step: StepDescription;
  /** Starting values of what trains. */
  readonly start: Readonly<Record<string, Float32Array>>;
  readonly steps: number;
  /** The optimizer's settings at step `step` (from 0); only the learning rate may change. */
  optimizer(step: number): AdamWOptions;
  /** Inputs of step `step` (from 0), a function of the step alone. */
  batch(step: number): Values;
  /** Where the unfinished training is kept, and what it is of. */
  readonly checkpoint: { readonly path: string; readonly identity: string };
  readonly listener: Listener;
}

export interface Trained {
  /** The weights' moving average: what is sampled from. */
  readonly ema: Record<string, Float32Array>;
  /** Loss of each step. */
  readonly losses: readonly number[];
  readonly stepMilliseconds: number;
  readonly compileSeconds: number;
  readonly trainSeconds: number;
  readonly resumes: number;
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

/** At least this many seconds of work between two checkpoints, and this many times what the last one took: what a crash can cost. */
const CHECKPOINT_SECONDS = 4;
const CHECKPOINT_SHARE = 20;

/** Trains to the end, from the checkpoint if there is one; leaves a checkpoint of the end. */
export async function train(task: Training): Promise<Trained> {
  const { checkpoint, listener, steps } = task;
  const parameters = task.step.trainable.reduce((sum, { shape }) => sum + size(shape), 0);
  const owner = { identity: checkpoint.identity, engine: task.engine.name };
  const kept = readCheckpoint(checkpoint.path, owner, parameters);
  const done: Omit<Checkpoint, "state"> = kept ?? { step: 0, losses: [], seconds: 0, resumes: 0 };
  const state = kept?.state ?? initialState(task.step.trainable, task.start);
  const losses = [...done.losses];
  const resumes = done.resumes + (kept && kept.step < steps ? 1 : 0);
  const result = (
    ema: Float32Array,
    milliseconds: number[],
    compileSeconds: number,
    trainSeconds: number,
  ): Trained => ({
    ema: unflatten(task.step.trainable, ema),
    losses,
    stepMilliseconds: median(milliseconds),
    compileSeconds,
    trainSeconds,
    resumes,
  });
  if (done.step >= steps)
    return finite(result(state.ema, [(1e3 * done.seconds) / Math.max(1, done.step)], 0, done.seconds));
  if (kept) listener.note?.(`resuming after step ${done.step} of ${steps}`);

  listener.stage?.("compile");
  const compileStart = performance.now();
  const compiled = await task.engine.compile(...trainingStep(task.step));
  const compileSeconds = (performance.now() - compileStart) / 1e3;
  try {
    await handOver(state, compiled);
    listener.stage?.("train", `${steps} steps`);
    const milliseconds: number[] = [];
    const start = performance.now();
    const seconds = () => done.seconds + (performance.now() - start) / 1e3;
    let nextKept = performance.now() + 1e3 * CHECKPOINT_SECONDS;
    const keep = async (step: number) => {
      const before = performance.now();
      writeCheckpoint(checkpoint.path, owner, {
        step,
        state: await stateOf(compiled),
        losses,
        seconds: seconds(),
        resumes,
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
          result(new Float32Array(parameters), milliseconds, compileSeconds, seconds()),
        );
      listener.progress?.(step + 1, steps, `loss ${value.toFixed(4)}`);
      const last = step + 1 === steps;
      const stop = !last && listener.stopping?.();
      if (last || stop || performance.now() > nextKept) await keep(step + 1);
      if (stop)
        throw new Interrupted(`stopped after step ${step + 1} of ${steps}; run the same command again to go on`);
    }
    const { ema } = await stateOf(compiled);
    return finite(result(ema, milliseconds, compileSeconds, seconds()));
  } finally {
    await compiled.dispose();
  }
}

/** A loss is that of the weights before its step, so the last step's own outcome shows in the weights alone. */
function finite(trained: Trained): Trained {
  for (const [name, values] of Object.entries(trained.ema))
    for (let i = 0; i < values.length; i++)
      if (!Number.isFinite(values[i]!)) throw new Diverged(`the weight '${name}' became ${values[i]}`, trained);
  return trained;
}

function adamwInputs(step: number, options: AdamWOptions): Values {
  return Object.fromEntries(Object.entries(adamwCoefficients(step, options)).map(([name, v]) => [`adamw.${name}`, v]));
}

/** Gives the state to the engine, one vector after the other; each is let go before the next, since all of them may not fit twice. */
async function handOver(state: Partial<TrainingState>, compiled: Compiled): Promise<void> {
  for (const name of stateNames) {
    await compiled.setState({ [name]: state[name]! });
    delete state[name];
  }
}

/** The state as it is until the next step. */
async function stateOf(compiled: Compiled): Promise<TrainingState> {
  const state = await compiled.getState("view");
  return Object.fromEntries(stateNames.map((name) => [name, state[name]])) as unknown as TrainingState;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
