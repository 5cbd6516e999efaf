// What a power failure can leave of changes to a disk, for tests. A file system keeps the order of names (created,
// renamed, removed), but may write the content of a file later or never, unless the file was flushed. Names are safe
// once their folder was flushed.
//
// Source of the model: T. S. Pillai et al., All File Systems Are Not Created Equal (OSDI 2014), for ext4 and XFS.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type DiskChange, watchDisk } from "./watch-disk.ts";

/** The files below a folder: content by relative path. */
export type Files = ReadonlyMap<string, Buffer>;

export interface Recording {
  readonly before: Files;
  readonly changes: readonly DiskChange[];
}

/** Runs `action` and records its changes below `folder`. */
export async function recordChanges(folder: string, action: () => unknown): Promise<Recording> {
  const before = readFiles(folder);
  const changes: DiskChange[] = [];
  const restore = await watchDisk(folder, {
    after(change) {
      const within = (path: string) => relative(folder, path);
      changes.push({
        ...change,
        path: within(change.path),
        ...("to" in change ? { to: within(change.to) } : {}),
      } as DiskChange);
    },
  });
  try {
    await action();
  } finally {
    restore();
  }
  return { before, changes };
}

/** The content of a file, in memory and on the disk. */
interface Content {
  current: Buffer;
  flushed: Buffer;
}

/**
 * Every state that a power failure can leave after the first `count` changes: with each number of the names that were
 * not flushed, and with the content that was not flushed kept, lost, or half of it written.
 */
export function* statesAfterPowerFailure({ before, changes }: Recording, count = changes.length): Generator<Files> {
  const start = new Map(
    [...before].map(([path, bytes]) => [path, { current: bytes, flushed: bytes } satisfies Content]),
  );
  let safe: Map<string, Content> = new Map(start);
  const names = new Map<string, Content>(start);
  /** Changes of names since the last flush of their folder, in order. */
  let pending: ((at: Map<string, Content>) => void)[] = [];
  const change = (apply: (at: Map<string, Content>) => void) => {
    apply(names);
    pending.push(apply);
  };
  for (const one of changes.slice(0, count)) {
    switch (one.kind) {
      case "create": {
        const existing = names.get(one.path);
        const content: Content = existing ?? { current: Buffer.alloc(0), flushed: Buffer.alloc(0) };
        content.current = Buffer.alloc(0);
        if (!existing) change((at) => at.set(one.path, content));
        break;
      }
      case "copy": {
        const content: Content = { current: one.data, flushed: Buffer.alloc(0) };
        change((at) => at.set(one.to, content));
        break;
      }
      case "write": {
        const content = names.get(one.path);
        if (content) content.current = written(content.current, one.at, one.data);
        break;
      }
      case "truncate-to": {
        const content = names.get(one.path);
        if (content) content.current = written(content.current.subarray(0, one.length), one.length, Buffer.alloc(0));
        break;
      }
      case "sync": {
        const content = names.get(one.path);
        if (content) content.flushed = content.current;
        else {
          // A folder: all names so far are safe. (Those of other folders, too, since their order is kept.)
          safe = new Map(names);
          pending = [];
        }
        break;
      }
      case "rename":
        change((at) => {
          const content = at.get(one.path);
          if (content) at.set(one.to, content);
          at.delete(one.path);
        });
        break;
      case "remove":
        change((at) => at.delete(one.path));
    }
  }
  for (let kept = 0; kept <= pending.length; kept++) {
    const at = new Map(safe);
    for (const apply of pending.slice(0, kept)) apply(at);
    for (const share of [0, 0.5, 1])
      yield new Map([...at].map(([path, { current, flushed }]) => [path, partly(flushed, current, share)]));
  }
}

/** The content with a share of the bytes beyond those that were flushed. */
function partly(flushed: Buffer, current: Buffer, share: number): Buffer {
  if (share === 0) return flushed;
  return share === 1 || current.equals(flushed) ? current : current.subarray(0, Math.floor(current.length * share));
}

function written(content: Buffer, at: number, data: Buffer): Buffer {
  const bytes = Buffer.alloc(Math.max(content.length, at + data.length));
  content.copy(bytes);
  data.copy(bytes, at);
  return bytes;
}

/** Reads all files below a folder. */
export function readFiles(folder: string): Files {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path), readFileSync(path)]),
  );
}

/** Replaces the content of a folder. */
export function writeFiles(folder: string, files: Files): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}
