// The arguments and flags of `bench export`.

import { choice, declare, type OptionsOf, text } from "../parser/flag.ts";
import { json, overwrite, plugin } from "./shared.ts";

const loadFormats = async () => (await import("@dit-bench/runner")).exportFormats;

export const exportRun = declare({
  about: "write a finished run's trained weights for other programs, with a model card",
  flags: {
    run: text("folder", "the folder of a finished run, or its record.json; 'bench list runs' shows the runs", {
      required: true,
    }),
    format: choice("name", "what to write; see below", {
      choices: async () => (await loadFormats()).map(({ name }) => name),
      required: true,
    }),
    output: text("folder", "where the files and the model card README.md go: a new or an empty folder", {
      required: true,
    }),
    layout: choice("name", "names of the tensors of --format merged: those of facebookresearch/DiT or of diffusers", {
      choices: async () => (await loadFormats()).flatMap(({ layouts = [] }) => layouts),
    }),
    overwrite: overwrite("'bench export'"),
    recipe: text("folder", "folder of the run's recipe, if it is not a recipe of this project"),
    plugin,
    json,
  },
  notes: [
    "Formats:",
    "  peft         an adapter for Hugging Face's PEFT, if it has the method",
    "  safetensors  the trained weights alone, of any method",
    "  merged       the whole model, the method merged into its weights, if it can be",
    "",
    "The model card has the scores of the run and the command that runs it again. It names no licence: add one " +
      "before you publish the folder. docs/export.md shows how each format is loaded.",
  ],
});

export type ExportOptions = OptionsOf<typeof exportRun.flags>;
