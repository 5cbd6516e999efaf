// Watches the changes that this process makes to files below a folder, for tests: a test can make one of them fail, or
// keep them to compute what a power failure would leave.

import fs, { type PathLike } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { resolve, sep } from "node:path";

/** One change of a file or folder, as the system sees it. */
export type DiskChange =
  | { readonly kind: "create" | "truncate-to"; readonly path: string; readonly length: number }
  | { readonly kind: "write"; readonly path: string; readonly at: number; readonly data: Buffer }
  | { readonly kind: "sync" | "folder" | "remove"; readonly path: string }
  | { readonly kind: "rename"; readonly path: string; readonly to: string }
  | { readonly kind: "copy"; readonly path: string; readonly to: string; readonly data: Buffer };

export interface DiskHooks {
  /** Called before each change; an error that it throws is the error of the system call. */
  readonly before?: (change: DiskChange) => void;
  /** Called after each change that succeeded. */
  readonly after?: (change: DiskChange) => void;
}

// biome-ignore lint/suspicious/noExplicitAny: wraps functions of many signatures
type AnyFunction = (this: unknown, ...args: any[]) => any;

/** The change that a call makes, undefined for none below the folder. */
type Describe = (self: unknown, args: readonly unknown[]) => DiskChange | undefined;

interface OpenFile {
  readonly path: string;
  at: number;
}

/**
 * Calls the hooks for each change below `folder` that code makes through `node:fs` or `node:fs/promises`, until the
 * returned function is called. Streams, functions with callbacks, and `writeFile` of a path are not watched: what must
 * survive a failure is not written by them.
 */
export async function watchDisk(folder: string, { before, after }: DiskHooks): Promise<() => void> {
  const top = resolve(folder);
  const files = new Map<number, OpenFile>();
  const restores: (() => void)[] = [];
  const isBelow = (path: string) => path === top || path.startsWith(top + sep);

  /** Replaces a function by one that reports the change, if `describe` finds one. */
  function wrap(
    owner: object,
    name: string,
    describe: (self: unknown, args: readonly unknown[]) => DiskChange | undefined,
  ) {
    const functions = owner as Record<string, AnyFunction>;
    const original = functions[name]!;
    functions[name] = function (...args) {
      const change = describe(this, args);
      if (change === undefined) return original.apply(this, args);
      const fail = (error: unknown) => {
        if (isAsync) return Promise.reject(error);
        throw error;
      };
      try {
        before?.(change);
      } catch (error) {
        return fail(error);
      }
      const result = original.apply(this, args);
      if (!(result instanceof Promise)) {
        after?.(change);
        return result;
      }
      return result.then((value) => {
        after?.(change);
        return value;
      });
    };
    const isAsync = !name.endsWith("Sync");
    restores.push(() => {
      functions[name] = original;
    });
  }

  const pathOf = (value: unknown): string | undefined => {
    const path = resolve(String(value as PathLike));
    return isBelow(path) ? path : undefined;
  };
  const onPath =
    (make: (path: string, args: readonly unknown[]) => DiskChange | undefined) =>
    (_: unknown, args: readonly unknown[]) => {
      const path = pathOf(args[0]);
      return path === undefined ? undefined : make(path, args);
    };
  const creates = onPath((path, [, flags]) =>
    isWriting(flags) && (!fs.existsSync(path) || String(flags).startsWith("w"))
      ? { kind: "create", path, length: 0 }
      : undefined,
  );
  const renames: Describe = (_, [from, to]) => {
    const target = pathOf(to);
    return target === undefined ? undefined : { kind: "rename", path: resolve(String(from)), to: target };
  };
  const copies: Describe = (_, [from, to]) => {
    const [path, target] = [resolve(String(from)), pathOf(to)];
    return target === undefined ? undefined : { kind: "copy", path, to: target, data: fs.readFileSync(path) };
  };
  const folders = onPath((path) => (fs.existsSync(path) ? undefined : { kind: "folder", path }));
  const removes = onPath((path) => (fs.existsSync(path) ? { kind: "remove", path } : undefined));
  const onFile =
    (make: (file: OpenFile, args: readonly unknown[]) => DiskChange) => (self: unknown, args: readonly unknown[]) => {
      const isHandle = typeof self === "object" && self !== null && "fd" in self;
      const file = files.get(isHandle ? (self as FileHandle).fd : Number(args[0]));
      return file === undefined ? undefined : make(file, isHandle ? args : args.slice(1));
    };
  const writes = onFile((file, [content, offset, length, position]) => {
    const bytes = typeof content === "string" ? Buffer.from(content) : bytesOf(content as ArrayBufferView);
    const begin = typeof offset === "number" && typeof content !== "string" ? offset : 0;
    const data = Buffer.from(bytes.subarray(begin, begin + (typeof length === "number" ? length : bytes.length)));
    const at = typeof position === "number" ? position : file.at;
    if (typeof position !== "number") file.at += data.length;
    return { kind: "write", path: file.path, at, data };
  });
  const syncs = onFile(({ path }) => ({ kind: "sync", path }));
  const truncates = onFile(({ path }, [length]) => ({ kind: "truncate-to", path, length: Number(length ?? 0) }));

  // The positions of opened files are followed by a second wrapper inside the first.
  const follow = (fd: number, path: unknown, flags: unknown) => {
    const below = pathOf(path);
    if (below === undefined) files.delete(fd);
    else files.set(fd, { path: below, at: String(flags).startsWith("a") ? fs.fstatSync(fd).size : 0 });
  };
  const probe = await open(process.execPath);
  const handles = Object.getPrototypeOf(probe) as object;
  await probe.close();
  const { openSync } = fs;
  const { open: openAsync } = fs.promises;
  const functions = {
    sync: fs as unknown as Record<string, AnyFunction>,
    async: fs.promises as unknown as Record<string, AnyFunction>,
  };
  functions.sync.openSync = (path, flags, mode) => {
    const fd = openSync(path, flags, mode);
    follow(fd, path, flags);
    return fd;
  };
  functions.async.open = async (path, flags, mode) => {
    const handle = await openAsync(path, flags, mode);
    follow(handle.fd, path, flags);
    return handle;
  };
  restores.push(() => {
    functions.sync.openSync = openSync as AnyFunction;
    functions.async.open = openAsync as AnyFunction;
  });

  wrap(fs, "openSync", creates);
  wrap(fs.promises, "open", creates);
  wrap(fs, "renameSync", renames);
  wrap(fs.promises, "rename", renames);
  wrap(fs, "copyFileSync", copies);
  wrap(fs.promises, "copyFile", copies);
  wrap(fs, "mkdirSync", folders);
  wrap(fs.promises, "mkdir", folders);
  wrap(fs, "rmSync", removes);
  wrap(fs, "unlinkSync", removes);
  wrap(fs.promises, "rm", removes);
  wrap(fs, "writeSync", writes);
  wrap(handles, "write", writes);
  wrap(handles, "writeFile", writes);
  wrap(fs, "fsyncSync", syncs);
  wrap(handles, "sync", syncs);
  wrap(fs, "ftruncateSync", truncates);
  wrap(handles, "truncate", truncates);
  syncBuiltinESMExports();
  return () => {
    for (const restore of restores.reverse()) restore();
    syncBuiltinESMExports();
  };
}

const isWriting = (flags: unknown): boolean =>
  typeof flags === "number"
    ? (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0
    : /[wa+]/.test(String(flags ?? "r"));

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
