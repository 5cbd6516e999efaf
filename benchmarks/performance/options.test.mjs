// Tests the flags with their defaults, and the rows that follow from the flags.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stepFlops } from "./flops.mjs";
import { optionsOf } from "./options.mjs";
import { GEMM, rowsOf } from "./rows.mjs";

const settings = JSON.parse(readFileSync(new URL("settings.json", import.meta.url), "utf8"));

describe("optionsOf", () => {
  it("chooses every method and peer by default, at the default shapes", () => {
    const { shapes, methods, peers } = optionsOf([], settings);
    expect([shapes, methods, peers]).toEqual([
      ["192x6", "384x12", "1152x28"],
      settings.methods,
      ["pytorch", "torch.compile"],
    ]);
  });

  it.each([
    [
      ["--shapes", "tiny,huge"],
      "--shapes: 'huge' is not known, available: tiny, 192x6, 384x12, 1152x28, 384x12-batch-64, 1152x28-batch-8,",
    ],
    [["--rounds", "2.5"], "--rounds is '2.5', expected a whole number above 0"],
    [["--seconds", "soon"], "--seconds is 'soon', expected a number above 0"],
    [["--engine", "gpu"], "--engine is 'gpu', expected one of cpu, webgpu, cuda"],
    [["--engine", "cuda", "--parts", "loop"], "--parts are measured on the CPU only"],
    [["--peers", "pytorch-tf32"], "--peers: 'pytorch-tf32' is not known, available: pytorch, torch.compile, or none"],
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
    expect(Object.keys(rows[0].baselines)).toEqual(["pytorch", GEMM.square, GEMM.own]);
    expect(Object.keys(rows[1].baselines)).toEqual(["pytorch", GEMM.square, GEMM.own, "full"]);
  });

  it("scales the square GEMM to the operations of the step", () => {
    const { scale, spec } = rows[1].baselines[GEMM.square];
    const [{ m, k, n }] = spec.prepare.gemms ?? [];
    expect(scale * 2 * m * k * n).toBeCloseTo(stepFlops(settings.shapes.tiny, "difffit"));
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
    expect(ours.prepare).toMatchObject({ engine: "webgpu", method: "difffit" });
    expect(Object.keys(baselines)).toEqual(["pytorch", "pytorch-bfloat16", "full"]);
    expect(baselines.full.spec.prepare).toMatchObject({ engine: "webgpu", method: "full" });
    expect(baselines["pytorch-bfloat16"].spec.prepare).toMatchObject({
      device: "cuda",
      precision: "bfloat16",
      compile: false,
    });
  });
});
