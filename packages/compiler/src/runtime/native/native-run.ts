// Runs a plan in a native session: binds arrays to the session's inputs and outputs, runs the parts in lanes, combines
// their outputs, and updates the state.

import type { Boundary } from "../../contract/boundary.ts";
import type { Values } from "../../contract/signature.ts";
import { arrayOf, type Data, sizeOf, type Type } from "../../graph/types.ts";
import { sharedVector } from "../../update/parallel-updater.ts";
import type { BuiltModel } from "../build-model.ts";
import type { NativeSession } from "./native-session.ts";
import { type NativeValue, nativeValues } from "./native-values.ts";
import type { NativeRuntime } from "./open-library.ts";
import type { Destination, RunPlan } from "./run-plan.ts";
import { createStateUpdate, roundsOf } from "./state-update.ts";

export interface Runner {
  has(key: string): boolean;
  /** Sets a state, by copy. */
  set(key: string, value: Data): void;
  /** The state's own arrays, valid until the next run. */
  state(): Values;
  run(values: Values): Promise<Values>;
  dispose(): void;
}

export function createRunner(
  runtime: NativeRuntime,
  session: NativeSession,
  plan: Omit<RunPlan, "graph">,
  model: BuiltModel,
  boundary: Boundary,
  lanes: number,
  threads: number,
): Runner {
  const { count, split, pieces, results, carried, update } = plan;
  const { inputTypes, outputTypes } = model;
  const native = nativeValues(runtime);
  const make = ({ dtype, shape }: Type): Data => new (arrayOf(dtype))(sizeOf(shape));
  const typeOf = (key: string) => (boundary.state.get(key) ?? boundary.inputs.get(key))!;

  /** Values that keep their arrays for as long as the function lives. */
  const kept: NativeValue[] = [];
  const keep = (array: Data | Uint16Array, type: Parameters<typeof native.of>[1]): NativeValue => {
    const value = native.of(array, type);
    kept.push(value);
    return value;
  };
  const constants = model.fed.map((constant) => keep(constant.data, constant));

  // State. A carried state has two arrays: each run reads one and writes the other.
  const states = new Map<string, Data>();
  const nextStates = new Map<string, Data>();
  const stateInputs = new Map<string, NativeValue>();
  for (const key of update?.program.states ?? []) states.set(key, sharedVector(sizeOf(typeOf(key).shape), threads));
  for (const [key, list] of pieces) {
    const whole = states.get(key)!;
    let at = 0;
    for (const { input, type } of list) {
      stateInputs.set(input, keep(whole.subarray(at, at + sizeOf(type.shape)), type));
      at += sizeOf(type.shape);
    }
  }
  for (const key of boundary.state.keys()) if (!states.has(key)) states.set(key, make(typeOf(key)));
  for (const key of carried.keys()) nextStates.set(key, make(typeOf(key)));
  const wasSet = new Set<string>();

  // Outputs that only the update reads have arrays of their own: vectors in buffers, scalars one for each part.
  const sizes = (output: string) => sizeOf(outputTypes.get(output)!.shape);
  const stateUpdate = update && createStateUpdate(update, sizes, count, lanes, threads);
  const rounds = stateUpdate?.rounds ?? roundsOf(count, lanes);
  const keepAll = (arrays: ReadonlyMap<string, Data>) =>
    new Map([...arrays].map(([output, array]) => [output, keep(array, outputTypes.get(output)!)]));
  const bufferValues = stateUpdate?.buffers.map(keepAll) ?? [];
  const scalarOutputs = update?.scalars.flatMap((scalar) => ("output" in scalar ? [scalar.output] : [])) ?? [];
  const scalarArrays = new Map(scalarOutputs.map((output) => [output, make(outputTypes.get(output)!)]));
  const scalarValues = keepAll(scalarArrays);
  const ownValues = Array.from(
    { length: count },
    (_, part) => new Map([...scalarValues, ...(bufferValues[stateUpdate?.bufferOf[part] ?? 0] ?? [])]),
  );

  /** The rows of each part. */
  const rowsOf = (array: Data): Data[] => {
    const length = array.length / count;
    return Array.from({ length: count }, (_, part) => array.subarray(part * length, (part + 1) * length));
  };

  return {
    has: (key) => wasSet.has(key),
    set(key, value) {
      states.get(key)!.set(value as never);
      wasSet.add(key);
    },
    state: () => Object.fromEntries([...states].filter(([key]) => wasSet.has(key))),
    async run(values) {
      const bound: NativeValue[] = [];
      const bind = (array: Data, type: Type): NativeValue => {
        const value = native.of(array, type);
        bound.push(value);
        return value;
      };
      try {
        const whole = new Map<Destination, Data>();
        const arrays = new Map<string, Data[]>();
        const partValues = ownValues.map((own) => new Map(own));
        const receive = (key: string, destination: Destination, state: boolean): void => {
          const { output, rows } = destination;
          const type = outputTypes.get(output)!;
          const array = state
            ? nextStates.get(key)!
            : make({ ...type, shape: [(rows ? count : 1) * sizeOf(type.shape)] });
          whole.set(destination, array);
          if (arrays.has(output)) return; // combined from those arrays
          const parts = rows || count === 1 ? rowsOf(array) : Array.from({ length: count }, () => make(type));
          arrays.set(output, parts);
          for (const [part, array] of parts.entries()) partValues[part]!.set(output, bind(array, type));
        };
        for (const [key, destination] of results) receive(key, destination, false);
        for (const [key, destination] of carried) receive(key, destination, true);

        const boundInputs = [...model.inputs.keys()].map((key): readonly NativeValue[] => {
          const piece = stateInputs.get(key);
          if (piece) return [piece];
          const array = states.get(key) ?? values[key]!;
          const type = inputTypes.get(key)!;
          return split.has(key) ? rowsOf(array).map((rows) => bind(rows, type)) : [bind(array, type)];
        });
        const runPart = (part: number) =>
          session.run(
            [...boundInputs.map((list) => list[part] ?? list[0]!), ...constants],
            [...model.outputs.keys()].map((output) => partValues[part]!.get(output)!),
          );
        for (const [round, parts] of rounds.entries()) {
          await allOf(parts.map(runPart));
          await stateUpdate?.finishRound(
            round,
            () => update!.program.states.map((key) => states.get(key) as Float32Array),
            () =>
              update!.scalars.map((scalar) => {
                if ("value" in scalar) return scalar.value;
                return Number("input" in scalar ? values[scalar.input]![0] : scalarArrays.get(scalar.output)![0]);
              }),
          );
        }
        for (const [{ output, rows }, array] of whole) combine(arrays.get(output)!, array, rows);
        for (const key of carried.keys()) {
          const previous = states.get(key)!;
          states.set(key, nextStates.get(key)!);
          nextStates.set(key, previous);
        }
        return Object.fromEntries([...results].map(([key, destination]) => [key, whole.get(destination)!]));
      } finally {
        for (const value of bound) native.release(value);
      }
    },
    dispose() {
      for (const value of kept) native.release(value);
      kept.length = 0;
      stateUpdate?.dispose();
      states.clear();
      nextStates.clear();
    },
  };
}

/** Waits for all, also if one fails: until then they use memory of ours. */
async function allOf(tasks: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(tasks)).find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

/** Writes the outputs of the parts as one: concatenated rows, or the mean, rounded as `wholeOf` rounds it. */
function combine(parts: readonly Data[], whole: Data, rows: boolean): void {
  if (parts.length > 1 && !rows) {
    for (let i = 0; i < whole.length; i++) {
      whole[i] = parts[0]![i]!;
      for (const part of parts.slice(1)) whole[i]! += part[i]!;
      whole[i]! /= parts.length;
    }
    return;
  }
  let at = 0;
  for (const part of parts) {
    const isInPlace =
      part.buffer === whole.buffer && part.byteOffset === whole.byteOffset + at * whole.BYTES_PER_ELEMENT;
    if (!isInPlace) whole.set(part as never, at);
    at += part.length;
  }
}
