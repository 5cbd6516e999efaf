// What an export states about the base model: published names and licences, and no path of this machine.

import { expect, it } from "vitest";
import { baseFacts } from "./base-facts.ts";
import { trainedRun } from "./trained-run.test.data.ts";

it("names published weights with licence, a file without its folder, initial weights with their seed", async () => {
  const factsOf = async (base: string | { random: "unit" }) => baseFacts(await trainedRun("bitfit", {}, { base }));
  expect(await factsOf("dit-xl-2-256")).toEqual({
    name: "DiT-XL/2, ImageNet 256 × 256 (dit-xl-2-256, https://github.com/facebookresearch/DiT)",
    licence: "CC BY-NC 4.0 (facebookresearch/DiT)",
  });
  expect(await factsOf("sd-vae-ft-ema")).toMatchObject({ hub: "stabilityai/sd-vae-ft-ema" });
  expect(await factsOf("some-folder/x.pt")).toEqual({ name: "x.pt of recipe mini" });
  expect(await factsOf({ random: "unit" })).toEqual({ name: "initial weights 'unit' of seed 3" });
});
