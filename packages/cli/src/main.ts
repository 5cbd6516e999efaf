// The command line: the table of commands. A command's code is loaded when it is called, so that the help is quick.

import "@dit-bench/compiler/no-telemetry"; // must come first: a plug-in may load ONNX Runtime by itself
import { createRequire } from "node:module";
import { BenchError, exitCodes } from "@dit-bench/runner/errors";
import { Command, CommanderError } from "commander";
import { checkMethod } from "./declarations/check-method.ts";
import { complete } from "./declarations/complete.ts";
import { doctor } from "./declarations/doctor.ts";
import { exportRun } from "./declarations/export.ts";
import { fetch } from "./declarations/fetch.ts";
import { grid } from "./declarations/grid.ts";
import { gridJob } from "./declarations/grid-job.ts";
import { list } from "./declarations/list.ts";
import { listWeights } from "./declarations/list-weights.ts";
import { features, fid } from "./declarations/measuring.ts";
import { newMethod } from "./declarations/new-method.ts";
import { predict } from "./declarations/predict.ts";
import { pretrain } from "./declarations/pretrain.ts";
import { report } from "./declarations/report.ts";
import { run } from "./declarations/run.ts";
import { sample } from "./declarations/sample.ts";
import { sweep } from "./declarations/sweep.ts";
import { table } from "./declarations/table.ts";
import { vaeDecode, vaeEncode } from "./declarations/vae.ts";
import { addCommand, allCommands, describeChoices } from "./parser/add-command.ts";
import { parserError } from "./parser/parser-error.ts";
import { reportError } from "./report-error.ts";
import { writeResult } from "./stdout.ts";
import { screenWidth } from "./text-layout.ts";

const manifest = createRequire(import.meta.url)("../package.json") as { readonly version: string };

/** Makes the parser of all commands. @param argv the command line to parse; `bench grid` also starts it as a process */
export function program(argv: readonly string[] = []): Command {
  const bench = new Command("bench")
    .description("Compare fine-tuning methods on Diffusion Transformers: train, sample, score, tabulate.")
    .version(manifest.version, "-V, --version", "print the version")
    .option("--verbose", "show the stack trace of an error")
    .configureHelp({
      helpWidth: process.stdout.columns ? screenWidth() : 80,
      optionDescription: ({ description }) => description, // the description already names the default and the choices
    });

  addCommand(bench, "run", run, async (_, options) => (await import("./commands/run.ts")).run(options));
  addCommand(bench, "grid", grid, async (_, options) => (await import("./commands/grid.ts")).grid(options, argv));
  addCommand(bench, "sweep", sweep, async (_, options) => (await import("./commands/sweep.ts")).sweep(options, argv));
  addCommand(bench, "table", table, async (_, options) => (await import("./commands/table.ts")).table(options));
  addCommand(bench, "report", report, async (_, options) => (await import("./commands/report.ts")).report(options));
  addCommand(bench, "list", list, async ({ what }, options) =>
    (await import("./commands/list.ts")).list(what, options),
  );
  addCommand(bench, "new-method", newMethod, async ({ name }) =>
    (await import("./commands/new-method.ts")).newMethod(name),
  );
  addCommand(bench, "check-method", checkMethod, async ({ method }, options) =>
    (await import("./commands/check-method.ts")).checkMethod(method, options),
  );
  addCommand(bench, "list-weights", listWeights, async ({ file }, options) =>
    (await import("./commands/list-weights.ts")).listWeights(file, options),
  );
  addCommand(bench, "predict", predict, async (_, options) => (await import("./commands/predict.ts")).predict(options));
  addCommand(bench, "sample", sample, async (_, options) => (await import("./commands/sample.ts")).sample(options));
  addCommand(bench, "export", exportRun, async (_, options) =>
    (await import("./commands/export.ts")).exportRun(options),
  );
  addCommand(bench, "features", features, async ({ images }, options) =>
    (await import("./commands/features.ts")).features(images, options),
  );
  addCommand(bench, "fid", fid, async ({ a, b }, options) => (await import("./commands/fid.ts")).fid(a, b, options));
  const vae = bench.command("vae").description("encode images to latents with an autoencoder, or decode them");
  addCommand(vae, "encode", vaeEncode, async ({ images }, options) =>
    (await import("./commands/vae.ts")).vaeEncode(images, options),
  );
  addCommand(vae, "decode", vaeDecode, async ({ latents }, options) =>
    (await import("./commands/vae.ts")).vaeDecode(latents, options),
  );
  addCommand(bench, "pretrain", pretrain, async (_, options) =>
    (await import("./commands/pretrain.ts")).pretrain(options),
  );
  addCommand(bench, "fetch", fetch, async ({ names }, options) =>
    (await import("./commands/fetch.ts")).fetch(names, options),
  );
  addCommand(bench, "grid-job", gridJob, async ({ plan }, options) =>
    (await import("./commands/grid-job.ts")).gridJob(plan, options),
  );
  addCommand(bench, "doctor", doctor, async (_, options) => (await import("./commands/doctor.ts")).doctor(options));
  addCommand(bench, "complete", complete, async ({ shell }) =>
    (await import("./commands/complete.ts")).complete(shell),
  );

  for (const command of allCommands(bench))
    command.exitOverride().configureOutput({
      writeOut: (text) => writeResult(text),
      outputError: (text, write) => write(`${parserError(text, command)}\n`),
    });
  return bench;
}

/** Runs one command; returns its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const bench = program(argv);
  process.exitCode = exitCodes.ok;
  try {
    checkCurrentFolder();
    if (argv[0] === "complete" && argv[1] === "--") {
      await (await import("./commands/complete.ts")).completeWords(bench, argv.slice(2));
      return exitCodes.ok;
    }
    if (wantsHelp(argv)) await describeChoices(commandOf(bench, argv));
    await bench.parseAsync(argv, { from: "user" });
    return Number(process.exitCode ?? exitCodes.ok); // a command that continued past a failure has set it
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage; // was printed
    return reportError(error, Boolean(bench.opts().verbose));
  }
}

/** Throws BenchError (io) if the current folder does not exist: the system's own error would not name the problem. */
function checkCurrentFolder(): void {
  try {
    process.cwd();
  } catch (error) {
    throw new BenchError("io", "the current folder was deleted or moved; change to a folder that exists", {
      cause: error,
    });
  }
}

const wantsHelp = (argv: readonly string[]): boolean =>
  argv[0] === "help" || argv.includes("--help") || argv.includes("-h");

/** Returns the command that the words name: `vae encode` for `vae encode --help` and for `help vae encode`. */
function commandOf(bench: Command, argv: readonly string[]): Command {
  let command = bench;
  for (const word of argv) command = command.commands.find((inner) => inner.name() === word) ?? command;
  return command;
}
