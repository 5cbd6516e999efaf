// Whichever call of ONNX Runtime's C API fails, everything that was created is released again.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, expect, test } from "vitest";
import type { Engine } from "../../contract/engine.ts";
import { cpuProvider } from "../../engines/cpu.ts";
import { partsTraining } from "../../testing/parts.ts";
import { createDeviceEngine } from "./device-engine.ts";
import { createNativeEngine } from "./native-engine.ts";
import { createNativeSession } from "./native-session.ts";
import { type NativeRuntime, openNativeRuntime } from "./open-library.ts";
import type { FunctionName } from "./signatures.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** A runtime whose call number `failing` throws, and the things that it has created and not released. */
function failingRuntime(failing: number) {
  const runtime = openNativeRuntime();
  const alive = new Map<bigint, FunctionName>();
  let calls = 0;
  const count = (name: FunctionName): void => {
    if (++calls === failing) throw new Error(`${name} fails`);
  };
  const note = (name: FunctionName, pointer: bigint): bigint => {
    if (name.startsWith("Create")) alive.set(pointer, name);
    return pointer;
  };
  const counting: NativeRuntime = {
    ...runtime,
    call(name, ...args) {
      count(name);
      runtime.call(name, ...args);
    },
    async callAsync(name, ...args) {
      count(name);
      await runtime.callAsync(name, ...args);
    },
    make(name, ...args) {
      count(name);
      return note(name, runtime.make(name, ...args));
    },
    async makeAsync(name, ...args) {
      count(name);
      return note(name, await runtime.makeAsync(name, ...args));
    },
    plain(name, pointer) {
      if (name.startsWith("Release")) alive.delete(pointer);
      return runtime.plain(name, pointer);
    },
  };
  return { runtime: counting, alive, isReached: () => calls >= failing };
}

// Constants of any size are passed to each run.
const provider = { ...cpuProvider(2), maxConstantBytes: 0 };
const engines: Record<string, (runtime: NativeRuntime) => Engine> = {
  "the CPU": (runtime) => createNativeEngine(runtime, provider),
  "a device": (runtime) =>
    createDeviceEngine(runtime, { ...provider, device: { api: "Cpu", options: {}, memory: "Cpu", deviceId: 0 } }),
};

async function trainOnce(engine: Engine): Promise<void> {
  const { compile, start, inputs } = partsTraining({ count: 2 });
  const compiled = await engine.compile(...compile);
  try {
    await compiled.setState(start());
    await compiled.run(inputs(0));
    await compiled.getState();
  } finally {
    await compiled.dispose();
  }
}

test.each(Object.entries(engines))("a training step on %s releases all that it has created", async (_, engineOf) => {
  for (let failing = 1; ; failing++) {
    const { runtime, alive, isReached } = failingRuntime(failing);
    const outcome = await trainOnce(engineOf(runtime)).catch((error: Error) => error);
    expect([...alive.values()], `call ${failing}: ${outcome}`).toEqual([]);
    if (!isReached()) {
      expect(outcome).toBeUndefined();
      expect(failing).toBeGreaterThan(20);
      return;
    }
    expect(outcome).toMatchObject({ message: expect.stringMatching(/\w+ fails$/) });
  }
});

test("a provider's library that offers no CPU is registered once, and each session has the same error", async () => {
  const registered: unknown[] = [];
  const runtime: NativeRuntime = {
    ...openNativeRuntime(),
    list: () => [],
    call: (name, ...args) =>
      name === "RegisterExecutionProviderLibrary"
        ? void registered.push(args[1])
        : openNativeRuntime().call(name, ...args),
  };
  const create = () =>
    createNativeSession(
      runtime,
      { bytes: new Uint8Array(), external: [] },
      {
        ...{ inputNames: [], outputNames: [], settings: {}, threads: 1 },
        library: { path: "/some/provider.so", registration: "some", provider: "SomeProvider", options: {} },
      },
    );
  for (let i = 0; i < 2; i++)
    await expect(create()).rejects.toThrow("/some/provider.so offers no CPU for SomeProvider");
  expect(registered).toEqual(["some"]);
});
