// What an export format is: the files that it makes of a run, and how others load them.

import { replaceFileSync } from "@dit-bench/files";
import { type PendingTensor, type StoredTensor, writeSafetensors } from "@dit-bench/weights";
import type { RecordedRun, TrainedRun } from "../cell/open-run.ts";

export interface ExportFormat {
  /** The value of `--format`. */
  readonly name: string;
  /** The names of tensors that the format can have, the default first; one only if absent. */
  readonly layouts?: readonly string[];
  /** Throws BenchError (usage) if runs of this method cannot have the format. Called before any weight is read. */
  check?(run: RecordedRun): void;
  /** Throws BenchError (usage) if this run cannot have the format. Writes nothing. */
  make(run: TrainedRun, layout: string | undefined): ExportParts;
}

export interface ExportParts {
  readonly files: readonly ExportFile[];
  /** The library that loads the files, as the Hugging Face hub names it. */
  readonly library: string;
  /** What the files are and how they are loaded: Markdown for the model card. */
  readonly use: string;
}

export interface ExportFile {
  readonly name: string;
  /** Writes the content to a path that does not exist. */
  write(path: string): void;
}

type Tensors = Iterable<readonly [string, StoredTensor | PendingTensor]>;

/** @param metadata texts beside the tensors */
export const tensorFile = (name: string, tensors: Tensors, metadata: Readonly<Record<string, string>>): ExportFile => ({
  name,
  write: (path) => writeSafetensors(path, tensors, metadata),
});

export const textFile = (name: string, text: string): ExportFile => ({
  name,
  write: (path) => replaceFileSync(path, [Buffer.from(text)]),
});

export const jsonFile = (name: string, value: object): ExportFile =>
  textFile(name, `${JSON.stringify(value, null, 2)}\n`);
