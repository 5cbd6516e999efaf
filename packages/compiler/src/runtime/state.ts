// The state of a compiled function where the session itself makes the updated state: on devices, and for functions
// whose update the host cannot compute.

import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { Values } from "../contract/signature.ts";
import { GraphBuilder } from "../graph/graph.ts";
import type { Data, Type } from "../graph/types.ts";
import { type Encoded, encode } from "../onnx/encode.ts";
import type { Runtime } from "./load-runtime.ts";
import type { Provider } from "./provider.ts";

/** The state of a compiled function between its runs. */
export interface State {
  has(key: string): boolean;
  /** By copy. */
  set(key: string, value: Data): void;
  /** Tensors to pass to a run, by names of the graph's inputs. */
  feeds(): Iterable<readonly [string, Tensor]>;
  /** Names of the graph's outputs that belong to the state and are no result of the function. */
  readonly outputs: ReadonlySet<string>;
  /**
   * Updates the state after a run.
   *
   * @param made the run's output, by its name in the graph
   * @param inputs the inputs of the run
   */
  advance(made: (output: string) => Tensor, inputs: Values): void;
  /** The whole state, valid until the next run: on the host its own arrays, not copies. */
  read(): Promise<Values>;
  dispose(): Promise<void>;
}

/**
 * State as the runtime's own tensors, which each run replaces: arrays on the host, buffers on a device. A value that
 * was set is on the host, and goes to the device as an input of the next run.
 */
export function carriedState(ort: Runtime, provider: Provider, types: ReadonlyMap<string, Type>): State {
  const tensors = new Map<string, Tensor>();
  let reader: Promise<Reader> | undefined;
  const onDevice = (tensor: Tensor | undefined) => tensor?.location === "gpu-buffer";
  const replace = (key: string, tensor: Tensor): void => {
    const previous = tensors.get(key);
    tensors.set(key, tensor);
    if (onDevice(previous)) previous!.dispose();
  };

  return {
    has: (key) => tensors.has(key),
    set(key, value) {
      const { dtype, shape } = types.get(key)!;
      replace(key, new ort.Tensor(dtype as "float32", value.slice() as Float32Array, shape));
    },
    feeds: () => tensors,
    outputs: new Set(types.keys()),
    advance(made) {
      // The runtime's own output is the next run's input: nothing is copied.
      for (const key of types.keys()) replace(key, made(key));
    },
    async read() {
      const values: Values = {};
      if ([...tensors.values()].some(onDevice)) {
        // Values set since the last run are still on the host. They pass through the reader too, so one session fits
        // all.
        reader ??= createReader(ort, provider, types);
        const { session, inputs, outputs } = await reader;
        const hostTensors = await session.run(
          Object.fromEntries([...tensors].map(([key, t]) => [inputs.get(key)!, t])),
        );
        for (const key of tensors.keys()) values[key] = hostTensors[outputs.get(key)!]!.data as Data;
      } else for (const [key, tensor] of tensors) values[key] = tensor.data as Data;
      return values;
    },
    async dispose() {
      for (const tensor of tensors.values()) if (onDevice(tensor)) tensor.dispose();
      tensors.clear();
      await (await reader)?.session.release();
    },
  };
}

interface Reader extends Pick<Encoded, "inputs" | "outputs"> {
  readonly session: InferenceSession;
}

/**
 * Copies tensors from the device to the host: onnxruntime-node has no call for it, but an identity graph with host
 * outputs does.
 */
async function createReader(ort: Runtime, provider: Provider, types: ReadonlyMap<string, Type>): Promise<Reader> {
  const g = new GraphBuilder();
  const { bytes, inputs, outputs } = encode(
    g.finish(new Map([...types].map(([key, type]) => [key, g.input(key, type)]))),
    "state",
  );
  const options = provider.options({ float64: false });
  return { session: await ort.InferenceSession.create(bytes, options), inputs, outputs };
}
