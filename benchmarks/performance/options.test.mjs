import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stepFlops } from "./flops.mjs";
import { optionsOf } from "./options.mjs";
import { BARE, rowsOf } from "./rows.mjs";

const settings = JSON.parse(readFileSync(new URL("settings.json", import.meta.url), "utf8"));

describe("flags", () => {
  it("choose everything by default, at the shapes that count", () => {
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
      "--shapes: 'huge' is not known, wanted some of tiny, 192x6, 384x12, 1152x28, 384x12-batch-64, 1152x28-batch-8, or none",
    ],
    [["--rounds", "2.5"], "--rounds is 2.5, wanted a whole number above 0"],
    [["--seconds", "soon"], "--seconds is soon, wanted a number above 0"],
    [["--engine", "gpu"], "--engine is 'gpu', wanted one of cpu, webgpu, cuda"],
    [["--engine", "cuda", "--parts", "loop"], "--parts are measured on the processor alone"],
    [
      ["--peers", "pytorch-tf32"],
      "--peers: 'pytorch-tf32' is not known, wanted some of pytorch, torch.compile, or none",
    ],
    [["--commit", "main"], "--commit is 'main', wanted 7 to 40 hexadecimal digits"],
    [["--fast"], "Unknown option '--fast'; --help lists the flags"],
  ])("%j are refused", (args, message) => expect(() => optionsOf(args, settings)).toThrow(message));
});

describe("rows", () => {
  const chosen = optionsOf(
    "--shapes tiny --methods sample,difffit --peers pytorch --parts loop,frechet --threads 1".split(" "),
    settings,
  );
  const rows = rowsOf(settings, chosen);

  it("are the methods of each shape, then the parts", () => {
    expect(rows.map(({ id }) => id)).toEqual(["tiny sample", "tiny difffit", "part loop", "part frechet"]);
  });

  it("hold a step against the peers and the bare products, DiffFit also against full fine-tuning", () => {
    expect(Object.keys(rows[0].rivals)).toEqual(["pytorch", BARE.square, BARE.own]);
    expect(Object.keys(rows[1].rivals)).toEqual(["pytorch", BARE.square, BARE.own, "full"]);
  });

  it("scale the square product to the operations of the step", () => {
    const { scale, spec } = rows[1].rivals[BARE.square];
    const [{ m, k, n }] = spec.prepare.products;
    expect(scale * 2 * m * k * n).toBeCloseTo(stepFlops(settings.shapes.tiny, "difffit"));
  });
});

describe("rows on a GPU", () => {
  const chosen = optionsOf(
    "--engine webgpu --methods difffit --peers pytorch,pytorch-bfloat16 --threads 1".split(" "),
    settings,
  );
  const rows = rowsOf(settings, chosen);

  it("are of the GPU's shapes, without parts", () => {
    expect(rows.map(({ id }) => id)).toEqual(settings.defaults.deviceShapes.map((shape) => `${shape} difffit`));
  });

  it("hold a step on the engine against PyTorch on the GPU, and against full fine-tuning on the engine", () => {
    const [{ ours, rivals }] = rows;
    expect(ours.prepare).toMatchObject({ engine: "webgpu", method: "difffit" });
    expect(Object.keys(rivals)).toEqual(["pytorch", "pytorch-bfloat16", "full"]);
    expect(rivals.full.spec.prepare).toMatchObject({ engine: "webgpu", method: "full" });
    expect(rivals["pytorch-bfloat16"].spec.prepare).toMatchObject({
      device: "cuda",
      precision: "bfloat16",
      compile: false,
    });
  });
});
