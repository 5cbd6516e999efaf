// Results that several cells share, kept in a sealed file: made once by one process, made again where the file is damaged.

import { existsSync } from "node:fs";
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
  /** What a process does that makes them: "samples the base model". */
  readonly doing: string;
  /** Tensors that the file must hold, with their shapes. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  read(tensors: Readonly<Record<string, StoredTensor>>): T;
  make(): Promise<T>;
  tensors(made: T): Readonly<Record<string, StoredTensor>>;
}

/** What the file holds, or, where there is no sound file, what `make` makes; it is then kept in the file. */
export async function readOrMake<T>(shared: SharedResult<T>, listener: Listener): Promise<T> {
  const { path, what, doing } = shared;
  const kept = readStored(shared);
  if ("value" in kept) return kept.value;
  const folder = dirname(path);
  makeFolder(folder);
  return withLock(join(folder, `.${basename(path)}.lock`), doing, listener, async () => {
    const found = readStored(shared); // another process may have made it in between
    if ("value" in found) return found.value;
    if (found.problem !== undefined) listener.note?.(`${what} are made again: ${found.problem}`);
    removeLeftovers(folder);
    const made = await shared.make();
    moveFolderAside(path, listener);
    writeChecked(path, Object.entries(shared.tensors(made)));
    return made;
  });
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
