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
  /** Which of the runtime's providers ran each op: `OpenVINOExecutionProvider` to `["MatMul", …]`. */
  placement(): ReadonlyMap<string, readonly string[]>;
  endProfiling(): void;
  release(): void;
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
  let session: bigint;
  // The session reads the large constants where they are, for as long as it lives.
  const constants = model.external.map((constant) => values.of(constant.data, constant));
  try {
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
    session = await runtime.makeAsync(
      "CreateSessionFromArray",
      ...[runtime.env, model.bytes, model.bytes.byteLength, options],
    );
  } catch (error) {
    for (const value of constants) values.release(value);
    throw error;
  } finally {
    runtime.plain("ReleaseSessionOptions", options);
  }

  const [inputs, outputs] = [texts(runtime, inputNames), texts(runtime, outputNames)];
  return {
    run: (given, made) =>
      runtime.callAsync(
        "Run",
        ...[session, 0, inputs, valuePointers(given), given.length, outputs, made.length, valuePointers(made)],
      ),
    allocator: (memoryInfo) => runtime.make("CreateAllocator", session, memoryInfo),
    placement: () => placementOf(runtime, session),
    endProfiling() {
      const allocator = runtime.make("GetAllocatorWithDefaultOptions");
      runtime.call("AllocatorFree", allocator, runtime.make("SessionEndProfiling", session, allocator));
    },
    release() {
      runtime.plain("ReleaseSession", session);
      for (const value of constants) values.release(value);
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

/** Libraries that are registered in this process, by the names of their registrations. */
const registered = new Map<string, string>();

function appendProvider(runtime: NativeRuntime, options: bigint, library: ProviderLibrary): void {
  const { registration, path, provider } = library;
  if (registered.get(registration) !== path) {
    runtime.call("RegisterExecutionProviderLibrary", runtime.env, registration, path);
    registered.set(registration, path);
  }
  const device = runtime
    .list("GetEpDevices", runtime.env)
    .find((pointer) => runtime.plain("EpDevice_EpName", pointer) === provider);
  if (device === undefined) throw new Error(`${path} has no device for ${provider}`);
  const keys = texts(runtime, Object.keys(library.options));
  const values = texts(runtime, Object.values(library.options));
  runtime.call(
    "SessionOptionsAppendExecutionProvider_V2",
    ...[options, runtime.env, BigUint64Array.of(device), 1, keys, values, keys.array.length],
  );
}

function placementOf(runtime: NativeRuntime, session: bigint): ReadonlyMap<string, readonly string[]> {
  const placed = new Map<string, string[]>();
  for (const subgraph of runtime.list("Session_GetEpGraphAssignmentInfo", session)) {
    const provider = runtime.textAt(runtime.make("EpAssignedSubgraph_GetEpName", subgraph));
    const ops = runtime
      .list("EpAssignedSubgraph_GetNodes", subgraph)
      .map((node) => runtime.textAt(runtime.make("EpAssignedNode_GetOperatorType", node)));
    placed.set(provider, [...(placed.get(provider) ?? []), ...ops]);
  }
  return placed;
}
