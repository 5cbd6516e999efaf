// What is known about the base model of a run: its name, where it is published, its licence.

import { basename } from "node:path";
import { fetchables } from "../assets/locate.ts";
import type { TrainedRun } from "../cell/open-run.ts";

export interface BaseFacts {
  /** Its name in texts. A path on this machine is no part of it. */
  readonly name: string;
  /** Its name on the Hugging Face hub, if `bench fetch` gets it from there. */
  readonly hub?: string;
  readonly licence?: string;
}

export function baseFacts({ recipe, record }: Pick<TrainedRun, "recipe" | "record">): BaseFacts {
  const { base } = recipe.settings;
  if (typeof base !== "string") return { name: `initial weights '${base.random}' of seed ${record.cell.seed}` };
  const published = fetchables().find(({ kind, name }) => kind === "weights" && name === base);
  if (published?.kind !== "weights") return { name: `${basename(base)} of recipe ${record.recipe}` };
  const { title, licence, homepage, files } = published.entry;
  const hub = files[0]?.hub?.repository;
  return { name: `${title} (${base}, ${homepage})`, licence, ...(hub === undefined ? {} : { hub }) };
}
