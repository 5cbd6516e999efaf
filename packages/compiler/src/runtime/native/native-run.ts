// Runs a plan in a native session: binds arrays to the session's inputs and outputs, runs the parts in lanes, combines
// their outputs, and updates the state. A run that fails leaves the state as it was.

import type { Boundary } from "../../contract/boundary.ts";
import type { Values } from "../../contract/signature.ts";
import { arrayOf, type Data, sizeOf, type Type } from "../../graph/types.ts";
import { vectorBuffer } from "../../update/parallel-updater.ts";
import type { BuiltModel } from "../build-model.ts";
import type { NativeSession } from "./native-session.ts";
import { type NativeType, type NativeValue, nativeValues } from "./native-values.ts";
import type { NativeRuntime } from "./open-library.ts";
import { outputCheck } from "./output-check.ts";
import type { RunPlan } from "./run-plan.ts";
import { createStateUpdate, roundsOf } from "./state-update.ts";

export interface Runner {
  has(key: string): boolean;
  /** Sets a state, by copy. */
  set(key: string, value: Data): void;
  /** The state's own arrays, valid until the next run. */
  read(): Values;
  run(values: Values): Promise<Values>;
  dispose(): void;
}

export interface RunnerOptions {
  readonly plan: Omit<RunPlan, "graph">;
  readonly model: BuiltModel;
  readonly boundary: Boundary;
  /** The engine's name, for messages. */
  readonly name: string;
  /** Number of parts that run at the same time. */
  readonly lanes: number;
  /** Threads of the update. */
  readonly threads: number;
}

export function createRunner(runtime: NativeRuntime, session: NativeSession, options: RunnerOptions): Runner {
  /** What the runner holds, in order: it is freed when the runner is disposed of, or cannot be made. */
  const held: (() => void)[] = [];
  const free = () => {
    for (const release of held.splice(0)) release();
  };
  try {
    return { ...makeRunner(runtime, session, options, (release) => void held.push(release)), dispose: free };
  } catch (error) {
    free();
    throw error;
  }
}

