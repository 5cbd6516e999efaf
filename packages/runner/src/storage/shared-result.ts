// Results that several cells share, each in a checked file. One process computes a result; the others wait for it and
// read the file. A damaged file is computed again.

import { existsSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { removeLeftovers } from "@dit-bench/files";
import { CorruptFileError, type Safetensors, type StoredTensor } from "@dit-bench/weights";
import type { Listener } from "../events.ts";
import { readChecked, writeChecked } from "./checked-file.ts";
import { makeFolder } from "./make-folder.ts";
import { moveFolderAside } from "./move-folder-aside.ts";
import { withLock } from "./with-lock.ts";

export interface SharedResult<T> {
  readonly path: string;
  /** For messages: "the base model's samples". */
  readonly what: string;
  /** What a process that computes the result is doing: "samples the base model". */
  readonly doing: string;
  /** Tensors that the file must hold, with their shapes. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  read(tensors: Readonly<Record<string, StoredTensor>>): T;
  make(): Promise<T>;
  /** A folder that `make` uses, and with which an interrupted one continues. It is removed when the file is written. */
  readonly unfinished?: string;
  /** Called again and again while another process computes the result. */
  readonly meanwhile?: () => Promise<void>;
  tensors(made: T): Readonly<Record<string, StoredTensor>>;
}

/** Reads the result from its file; without a usable file, computes it and writes the file. */
export async function readOrMake<T>(result: SharedResult<T>, listener: Listener): Promise<T> {
  const { path, what, doing } = result;
  const stored = readStored(result);
  if ("value" in stored) return stored.value;
  const folder = dirname(path);
  makeFolder(folder);
  const work = async () => {
    const found = readStored(result); // another process may have written it meanwhile
    if ("value" in found) return found.value;
    if (found.problem !== undefined) listener.note?.(`${what} are made again: ${found.problem}`);
    removeLeftovers(folder);
    const made = await result.make();
    moveFolderAside(path, listener);
    writeChecked(path, Object.entries(result.tensors(made)));
    if (result.unfinished !== undefined) rmSync(result.unfinished, { recursive: true, force: true, maxRetries: 10 });
    return made;
  };
  return withLock(join(folder, `.${basename(path)}.lock`), doing, listener, work, result.meanwhile);
}

function readStored<T>({ path, shapes, read }: SharedResult<T>): { value: T } | { problem?: string } {
  if (!existsSync(path)) return {};
  let stored: Safetensors;
  try {
    stored = readChecked(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EISDIR") return { problem: `${path} is a folder` };
    if (!(error instanceof CorruptFileError)) throw error;
    return { problem: error.message };
  }
  for (const [name, shape] of Object.entries(shapes))
    if (stored.tensors.get(name)?.shape.join() !== shape.join())
      return { problem: `${path}: '${name}' is [${stored.tensors.get(name)?.shape}], wanted [${shape}]` };
  return { value: read(Object.fromEntries(stored.tensors)) };
}
