// The file of a sweep, sweep.json: the values that were tried for one option of each method, their scores, and the
// chosen value. It has no times and no dates, so that equal runs give equal bytes.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { replaceFile } from "@dit-bench/files";
import { printable } from "@dit-bench/text";
import { z } from "zod";
import { describeProblem, newerSchema, parseJsonFile, RecordError } from "./files.ts";
import { tuningCriterion } from "./schema.ts";

const text = z.string().min(1);
const count = z.int().nonnegative();
/** A value of an option. */
const value = z.json();

/** One run of a value. `missing`: it failed for a reason other than divergence, such as a time limit. */
const run = z.strictObject({
  dataset: text,
  exit: z.enum(["finished", "diverged", "missing"]),
  /** Identity of the run's record; null for a run that did not finish. */
  identity: text.nullable(),
  /** FID against the training images. */
  fid: z.number().nullable(),
  /** FID against held-out images, if some were held out. */
  heldOutFid: z.number().nullable(),
});

const triedValue = z.strictObject({
  value,
  /** Mean of the criterion over the datasets; null if a run diverged or is missing. */
  score: z.number().nullable(),
  /** One run for each dataset. */
  runs: z.array(run).min(1),
});

/** The learning rate, which every method has. */
const rateOption = "training.learningRate";
const isRate = (rate: OptionValue): boolean => typeof rate === "number" && rate > 0;

/** A choice that another part of the file contradicts would be a wrong statement in records and tables. */
const method = z
  .strictObject({
    method: text,
    /** Label of the row without the swept option. */
    label: text,
    /** The swept option: `training.learningRate`, or an option of the method. */
    option: text,
    /** All other options of the method. */
    options: z.record(z.string(), value),
    /** The learning rate of all runs; absent if it is the swept option. */
    learningRate: z.number().positive().optional(),
    /** The value of a run that does not set the option; null if the option has none. */
    default: value,
    /** Number of runs, without the missing ones. */
    runs: count,
    values: z.array(triedValue).min(2),
    /** Absent if no value can be chosen; `problem` has the reason. */
    chosen: z.strictObject({ value, isDefault: z.boolean() }).optional(),
    problem: text.optional(),
    /** Set if the chosen value is the lowest or highest of the tried numbers: a better one may lie beyond. */
    edge: z.enum(["lowest", "highest"]).optional(),
  })
  .refine(({ option, values }) => option !== rateOption || values.every((tried) => isRate(tried.value)), {
    path: ["values"],
    message: "expected learning rates, which are numbers above 0",
  })
  .refine(({ chosen, problem }) => (chosen === undefined) !== (problem === undefined), {
    message: "expected either a chosen value or a problem",
  })
  .refine(({ chosen, values }) => chosen === undefined || isBest(chosen.value, values), {
    path: ["chosen", "value"],
    message: "expected one of the values, with the lowest score of all",
  })
  .refine(({ chosen, default: usual }) => chosen === undefined || chosen.isDefault === isEqual(chosen.value, usual), {
    path: ["chosen", "isDefault"],
    message: "expected true for the default value alone",
  });

const sweep = z.strictObject({
  /** Version of this schema. */
  schema: z.literal(1),
  recipe: text,
  /** Protocol of the recipe, as in the names of folders; records of own images add a remark to it. */
  protocol: text,
  /** The seed of all runs. */
  seed: count,
  criterion: tuningCriterion,
  /** The datasets, as in records. */
  datasets: z.array(z.strictObject({ name: text, title: text })).min(1),
  methods: z
    .array(method)
    .min(1)
    .refine((all) => new Set(all.map((one) => one.method)).size === all.length, "expected each method once"),
});

function isBest(chosen: OptionValue, values: readonly TriedValue[]): boolean {
  const scores = values.flatMap(({ score }) => score ?? []);
  return values.some(({ value: tried, score }) => isEqual(tried, chosen) && score === Math.min(...scores));
}

const isEqual = (a: OptionValue, b: OptionValue): boolean => JSON.stringify(a) === JSON.stringify(b);

export type Sweep = z.infer<typeof sweep>;
export type SweptMethod = z.infer<typeof method>;
export type TriedValue = z.infer<typeof triedValue>;
export type SweepRun = z.infer<typeof run>;
/** A value of an option: anything that JSON can hold. */
export type OptionValue = z.infer<typeof value>;

export interface SweepFile {
  readonly sweep: Sweep;
  /** SHA-256 of the file. */
  readonly digest: string;
}

const remedy = "write it again with 'bench sweep'; its finished runs are not repeated";

/** Reads the file of a sweep. Throws a {@link RecordError} that names the file. */
export async function readSweep(path: string): Promise<SweepFile> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : message;
    throw new RecordError(`cannot read the sweep ${printable(path)}: ${printable(reason)}; 'bench sweep' writes one`);
  }
  const content = parseJsonFile(path, bytes, remedy);
  const result = sweep.safeParse(content);
  if (result.success) return { sweep: result.data, digest: createHash("sha256").update(bytes).digest("hex") };
  const newer = newerSchema(content);
  const reason =
    newer === undefined ? `${describeProblem(result.error)}; ${remedy}` : `${newer}; read it with a newer version`;
  throw new RecordError(`${printable(path)} is not a valid sweep: ${reason}`);
}

/** Writes the file of a sweep, whole or not at all. */
export async function writeSweep(path: string, content: Sweep): Promise<void> {
  await replaceFile(path, `${JSON.stringify(sweep.parse(content), null, 2)}\n`);
}
