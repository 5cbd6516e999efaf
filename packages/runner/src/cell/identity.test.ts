// The identity of a cell of recipe mini. If it changes, finished runs that users have are computed again.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine } from "@dit-bench/compiler";
import { afterAll, expect, it } from "vitest";
import { loadMethod } from "../methods/methods.ts";
import { loadRecipe } from "../recipe/recipe.ts";
import { prepareCell } from "./stages/prepare.ts";
import { readInputs } from "./stages/read-inputs.ts";
import { stopwatch } from "./stopwatch.ts";

const out = mkdtempSync(join(tmpdir(), "dit-bench-identity-"));
afterAll(() => rmSync(out, { recursive: true }));

async function identityWith(changes: Record<string, unknown>): Promise<string> {
  const task = {
    recipe: loadRecipe("mini", changes),
    method: await loadMethod("bitfit"),
    options: {},
    dataset: { name: "flowers" },
    seed: 0,
    engine: await createEngine("cpu", { threads: 1 }),
    out,
    listener: {},
  };
  return prepareCell(await readInputs(task, { startedAt: new Date(), clock: stopwatch() })).expected.identity;
}

it("the identity of a cell is that of published results, and another one with further settings", async () => {
  const identity = "fc42e506eb0c62b5fd231fc941beb1ea27c8de743124a90023144a6f18db68c4";
  expect(await identityWith({})).toBe(identity);
  for (const changes of [{ "data.heldOut": 0.1 }, { "metrics.every": 50 }])
    expect(await identityWith(changes)).not.toBe(identity);
}, 30_000);
