// Format `peft`: a folder that `peft.PeftModel.from_pretrained` loads onto facebookresearch/DiT's module. Names and
// fields are those of PEFT's source: src/peft/utils/save_and_load.py, utils/other.py, tuners/tuners_utils.py.

import { sinCosPositions } from "@dit-bench/dit";
import type { StoredTensor } from "@dit-bench/weights";
import type { RecordedRun, TrainedRun } from "../cell/open-run.ts";
import { BenchError } from "../errors.ts";
import { baseFacts } from "./base-facts.ts";
import { type ExportFormat, jsonFile, tensorFile } from "./format.ts";
import { metadataOf } from "./metadata.ts";
import { f32, type PeftForm, type PeftSite } from "./peft/form.ts";
import { peftForms } from "./peft/table.ts";
import { officialModel, python } from "./python.ts";

/** What PEFT puts before the names of the module that it wraps. */
const prefix = "base_model.model.";

export const peft: ExportFormat = {
  name: "peft",
  check: (run) => void formOf(run),
  make(run) {
    refuseOtherBase(run);
    const { adapted, config } = run;
    const form = formOf(run);
    const { settings, tensors } = form.make(adapted.options, sitesOf(run));
    const modules = wholeModules(run);
    const baseName = baseFacts(run).hub ?? null;
    return {
      files: [
        jsonFile("adapter_config.json", {
          auto_mapping: null,
          base_model_name_or_path: baseName,
          inference_mode: true,
          ...settings,
          modules_to_save: modules.map(({ path }) => path),
          revision: null,
          task_type: null,
        }),
        tensorFile(
          "adapter_model.safetensors",
          [...tensors, ...modules.flatMap((module) => module.tensors)].map(
            ([name, tensor]) => [prefix + name, tensor] as const,
          ),
          metadataOf(run, "adapter of PEFT, from the moving average of the trained weights"),
        ),
      ],
      library: "peft",
      use: [
        "This folder is an adapter for the base model. With `models.py` of facebookresearch/DiT:",
        python(
          "from peft import PeftModel",
          ...officialModel(config),
          "base = ...  # the state dict of the base model",
          'base.pop("y_embedder.embedding_table.weight")  # the adapter has the table of its own classes',
          "model.load_state_dict(base, strict=False)",
          'model = PeftModel.from_pretrained(model, "path/to/this/folder")',
        ),
        `\`num_classes\` must be ${config.classes}: the adapter replaces the class embedding (\`modules_to_save\`).`,
      ].join("\n"),
    };
  },
};

/** Throws BenchError (usage) for a method without a form. */
function formOf({ record }: RecordedRun): PeftForm {
  const { method } = record.cell;
  const form = peftForms.find((candidate) => candidate.method === method);
  if (form) return form;
  throw new BenchError(
    "usage",
    `--format peft: method ${method} has no form in PEFT here; methods that have one: ` +
      `${peftForms.map((known) => known.method).join(", ")}; use --format merged or --format safetensors`,
  );
}

/** Throws BenchError (usage) if the model that PEFT would load the adapter onto is not the one that was trained. */
function refuseOtherBase({ recipe, config, base }: TrainedRun): void {
  const { base: named, baseInputSize = config.inputSize } = recipe.settings;
  const problem = (what: string) =>
    new BenchError("usage", `--format peft: ${what}, so the adapter alone is not the model; use --format merged`);
  if (typeof named !== "string") throw problem("the base model is initial weights, which no other program has");
  if (baseInputSize === config.inputSize) return;
  const standard = sinCosPositions(config.width, config.inputSize / config.patchSize);
  if (base.pos_embed!.some((value, i) => Math.abs(value - standard[i]!) > 1e-5))
    throw problem("the recipe gives the model positions that facebookresearch/DiT does not compute");
}

/** The modules with grafts, and the grafts' trained weights. */
function sitesOf({ adapted, trained }: TrainedRun): PeftSite[] {
  const { model, trainable, method } = adapted;
  const stored = new Map(model.weights.map(({ name, shape }) => [name, shape]));
  return model.modules.flatMap((module) => {
    const start = `${module.path}.${method.name}.`;
    const own = trainable.filter(({ name }) => name.startsWith(start));
    if (own.length === 0) return [];
    const weights = own.map(({ name, shape }) => [name.slice(start.length), f32(shape, trained[name]!)]);
    return [{ module, layer: stored.get(`${module.path}.weight`) ?? [], weights: Object.fromEntries(weights) }];
  });
}

/** Modules of the base model with weights that train, such as the class embedding, with all of their weights. */
function wholeModules({ adapted, base, trained }: TrainedRun) {
  const { model, trainable } = adapted;
  const moduleOf = (name: string) => name.slice(0, name.lastIndexOf("."));
  const all = new Set(model.weights.map(({ name }) => name));
  const paths = new Set(trainable.filter(({ name }) => all.has(name)).map(({ name }) => moduleOf(name)));
  return [...paths].map((path) => ({
    path,
    tensors: model.weights
      .filter(({ name }) => moduleOf(name) === path)
      .map(({ name, shape }): [string, StoredTensor] => [name, f32(shape, trained[name] ?? base[name]!)]),
  }));
}
