// Opens ONNX Runtime's library, the one that onnxruntime-node ships, and its C API, with koffi.

import { createRequire } from "node:module";
import { arrayOf, type Data, type DType } from "../../graph/types.ts";
import { turnTelemetryOff } from "../../no-telemetry.ts";
import { checkKoffiFiles, checkRuntimeFiles, runtimeLibrary } from "../runtime-files.ts";
import { API_VERSION, type FunctionName, KNOWN_VERSIONS, signatures } from "./signatures.ts";

type Koffi = typeof import("koffi");

/** Memory of ours that holds addresses of other memory, which it keeps alive. */
export interface Pointers {
  readonly array: BigUint64Array;
  readonly targets: unknown;
}

/**
 * An argument of a C function: a number, an address, a text, or memory of ours, which is passed by its address and kept
 * alive until the call is done. An address of our memory as a bare number would let the garbage collector free it.
 */
export type Argument = number | bigint | string | ArrayBufferView | Pointers;

type BufferType = typeof ArrayBuffer | typeof SharedArrayBuffer;

/** The C API with checked calls. Results that are pointers are addresses. */
export interface NativeRuntime {
  readonly version: string;
  /** The runtime's environment, which all sessions of the process share. */
  readonly env: bigint;
  /** The runtime's description of plain memory, for tensors over arrays of ours. */
  readonly memory: bigint;
  /** Calls a function that returns a status. Throws an Error with the message of the status. */
  call(name: FunctionName, ...args: Argument[]): void;
  /** Like `call`, on another thread. */
  callAsync(name: FunctionName, ...args: Argument[]): Promise<void>;
  /** Calls a function that writes its result to its last parameter, and returns the result. */
  make(name: FunctionName, ...args: Argument[]): bigint;
  makeAsync(name: FunctionName, ...args: Argument[]): Promise<bigint>;
  /** Calls a function that writes a list, an array and its length, to its last two parameters. */
  list(name: FunctionName, ...args: Argument[]): bigint[];
  /** Calls a function that returns no status: a release, or a name. */
  plain(name: FunctionName, pointer: bigint): unknown;
  /** Addresses of memory, which the result keeps alive. */
  pointers(targets: readonly ArrayBufferView[]): Pointers;
  textAt(address: bigint): string;
  /**
   * An array of zeros that begins at a multiple of 64 bytes, as arrays of the runtime do. Some kernels, such as Sin,
   * use other instructions up to the first such address, which round otherwise. Throws if there is no memory for it.
   */
  alignedArray(dtype: DType, length: number, memory?: BufferType): Data;
  /**
   * Makes providers that are loaded later see a CPU of this vendor, a PCI id. OpenVINO's provider accepts CPUs of Intel
   * only, while OpenVINO itself runs on all x86-64 CPUs (https://github.com/microsoft/onnxruntime/pull/31981).
   */
  presentCpuAs(vendor: number): void;
}

/**
 * Bytes of the stack that koffi gives to a call. Its default for asynchronous calls, 128 KiB, is only twice what one
 * GEMM of the runtime puts onto the stack.
 */
const STACK_BYTES = 8 * 2 ** 20;

/** Set to `node`, it makes engines use Node's binding of ONNX Runtime in place of the C API. */
const BINDING = "DIT_BENCH_BINDING";

/**
 * The number of asynchronous calls that run at the same time: the size of Node's thread pool, read as libuv reads it.
 * The pool exists before any module of ours is loaded, so only the caller's environment can change its size.
 */
export function simultaneousCalls(): number {
  const given = process.env.UV_THREADPOOL_SIZE;
  return given === undefined ? 4 : Math.min(1024, Math.max(1, Number.parseInt(given, 10) || 1));
}

let opened: NativeRuntime | Error | undefined;

/** koffi unloads a library when its object is collected, so it is kept for the process's whole life. */
let library: ReturnType<Koffi["load"]>;

