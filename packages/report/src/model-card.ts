// The model card of exported weights: a README.md with front matter as the Hugging Face hub reads it.

import type { RunRecord } from "@dit-bench/record";
import { printable, quantity, quoteForShell } from "@dit-bench/text";
import { escapeCell, escapeMarkdown, wrap } from "./markdown.ts";
import { metrics } from "./metrics.ts";
import { assignment, runCommand } from "./run-command.ts";
import { facts, flattenSettings, settingText } from "./run-facts.ts";
import { miniatureNote } from "./wording.ts";

export interface CardFacts {
  /** The library that loads the files; `library_name` of the front matter. */
  readonly library: string;
  /** What the files are and how they are loaded: Markdown, not escaped again. */
  readonly use: string;
  /** Where the method was published. */
  readonly source: string;
  readonly base: {
    /** Its name in texts. */
    readonly name: string;
    /** Its name on the Hugging Face hub, if it is there. */
    readonly hub?: string;
    readonly licence?: string;
  };
  /** The value of `--recipe` that runs the cell again. */
  readonly recipe: string;
  /** The settings that differ from the recipe's, by the path that `--set` takes. */
  readonly changes: readonly (readonly [path: string, value: unknown])[];
}

/** The card of a finished run. Names from the record are escaped. */
export function modelCard(record: RunRecord, about: CardFacts): string {
  const { cell, data, settings, miniature } = record;
  const { name: model } = settings.model as { readonly name: string };
  const dataset = `${data.source === "miniature" ? "the miniature of " : ""}${cell.datasetTitle}`;
  const text = (line: string) => wrap(escapeMarkdown(line));
  const parts = [
    frontMatter(record, about),
    `# ${escapeMarkdown(`${cell.methodLabel} on ${dataset}`)}`,
    text(
      `The weights of ${model} after fine-tuning with ${cell.methodLabel} (${about.source}) on ${dataset}, ` +
        `made and scored by dit-bench.`,
    ),
    miniature ? wrap(`**${escapeMarkdown(miniatureNote({ records: [record] }))}**`, "> ", "> ") : null,
    "## How to use it",
    about.use,
    "## Scores",
    scoreTable(record),
    text(
      "FIDs are comparable only if extractor, resizer, real images and numbers of images are the same." +
        (miniature ? " No FID of this card is comparable with a published one." : ""),
    ),
    "## How it was made",
    `    ${runAgain(record, about)}`,
    ...placeholders(record, about).map(text),
    table(["Fact", "Value"], factRows(record, about)),
    "<details><summary>All settings of the recipe</summary>",
    table(["Setting", "Value"], settingRows(settings)),
    "</details>",
    "## Classes",
    text(`${quantity(data.classes.length, "class")}, by label: ${data.classes.map(labelled).join(", ")}.`),
    text(`Label ${data.classes.length} is the null class, which guidance needs.`),
    "## Licence",
    text(
      "No licence is stated here: add one to the front matter as license. It depends on the licence of the base model" +
        `${about.base.licence === undefined ? "" : `, ${about.base.licence},`} and on that of the images.`,
    ),
  ];
  return `${parts.filter((part) => part !== null).join("\n\n")}\n`;
}

/** Strings are in double quotes as in JSON, which YAML reads the same way. */
function frontMatter({ cell }: RunRecord, { library, base }: CardFacts): string {
  const quote = (text: string) => JSON.stringify(printable(text));
  return [
    "---",
    `library_name: ${quote(library)}`,
    ...(base.hub === undefined ? [] : [`base_model: ${quote(base.hub)}`]),
    "tags:",
    ...["dit-bench", "diffusion", "dit", cell.method].map((tag) => `  - ${quote(tag)}`),
    "---",
  ].join("\n");
}

function scoreTable(record: RunRecord): string {
  const rows = metrics.flatMap(({ kind, title, value, interval, base, format }) => {
    const own = value(record);
    if (kind !== "score" || own === undefined) return [];
    const withInterval = (number: number, limits?: readonly [number, number]) =>
      `${format(number)}${limits === undefined ? "" : ` [${limits.map(format).join(", ")}]`}`;
    const baseValue = base?.value(record);
    return [
      [
        title,
        withInterval(own, interval?.(record)),
        baseValue === undefined ? "–" : withInterval(baseValue, base?.interval?.(record)),
      ],
    ];
  });
  const level = `${100 * record.metrics!.intervalLevel} %`;
  return table(["Score", `This model (interval at ${level})`, "Base model, not fine-tuned"], rows);
}

function factRows(record: RunRecord, { base }: CardFacts): string[][] {
  const { cell, parameters, training, settings, weights, identity } = record;
  const sampling = settings.sampling as Readonly<Record<string, unknown>>;
  const share = ((100 * parameters.trainable) / parameters.model).toPrecision(2);
  const learningRate = training.learningRate === undefined ? "" : `, learning rate ${training.learningRate}`;
  const written: Readonly<Record<string, string>> = {
    Training: `${training.steps} steps, batches of ${training.batch}${learningRate}`,
    "Base model": `${base.name}, SHA-256 ${weights.base}`,
  };
  return [
    ["Method", `${cell.method} of ${cell.methodSource}`],
    [
      "Options",
      Object.entries(cell.options)
        .map(([name, value]) => `${name} ${settingText(value)}`)
        .join(", ") || "none",
    ],
    [
      "Trained parameters",
      `${parameters.trainable.toLocaleString("en")} of ${parameters.model.toLocaleString("en")} (${share} %), ` +
        `${parameters.classEmbedding.toLocaleString("en")} of them in the class embedding`,
    ],
    ["Sampling", `${sampling.sampler}, respacing ${sampling.respacing}, guidance ${sampling.guidance}`],
    ...facts.map(([name, value]) => [name, written[name] ?? value(record)]),
    ["Trained weights", `SHA-256 ${weights.trained}`],
    ["Identity of the run", identity],
  ];
}

const settingRows = (settings: RunRecord["settings"]): string[][] =>
  flattenSettings(settings)
    .filter(([path]) => path !== "about")
    .map(([path, value]) => [path, settingText(value)]);

function runAgain(record: RunRecord, { recipe, changes }: CardFacts): string {
  const { engine } = record;
  return [
    ...runCommand(record, recipe),
    ...changes.flatMap(([path, value]) => ["--set", assignment(path, value)]),
    ...(engine.name.includes("+") ? ["--engine", engine.name] : []), // the precision is part of the protocol
    ...(isBuiltIn(record) ? [] : ["--plugin", "PLUGIN"]),
  ]
    .map((word) => quoteForShell(printable(word)))
    .join(" ");
}

/** Sentences on the words of the command that the reader replaces. */
function placeholders(record: RunRecord, { recipe }: CardFacts): string[] {
  const { cell, data } = record;
  return [
    ...(recipe === record.recipe ? [] : [`${recipe} stands for the folder of the recipe '${record.recipe}'.`]),
    ...(data.source === "folder" ? [`FOLDER stands for the images, fingerprint ${data.fingerprint}.`] : []),
    ...(isBuiltIn(record) ? [] : [`PLUGIN stands for the method's package: ${cell.methodSource}.`]),
  ];
}

const isBuiltIn = ({ cell }: RunRecord): boolean => cell.methodSource.startsWith("@dit-bench/method-");

const labelled = (name: string, label: number): string => `${label} ${name === "" ? "(no name)" : name}`;

/** A table in which every text is escaped. */
const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  [headings.map(escapeCell), headings.map(() => ":--"), ...rows.map((row) => row.map(escapeCell))]
    .map((line) => `| ${line.join(" | ")} |`)
    .join("\n");
