// The command line: which commands and flags there are. A command's code is loaded when it is called, so that help is quick.

import { printable } from "@dit-bench/text";
import "@dit-bench/compiler/no-telemetry"; // first: a plug-in may load ONNX Runtime by itself
import { createRequire } from "node:module";
import { BenchError } from "@dit-bench/runner/errors";
import { extractors } from "@dit-bench/runner/extractors";
import { Command, CommanderError, Option } from "commander";
import { hanging, screenWidth } from "./columns.ts";
import { allCommands, checkNeeded, checkValues, pathOf } from "./flags.ts";
import { errorLines, reportError } from "./report-error.ts";

/** An option that may be given several times. Its default is set without the help's "(default: [])". */
function repeatable(command: Command, flags: string, description: string): Command {
  const option = new Option(flags, `${description}; repeatable`);
  option.argParser((value: string, before: string[]) => [...before, value]);
  return command.addOption(option).setOptionValueWithSource(option.attributeName(), [], "default");
}

/** A value that a second one must not replace without a word. */
const once = (flag: string) => (value: string, before: string | undefined) => {
  if (before === undefined || before === value) return value;
  throw new BenchError(
    "usage",
    `${flag} is given twice, '${before}' and '${value}'; give one, or use 'bench grid', which takes several`,
  );
};

/** A comma-separated list; given in several flags, the lists are one. */
const joined = (value: string, before: string | undefined): string =>
  before === undefined ? value : `${before},${value}`;

const own = createRequire(import.meta.url)("../package.json") as { readonly version: string };

const keyHelp =
  "which entry of a checkpoint that has several models, or what the names of its tensors begin with (default: ema, model or state_dict)";

const classesHelp = `
Classes are numbers (labels) or names, separated by commas:
  --classes 0,3,rose
A text that is the name of one class and the number of another needs a word before it:
  --classes label:2,name:10
A name with a comma is quoted, or the list is JSON, where numbers are labels:
  --classes '"n01443537, goldfish",rose'
  --classes '["n01443537, goldfish", 3]'

The folder of --output may not hold other images. It gets a hidden list of the images that were written, .bench-sample.json,
so that the same samples can be made again there, and others with --overwrite.`;

