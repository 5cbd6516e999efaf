// Runs a plan in a native session: binds arrays to the session's inputs and outputs, runs the parts in lanes, combines
// their outputs, and updates the state.

import type { Boundary } from "../../contract/boundary.ts";
import type { Values } from "../../contract/signature.ts";
import { arrayOf, type Data, sizeOf, type Type } from "../../graph/types.ts";
import { createUpdater } from "../../update/updater.ts";
import type { BuiltModel } from "../build-model.ts";
import type { NativeSession } from "./native-session.ts";
import { type NativeValue, nativeValues } from "./native-values.ts";
import type { NativeRuntime } from "./open-library.ts";
import type { Destination, RunPlan } from "./run-plan.ts";

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
  for (const [key, list] of pieces) {
    const whole = make(typeOf(key));
    states.set(key, whole);
    let at = 0;
    for (const { input, type } of list) {
      stateInputs.set(input, keep(whole.subarray(at, at + sizeOf(type.shape)), type));
      at += sizeOf(type.shape);
    }
  }
  for (const key of boundary.state.keys()) if (!states.has(key)) states.set(key, make(typeOf(key)));
  for (const key of carried.keys()) nextStates.set(key, make(typeOf(key)));
  const wasSet = new Set<string>();

  // Outputs that the update reads have arrays of their own, one for each part.
  const applyUpdate = update && createUpdater(update.program);
  const ownArrays = new Map<string, Data[]>();
  const ownValues = Array.from({ length: count }, () => new Map<string, NativeValue>());
  const scalarOutputs = update?.scalars.flatMap((scalar) => ("output" in scalar ? [scalar.output] : [])) ?? [];
  for (const output of [...(update?.vectors.flat() ?? []), ...scalarOutputs]) {
    const type = outputTypes.get(output)!;
    const arrays = Array.from({ length: count }, () => make(type));
    ownArrays.set(output, arrays);
    for (const [part, array] of arrays.entries()) ownValues[part]!.set(output, keep(array, type));
  }

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
          if (ownArrays.has(output) || arrays.has(output)) return; // combined from those arrays
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
        await inLanes(count, lanes, runPart);

        const arraysOf = (output: string): readonly Data[] => ownArrays.get(output) ?? arrays.get(output)!;
        for (const [{ output, rows }, array] of whole) combine(arraysOf(output), array, rows);
        if (update && applyUpdate)
          applyUpdate(
            update.program.states.map((key) => states.get(key) as Float32Array),
            update.vectors.flatMap((outputs) =>
              Array.from({ length: count }, (_, part) => outputs.map((name) => arraysOf(name)[part] as Float32Array)),
            ),
            update.scalars.map((scalar) => {
              if ("value" in scalar) return scalar.value;
              return "input" in scalar ? Number(values[scalar.input]![0]) : Number(arraysOf(scalar.output)[0]![0]);
            }),
          );
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
      states.clear();
      nextStates.clear();
    },
  };
}

/** Runs `count` tasks in order, at most `lanes` at a time. Waits for all that were started, also if one fails. */
async function inLanes(count: number, lanes: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await run(next++);
  };
  const outcomes = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
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
