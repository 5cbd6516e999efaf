// The behaviour that all engines share, and the choice among them.

import * as tf from "@dit-bench/tfjs";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createEngine, describeEngines, type Engine, type TensorFunction } from "../index.ts";
import { engines as table } from "./table.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const counter: TensorFunction = ({ x, total, steps }) => ({
  total: tf.add(total!, x!),
  steps: tf.add(steps!, tf.scalar(1, "int32")),
  mean: tf.div(tf.add(total!, x!), tf.cast(tf.add(steps!, tf.scalar(1, "int32")), "float32")),
});
const signature = { x: { shape: [2] }, total: { shape: [2] }, steps: { shape: [], dtype: "int32" } } as const;

const webgpu = (await describeEngines()).find(({ name }) => name === "webgpu")!;
if (!webgpu.available) console.warn(`tests on webgpu are skipped: ${webgpu.reason}: ${webgpu.how}`);
const testedEngines = [...(webgpu.available ? (["webgpu"] as const) : []), "cpu", "cpu+float16", "tfjs-cpu"] as const;

describe.each(testedEngines)("engine %s", (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine(name, { threads: 1 });
  });
  const compile = () => engine.compile(counter, signature, { name: "counter", state: ["total", "steps"] });

  test("keeps state from run to run and returns the other outputs", async () => {
    const f = await compile();
    await f.setState({ total: Float32Array.of(0, 0), steps: Int32Array.of(0) });
    expect(await f.run({ x: Float32Array.of(2, 4) })).toEqual({ mean: Float32Array.of(2, 4) });
    expect(await f.run({ x: Float32Array.of(4, 0) })).toEqual({ mean: Float32Array.of(3, 2) });
    expect(await f.getState()).toEqual({ total: Float32Array.of(6, 4), steps: Int32Array.of(2) });
    await f.dispose();
  });

  test("copies state in and out, and sets some of the state", async () => {
    const f = await compile();
    const mine = Float32Array.of(1, 1);
    await f.setState({ total: mine, steps: Int32Array.of(0) });
    mine.fill(9);
    (await f.getState()).total!.fill(7);
    await f.setState({ steps: Int32Array.of(3) });
    await f.run({ x: Float32Array.of(0, 0) });
    expect(await f.getState()).toEqual({ total: Float32Array.of(1, 1), steps: Int32Array.of(4) });
    await f.dispose();
  });

  test("queues runs that are started together", async () => {
    const f = await compile();
    await f.setState({ total: Float32Array.of(0, 0), steps: Int32Array.of(0) });
    const means = await Promise.all([1, 2, 3].map((v) => f.run({ x: Float32Array.of(v, 0) })));
    expect(means.map(({ mean }) => mean![0])).toEqual([1, 1.5, 2]);
    await f.dispose();
  });

  test("names the input or state that is missing, unknown or of the wrong array", async () => {
    const f = await compile();
    const x = Float32Array.of(1, 2);
    await expect(f.run({ x })).rejects.toThrow('counter: state "total" has no value: call setState before run');
    await f.setState({ total: x, steps: Int32Array.of(0) });
    await expect(f.run({})).rejects.toThrow('counter: input "x" is missing: wanted float32 [2]');
    await expect(f.run({ x, z: x })).rejects.toThrow('counter: no input "z": wanted "x"');
    await expect(f.run({ x, total: x })).rejects.toThrow('counter: no input "total": wanted "x"');
    await expect(f.run({ x: Float32Array.of(1) })).rejects.toThrow(
      'counter: input "x" has 1 elements: wanted 2 for float32 [2]',
    );
    await expect(f.run({ x: Int32Array.of(1, 2) })).rejects.toThrow(
      'counter: input "x" is an Int32Array: wanted a Float32Array for float32 [2]',
    );
    await expect(f.run({ x: [1, 2] as never })).rejects.toThrow(/is an Array/);
    await expect(f.setState({ x })).rejects.toThrow('counter: no state "x": wanted "total", "steps"');
    await expect(f.setState({ total: Float32Array.of(1) })).rejects.toThrow(/state "total" has 1 elements/);
    expect(await f.run({ x })).toEqual({ mean: Float32Array.of(2, 4) }); // a refused run changes nothing
    await f.dispose();
  });

  test("takes constants from the signature, and restores the active tfjs backend", async () => {
    const w = { shape: [2, 1], value: Float32Array.of(3, 4) };
    const f = await engine.compile(
      ({ x, w }) => ({ y: tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), unread: tf.scalar(1) }),
      { x: { shape: [1, 2] }, w },
    );
    const tensors = tf.memory().numTensors;
    expect(await f.run({ x: Float32Array.of(1, 10) })).toEqual({ y: Float32Array.of(43), unread: Float32Array.of(1) });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(tf.getBackend()).toBe("cpu");
    await f.dispose();
  });

  test("refuses state that is no input, has a constant value, is no output, or changes its type", async () => {
    const x = { shape: [2] };
    const compile = async (f: TensorFunction, spec: object, state: string[]) => {
      const compiled = await engine.compile(f, spec as never, { state, name: "f" });
      await compiled.setState({ x: Float32Array.of(1, 2) });
      await compiled.run({});
    };
    await expect(compile(({ x }) => ({ x: x! }), { x }, ["y"])).rejects.toThrow(
      'f: state "y" is not an input: wanted one of "x"',
    );
    await expect(compile(({ x }) => ({ x: x! }), { x: { ...x, value: Float32Array.of(1, 2) } }, ["x"])).rejects.toThrow(
      /has a value in the signature/,
    );
    await expect(compile(({ x }) => ({ y: x! }), { x }, ["x"])).rejects.toThrow(
      'f: state "x" is not an output: wanted one of "y"',
    );
    await expect(compile(({ x }) => ({ x: tf.sum(x!) }), { x }, ["x"])).rejects.toThrow(
      "goes in as float32 [2] and comes out as float32 []",
    );
  });
});

