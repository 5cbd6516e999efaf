// The arguments and flags of `bench sample`.

import { decimalNumber, declare, type OptionsOf, text, wholeNumber } from "../parser/flag.ts";
import { atLeast } from "../parser/values.ts";
import { computing, ditCheckpoint, json, overwrite, plugin, seed } from "./shared.ts";

/** Classes that are sampled without `--classes`. */
export const defaultClassCount = 8;
/** Defaults with `--weights`. With `--run` the recipe has these settings. */
export const [defaultSteps, defaultGuidance] = [50, 4];

export const sample = declare({
  about: "sample images from a finished run's model, or from any DiT; writes PNG files and a contact sheet",
  flags: {
    run: text("folder", "the folder of a finished run, or its record.json; 'bench list runs' shows the runs"),
    weights: text(
      "file",
      "instead of --run, a DiT's checkpoint: a facebookresearch .pt, a diffusers folder, safetensors, " +
        "or a name that 'bench fetch' knows",
    ),
    output: text("folder", "where the images go; the contact sheet is written beside it, as FOLDER-sheet.png", {
      required: true,
    }),
    overwrite: overwrite("'bench sample'"),
    classes: text("list", `numbers or names of the classes, see below (default: the first ${defaultClassCount})`),
    count: wholeNumber("number", "images of each class", atLeast(1), { default: 4 }),
    steps: wholeNumber(
      "number",
      `DDPM steps with learned variance (default: the run's own sampling; ${defaultSteps} for --weights)`,
      atLeast(1),
    ),
    guidance: decimalNumber(
      "factor",
      `scale of classifier-free guidance (default: the run's own; ${defaultGuidance} for --weights)`,
      {
        holds: (scale) => scale >= 1,
        wanted: "a number of at least 1, where 1 is no guidance",
      },
    ),
    seed: seed("seed of the noise"),
    autoencoder: text(
      "file",
      "autoencoder that decodes the latents: a file, a folder, or a name that 'bench fetch' knows, " +
        "such as sd-vae-ft-ema (default: the run's own)",
    ),
    recipe: text("folder", "folder of the run's recipe, if it is not a recipe of this project"),
    plugin,
    ...ditCheckpoint,
    ...computing,
    json,
  },
  notes: [
    "Classes are numbers (labels) or names, separated by commas:",
    "  --classes 0,3,rose",
    "If a text is the name of one class and the number of another, write which one is meant:",
    "  --classes label:2,name:10",
    "Quote a name with a comma, or give a JSON list, in which numbers are labels:",
    `  --classes '"n01443537, goldfish",rose'`,
    `  --classes '["n01443537, goldfish", 3]'`,
    "",
    "The folder of --output may not hold other images. 'bench sample' lists the images that it wrote in the folder's " +
      "hidden file .bench-sample.json. The same command makes the same images again there; " +
      "with other settings it needs --overwrite.",
  ],
});

export type SampleOptions = OptionsOf<typeof sample.flags>;
