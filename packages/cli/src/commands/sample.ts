// `bench sample`: samples images from a finished run's model, or from any DiT.

import { statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { ditModel } from "@dit-bench/dit";
import {
  BenchError,
  makeImages,
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
import { defaultClassCount, defaultGuidance, defaultSteps, type SampleOptions } from "../declarations/sample.ts";
import { checkOutputFile, checkOutputFolder, makeOutputFolder } from "../outputs.ts";
import { print, printJson } from "../print.ts";
import { showProgress, stderrTerminal } from "../progress.ts";
import { listenForSignals } from "../signals.ts";
import { startEngine } from "../start-engine.ts";

type SamplingSettings = Recipe["settings"]["sampling"];

/** The model to sample from. */
interface Source {
  readonly network: Network;
  readonly settings: SamplingSettings;
  /** Names of the classes, in label order. */
  readonly names: readonly string[];
  readonly autoencoder?: { readonly path: string; readonly scale?: number };
  readonly title: string;
  /** The file or folder of the model. */
  readonly place: string;
  /** Whether the model has a null class; without one, it cannot be sampled with guidance. */
  readonly nullClass: boolean;
  /** Warnings about the weights for the user. */
  readonly warnings: readonly string[];
  /** Facts that distinguish these weights from others, for the list of written images. */
  readonly origin: Readonly<Record<string, unknown>>;
}

/** The sampling of sample.py in facebookresearch/DiT, except that it takes 250 steps by default. */
const official = {
  sampler: "ddpm",
  respacing: String(defaultSteps),
  guidance: defaultGuidance,
  clipDenoised: false,
  batch: 8,
} as const;

export async function sample(options: SampleOptions): Promise<void> {
  const { run, weights, output, count, seed } = options;
  if ((run === undefined) === (weights === undefined))
    throw new BenchError(
      "usage",
      "wanted either --run with a finished run's folder or --weights with a DiT's checkpoint",
    );
  checkOutputFolder(output);
  const source = run === undefined ? await openWeights(weights!, options) : await openFinishedRun(run, options);
  const labels = chooseLabels(options.classes, source);
  const settings = chooseSettings(source, options, labels.length * count);
  const autoencoder =
    options.autoencoder === undefined ? source.autoencoder : { path: weightsNamed(options.autoencoder) };
  // The contact sheet is beside the folder. Latents have none.
  if (autoencoder !== undefined || source.network.config.channels === 3)
    checkOutputFile(`${resolve(output)}-sheet.png`);
  makeOutputFolder(output);
  const listener = showProgress(stderrTerminal(), listenForSignals());
  for (const warning of source.warnings) listener.note?.(warning);
  const engine = await startEngine(options, (text) => listener.note?.(text));
  try {
    const samples = await makeImages({
      engine,
      network: source.network,
      settings,
      seed,
      classes: labels.map((label) => ({ label, name: source.names[label] ?? "no class" })),
      count,
      output,
      overwrite: options.overwrite,
      origin: source.origin,
      title: source.title,
      notes: [source.place, `seed ${seed}, ${describeSteps(settings)}, guidance ${settings.guidance}`],
      listener,
      ...(autoencoder === undefined ? {} : { autoencoder }),
    });
    listener.clear();
    print(
      samples.latents === undefined
        ? `${output}: ${quantity(samples.files.length, "image")}\n${samples.sheet}: their contact sheet\n`
        : `${samples.latents}: latents; decode them with 'bench vae decode', or give --autoencoder\n`,
    );
    if (options.json) printJson({ ...samples, steps: settings.respacing, guidance: settings.guidance });
  } finally {
    listener.clear();
  }
}

async function openFinishedRun(run: string, options: SampleOptions): Promise<Source> {
  const { recipe, network, classes, title, folder, notes } = await openRun(run, {
    plugins: options.plugin,
    ...(options.recipe === undefined ? {} : { recipe: options.recipe }),
  });
  const { sampling, autoencoder } = recipe.settings;
  const path =
    autoencoder && options.autoencoder === undefined ? usableWeights(recipe, autoencoder.weights) : undefined;
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

async function openWeights(pathOrName: string, options: SampleOptions): Promise<Source> {
  const { heads, key } = options;
  const path = weightsNamed(pathOrName);
  const checkpoint = await openDit(path, {
    ...(heads === undefined ? {} : { heads }),
    ...(key === undefined ? {} : { key }),
    ...(options.nullClass ? {} : { nullClass: false }),
  });
  const { config, nullClass, notes, assumption } = checkpoint;
  if (!config.learnSigma)
    throw new BenchError("data", `${path}: this DiT has no learned variance, which sampling needs here`);
  return {
    network: { config, infos: ditModel(config).weights, values: checkpoint.read() },
    settings: { ...official, guidedChannels: config.channels > 3 ? "three" : "all", images: 2 },
    names: Array.from({ length: config.classes }, (_, label) => `class ${label}`),
    title: basename(pathOrName),
    place: path,
    nullClass,
    warnings: [...notes, ...(assumption === undefined ? [] : [assumption])],
    origin: { weights: resolve(path), ...stampOf(path), key, nullClass },
  };
}

/** Returns the size and time of a file or folder, which distinguish it from a later one with the same name. */
function stampOf(path: string): { readonly size?: number; readonly modified?: number } {
  const status = statSync(path, { throwIfNoEntry: false });
  return status ? { size: status.size, modified: status.mtimeMs } : {};
}

/** Returns the labels of `--classes`, or the first few labels if that flag is not given. */
function chooseLabels(list: string | undefined, { names, nullClass }: Source): number[] {
  if (list === undefined) return names.slice(0, defaultClassCount).map((_, label) => label);
  return parseClasses(list, names, nullClass ? names.length : names.length - 1);
}

/** Returns the sampling settings: those of the flags, and of the source for the others. @param images their number */
function chooseSettings({ settings, nullClass }: Source, { steps, guidance }: SampleOptions, images: number) {
  return {
    ...settings,
    batch: Math.min(settings.batch, images),
    ...(steps === undefined ? {} : { respacing: asRespacing(steps), sampler: "ddpm" as const }),
    ...chooseGuidance(guidance, nullClass),
  };
}

/** Throws BenchError (usage) for more steps than the diffusion process has. */
function asRespacing(steps: number): string {
  const respacing = String(steps);
  const problem = respacingProblem(respacing);
  if (problem !== undefined) throw new BenchError("usage", `--steps ${steps}: ${problem}`);
  return respacing;
}

/** Returns guidance 1, which is none, without a null class. Throws BenchError (usage) if the flag has another value. */
function chooseGuidance(guidance: number | undefined, nullClass: boolean): { guidance?: number } {
  if (guidance === undefined) return nullClass ? {} : { guidance: 1 };
  if (!nullClass && guidance !== 1)
    throw new BenchError(
      "usage",
      `--guidance ${guidance}: this model has no null class, which guidance needs; leave --guidance out`,
    );
  return { guidance };
}

/** Returns a text such as "250 steps of DDPM", or "20 steps of DDIM" for the respacing ddim20. */
function describeSteps({ sampler, respacing }: Pick<SamplingSettings, "sampler" | "respacing">): string {
  return `${respacing.replace(/^[a-z]+/, "")} steps of ${sampler.toUpperCase()}`;
}
