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

it("the identity of a cell is the same as on 2026-11-28, and another one with further settings", async () => {
  const identity = "28ab662ba56d71aca8f19dce9bd1cd40a98a42bf7da54d6feee47303ee49e095";
  expect(await identityWith({})).toBe(identity);
  for (const changes of [{ "data.heldOut": 0.2 }, { "metrics.every": 50 }])
    expect(await identityWith(changes)).not.toBe(identity);
}, 30_000);
