// Reasons for which engines use Node's binding in place of the C API, and what `describeEngines` makes of them.

import * as tf from "@dit-bench/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openNativeRuntime, simultaneousCalls } from "./open-library.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** Loads the modules again, with what the test has mocked. */
async function cpuOf(): Promise<{ description: string; engine: import("../../index.ts").Engine }> {
  vi.resetModules();
  const { createEngine, describeEngines } = await import("../../index.ts");
  const found = (await describeEngines()).find(({ name }) => name === "cpu")!;
  expect(found.available).toBe(true);
  return { description: found.reason, engine: await createEngine("cpu", { threads: 1 }) };
}

async function double(engine: import("../../index.ts").Engine): Promise<unknown> {
  const f = await engine.compile(({ x }) => ({ y: tf.mul(x!, 2) }), { x: { shape: [2] } });
  const made = await f.run({ x: Float32Array.of(1, 2) });
  await f.dispose();
  return made;
}

describe("the engine cpu", () => {
  const slower = "onnxruntime-node 1.30.0, slower than it could be: ";
  beforeEach(() => {
    vi.stubEnv("DIT_BENCH_BINDING", undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.doUnmock("./signatures.ts");
    vi.doUnmock("node:module");
    vi.resetModules();
  });

  test("reports nothing where the C API works", async () => {
    expect((await cpuOf()).description).toBe("compiled, ONNX Runtime on the CPU, onnxruntime-node 1.30.0");
  });

  test("uses Node's binding where DIT_BENCH_BINDING is node, and reports it", async () => {
    vi.stubEnv("DIT_BENCH_BINDING", "node");
    const { description, engine } = await cpuOf();
    expect(description).toContain(`${slower}DIT_BENCH_BINDING is 'node'`);
    expect(await double(engine)).toEqual({ y: Float32Array.of(2, 4) });
    vi.stubEnv("DIT_BENCH_BINDING", "nodes");
    expect((await cpuOf()).description).toContain(`${slower}DIT_BENCH_BINDING is 'nodes', wanted 'node'`);
    vi.stubEnv("DIT_BENCH_BINDING", "");
    expect((await cpuOf()).description).not.toContain(slower);
  });

  test("uses Node's binding of a version whose table is not known, and reports both versions", async () => {
    vi.doMock("./signatures.ts", async (original) => ({ ...(await original<object>()), KNOWN_VERSIONS: ["1.29.0"] }));
    const { description, engine } = await cpuOf();
    expect(description).toContain(
      `${slower}ONNX Runtime is 1.30.0, and only the C API of 1.29.0 is known: install onnxruntime-node 1.29.0`,
    );
    expect(await double(engine)).toEqual({ y: Float32Array.of(2, 4) });
  });

  test("uses Node's binding of a library without the version of the table, and reports it", async () => {
    vi.doMock("./signatures.ts", async (original) => ({ ...(await original<object>()), API_VERSION: 99 }));
    expect((await cpuOf()).description).toContain(`${slower}ONNX Runtime 1.30.0 has no version 99 of its C API`);
  });

  test("uses Node's binding where koffi is not installed, and reports it", async () => {
    vi.doMock("node:module", async (original) => {
      const module = await original<typeof import("node:module")>();
      const createRequire: typeof module.createRequire = (from) => {
        const require = module.createRequire(from);
        const refuse = (name: string) => {
          if (name === "koffi") throw new Error("Cannot find module 'koffi'\nRequire stack:");
          return require(name) as unknown;
        };
        return Object.assign(refuse, require);
      };
      return { ...module, createRequire };
    });
    const { description, engine } = await cpuOf();
    expect(description).toContain(
      `${slower}koffi does not load on ${process.platform} on ${process.arch}: Cannot find module 'koffi'; ` +
        "'npm ci' installs it again",
    );
    expect(description).not.toContain("Require stack");
    expect(await double(engine)).toEqual({ y: Float32Array.of(2, 4) });
  });
});

describe("openNativeRuntime", () => {
  test("opens the library once", () => {
    expect(openNativeRuntime()).toBe(openNativeRuntime());
    expect(openNativeRuntime().version).toBe("1.30.0");
  });

  test("throws the message of a status, and frees it", () => {
    const runtime = openNativeRuntime();
    const options = runtime.make("CreateSessionOptions");
    for (let i = 0; i < 3; i++)
      expect(() => runtime.call("AddSessionConfigEntry", options, "", "value")).toThrow(/key.*empty|empty.*key/i);
    runtime.plain("ReleaseSessionOptions", options);
  });

  test("rejects a session of bytes that are no model, many times over", async () => {
    const runtime = openNativeRuntime();
    const options = runtime.make("CreateSessionOptions");
    const bytes = Uint8Array.of(1, 2, 3);
    for (let i = 0; i < 20; i++)
      await expect(runtime.makeAsync("CreateSessionFromArray", runtime.env, bytes, 3, options)).rejects.toThrow(
        /Load model|protobuf/i,
      );
    runtime.plain("ReleaseSessionOptions", options);
  });

  test("makes arrays that begin at multiples of 64 bytes, zeroed, of every type and memory", () => {
    const runtime = openNativeRuntime();
    for (const memory of [ArrayBuffer, SharedArrayBuffer])
      for (const dtype of ["float32", "float64", "int32", "bool"] as const)
        for (const length of [0, 1, 1000]) {
          const array = runtime.alignedArray(dtype, length, memory);
          expect(array.length).toBe(length);
          expect(array.every((x) => x === 0)).toBe(true);
          const [address] = runtime.pointers([array]).array;
          if (length > 0) expect(address! % 64n).toBe(0n);
        }
  });

  test("names the bytes of an array for which there is no memory", () => {
    for (const memory of [ArrayBuffer, SharedArrayBuffer])
      expect(() => openNativeRuntime().alignedArray("float32", 2 ** 50, memory)).toThrow(
        "memory for an array of 4503599627370560 bytes is not available: use a smaller batch or model",
      );
  });
});

describe("simultaneousCalls", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test("is the size of Node's thread pool", () => {
    vi.stubEnv("UV_THREADPOOL_SIZE", undefined);
    expect(simultaneousCalls()).toBe(4);
    vi.stubEnv("UV_THREADPOOL_SIZE", "16");
    expect(simultaneousCalls()).toBe(16);
    for (const [text, size] of [
      ["0", 1],
      ["", 1],
      ["many", 1],
      ["1.5", 1],
      ["2 ", 2],
      ["5000", 1024],
    ] as const) {
      vi.stubEnv("UV_THREADPOOL_SIZE", text);
      expect(simultaneousCalls(), text).toBe(size);
    }
  });
});
