// A session of ONNX Runtime over its C API: inputs and outputs are arrays of the caller's, which are not copied.

import type { InferenceSession } from "onnxruntime-node";
import type { BuiltModel } from "../build-model.ts";
import { appendDevice, type DeviceProvider } from "./device-provider.ts";
import { type NativeValue, nativeValues, texts, valuePointers } from "./native-values.ts";
import { LOG_FATAL, type NativeRuntime } from "./open-library.ts";

export interface NativeSession {
  /**
   * Runs the model on another thread. Several runs may overlap; each reads its inputs and writes its outputs where they
   * are.
   *
   * @param inputs tensors in the order of `inputNames`
   * @param outputs tensors in the order of `outputNames`
   */
  run(inputs: readonly NativeValue[], outputs: readonly NativeValue[]): Promise<void>;
  /** An allocator of memory that the session uses, such as its device's. It must be released before the session. */
  allocator(memoryInfo: bigint): bigint;
  /**
   * The subgraphs into which the runtime has divided the graph. Throws unless the session was created with the option
   * `session.record_ep_graph_assignment_info`.
   */
  placement(): Subgraph[];
  endProfiling(): void;
  /** Frees the session, which must not run and is not used afterwards. A second call has no effect. */
  release(): void;
}

/** Nodes that one of the runtime's providers runs. */
export interface Subgraph {
  /** The runtime's name of the provider: `OpenVINOExecutionProvider`. */
  readonly provider: string;
  /** Ops of the nodes. */
  readonly ops: readonly string[];
}

