// The identity of a cell against that of its published record.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine } from "@dit-bench/compiler";
import { readRecord } from "@dit-bench/record";
import { afterAll, expect, it } from "vitest";
import { loadMethod } from "../methods/methods.ts";
import { projectFolder } from "../project-folder.ts";
import { loadRecipe } from "../recipe/recipe.ts";
import type { RecipeSettings } from "../recipe/schema.ts";
import { prepareCell } from "./stages/prepare.ts";
import { readInputs } from "./stages/read-inputs.ts";
import { stopwatch } from "./stopwatch.ts";

const out = mkdtempSync(join(tmpdir(), "dit-bench-identity-"));
afterAll(() => rmSync(out, { recursive: true }));

it("a cell of recipe mini has the identity of its published record, and another one with held-out images", async () => {
  const record = await readRecord(join(projectFolder(), "results/mini/records/flowers/bitfit-seed-0.json"));
  const expectedWith = async (changes: Record<string, unknown>) => {
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
    return prepareCell(await readInputs(task, { startedAt: new Date(), clock: stopwatch() })).expected;
  };
  const { title, about } = record.settings as RecipeSettings;
  const identities = ({ identity, formerIdentity }: Awaited<ReturnType<typeof expectedWith>>) => [
    identity,
    formerIdentity({ title, about }),
  ];
  expect(identities(await expectedWith({}))).toContain(record.identity);
  for (const changes of [{ "data.heldOut": 0.2 }, { "metrics.every": 50 }])
    expect(identities(await expectedWith(changes))).not.toContain(record.identity);
}, 30_000);
