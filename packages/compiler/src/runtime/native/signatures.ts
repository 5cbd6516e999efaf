// The functions of ONNX Runtime's C API that the native session calls: place in the table of functions, and types.
//
// The table is OrtApi of onnxruntime_c_api.h, whose order never changes: functions are only added at its end. A wrong
// line here crashes the process, so each line was compared with the header of the version below, and `open-library.ts`
// refuses a library of another version.

/** The version of the table, and the versions of the library that were tried with these signatures. */
export const API_VERSION = 26;
export const KNOWN_VERSIONS: readonly string[] = ["1.30.0"];

/** An address in memory, as a number that the C side reads as a pointer. */
const pointer = "uintptr_t";
const integer = "int";
const size = "size_t";
const text = "const char *";
const nothing = "void";
/** A path: UTF-16 on Windows, bytes elsewhere (ORTCHAR_T). */
const path = process.platform === "win32" ? "const char16_t *" : "const char *";

interface FunctionSignature {
  readonly index: number;
  readonly result: string;
  readonly parameters: readonly string[];
}

/** A function that returns a status: null, or an error. */
const call = (index: number, ...parameters: string[]): FunctionSignature => ({ index, result: pointer, parameters });
const release = (index: number): FunctionSignature => ({ index, result: nothing, parameters: [pointer] });

export const signatures = {
  GetErrorMessage: { index: 2, result: text, parameters: [pointer] },
  CreateEnv: call(3, integer, text, pointer),
  DisableTelemetryEvents: call(6, pointer),
  CreateSessionFromArray: call(8, pointer, pointer, size, pointer, pointer),
  Run: call(9, pointer, pointer, pointer, pointer, size, pointer, size, pointer),
  CreateSessionOptions: call(10, pointer),
  SetSessionExecutionMode: call(13, pointer, integer),
  EnableProfiling: call(14, pointer, path),
  DisableMemPattern: call(17, pointer),
  SetSessionLogSeverityLevel: call(22, pointer, integer),
  SetSessionGraphOptimizationLevel: call(23, pointer, integer),
  SetIntraOpNumThreads: call(24, pointer, integer),
  SetInterOpNumThreads: call(25, pointer, integer),
  CreateTensorAsOrtValue: call(48, pointer, pointer, size, integer, pointer),
  CreateTensorWithDataAsOrtValue: call(49, pointer, pointer, size, pointer, size, integer, pointer),
  CreateMemoryInfo: call(68, text, integer, integer, integer, pointer),
  CreateCpuMemoryInfo: call(69, integer, integer, pointer),
  AllocatorFree: call(76, pointer, pointer),
  GetAllocatorWithDefaultOptions: call(78, pointer),
  ReleaseStatus: release(93),
  ReleaseMemoryInfo: release(94),
  ReleaseSession: release(95),
  ReleaseValue: release(96),
  ReleaseSessionOptions: release(100),
  SessionEndProfiling: call(110, pointer, pointer, pointer),
  AddSessionConfigEntry: call(130, pointer, text, text),
  CreateAllocator: call(131, pointer, pointer, pointer),
  ReleaseAllocator: release(132),
  SessionOptionsAppendExecutionProvider_CUDA_V2: call(204, pointer, pointer),
  CreateCUDAProviderOptions: call(205, pointer),
  UpdateCUDAProviderOptions: call(206, pointer, pointer, pointer, size),
  ReleaseCUDAProviderOptions: release(208),
  AddExternalInitializers: call(210, pointer, pointer, pointer, size),
  SessionOptionsAppendExecutionProvider: call(216, pointer, text, pointer, pointer, size),
  RegisterExecutionProviderLibrary: call(301, pointer, text, path),
  GetEpDevices: call(303, pointer, pointer, pointer),
  SessionOptionsAppendExecutionProvider_V2: call(304, pointer, pointer, pointer, size, pointer, pointer, size),
  HardwareDevice_Type: { index: 307, result: integer, parameters: [pointer] },
  HardwareDevice_VendorId: { index: 308, result: "uint32_t", parameters: [pointer] },
  EpDevice_EpName: { index: 312, result: text, parameters: [pointer] },
  EpDevice_Device: { index: 316, result: pointer, parameters: [pointer] },
  Session_GetEpGraphAssignmentInfo: call(407, pointer, pointer, pointer),
  EpAssignedSubgraph_GetEpName: call(408, pointer, pointer),
  EpAssignedSubgraph_GetNodes: call(409, pointer, pointer, pointer),
  EpAssignedNode_GetOperatorType: call(412, pointer, pointer),
} as const satisfies Record<string, FunctionSignature>;

export type FunctionName = keyof typeof signatures;
