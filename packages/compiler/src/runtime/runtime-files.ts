// Finds the native files of onnxruntime-node and of koffi, and checks that they are whole. Loading a truncated library
// ends the process without a message (SIGBUS).

import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";

/** The folder with the native files for this machine, which may not exist. */
export function runtimeFolder(): string {
  return join(runtimePackage(), "bin/napi-v6", process.platform, process.arch);
}

/** The folder of onnxruntime-node. Throws if it is not installed. */
const runtimePackage = (): string => dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));

/**
 * The script of onnxruntime-node that downloads its files for GPUs, relative to the current folder. A published
 * installation has it in another place than a clone.
 */
export function gpuFilesScript(): string {
  const script = "script/install.js";
  try {
    return relative(process.cwd(), join(runtimePackage(), script));
  } catch {
    return join("node_modules/onnxruntime-node", script);
  }
}

/**
 * The path of ONNX Runtime's library, of the name that Node's binding loads: macOS has the library under two names, and
 * a second copy in a process would have its own environment. Throws if there is none for this machine.
 */
export function runtimeLibrary(folder: string = runtimeFolder()): string {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const name = names.find((name) =>
    /^(libonnxruntime\.so\.\d+|libonnxruntime\.\d+\.dylib|onnxruntime\.dll)$/.test(name),
  );
  if (name === undefined)
    throw new Error(`onnxruntime-node has no library for ${process.platform} on ${process.arch} in ${folder}`);
  return join(folder, name);
}

/** Throws if a native file of the runtime is damaged. */
export function checkRuntimeFiles(): void {
  checkNativeFiles(runtimeFolder());
}

/** Throws if a native file of koffi is damaged. A missing package is left to koffi, which names it. */
export function checkKoffiFiles(): void {
  const require = createRequire(import.meta.url);
  let folder: string;
  try {
    const koffi = createRequire(require.resolve("koffi"));
    folder = dirname(koffi.resolve(`@koromix/koffi-${process.platform}-${process.arch}/package.json`));
  } catch {
    return;
  }
  checkNativeFiles(folder);
}

/** Throws if a native file in `folder` is damaged. A missing folder is left to the loader, which names it. */
export function checkNativeFiles(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    if (/\.so(\.|$)|\.node$/.test(name)) checkElf(join(folder, name));
}

/**
 * Throws if an ELF file of 64 bits ends before its segments do. Other files are left to the loader, which refuses them
 * with an error.
 *
 * @see https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
 */
export function checkElf(path: string): void {
  const { size } = statSync(path);
  const file = openSync(path, "r");
  try {
    const header = read(file, 0, ELF_HEADER_BYTES);
    if (header.length < ELF_HEADER_BYTES || header.toString("latin1", 0, 4) !== "\x7fELF" || header[4] !== CLASS_64)
      return;
    const [offset, entryBytes, entries] = [
      Number(header.readBigUInt64LE(32)),
      header.readUInt16LE(54),
      header.readUInt16LE(56),
    ];
    const table = read(file, offset, entryBytes * entries);
    const ends = [offset + entryBytes * entries];
    for (let at = 0; at + SEGMENT_BYTES <= table.length; at += entryBytes)
      if (table.readUInt32LE(at) === LOADED)
        ends.push(Number(table.readBigUInt64LE(at + 8)) + Number(table.readBigUInt64LE(at + 32)));
    const wanted = Math.max(...ends);
    if (size < wanted) throw new Error(`${path} is truncated: it has ${size} bytes, wanted at least ${wanted}`);
  } finally {
    closeSync(file);
  }
}

const ELF_HEADER_BYTES = 64;
const CLASS_64 = 2;
const SEGMENT_BYTES = 56;
/** PT_LOAD. */
const LOADED = 1;

/** Fewer bytes where the file ends. */
function read(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(file, buffer, 0, length, position));
}
