// bench sample: images of a finished run's model, or of any DiT.

import { statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { ditModel } from "@dit-bench/dit";
import {
  BenchError,
  makePictures,
  type Network,
  openDit,
  openRun,
  type Recipe,
  respacingProblem,
  usableWeights,
  weightsNamed,
} from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";
import { parseClasses } from "../class-list.ts";
import type { SampleOptions } from "../declarations/sample.ts";
import { print, printJson } from "../print.ts";
import { progress, stderrTerminal } from "../progress.ts";
import { engineOf, makeFolder } from "../settings.ts";
import { listenForSignals } from "../signals.ts";

interface Source {
  readonly network: Network;
  readonly settings: Recipe["settings"]["sampling"];
  readonly names: readonly string[];
  readonly autoencoder?: { readonly path: string; readonly scale?: number };
  readonly title: string;
  /** Where the model is. */
  readonly place: string;
  /** False: the model has no null class, so that it cannot be guided. */
  readonly nullClass: boolean;
  /** What a person should know about the weights. */
  readonly warnings: readonly string[];
  /** What tells these weights from others. */
  readonly origin: Readonly<Record<string, unknown>>;
}

/** As sample.py of facebookresearch/DiT, but for its 250 steps. */
const official = {
  sampler: "ddpm",
  respacing: "50",
  guidance: 4,
  clipDenoised: false,
  batch: 8,
} as const;

/** Classes sampled where none are named. */
const CLASSES = 8;

export async function sample(options: SampleOptions): Promise<void> {
  const { run, weights, output } = options;
  if ((run === undefined) === (weights === undefined))
    throw new BenchError(
      "usage",
      "wanted either --run with a finished run's folder or --weights with a DiT's checkpoint",
    );
  const { count, seed } = options;
  const source = run === undefined ? await ofWeights(weights!, options) : await ofRun(run, options);
  const { names, title, place, autoencoder, nullClass, warnings, origin } = source;
  const classes = chosen(options.classes, names, nullClass).map((label) => ({
    label,
    name: names[label] ?? "no class",
  }));
  const settings = {
    ...source.settings,
    batch: Math.min(source.settings.batch, classes.length * count),
    ...(options.steps === undefined ? {} : { respacing: stepsWanted(options.steps), sampler: "ddpm" as const }),
    ...guidanceOf(options, nullClass),
  };
  makeFolder(output);
  const listener = progress(stderrTerminal(), listenForSignals());
  for (const warning of warnings) listener.note?.(warning);
  const engine = await engineOf(options, (text) => listener.note?.(text));
  try {
    const made = await makePictures({
      engine,
      network: source.network,
      settings,
      seed,
      classes,
      count,
      output,
      overwrite: options.overwrite,
      origin,
      title,
      notes: [place, `seed ${seed}, ${stepsOf(settings)}, guidance ${settings.guidance}`],
      listener,
      ...(options.autoencoder === undefined
        ? autoencoder
          ? { autoencoder }
          : {}
        : { autoencoder: { path: weightsNamed(options.autoencoder) } }),
    });
    listener.clear();
    print(
      made.latents === undefined
        ? `${output}: ${quantity(made.files.length, "image")}\n${made.sheet}: the sheet of them\n`
        : `${made.latents}: latents; images of them: bench vae decode, or --autoencoder with sd-vae-ft-ema\n`,
    );
    if (options.json) printJson({ ...made, steps: settings.respacing, guidance: settings.guidance });
  } finally {
    listener.clear();
  }
}

/** Guidance as asked for; none where the model has no null class to guide away from. */
function guidanceOf({ guidance }: SampleOptions, nullClass: boolean): { guidance?: number } {
  if (guidance === undefined) return nullClass ? {} : { guidance: 1 };
  if (!nullClass && guidance !== 1)
    throw new BenchError(
      "usage",
      `--guidance ${guidance}: this model has no null class, which guidance needs; leave --guidance away`,
    );
  return { guidance };
}

async function ofRun(folder: string, { recipe: place, plugin, autoencoder: other }: SampleOptions): Promise<Source> {
  const { recipe, network, classes, title, notes } = await openRun(folder, {
    plugins: plugin,
    ...(place === undefined ? {} : { recipe: place }),
  });
  const { sampling, autoencoder } = recipe.settings;
  const path = autoencoder && other === undefined ? usableWeights(recipe, autoencoder.weights) : undefined;
  return {
    network,
    settings: sampling,
    names: classes,
    title,
    place: folder,
    nullClass: true,
    warnings: notes,
    origin: { run: resolve(folder), ...stampOf(join(folder, "weights.safetensors")) },
    ...(autoencoder && path ? { autoencoder: { path, scale: autoencoder.scale } } : {}),
  };
}

async function ofWeights(given: string, { heads, key, nullClass: asked }: SampleOptions): Promise<Source> {
  const path = weightsNamed(given);
  const checkpoint = await openDit(path, {
    ...(heads === undefined ? {} : { heads }),
    ...(key === undefined ? {} : { key }),
    ...(asked ? {} : { nullClass: false }),
  });
  const { config, nullClass, notes, assumption } = checkpoint;
  if (!config.learnSigma)
    throw new BenchError("data", `${path}: this DiT has no learned variance, which the samplers here need`);
  return {
    network: { config, infos: ditModel(config).weights, values: checkpoint.read() },
    settings: { ...official, guidedChannels: config.channels > 3 ? "three" : "all", images: 2 },
    names: Array.from({ length: config.classes }, (_, label) => `class ${label}`),
    title: basename(given),
    place: path,
    nullClass,
    warnings: [...notes, ...(assumption === undefined ? [] : [assumption])],
    origin: { weights: resolve(path), ...stampOf(path), key, nullClass },
  };
}

/** Size and time of a file or folder: another file of the same name has others. */
function stampOf(path: string): { readonly size?: number; readonly modified?: number } {
  const status = statSync(path, { throwIfNoEntry: false });
  return status ? { size: status.size, modified: status.mtimeMs } : {};
}

/** Labels by number or by name; the first few where none are given. */
const chosen = (text: string | undefined, names: readonly string[], nullClass: boolean): number[] =>
  text === undefined
    ? names.slice(0, CLASSES).map((_, label) => label)
    : parseClasses(text, names, nullClass ? names.length : names.length - 1);

/** As a respacing. Throws BenchError (usage) for more steps than the process has. */
function stepsWanted(steps: number): string {
  const respacing = String(steps);
  const problem = respacingProblem(respacing);
  if (problem !== undefined) throw new BenchError("usage", `--steps ${steps}: ${problem}`);
  return respacing;
}

/** "250 steps of DDPM"; "20 steps of DDIM" for a respacing of ddim20. */
function stepsOf({ sampler, respacing }: Source["settings"]): string {
  return `${respacing.replace(/^ddim/, "")} steps of ${sampler.toUpperCase()}`;
}
