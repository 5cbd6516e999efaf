// The sentence about flags of the engine that a finished run does not have.

import { expect, it } from "vitest";
import { unusedEngineFlags } from "./start-engine.ts";

const cpu = { name: "cpu", threads: 2, gpu: null };
const cuda = { name: "cuda", threads: 1, gpu: "a GPU" };

it.each([
  [{ engine: "auto", threads: undefined }, cpu],
  [{ engine: "cpu", threads: 2 }, cpu],
  [{ engine: "auto", threads: 8 }, cuda], // an engine of a GPU has one thread, whatever --threads is
  [{ engine: "cuda", threads: 8 }, cuda],
] as const)("has nothing to say about %j and a run of %j", (flags, used) => {
  expect(unusedEngineFlags(flags, used)).toBeUndefined();
});

it.each([
  [{ engine: "auto", threads: 4 }, cpu, "--threads 4 has no effect on a finished run, which had the engine cpu with 2"],
  [{ engine: "webgpu", threads: 4 }, cpu, "--engine webgpu and --threads 4 have no effect"],
  [{ engine: "cpu", threads: 4 }, cuda, "--engine cpu has no effect on a finished run, which had the engine cuda on a"],
] as const)("names the flags of %j that a run of %j does not have", (flags, used, text) => {
  expect(unusedEngineFlags(flags, used)).toContain(text);
});
