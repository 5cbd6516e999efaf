// `bench list-weights`: lists the tensors of a checkpoint; reads none of them and runs no code in it.

import { existsSync } from "node:fs";
import { aboutNames, BenchError, weightsNamed } from "@dit-bench/runner";
import { printable, quantity } from "@dit-bench/text";
import { openCheckpoint } from "@dit-bench/weights";
import type { ListWeightsOptions } from "../declarations/list-weights.ts";
import { print, printJson, printNote } from "../print.ts";

export async function listWeights(pathOrName: string, { key, json }: ListWeightsOptions): Promise<void> {
  const path = weightsNamed(pathOrName);
  if (!existsSync(path))
    throw new BenchError("data", `${path}: there is no such file; wanted a file of weights or a folder with one`);
  const opened = await openCheckpoint(path, key === undefined ? {} : { key });
  const { format, tensors, metadata } = opened;
  const notes = [...opened.notes, ...aboutNames(opened)];
  const rows = [...tensors].map(([name, { type, shape, count }]) => ({ name, type, shape, count }));
  const numbers = rows.reduce((sum, { count }) => sum + count, 0);
  if (json) {
    const listing = { format, count: rows.length, numbers, tensors: rows, metadata: [...metadata], notes };
    printJson(listing);
    return;
  }
  for (const note of [format, ...notes]) printNote(`${printable(note)}\n`);
  const longest = rows.reduce((most, { name }) => Math.max(most, printable(name).length), 0);
  const width = Math.min(widestName, longest);
  for (const { name, type, shape } of rows)
    print(`${printable(name).padEnd(width)}  ${type.padEnd(4)}  [${shape.join(", ")}]\n`);
  print(`${quantity(rows.length, "tensor")}, ${quantity(numbers, "number")}\n`);
}

/** Width of the column of names; after a longer name, the other columns are shifted to the right. */
const widestName = 80;