describe("the compiled engine", () => {
  test("reports its nodes, its ops and the time of tracing", async () => {
    const engine = await createEngine("cpu", { threads: 2 });
    const f = await engine.compile(({ x }) => ({ y: tf.exp(tf.neg(x!)) }), { x: { shape: [2] } });
    expect(engine).toMatchObject({ name: "cpu", threads: 2 });
    expect(f.report).toMatchObject({ nodes: 2, ops: { Neg: 1, Exp: 1 } });
    expect(f.report.traceMs).toBeGreaterThan(0);
    await f.dispose();
  });

  test("takes and returns Float64Array in float64", async () => {
    const engine = await createEngine("cpu", { threads: 1 });
    const f = await engine.compile(({ x }) => ({ y: tf.div(x!, 3) }), { x: { shape: [] } }, { precision: "float64" });
    expect(await f.run({ x: Float64Array.of(1) })).toEqual({ y: Float64Array.of(1 / 3) });
    await expect(f.run({ x: Float32Array.of(1) })).rejects.toThrow(/wanted a Float64Array for float64 \[\]/);
    await f.dispose();
  });

  test("refuses a graph that the runtime has no kernel for, with its name and the op", async () => {
    const engine = await createEngine("cpu", { threads: 1 });
    const f: TensorFunction = ({ x }) => ({ y: tf.tan(x!) });
    await expect(engine.compile(f, { x: { shape: [2] } }, { precision: "float64", name: "mine" })).rejects.toThrow(
      /mine: ONNX Runtime refuses the graph: .*Tan/s,
    );
  });
});

describe("describeEngines", () => {
  test("lists every engine of the table, and how to get those that do not work here", async () => {
    const engines = await describeEngines();
    expect(engines.map((e) => e.name)).toEqual(Object.keys(table));
    const cpu = engines.find((e) => e.name === "cpu");
    expect(cpu).toMatchObject({ available: true, reason: expect.stringContaining("onnxruntime-node") });
    const remedies = { cuda: /cuda12/, webgpu: /Vulkan/, "tfjs-node": /npm install/, "tfjs-node-gpu": /npm install/ };
    for (const { name, how, reason } of engines.filter((e) => !e.available)) {
      expect(reason).not.toBe("");
      expect(how).toMatch(remedies[name as keyof typeof remedies] ?? /./);
    }
  });
});

describe("createEngine", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test("starts no openvino where DIT_BENCH_BINDING excludes the C API", async () => {
    vi.stubEnv("DIT_BENCH_BINDING", "node");
    const reason = "OpenVINO needs ONNX Runtime's C API: DIT_BENCH_BINDING is 'node'";
    await expect(createEngine("openvino")).rejects.toThrow(
      `engine "openvino" cannot start: ${reason}: use --engine cpu`,
    );
    expect((await describeEngines()).find(({ name }) => name === "openvino")).toMatchObject({
      ...{ available: false, reason, how: "use --engine cpu" },
    });
    expect((await createEngine("auto", { threads: 1 })).name).toBe("cpu");
  });

  test("starts openvino or cpu for auto, with the reason", async () => {
    const engine = await createEngine("auto", { threads: 1 });
    if (engine.name === "openvino") {
      expect(engine.reason).toBe("openvino works"); // a CPU of Intel, and the provider was fetched
      return;
    }
    expect(engine.name).toBe("cpu");
    expect(engine.reason).toMatch(/^(openvino: .+, run 'bench fetch openvino'; )?cpu works$/);
  });

  test("refuses an engine that does not work here, an unknown name, and a number of threads below 1", async () => {
    const missing = (await describeEngines()).find((e) => !e.available);
    if (missing)
      await expect(createEngine(missing.name)).rejects.toThrow(`cannot start: ${missing.reason}: ${missing.how}`);
    await expect(createEngine("gpu" as never)).rejects.toThrow(
      `engine "gpu" is not known: wanted auto, ${Object.keys(table).join(", ")}`,
    );
    await expect(createEngine("cpu+float8" as never)).rejects.toThrow(
      /engine "cpu\+float8" is not known: wanted cuda\+float16, .*cpu\+float16, or a name without \+/,
    );
    await expect(createEngine("tfjs-cpu+float16" as never)).rejects.toThrow(
      /engine "tfjs-cpu\+float16" is not known: wanted cuda\+float16, /,
    );
    await expect(createEngine("cpu", { threads: 0 })).rejects.toThrow(
      "threads is 0: wanted a whole number of at least 1",
    );
    await expect(
      (await createEngine("tfjs-cpu")).compile(counter, signature, { precision: "float64" }),
    ).rejects.toThrow(/no float64/);
  });
});