/** @param onDispose takes what frees a thing that was made, at once */
function makeRunner(
  runtime: NativeRuntime,
  session: NativeSession,
  { plan, model, boundary, name, lanes, threads }: RunnerOptions,
  onDispose: (release: () => void) => void,
): Omit<Runner, "dispose"> {
  const { count, split, pieces, results, carried, update } = plan;
  const { inputTypes, outputTypes } = model;
  const native = nativeValues(runtime);
  const make = ({ dtype, shape }: Type): Data => runtime.alignedArray(dtype, sizeOf(shape));
  const makeVector = (size: number) =>
    runtime.alignedArray("float32", size, vectorBuffer(size, threads)) as Float32Array;
  const forEachPart = <T>(f: (part: number) => T): T[] => Array.from({ length: count }, (_, part) => f(part));

  /** A tensor that lives as long as the function. */
  const keep = (array: Data | Uint16Array, type: NativeType): NativeValue => {
    const value = native.of(array, type);
    onDispose(() => native.release(value));
    return value;
  };
  const constants = model.fed.map((constant) => keep(constant.data, constant));

  const states = new Map<string, Data>();
  for (const [key, type] of boundary.state) {
    const isUpdated = update?.program.states.includes(key) ?? false;
    states.set(key, isUpdated ? makeVector(sizeOf(type.shape)) : make(type));
  }
  const wasSet = new Set<string>();

  // Inputs: pieces of states that the update changes, rows of what is split, and states as they are. Rows are copied,
  // since a kernel's last bits may depend on the alignment of its arrays. What is left is bound by each run.
  const inputValues = new Map<string, readonly NativeValue[]>();
  const rowArrays = new Map<string, readonly Data[]>();
  for (const [key, list] of pieces) {
    const whole = states.get(key)!;
    let at = 0;
    for (const { input, type } of list) {
      inputValues.set(input, [keep(whole.subarray(at, at + sizeOf(type.shape)), type)]);
      at += sizeOf(type.shape);
    }
  }
  for (const [key, type] of inputTypes) {
    if (inputValues.has(key)) continue;
    if (split.has(key)) {
      const arrays = forEachPart(() => make(type));
      rowArrays.set(key, arrays);
      inputValues.set(
        key,
        arrays.map((array) => keep(array, type)),
      );
    } else if (states.has(key)) inputValues.set(key, [keep(states.get(key)!, type)]);
  }

  // Outputs: the vectors of the update in the buffers of their part, all others in an array for each part.
  const sizes = (output: string) => sizeOf(outputTypes.get(output)!.shape);
  const stateUpdate = update && createStateUpdate(update, sizes, count, lanes, threads, makeVector);
  if (stateUpdate) onDispose(() => stateUpdate.dispose());
  const rounds = stateUpdate?.rounds ?? roundsOf(count, lanes);
  const bufferValues = (stateUpdate?.buffers ?? []).map(
    (arrays) => new Map([...arrays].map(([output, array]) => [output, keep(array, outputTypes.get(output)!)])),
  );
  const outputArrays = new Map<string, readonly Data[]>();
  const outputValues = new Map<string, readonly NativeValue[]>();
  const written: Data[][] = forEachPart(() => []);
  for (const [output, type] of outputTypes) {
    if (bufferValues[0]?.has(output)) {
      const bufferOf = (part: number) => stateUpdate!.bufferOf[part]!;
      outputValues.set(
        output,
        forEachPart((part) => bufferValues[bufferOf(part)]!.get(output)!),
      );
      for (const [part, arrays] of written.entries()) arrays.push(stateUpdate!.buffers[bufferOf(part)]!.get(output)!);
      continue;
    }
    const arrays = forEachPart(() => make(type));
    outputArrays.set(output, arrays);
    outputValues.set(
      output,
      arrays.map((array) => keep(array, type)),
    );
    for (const [part, list] of written.entries()) list.push(arrays[part]!);
  }
  const checks = written.map((arrays) => outputCheck(arrays, `${boundary.name}: engine ${name}`));

  const runPart = async (part: number, given: ReadonlyMap<string, NativeValue>): Promise<void> => {
    const inputs = [...inputTypes.keys()].map((key) => {
      const values = inputValues.get(key);
      return values ? (values[part] ?? values[0]!) : given.get(key)!;
    });
    const outputs = [...outputTypes.keys()].map((output) => outputValues.get(output)![part]!);
    checks[part]!.mark();
    await session.run([...inputs, ...constants], outputs);
    checks[part]!.requireWritten();
  };
  const scalarsOf = (values: Values): number[] =>
    (update?.scalars ?? []).map((scalar) => {
      if ("value" in scalar) return scalar.value;
      return Number("input" in scalar ? values[scalar.input]![0] : outputArrays.get(scalar.output)![0]![0]);
    });

  return {
    has: (key) => wasSet.has(key),
    set(key, value) {
      states.get(key)!.set(value as never);
      wasSet.add(key);
    },
    read: () => Object.fromEntries([...states].filter(([key]) => wasSet.has(key))),
    async run(values) {
      for (const [key, parts] of rowArrays) {
        const whole = states.get(key) ?? values[key]!;
        for (const [part, rows] of parts.entries())
          rows.set(whole.subarray(part * rows.length, (part + 1) * rows.length) as never);
      }
      const given = new Map<string, NativeValue>();
      try {
        for (const [key, type] of inputTypes) if (!inputValues.has(key)) given.set(key, native.of(values[key]!, type));
        const updated = () => update!.program.states.map((key) => states.get(key) as Float32Array);
        for (const [round, parts] of rounds.entries()) {
          await allOf(parts.map((part) => runPart(part, given)));
          await stateUpdate
            ?.finishRound(round, updated, () => scalarsOf(values))
            .catch((error: unknown) => {
              wasSet.clear(); // the state may be half updated
              throw error;
            });
        }
      } finally {
        for (const value of given.values()) native.release(value);
      }
      for (const [key, { output, rows }] of carried) combine(outputArrays.get(output)!, rows, states.get(key)!);
      return Object.fromEntries(
        [...results].map(([key, { output, rows }]) => {
          const { dtype } = outputTypes.get(output)!;
          const array = new (arrayOf(dtype))((rows ? count : 1) * sizes(output));
          combine(outputArrays.get(output)!, rows, array);
          return [key, array];
        }),
      );
    },
  };
}

/** Waits for all, also if one fails: until then they use memory of ours. */
async function allOf(tasks: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(tasks)).find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

/** Writes the outputs of the parts as one: concatenated rows, or the mean, rounded as `wholeOf` rounds it. */
function combine(parts: readonly Data[], rows: boolean, whole: Data): void {
  if (rows || parts.length === 1) {
    for (const [i, part] of parts.entries()) whole.set(part as never, i * part.length);
    return;
  }
  const [first, ...others] = parts as [Data, ...Data[]];
  whole.set(first as never);
  for (const part of others) for (let i = 0; i < whole.length; i++) whole[i]! += part[i]!;
  for (let i = 0; i < whole.length; i++) whole[i]! /= parts.length;
}
