// Images of a call of `bench sample`: interrupted and continued.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine } from "@dit-bench/compiler";
import { ditModel } from "@dit-bench/dit";
import { afterAll, expect, it } from "vitest";
import type { Listener } from "../events.ts";
import { tinyConfig, tinyWeights } from "../training/tiny-dit.test.data.ts";
import { makeImages } from "./make-images.ts";

const place = mkdtempSync(join(tmpdir(), "make-images-"));
afterAll(() => rmSync(place, { recursive: true }));

const config = tinyConfig(2);
const network = { config, infos: ditModel(config).weights, values: tinyWeights(config) };
const settings = {
  sampler: "ddim",
  respacing: "ddim2",
  guidance: 1.5,
  guidedChannels: "all",
  clipDenoised: true,
  images: 4,
  batch: 2,
} as const;
const classes = [
  { label: 0, name: "rose" },
  { label: 1, name: "tulip" },
];

async function make(output: string, listener: Listener = {}): Promise<Buffer[]> {
  const engine = await createEngine("cpu", { threads: 1 });
  const task = { engine, network, settings, seed: 0, classes, count: 2, output, origin: {}, title: "t", notes: [] };
  const { files } = await makeImages({ ...task, listener });
  return files.map((file) => readFileSync(file));
}

it("an interrupted call continues, gives the same images, and leaves nothing else", async () => {
  const whole = await make(join(place, "whole"));
  const output = join(place, "interrupted");
  let done = 0;
  const listener: Listener = {
    progress: (n) => {
      done = n;
    },
    stopping: () => done === 3, // in the second of two batches
  };
  await expect(make(output, listener)).rejects.toThrow("stopped while sampling");
  expect(readdirSync(join(output, ".unfinished-samples"))).toContain("samples-from-batch-0.safetensors");
  const notes: string[] = [];
  expect(await make(output, { note: (text) => void notes.push(text) })).toEqual(whole);
  expect(notes).toEqual(["sampling continues after 2 of 4 images"]);
  expect(existsSync(join(output, ".unfinished-samples"))).toBe(false);
});
