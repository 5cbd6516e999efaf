import type { InferenceSession, Tensor } from "onnxruntime-node";
import { type Data, GraphBuilder, type Type } from "./graph.ts";
import { type Encoded, encode } from "./onnx/encode.ts";
import type { Provider } from "./provider.ts";
import type { Values } from "./signature.ts";

type Runtime = typeof import("onnxruntime-node");

/** The state of a compiled function: between two runs it is what the first made and the second takes. */
export interface State extends ReadonlyMap<string, Tensor> {
  /** Puts a tensor in the place of the one before, which is let go. */
  replace(key: string, tensor: Tensor): void;
  read(): Promise<Values>;
  dispose(): Promise<void>;
}

/**
 * State as the runtime's own tensors, wherever it made them: on the host their arrays, on a device its buffers. What is set
 * comes in on the host, and goes to the device as an input of the next run.
 */
export function createState(ort: Runtime, provider: Provider, types: ReadonlyMap<string, Type>): State {
  let reader: Promise<Reader> | undefined;

  class Tensors extends Map<string, Tensor> implements State {
    replace(key: string, tensor: Tensor): void {
      const before = this.get(key);
      this.set(key, tensor);
      if (before?.location === "gpu-buffer") before.dispose();
    }

    async read(): Promise<Values> {
      const there = [...this].filter(([, tensor]) => tensor.location === "gpu-buffer");
      const copies = new Map<string, Data>();
      if (there.length > 0) {
        // What setState has set since the last run is on the host; it goes through too, so that one session reads any mixture.
        reader ??= createReader(ort, provider, types);
        const { session, inputs, outputs } = await reader;
        const made = await session.run(Object.fromEntries([...this].map(([key, t]) => [inputs.get(key)!, t])));
        for (const key of this.keys()) copies.set(key, made[outputs.get(key)!]!.data as Data);
      } else for (const [key, tensor] of this) copies.set(key, (tensor.data as Data).slice());
      return Object.fromEntries(copies);
    }

    async dispose(): Promise<void> {
      for (const tensor of this.values()) if (tensor.location === "gpu-buffer") tensor.dispose();
      this.clear();
      await (await reader)?.session.release();
    }
  }
  return new Tensors();
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
  const options = provider.options({ constantBytes: 0, float64: false });
  return { session: await ort.InferenceSession.create(bytes, options), inputs, outputs };
}
