// The state of a compiled function in a device's memory. A state has two tensors there: each run reads one and writes
// the other. A value that was set is in an array of ours until the next run, which copies it to the device.

import type { Values } from "../../contract/signature.ts";
import { GraphBuilder } from "../../graph/graph.ts";
import { arrayOf, type Data, sizeOf, type Type } from "../../graph/types.ts";
import { encode } from "../../onnx/encode.ts";
import { elementType } from "../../onnx/model.ts";
import type { Provider } from "../provider.ts";
import type { DeviceProvider } from "./device-provider.ts";
import { createNativeSession, type NativeSession } from "./native-session.ts";
import { type NativeValue, nativeValues } from "./native-values.ts";
import { DEFAULT_MEMORY, DEVICE_ALLOCATOR, type NativeRuntime } from "./open-library.ts";

export interface DeviceState {
  has(key: string): boolean;
  /** By copy. */
  set(key: string, value: Data): void;
  /** What the next run reads. */
  input(key: string): NativeValue;
  /** What the next run writes, always on the device. */
  output(key: string): NativeValue;
  /** After a run: what it wrote becomes the state. */
  advance(): void;
  /** Copies of all values that are set. */
  read(): Promise<Values>;
  /** Must be called before the session is released. */
  dispose(): void;
}

/** @param session the session whose device keeps the state */
export function createDeviceState(
  runtime: NativeRuntime,
  session: NativeSession,
  provider: Provider,
  device: DeviceProvider,
  types: ReadonlyMap<string, Type>,
): DeviceState {
  const native = nativeValues(runtime);
  const memory = types.size > 0 ? deviceMemory(runtime, session, device) : undefined;
  const onDevice = new Map<string, [NativeValue, NativeValue]>();
  try {
    for (const [key, type] of types) onDevice.set(key, [memory!.tensor(type), memory!.tensor(type)]);
  } catch (error) {
    memory!.release(); // the device may have no room for all
    throw error;
  }
  /** Values that were set since the last run. */
  const onHost = new Map<string, NativeValue>();
  const wasSet = new Set<string>();
  let reader: Reader | undefined;
  const input = (key: string): NativeValue => onHost.get(key) ?? onDevice.get(key)![0];

  return {
    has: (key) => wasSet.has(key),
    set(key, value) {
      const previous = onHost.get(key);
      onHost.set(key, native.of(value.slice(), types.get(key)!));
      if (previous) native.release(previous);
      wasSet.add(key);
    },
    input,
    output: (key) => onDevice.get(key)![1],
    advance() {
      for (const pair of onDevice.values()) pair.reverse();
      for (const value of onHost.values()) native.release(value);
      onHost.clear();
    },
    async read() {
      const values: Values = {};
      const keys = [...types.keys()].filter((key) => wasSet.has(key));
      for (const key of keys) {
        const host = onHost.get(key)?.array as Data | undefined;
        if (host) values[key] = host.slice();
      }
      const wanted = keys.filter((key) => !onHost.has(key));
      if (wanted.length === 0) return values;
      reader ??= await createReader(runtime, provider, device, types);
      const copies = await reader.read(input);
      for (const key of wanted) values[key] = copies[key]!;
      return values;
    },
    dispose() {
      reader?.release();
      for (const value of onHost.values()) native.release(value);
      onHost.clear();
      onDevice.clear();
      memory?.release();
    },
  };
}

interface DeviceMemory {
  tensor(type: Type): NativeValue;
  /** Frees the tensors, too. */
  release(): void;
}

/** OrtArenaAllocator. */
const ARENA_ALLOCATOR = 1;

function deviceMemory(runtime: NativeRuntime, session: NativeSession, device: DeviceProvider): DeviceMemory {
  const kind = device.api === "WebGPU" ? DEVICE_ALLOCATOR : ARENA_ALLOCATOR;
  const info = runtime.make("CreateMemoryInfo", device.memory, kind, device.deviceId, DEFAULT_MEMORY);
  let allocator: bigint;
  try {
    allocator = session.allocator(info);
  } finally {
    runtime.plain("ReleaseMemoryInfo", info);
  }
  const native = nativeValues(runtime);
  const tensors: NativeValue[] = [];
  return {
    tensor({ dtype, shape }) {
      const dims = BigInt64Array.from(shape, BigInt);
      const args = [allocator, dims, shape.length, elementType[dtype]];
      const tensor = { pointer: runtime.make("CreateTensorAsOrtValue", ...args) };
      tensors.push(tensor);
      return tensor;
    },
    release() {
      for (const tensor of tensors) native.release(tensor);
      runtime.plain("ReleaseAllocator", allocator);
    },
  };
}

interface Reader {
  read(value: (key: string) => NativeValue): Promise<Values>;
  release(): void;
}

/** Copies state to the host: the outputs of a graph that returns its inputs are arrays of ours. */
async function createReader(
  runtime: NativeRuntime,
  provider: Provider,
  device: DeviceProvider,
  types: ReadonlyMap<string, Type>,
): Promise<Reader> {
  const g = new GraphBuilder();
  const model = encode(g.finish(new Map([...types].map(([key, type]) => [key, g.input(key, type)]))), "state");
  const session = await createNativeSession(runtime, model, {
    inputNames: [...model.inputs.values()],
    outputNames: [...model.outputs.values()],
    settings: provider.options({ float64: false }),
    threads: provider.threads,
    device,
  });
  const native = nativeValues(runtime);
  return {
    async read(value) {
      const keys = [...model.outputs.keys()];
      const arrays = keys.map((key) => new (arrayOf(types.get(key)!.dtype))(sizeOf(types.get(key)!.shape)));
      const outputs: NativeValue[] = [];
      try {
        for (const [i, array] of arrays.entries()) outputs.push(native.of(array, types.get(keys[i]!)!));
        await session.run([...model.inputs.keys()].map(value), outputs);
      } finally {
        for (const output of outputs) native.release(output);
      }
      return Object.fromEntries(keys.map((key, i) => [key, arrays[i]!]));
    },
    release: () => session.release(),
  };
}
