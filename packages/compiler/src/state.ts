import type { InferenceSession, Tensor } from "onnxruntime-node";
import { type Data, GraphBuilder, type Type } from "./graph.ts";
import { type Encoded, encode } from "./onnx/encode.ts";
import type { Provider } from "./provider.ts";
import type { Values } from "./signature.ts";

type Runtime = typeof import("onnxruntime-node");

/** The state of a compiled function, between its runs. */
export interface State {
  has(key: string): boolean;
  /** By copy. */
  set(key: string, value: Data): void;
  /** What a run takes, by names of the graph's inputs. */
  feeds(): Iterable<readonly [string, Tensor]>;
  /** Names of the graph's outputs that are the state's and nobody else's. */
  readonly outputs: ReadonlySet<string>;
  /** Goes on by a run: what it made, by names of the graph's outputs, and what it was given. */
  advance(made: (output: string) => Tensor, inputs: Values): void;
  /** All of it, until the next run: where it lies on the host, its own arrays. */
  read(): Promise<Values>;
  dispose(): Promise<void>;
}

/**
 * State that the graph itself makes anew in each run, as the runtime's own tensors, wherever it made them: on the host their arrays, on a
 * device its buffers. What is set comes in on the host, and goes to the device as an input of the next run.
 */
export function carriedState(ort: Runtime, provider: Provider, types: ReadonlyMap<string, Type>): State {
  const tensors = new Map<string, Tensor>();
  let reader: Promise<Reader> | undefined;
  const onDevice = (tensor: Tensor | undefined) => tensor?.location === "gpu-buffer";
  const replace = (key: string, tensor: Tensor): void => {
    const before = tensors.get(key);
    tensors.set(key, tensor);
    if (onDevice(before)) before!.dispose();
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
      // The runtime's own output goes in again: nothing is copied here.
      for (const key of types.keys()) replace(key, made(key));
    },
    async read() {
      const values: Values = {};
      if ([...tensors.values()].some(onDevice)) {
        // What `set` has set since the last run is on the host; it goes through too, so that one session reads any mixture.
        reader ??= createReader(ort, provider, types);
        const { session, inputs, outputs } = await reader;
        const made = await session.run(Object.fromEntries([...tensors].map(([key, t]) => [inputs.get(key)!, t])));
        for (const key of tensors.keys()) values[key] = made[outputs.get(key)!]!.data as Data;
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

/** Brings tensors from the device to the host: the binding cannot, but a session that does nothing and whose outputs are on the host can. */
async function createReader(ort: Runtime, provider: Provider, types: ReadonlyMap<string, Type>): Promise<Reader> {
  const g = new GraphBuilder();
  const { bytes, inputs, outputs } = encode(
    g.finish(new Map([...types].map(([key, type]) => [key, g.input(key, type)]))),
    "state",
  );
  const options = provider.options({ float64: false });
  return { session: await ort.InferenceSession.create(bytes, options), inputs, outputs };
}