/** The C API, or the reason why engines have to use Node's binding. */
export function findNativeRuntime(): NativeRuntime | { readonly reason: string } {
  const binding = process.env[BINDING];
  if (binding) return { reason: `${BINDING} is '${binding}'${binding === "node" ? "" : ", wanted 'node'"}` };
  try {
    return openNativeRuntime();
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/**
 * Opens the library, once in a process.
 *
 * @throws Error if koffi or the library is missing here, or if the library's version is not known
 */
export function openNativeRuntime(): NativeRuntime {
  try {
    opened ??= open();
  } catch (error) {
    opened = error as Error;
  }
  if (opened instanceof Error) throw opened;
  return opened;
}

function open(): NativeRuntime {
  turnTelemetryOff();
  const koffi = loadKoffi();
  checkRuntimeFiles();
  // The library that Node's binding loads, too: a second copy of it would have its own environment.
  library = koffi.load(runtimeLibrary());
  const [getApi, getVersion] = pointersAt(koffi, BigInt(library.func("OrtGetApiBase", "uintptr_t", [])()), 2);
  const version = String(functionAt(koffi, getVersion!, "const char *", [])());
  if (!KNOWN_VERSIONS.includes(version))
    throw new Error(
      `ONNX Runtime is ${version}, and only the C API of ${KNOWN_VERSIONS.join(", ")} is known: ` +
        `install onnxruntime-node ${KNOWN_VERSIONS.at(-1)}`,
    );
  const table = BigInt(functionAt(koffi, getApi!, "uintptr_t", ["uint32_t"])(API_VERSION) as number);
  if (table === 0n) throw new Error(`ONNX Runtime ${version} has no version ${API_VERSION} of its C API`);
  return nativeRuntime(koffi, table, version);
}

function loadKoffi(): Koffi {
  const require = createRequire(import.meta.url);
  let koffi: Koffi;
  try {
    checkKoffiFiles();
    koffi = require("koffi") as Koffi;
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0]!;
    throw new Error(
      `koffi does not load on ${process.platform} on ${process.arch}: ${reason}; 'npm ci' installs it again`,
    );
  }
  const config = koffi.config();
  const { sync_stack_size = 0, async_stack_size = 0 } = config;
  // Once a library is loaded, koffi refuses to change its configuration: another module that uses koffi was first.
  if (sync_stack_size < STACK_BYTES || async_stack_size < STACK_BYTES)
    koffi.config({ ...config, sync_stack_size: STACK_BYTES, async_stack_size: STACK_BYTES });
  return koffi;
}

/** Errors are thrown, so the runtime need not print them as well. */
export const LOG_FATAL = 4;

/** OrtDeviceAllocator and OrtMemTypeDefault. */
export const DEVICE_ALLOCATOR = 0;
export const DEFAULT_MEMORY = 0;

function nativeRuntime(koffi: Koffi, table: bigint, version: string): NativeRuntime {
  const functions = new Map<FunctionName, NativeFunction>();
  const find = (name: FunctionName): NativeFunction => {
    let found = functions.get(name);
    if (!found) {
      const { index, result, parameters } = signatures[name];
      const [pointer] = pointersAt(koffi, table + BigInt(8 * index), 1);
      found = functionAt(koffi, pointer!, result, parameters);
      functions.set(name, found);
    }
    return found;
  };
  const check = (status: unknown): void => {
    if (BigInt(status as number) === 0n) return;
    const message = String(find("GetErrorMessage")(status as bigint));
    find("ReleaseStatus")(status as bigint);
    throw new Error(message);
  };
  const addressOf = (array: ArrayBufferView): bigint => koffi.address(array.byteLength === 0 ? SOMEWHERE : array);
  const plainArgument = (argument: Argument): number | bigint | string => {
    if (typeof argument !== "object") return argument;
    return addressOf("array" in argument ? argument.array : argument);
  };
  /** The arguments of calls that are not done: a reference that no optimization removes. */
  const inUse = new Set<readonly Argument[]>();
  const call: NativeRuntime["call"] = (name, ...args) => {
    inUse.add(args);
    try {
      check(find(name)(...args.map(plainArgument)));
    } finally {
      inUse.delete(args);
    }
  };
  const callAsync: NativeRuntime["callAsync"] = async (name, ...args) => {
    inUse.add(args);
    try {
      const status = await new Promise<unknown>((resolve, reject) => {
        find(name).async(...args.map(plainArgument), (error: Error | null, status: unknown) =>
          error ? reject(error) : resolve(status),
        );
      });
      check(status);
    } finally {
      inUse.delete(args);
    }
  };
  const make: NativeRuntime["make"] = (name, ...args) => {
    const result = new BigUint64Array(1);
    call(name, ...args, result);
    return result[0]!;
  };
  const list: NativeRuntime["list"] = (name, ...args) => {
    const [array, length] = [new BigUint64Array(1), new BigUint64Array(1)];
    call(name, ...args, array, length);
    return pointersAt(koffi, array[0]!, Number(length[0]!));
  };
  const env = make("CreateEnv", LOG_FATAL, "dit-bench");
  call("DisableTelemetryEvents", env);
  const memory = make("CreateCpuMemoryInfo", DEVICE_ALLOCATOR, DEFAULT_MEMORY);
  /** The runtime's description of the CPU: an OrtHardwareDevice, whose first fields are its type and vendor id. */
  const cpuDevice = (): bigint => {
    const device = list("GetEpDevices", env).find(
      (pointer) => find("EpDevice_EpName")(pointer) === "CPUExecutionProvider",
    );
    if (device === undefined) throw new Error("ONNX Runtime lists no CPU");
    return BigInt(find("EpDevice_Device")(device) as number);
  };
  const cpuVendor = (): number => Number(find("HardwareDevice_VendorId")(cpuDevice()));
  return {
    version,
    env,
    memory,
    call,
    callAsync,
    make,
    list,
    presentCpuAs(vendor) {
      const known = cpuVendor();
      if (known === vendor) return;
      const field = cpuDevice() + 4n;
      const found = koffi.decode(field, "uint32_t") as number;
      if (found !== known)
        throw new Error(
          `ONNX Runtime ${version} keeps the CPU's vendor elsewhere: ` +
            `found 0x${found.toString(16)}, wanted 0x${known.toString(16)}`,
        );
      koffi.encode(field, "uint32_t", vendor);
    },
    async makeAsync(name, ...args) {
      const result = new BigUint64Array(1);
      await callAsync(name, ...args, result);
      return result[0]!;
    },
    plain: (name, pointer) => find(name)(pointer),
    pointers: (targets) => ({ array: BigUint64Array.from(targets, addressOf), targets }),
    alignedArray(dtype, length, memory = ArrayBuffer) {
      const type = arrayOf(dtype);
      const bytes = length * type.BYTES_PER_ELEMENT + ALIGNMENT;
      let buffer: ArrayBuffer;
      try {
        buffer = new memory(bytes) as ArrayBuffer;
      } catch (error) {
        throw new Error(`memory for an array of ${bytes} bytes is not available: use a smaller batch or model`, {
          cause: error,
        });
      }
      const past = Number(koffi.address(new Uint8Array(buffer)) % BigInt(ALIGNMENT));
      return new type(buffer, past === 0 ? 0 : ALIGNMENT - past, length);
    },
    textAt: (address) => String(koffi.decode(address, "char", -1)),
  };
}

/** Bytes: a cache line, and the widest vector instructions. */
const ALIGNMENT = 64;

/** An address for arrays without elements, whose own address is null. */
const SOMEWHERE = new Uint8Array(8);

interface NativeFunction {
  (...args: Argument[]): unknown;
  async(...args: unknown[]): void;
}

function functionAt(koffi: Koffi, pointer: bigint, result: string, parameters: readonly string[]): NativeFunction {
  return koffi.decode(pointer, koffi.proto(result, [...parameters])) as NativeFunction;
}

function pointersAt(koffi: Koffi, address: bigint, count: number): bigint[] {
  if (count === 0) return [];
  return Array.from(koffi.decode(address, "uintptr_t", count) as ArrayLike<number | bigint>, BigInt);
}