/** A provider in a library of its own, which the runtime loads. */
export interface ProviderLibrary {
  /** The path of the library, and the name under which it is registered in this process. */
  readonly path: string;
  readonly registration: string;
  /** The runtime's name of the provider: `OpenVINOExecutionProvider`. */
  readonly provider: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface NativeSessionOptions {
  /** Names in the model, in the order in which `run` receives the tensors. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** The options that the provider has for Node's binding; the execution providers are left out. */
  readonly settings: InferenceSession.SessionOptions;
  /** Threads of one run. */
  readonly threads: number;
  readonly library?: ProviderLibrary;
  /** A provider for a device, which the runtime itself has. */
  readonly device?: DeviceProvider;
  /** Path prefix of the profile. */
  readonly profile?: string;
}

export async function createNativeSession(
  runtime: NativeRuntime,
  model: Pick<BuiltModel, "bytes" | "external">,
  { inputNames, outputNames, settings, threads, library, device, profile }: NativeSessionOptions,
): Promise<NativeSession> {
  const values = nativeValues(runtime);
  const options = runtime.make("CreateSessionOptions");
  let created: bigint | undefined;
  // The session reads the large constants where they are, for as long as it lives.
  const constants: NativeValue[] = [];
  try {
    for (const constant of model.external) constants.push(values.of(constant.data, constant));
    configure(runtime, options, settings, threads);
    if (profile !== undefined) runtime.call("EnableProfiling", options, profile);
    if (library) appendProvider(runtime, options, library);
    if (device) appendDevice(runtime, options, device);
    if (constants.length > 0) {
      const names = model.external.map(({ path }) => path);
      runtime.call(
        "AddExternalInitializers",
        ...[options, texts(runtime, names), valuePointers(constants), constants.length],
      );
    }
    created = await runtime.makeAsync(
      "CreateSessionFromArray",
      ...[runtime.env, model.bytes, model.bytes.byteLength, options],
    );
  } catch (error) {
    for (const value of constants) values.release(value);
    throw error;
  } finally {
    runtime.plain("ReleaseSessionOptions", options);
  }

  /** Using a released session would end the process. */
  const session = (): bigint => {
    if (created === undefined) throw new Error("the session is released: it runs no more");
    return created;
  };
  const [inputs, outputs] = [texts(runtime, inputNames), texts(runtime, outputNames)];
  return {
    async run(given, made) {
      const pointers = [inputs, valuePointers(given), given.length, outputs, made.length, valuePointers(made)];
      await runtime.callAsync("Run", session(), 0, ...pointers);
    },
    allocator: (memoryInfo) => runtime.make("CreateAllocator", session(), memoryInfo),
    placement: () => placementOf(runtime, session()),
    endProfiling() {
      const allocator = runtime.make("GetAllocatorWithDefaultOptions");
      runtime.call("AllocatorFree", allocator, runtime.make("SessionEndProfiling", session(), allocator));
    },
    release() {
      if (created === undefined) return;
      runtime.plain("ReleaseSession", created);
      created = undefined;
      for (const value of constants.splice(0)) values.release(value);
    },
  };
}

/** GraphOptimizationLevel and ExecutionMode of the C API. */
const LEVELS = { disabled: 0, basic: 1, extended: 2, layout: 3, all: 99 } as const;
const SEQUENTIAL = 0;

function configure(
  runtime: NativeRuntime,
  options: bigint,
  settings: InferenceSession.SessionOptions,
  threads: number,
): void {
  runtime.call("SetSessionExecutionMode", options, SEQUENTIAL);
  runtime.call("SetSessionLogSeverityLevel", options, LOG_FATAL);
  runtime.call("SetInterOpNumThreads", options, 1);
  runtime.call("SetIntraOpNumThreads", options, threads);
  runtime.call("SetSessionGraphOptimizationLevel", options, LEVELS[settings.graphOptimizationLevel ?? "all"]);
  if (settings.enableMemPattern === false) runtime.call("DisableMemPattern", options);
  for (const [key, value] of configEntries(settings.extra ?? {}))
    runtime.call("AddSessionConfigEntry", options, key, value);
}

/** `{ session: { intra_op: { spin_duration_us: "1" } } }` to `["session.intra_op.spin_duration_us", "1"]`. */
function configEntries(extra: object, prefix = ""): [string, string][] {
  return Object.entries(extra).flatMap(([key, value]) =>
    typeof value === "object" && value !== null
      ? configEntries(value, `${prefix}${key}.`)
      : [[`${prefix}${key}`, String(value)] as [string, string]],
  );
}

/** Names under which this process has registered libraries: the runtime refuses a name that it has already. */
const registered = new Set<string>();

function appendProvider(runtime: NativeRuntime, options: bigint, library: ProviderLibrary): void {
  const { registration, path, provider } = library;
  if (findCpu(runtime, provider) === undefined && !registered.has(registration)) {
    runtime.call("RegisterExecutionProviderLibrary", runtime.env, registration, path);
    registered.add(registration);
  }
  const device = findCpu(runtime, provider);
  if (device === undefined) throw new Error(`${path} offers no CPU for ${provider}`);
  const keys = texts(runtime, Object.keys(library.options));
  const values = texts(runtime, Object.values(library.options));
  runtime.call(
    "SessionOptionsAppendExecutionProvider_V2",
    ...[options, runtime.env, BigUint64Array.of(device), 1, keys, values, keys.array.length],
  );
}

/** OrtHardwareDeviceType_CPU. */
const CPU = 0;

/** The CPU as a device of a provider, which may also have GPUs; undefined if no library with it is registered. */
function findCpu(runtime: NativeRuntime, provider: string): bigint | undefined {
  return runtime.list("GetEpDevices", runtime.env).find((device) => {
    if (runtime.plain("EpDevice_EpName", device) !== provider) return false;
    const hardware = BigInt(runtime.plain("EpDevice_Device", device) as number | bigint);
    return runtime.plain("HardwareDevice_Type", hardware) === CPU;
  });
}

const placementOf = (runtime: NativeRuntime, session: bigint): Subgraph[] =>
  runtime.list("Session_GetEpGraphAssignmentInfo", session).map((subgraph) => ({
    provider: runtime.textAt(runtime.make("EpAssignedSubgraph_GetEpName", subgraph)),
    ops: runtime
      .list("EpAssignedSubgraph_GetNodes", subgraph)
      .map((node) => runtime.textAt(runtime.make("EpAssignedNode_GetOperatorType", node))),
  }));