/** @param argv the command line that it will parse */
export function program(argv: readonly string[] = []): Command {
  const bench = new Command("bench")
    .description("Compare fine-tuning methods on Diffusion Transformers: train, sample, score, tabulate.")
    .version(own.version, "-V, --version", "print the version")
    .option("--verbose", "show the stack of an error");

  const width = process.stdout.columns ? screenWidth() : 80;
  bench.configureHelp({ helpWidth: width });
  const paragraph = (text: string) => `\n${hanging("", text, width).join("\n")}`;
  const computing = (command: Command) =>
    command
      .option("--engine <name>", "what computes: bench list engines", "auto")
      .option("--threads <number>", "threads of the engine (default: all)")
      .option("--json", "one JSON object on the last line of stdout");
  const common = (command: Command) =>
    command
      .option("--recipe <name>", "the benchmark's settings: a name, or a folder with a recipe.json", "mini")
      .option("--out <folder>", "where runs are kept", "runs");
  const training = (command: Command) => {
    common(command);
    repeatable(
      command,
      "--set <key=value>",
      "an option of the method (rank=16, or lora.rank=16 in a grid) or a setting of the recipe (training.steps=300)",
    );
    repeatable(command, "--plugin <package>", "a package, folder or file with a method of your own");
    return command
      .option("--strict", "stop at the first image that cannot be used, instead of leaving it out")
      .option(
        "--engine <name>",
        "what computes: auto, cpu, cuda, webgpu, each of the last three with +float16 for the frozen weights, tfjs-cpu, tfjs-node, tfjs-node-gpu",
        "auto",
      )
      .addOption(
        new Option(
          "--keep-state <when>",
          "keep the training state of a finished run, from which a run with more training.steps continues; auto: up to 1 GiB",
        )
          .choices(["auto", "always", "never"])
          .default("auto"),
      )
      .option("--json", "one JSON object on the last line of stdout");
  };

  training(
    bench
      .command("run")
      .description(
        "fine-tune a model with one method on one dataset or your own images, sample from it and score the samples",
      )
      .requiredOption("--method <name>", "how to fine-tune: bench list methods")
      .option("--dataset <name>", "what to fine-tune to: bench list datasets")
      .option("--data <folder>", "your own images instead of a dataset, one subfolder per class", once("--data"))
      .option("--name <name>", "what to call your own images (default: the folder's name)")
      .option("--seed <number>", "key of all random numbers", "0"),
  )
    .option("--threads <number>", "threads of the engine (default: all)")
    .option("--dry-run", "print what the run would download, train and cost, and whether it would be refused")
    .addHelpText(
      "after",
      paragraph("Run the same command again to resume after an interruption; a finished run is not repeated."),
    )
    .action(async (options) => (await import("./commands/run.ts")).run(options));

  const grid = bench
    .command("grid")
    .description("run methods × datasets × seeds, several at once, and make the tables")
    .option("--methods <names>", "comma-separated (default: all built-in ones and those of plug-ins)", joined)
    .option("--datasets <names>", "comma-separated (default: every dataset that the recipe can train on)", joined);
  repeatable(grid, "--data <folder>", "your own images instead of datasets, one subfolder per class; one column each");
  repeatable(
    grid,
    "--name <name>",
    "what to call your own images, in the order of --data (default: the folders' names)",
  );
  training(grid.option("--seeds <number>", "how many seeds, from 0", "1"))
    .option("--jobs <number>", "runs at the same time, each with its share of the CPU (default: one per core)")
    .option("--time-limit <minutes>", "end a run that takes longer; the other runs go on (default: none)")
    .addHelpText(
      "after",
      paragraph("Run the same command again to resume after an interruption; finished runs are not repeated."),
    )
    .action(async (options) => (await import("./commands/grid.ts")).grid(options, argv));

  bench
    .command("table")
    .description("print the comparison and write its tables and chart, from records alone")
    .option("--recipe <name>", "whose published records to take: results/NAME", "mini")
    .option("--from <folder>", "take the records below this folder instead, such as runs")
    .option("--out <folder>", "where to write tables, chart and copies of the records (default: beside the records)")
    .option("--json", "one JSON object on the last line of stdout")
    .action(async (options) => (await import("./commands/table.ts")).table(options));

  const list = bench
    .command("list")
    .description("methods, datasets, recipes, engines or runs")
    .argument("<what>", "methods, datasets, recipes, engines or runs")
    .option(
      "--model <name>",
      "methods: count trainable parameters on this model, such as DiT-XL/2 (default: the recipe's)",
    )
    .option("--classes <number>", "methods: for this many classes (default: the model's own)")
    .option("--recipe <name>", "methods: whose model to count on", "mini");
  repeatable(list, "--plugin <package>", "methods: list those of a plug-in too")
    .option("--out <folder>", "runs: where they are kept", "runs")
    .option("--json", "as JSON, with all that is known of each")
    .action(async (what, options) => (await import("./commands/list.ts")).list(what, options));

  bench
    .command("list-weights")
    .description("names, types and shapes of a checkpoint's tensors; nothing in it is run")
    .argument(
      "<file>",
      "safetensors, PyTorch (.pt, .pth, .bin, .ckpt), an index of shards, a diffusers folder, or a name that bench fetch knows",
    )
    .option("--key <name>", keyHelp)
    .option("--json", "as JSON")
    .action(async (file, options) => (await import("./commands/list-weights.ts")).listWeights(file, options));

  computing(
    bench
      .command("predict")
      .description("a DiT's output for given inputs, to hold against other programs")
      .requiredOption(
        "--weights <file>",
        "a facebookresearch .pt, a diffusers folder, safetensors with either's names, or a name that bench fetch knows",
      )
      .requiredOption("--inputs <file>", "safetensors with x [N,C,H,W] float32, t [N] and y [N] (int64 or float32)")
      .requiredOption("--output <file>", "safetensors, gets out [N,C',H,W]")
      .option("--heads <number>", "attention heads, where neither the shapes nor a config.json tell")
      .option("--key <name>", keyHelp)
      .option("--no-null-class", "the model was trained without class dropout: every row of its label table is a class")
      .option("--forward <name>", "compute as the official code, or as diffusers does", "official"),
  ).action(async (options) => (await import("./commands/predict.ts")).predict(options));

  const sample = bench
    .command("sample")
    .description("images of a finished run's model, or of any DiT: PNG files and a sheet")
    .option("--run <folder>", "a finished run's folder: bench list runs")
    .option(
      "--weights <file>",
      "a DiT's checkpoint: a facebookresearch .pt, a diffusers folder, safetensors, or a name that bench fetch knows",
    )
    .requiredOption("--output <folder>", "where the images go; the sheet of them is beside it, FOLDER-sheet.png")
    .option("--overwrite", "replace what bench sample wrote into the folder before; other files there stay")
    .option("--classes <list>", "numbers or names of the classes, see below (default: the first 8)")
    .option("--count <number>", "images of each class", "4")
    .option("--steps <number>", "of DDPM with learned variance (default: the run's own sampling; 50 for --weights)")
    .option("--guidance <factor>", "scale of classifier-free guidance (default: the run's own; 4 for --weights)")
    .option("--seed <number>", "key of the noise", "0")
    .option(
      "--autoencoder <file>",
      "turns latents into images: a file, a folder, or sd-vae-ft-ema once fetched (default: the run's own)",
    )
    .option("--recipe <folder>", "--run: where the recipe is, if it is none of the project's")
    .option("--key <name>", `--weights: ${keyHelp}`)
    .option(
      "--no-null-class",
      "--weights: the model was trained without class dropout: every row of its label table is a class, and it is not guided",
    )
    .addHelpText("after", classesHelp);
  computing(
    repeatable(sample, "--plugin <package>", "--run: a package, folder or file with the method").option(
      "--heads <number>",
      "--weights: attention heads, where neither the shapes nor a config.json tell",
    ),
  ).action(async (options) => (await import("./commands/sample.ts")).sample(options));

  /** What each extractor's entry says of a flag: `inception: Inception-v3; mini: …`. */
  const extractorHelp = (flag: "extractor" | "weights" | "tap") =>
    extractors.flatMap(({ name, help }) => (help[flag] === undefined ? [] : [`${name}: ${help[flag]}`])).join("; ");
  const measuring = (command: Command) =>
    computing(
      command
        .option("--extractor <name>", extractorHelp("extractor"), "inception")
        .option("--weights <file>", extractorHelp("weights"))
        .option("--tap <name>", extractorHelp("tap"))
        .option(
          "--resize <name>",
          "as which program: pytorch (pytorch-fid), clean (clean-fid) or tensorflow",
          "pytorch",
        )
        .option("--strict", "stop at the first image that cannot be used, instead of leaving it out"),
    );

  measuring(
    bench
      .command("features")
      .description("features of a folder's images, with their mean and covariance")
      .argument(
        "<images>",
        "a folder with JPEG, PNG, WebP or GIF images in it or below it, or a .npz or .npy with uint8 images [N, H, W, 3]",
      )
      .requiredOption("--output <file>", "a .npz, which pytorch-fid reads, or a .safetensors"),
  ).action(async (folder, options) => (await import("./commands/features.ts")).features(folder, options));

  measuring(bench.command("fid"))
    .description("the Fréchet distance between two sets of images; with --json also KID, precision and recall")
    .argument(
      "<a>",
      "generated images: a folder; a .npz or .npy with uint8 images [N, H, W, 3], as sample_ddp.py of DiT, ADM and EDM write; features, from bench features or as float .npy [N, D]; or pytorch-fid's .npz with mu and sigma",
    )
    .argument("<b>", "the real ones, likewise")
    .option("--resamples <number>", "draws for the distance's interval; each takes as long as the distance", "0")
    .action(async (a, b, options) => (await import("./commands/fid.ts")).fid(a, b, options));

  const vae = bench.command("vae").description("pictures to an autoencoder's latents and back: encode, decode");
  const coding = (command: Command) =>
    computing(
      command
        .requiredOption(
          "--weights <path>",
          "an AutoencoderKL: diffusers' folder, its file of weights, or a name that bench fetch knows, such as sd-vae-ft-ema",
        )
        .option(
          "--scale <factor>",
          "latents are multiplied with this (default: what the file or its config.json says, or 0.18215)",
        )
        .option(
          "--tile <pixels>",
          "cut larger pictures into overlapping tiles of this side (default: 256 from 512 pixels on)",
        ),
    );

  coding(vae.command("encode"))
    .description(
      "latents of a folder's images, or of one image, as diffusers' AutoencoderKL gives them, times the scale",
    )
    .argument("<images>", "JPEG, PNG, WebP or GIF images of one size, or --size")
    .requiredOption("--output <file>", "a .safetensors")
    .option("--size <pixels>", "crop to the centre and scale to this side, as DiT's training does")
    .option("--sample", "draw from the distribution over latents, instead of taking its mean")
    .option("--seed <number>", "key of these draws", "0")
    .option("--strict", "stop at the first image that cannot be used, instead of leaving it out")
    .action(async (images, options) => (await import("./commands/vae.ts")).vaeEncode(images, options));

  coding(vae.command("decode"))
    .description("images of latents, as PNG")
    .argument("<latents>", "a file of bench vae encode, or a .safetensors with a tensor [N, Z, h, w]")
    .requiredOption("--output <folder>", "where the images go; it may not hold other images")
    .option("--overwrite", "replace what bench vae decode wrote into the folder before; other files there stay")
    .action(async (latents, options) => (await import("./commands/vae.ts")).vaeDecode(latents, options));

  common(bench.command("pretrain"))
    .description("make a recipe's own base model and feature extractor again")
    .option("--part <name>", "base, extractor or all", "all")
    .option("--to <folder>", "where the weights go (default: beside the recipe)")
    .option("--engine <name>", "what computes: bench list engines", "auto")
    .option("--threads <number>", "threads of the engine (default: all)")
    .action(async (options) => (await import("./commands/pretrain.ts")).pretrain(options));

  bench
    .command("fetch")
    .description("weights and datasets by name: fetched, checked, unpacked; without a name, which there are")
    .argument("[names...]", "such as dit-xl-2-256 or flowers")
    .option("--dry-run", "only say what would be fetched, how large it is, and whether the disk has room")
    .option("--to <folder>", "where to keep them (default: DIT_BENCH_HOME, or the platform's folder for caches)")
    .option("--json", "as JSON")
    .addHelpText("after", paragraph("Run the same command again to go on after an interruption."))
    .action(async (names, options) => (await import("./commands/fetch.ts")).fetch(names, options));

  bench
    .command("doctor")
    .description("what works on this machine, and how to get what does not")
    .option("--json", "as JSON")
    .action(async (options) => (await import("./commands/doctor.ts")).doctor(options));

  for (const command of allCommands(bench))
    command.exitOverride().configureOutput({ outputError: (text, write) => write(`${ofParser(text, command)}\n`) });
  checkValues(bench);
  checkNeeded(bench);
  return bench;
}

