// Tests the flags with their defaults, and the rows that follow from the flags.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stepFlops } from "./flops.mjs";
import { optionsOf } from "./options.mjs";
import { BEFORE, baselineOn, GEMM, rowsOf } from "./rows.mjs";

const settings = JSON.parse(readFileSync(new URL("settings.json", import.meta.url), "utf8"));

describe("optionsOf", () => {
  it("chooses every method and peer by default, at the default shapes", () => {
    const { shapes, methods, peers } = optionsOf([], settings);
    expect([shapes, methods, peers]).toEqual([
      ["192x6", "384x12", "1152x28"],
      settings.methods,
      ["pytorch", "pytorch-bfloat16", "torch.compile", "torch.compile-bfloat16"],
    ]);
  });

  it("takes several engines of the CPU, each once, and by default the engine cpu", () => {
    expect(optionsOf([], settings).engines).toEqual(["cpu"]);
    const { engines } = optionsOf(["--engine", "cpu,openvino,openvino+bfloat16,cpu"], settings);
    expect(engines).toEqual(["cpu", "openvino", "openvino+bfloat16"]);
  });

  it.each([
    [
      ["--shapes", "tiny,huge"],
      "--shapes: 'huge' is not known, available: tiny, 192x6, 384x12, 1152x28, 384x12-batch-64, 1152x28-batch-8,",
    ],
    [["--rounds", "2.5"], "--rounds is '2.5', expected a whole number above 0"],
    [["--seconds", "soon"], "--seconds is 'soon', expected a number above 0"],
    [
      ["--engine", "cpu,gpu"],
      "--engine: 'gpu' is not known, available: cpu, openvino, openvino+bfloat16, webgpu, cuda",
    ],
    [["--engine", "cpu,cuda"], "--engine is 'cpu,cuda', but cuda is measured alone: give it a run of its own"],
    [["--engine", "cuda", "--before", "."], "--before is measured on the CPU only: leave out --before or --engine"],
    [["--engine", "cuda", "--parts", "loop"], "--parts are measured on the CPU only"],
    [["--peers", "pytorch-tf32"], "--peers: 'pytorch-tf32' is not known, available: pytorch, pytorch-bfloat16,"],
    [["--commit", "main"], "--commit is 'main', expected 7 to 40 hexadecimal digits"],
    [["--fast"], "Unknown option '--fast'; --help lists the flags"],
  ])("rejects the flags %j", (args, message) => expect(() => optionsOf(args, settings)).toThrow(message));
});

describe("rowsOf on the CPU", () => {
  const options = optionsOf(
    "--shapes tiny --methods sample,difffit --peers pytorch --parts loop,frechet --threads 1".split(" "),
    settings,
  );
  const rows = rowsOf(settings, options);

  it("lists the methods of each shape, then the parts", () => {
    expect(rows.map(({ id }) => id)).toEqual(["tiny sample", "tiny difffit", "part loop", "part frechet"]);
  });

  it("compares a step with the peers and bare GEMMs, and DiffFit with full fine-tuning", () => {
    const expected = ["pytorch", baselineOn(GEMM.square, "cpu"), baselineOn(GEMM.own, "cpu")];
    expect(Object.keys(rows[0].baselines)).toEqual(expected);
    expect(Object.keys(rows[1].baselines)).toEqual([...expected, "full on cpu"]);
  });

  it("scales the square GEMM to the operations of the step", () => {
    const { scale, spec } = rows[1].baselines[baselineOn(GEMM.square, "cpu")];
    const [{ m, k, n }] = spec.prepare.gemms ?? [];
    expect(scale * 2 * m * k * n).toBeCloseTo(stepFlops(settings.shapes.tiny, "difffit"));
  });
});

describe("rowsOf with several engines and an earlier build", () => {
  const flags = "--engine cpu,openvino,openvino+bfloat16 --methods difffit --parts loop,decoding-32 --before older";
  const rows = rowsOf(settings, optionsOf([...flags.split(" "), "--shapes", "tiny", "--threads", "1"], settings));
  const [step, loop, decoding] = rows;

  it("measures every engine, with its precision", () => {
    expect(Object.entries(step.ours).map(([name, { precision }]) => [name, precision])).toEqual([
      ["cpu", "float32"],
      ["openvino", "float32"],
      ["openvino+bfloat16", "bfloat16"],
    ]);
    expect(step.ours["openvino+bfloat16"].spec.prepare).toMatchObject({ engine: "openvino+bfloat16" });
  });

  it("compares all engines with PyTorch and the earlier build, and full fine-tuning with its own engine", () => {
    const comparedEngine = Object.fromEntries(
      Object.entries(step.baselines).map(([name, { engine = "all" }]) => [name, engine]),
    );
    expect(comparedEngine).toEqual({
      pytorch: "all",
      "pytorch-bfloat16": "all",
      "torch.compile": "all",
      "torch.compile-bfloat16": "all",
      [BEFORE]: "all",
      "square GEMM on cpu": "cpu",
      "own GEMMs on cpu": "cpu",
      "full on cpu": "cpu",
      "full on openvino": "openvino",
      "full on openvino+bfloat16": "openvino+bfloat16",
    });
    expect(step.sameWork).toContain(BEFORE);
  });

  it("gives the earlier build no engine, since it may know none by name", () => {
    expect(step.baselines[BEFORE].spec.program).toBe("before");
    expect(step.baselines[BEFORE].spec.prepare).not.toHaveProperty("engine");
  });

  it("runs bfloat16 of PyTorch on the CPU", () => {
    expect(step.baselines["torch.compile-bfloat16"].spec.prepare).toMatchObject({
      device: "cpu",
      precision: "bfloat16",
      compile: true,
    });
  });

  it("repeats a part on every engine only if the engine executes it", () => {
    expect(Object.keys(loop.ours)).toEqual(["cpu", "openvino", "openvino+bfloat16"]);
    expect(Object.keys(loop.baselines)).toContain("same batch on openvino");
    expect(Object.keys(decoding.ours)).toEqual(["cpu"]);
  });
});

describe("rowsOf on a GPU", () => {
  const options = optionsOf(
    "--engine webgpu --methods difffit --peers pytorch,pytorch-bfloat16 --threads 1".split(" "),
    settings,
  );
  const rows = rowsOf(settings, options);

  it("lists the GPU's shapes, and no parts", () => {
    expect(rows.map(({ id }) => id)).toEqual(
      settings.defaults.deviceShapes.map((/** @type {string} */ shape) => `${shape} difffit`),
    );
  });

  it("compares a step with PyTorch on the GPU and with full fine-tuning on the same engine", () => {
    const [{ ours, baselines }] = rows;
    expect(ours.webgpu.spec.prepare).toMatchObject({ engine: "webgpu", method: "difffit" });
    expect(Object.keys(baselines)).toEqual(["pytorch", "pytorch-bfloat16", "full on webgpu"]);
    expect(baselines["full on webgpu"].spec.prepare).toMatchObject({ engine: "webgpu", method: "full" });
    expect(baselines["pytorch-bfloat16"].spec.prepare).toMatchObject({
      device: "cuda",
      precision: "bfloat16",
      compile: false,
    });
  });
});
