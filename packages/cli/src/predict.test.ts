// `bench predict`, against outputs of the official code and of diffusers (fixtures of packages/dit).

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { float32, readSafetensors, writeSafetensors } from "@dit-bench/weights";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { benchInProcess } from "./bench-in-process.test.data.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../dit/src/fixtures/${name}`, import.meta.url));
let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "bench-predict-"));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const predict = (...args: string[]) =>
  benchInProcess(["predict", "--output", "out.safetensors", "--threads", "1", ...args], { cwd: place });

/** Largest difference between the written output and a tensor of a fixture. */
function largestError(file: string, name: string): number {
  const ours = float32(readSafetensors(join(place, "out.safetensors")).tensors.get("out")!);
  const theirs = readSafetensors(fixture(file)).tensors.get(name)!;
  const { shape } = readSafetensors(join(place, "out.safetensors")).tensors.get("out")!;
  expect(shape).toEqual(theirs.shape);
  return float32(theirs).reduce((most, v, i) => Math.max(most, Math.abs(v - ours[i]!)), 0);
}

describe("bench predict", () => {
  it("gives the outputs of the official code for safetensors with official names", async () => {
    const args = ["--weights", fixture("dit_weights.safetensors"), "--inputs", fixture("dit_inputs.safetensors")];
    const made = await predict(...args, "--heads", "4", "--json");
    expect(made.code, made.stderr).toBe(0);
    expect(made.json).toMatchObject({ shape: [6, 8, 8, 8], layout: "official", config: { classes: 10, depth: 2 } });
    expect(largestError("dit_outputs.safetensors", "out")).toBeLessThan(1e-5);
  });

  it("reads the training checkpoint of the official code, by default its moving average", async () => {
    const expected = fixture("dit_train_checkpoint_expected.safetensors");
    const args = ["--weights", fixture("dit_train_checkpoint.pt"), "--inputs", expected, "--heads", "2"];
    const average = await predict(...args);
    expect(average.code, average.stderr).toBe(0);
    expect(largestError("dit_train_checkpoint_expected.safetensors", "out_ema")).toBeLessThan(1e-5);
    expect((await predict(...args, "--key", "model")).code).toBe(0);
    expect(largestError("dit_train_checkpoint_expected.safetensors", "out_model")).toBeLessThan(1e-5);
  });

  it("accepts fractional timesteps, float32 labels, and more inputs than fit in one batch", async () => {
    const { tensors } = readSafetensors(fixture("dit_inputs.safetensors"));
    const outputs = readSafetensors(fixture("dit_outputs.safetensors")).tensors;
    const [x, y] = [tensors.get("x")!, tensors.get("y")!];
    const t = outputs.get("t_fractional")!;
    const twice = (data: Float32Array) => Float32Array.from([...data, ...data]);
    writeSafetensors(join(place, "twice.safetensors"), [
      ["x", { type: "F32", shape: [12, 4, 8, 8], data: twice(x.data as Float32Array) }],
      ["t", { type: "F32", shape: [12], data: twice(t.data as Float32Array) }],
      ["y", { type: "F32", shape: [12], data: twice(Float32Array.from(y.data as BigInt64Array, Number)) }],
    ]);
    const weights = fixture("dit_weights.safetensors");
    const made = await predict("--weights", weights, "--inputs", "twice.safetensors", "--heads", "4");
    expect(made.code, made.stderr).toBe(0);
    const ours = float32(readSafetensors(join(place, "out.safetensors")).tensors.get("out")!);
    const theirs = float32(outputs.get("out_fractional")!);
    for (const [i, v] of ours.entries()) expect(Math.abs(v - theirs[i % theirs.length]!)).toBeLessThan(1e-5);
  });

  it("reads a diffusers folder, whole or in shards, and notes which forward it computes", async () => {
    const inputs = fixture("diffusers/outputs.safetensors");
    const made = await predict("--weights", fixture("diffusers/whole"), "--inputs", inputs);
    expect(made.code, made.stderr).toBe(0);
    expect(made.stderr).toContain("--forward diffusers");
    expect(largestError("diffusers/outputs.safetensors", "out")).toBeLessThan(1e-5);
    expect((await predict("--weights", fixture("diffusers/shards"), "--inputs", inputs)).code).toBe(0);
    expect(largestError("diffusers/outputs.safetensors", "out")).toBeLessThan(0.02); // float16
    const theirs = await predict("--weights", fixture("diffusers/whole"), "--inputs", inputs, "--forward", "diffusers");
    expect(theirs.code, theirs.stderr).toBe(0);
    expect(largestError("diffusers/outputs.safetensors", "out_diffusers")).toBeLessThan(1e-5);
    expect(largestError("diffusers/outputs.safetensors", "out")).toBeGreaterThan(0.1);
  });

  it("names the problem with weights, heads and inputs", async () => {
    const inputs = ["--inputs", fixture("dit_inputs.safetensors")];
    const weights = ["--weights", fixture("dit_weights.safetensors")];
    const cases: [string[], number, string][] = [
      [[...weights, ...inputs], 2, "give the number with --heads"],
      [[...weights, ...inputs, "--heads", "5"], 4, "width 64 is no multiple of heads 5"],
      [["--weights", "none.pt", ...inputs], 4, "none.pt: there is no such file or folder"],
      [["--weights", fixture("dit_outputs.safetensors"), ...inputs], 4, "no DiT"],
      [[...weights, "--inputs", fixture("dit_outputs.safetensors"), "--heads", "4"], 4, "it has no tensor 'x'"],
      [
        [...weights, "--inputs", fixture("dit_train_checkpoint_expected.safetensors"), "--heads", "4"],
        4,
        "wants F32 [N, 4, 8, 8]",
      ],
      [
        [...weights, ...inputs, "--heads", "4", "--forward", "timm"],
        2,
        "--forward 'timm' is not known; available: official, diffusers",
      ],
    ];
    for (const [args, code, message] of cases) {
      const failed = await predict(...args);
      expect(failed.stderr).toContain(message);
      expect(failed.code).toBe(code);
    }
  });
});