/** The parser's message in the form of all others. */
function ofParser(text: string, command: Command): string {
  const [message = "", hint = ""] = text
    .trim()
    .replace(/^error: /, "")
    .split(/\s*\n/);
  const meant = /Did you mean (?:one of )?(.*)\?/.exec(hint)?.[1];
  const advice = `${meant ? `did you mean '${meant}'? ` : ""}'${pathOf(command)} --help' lists what there is`;
  const extra = command.args[command.registeredArguments.length];
  if (message.startsWith("too many arguments") && extra !== undefined)
    return errorLines(
      `'${printable(extra)}' is one argument too many for '${pathOf(command)}'; a value with spaces needs quotes around it, ` +
        `and each option its name, such as --out; '${pathOf(command)} --help' lists what there is`,
    );
  return errorLines(`${message}; ${advice}`);
}

/** Without a current folder no relative path means anything, and the system's own error names none. */
function checkCurrentFolder(): void {
  try {
    process.cwd();
  } catch (error) {
    throw new BenchError("io", "the current folder was deleted or moved; change to a folder that exists", {
      cause: error,
    });
  }
}

/** Runs one command; returns its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const bench = program(argv);
  process.exitCode = 0;
  try {
    checkCurrentFolder();
    await bench.parseAsync(argv, { from: "user" });
    return Number(process.exitCode ?? 0); // a command that went on past a failure has set it
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has printed it
    return reportError(error, Boolean(bench.opts().verbose));
  }
}
