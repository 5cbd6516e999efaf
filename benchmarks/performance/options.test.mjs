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
    [["--shapes", "tiny,huge"], "--shapes: 'huge' is not known, wanted some of tiny, 192x6, 384x12, 1152x28, or none"],
    [["--rounds", "2.5"], "--rounds is 2.5, wanted a whole number above 0"],
    [["--seconds", "soon"], "--seconds is soon, wanted a number above 0"],
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
