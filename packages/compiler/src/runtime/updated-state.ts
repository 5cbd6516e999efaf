// The state of a compiled function where the host updates it in place, by a WebAssembly module made from the update's
// program.

import type { Tensor } from "onnxruntime-node";
import type { Values } from "../contract/signature.ts";
import { type Data, sizeOf } from "../graph/types.ts";
import type { Body } from "../update/body.ts";
import type { UpdateProgram } from "../update/program.ts";
import { createUpdater } from "../update/updater.ts";
import type { Runtime } from "./load-runtime.ts";
import type { State } from "./state.ts";

/**
 * State that stays in its arrays: the session reads them where they are, and each run overwrites their elements. The
 * runtime copies no state this way; of its outputs it copies the gradients only.
 */
export function updatedState(ort: Runtime, { program, body }: { program: UpdateProgram; body: Body }): State {
  // Only these are referenced: the graph of the body would keep its constants in memory.
  const { size, states } = program;
  const { pieces, vectors, scalars } = body;
  const arrays = new Map<string, Float32Array>();
  const feeds = new Map<string, Tensor>();
  const applyUpdate = createUpdater(program);

  return {
    has: (key) => arrays.has(key),
    set(key, value) {
      const array = arrays.get(key) ?? new Float32Array(size);
      array.set(value);
      if (arrays.has(key)) return;
      arrays.set(key, array);
      let at = 0;
      for (const { input, type } of pieces.get(key) ?? []) {
        const end = at + sizeOf(type.shape);
        feeds.set(input, new ort.Tensor("float32", array.subarray(at, end), type.shape));
        at = end;
      }
    },
    feeds: () => feeds,
    outputs: new Set([...vectors.flat(), ...scalars.flatMap((scalar) => ("output" in scalar ? [scalar.output] : []))]),
    advance(made, inputs) {
      const array = (output: string) => made(output).data as Float32Array;
      const numbers = scalars.map((scalar) => {
        if ("value" in scalar) return scalar.value;
        return "input" in scalar ? Number(inputs[scalar.input]![0]) : array(scalar.output)[0]!;
      });
      applyUpdate(
        states.map((key) => arrays.get(key)!),
        vectors.map((parts) => parts.map(array)),
        numbers,
      );
    },
    async read(): Promise<Values> {
      return Object.fromEntries<Data>(arrays);
    },
    async dispose() {
      arrays.clear();
      feeds.clear();
    },
  };
}
