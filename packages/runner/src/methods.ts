// Methods by name. Built-in ones are packages like anybody's, loaded the way an outsider's is.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire, register } from "node:module";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { nearest } from "@dit-bench/datasets";
import type { AnyMethod } from "@dit-bench/method";
import { BenchError } from "./errors.ts";

/** Packages of the built-in methods, one line each, in the order of tables. */
export const builtinMethods = [
  "@dit-bench/method-full",
  "@dit-bench/method-bitfit",
  "@dit-bench/method-lora",
  "@dit-bench/method-adaptformer",
  "@dit-bench/method-vpt",
  "@dit-bench/method-difffit",
] as const;

export interface LoadedMethod {
  readonly method: AnyMethod;
  /** Package and version it came from; of a plug-in that lies in a folder or a file also the start of `code`. */
  readonly from: string;
  /** SHA-256 of a plug-in's own source files: somebody is still at work on it, and its version says nothing. */
  readonly code?: string;
}

/** The built-in methods and those of the given plug-ins: package names, or paths of a folder or a file. */
export async function loadMethods(plugins: readonly string[] = []): Promise<LoadedMethod[]> {
  const require = createRequire(import.meta.url);
  const loaded: LoadedMethod[] = [];
  for (const name of builtinMethods) {
    const { default: method } = (await import(name)) as { default: LoadedMethod["method"] };
    loaded.push({ method, from: `${name} ${version(require.resolve(name))}` });
  }
  for (const plugin of plugins) {
    for (const one of await loadPlugin(plugin)) {
      const rival = loaded.find((l) => l.method.name === one.method.name);
      if (rival)
        throw new BenchError(
          "usage",
          `plug-in ${plugin}: the name '${one.method.name}' is taken by ${rival.from}; give the method another name`,
        );
      loaded.push(one);
    }
  }
  return loaded;
}

/** One method by name. */
export async function loadMethod(name: string, plugins: readonly string[] = []): Promise<LoadedMethod> {
  return methodNamed(name, await loadMethods(plugins));
}

/** The one of that name. Throws BenchError (usage), which suggests the nearest. */
export function methodNamed(name: string, all: readonly LoadedMethod[], flag = "--method"): LoadedMethod {
  const found = all.find((l) => l.method.name === name);
  if (found) return found;
  const names = all.map((l) => l.method.name);
  const near = nearest(name, names);
  throw new BenchError(
    "usage",
    `${flag} '${name}' is not known; ${near ? `did you mean '${near}'? ` : ""}available: ${names.join(", ")}, or --plugin with the package that has it`,
  );
}

async function loadPlugin(plugin: string): Promise<LoadedMethod[]> {
  resolveContractForOutsiders();
  const isPath = plugin.startsWith(".") || plugin.startsWith("/") || existsSync(plugin);
  const target = isPath ? entryOf(resolve(plugin), plugin) : plugin;
  let module: Record<string, unknown>;
  try {
    module = (await import(isPath ? pathToFileURL(target).href : target)) as Record<string, unknown>;
  } catch (error) {
    throw new BenchError("usage", `plug-in ${plugin}: it cannot be loaded (${(error as Error).message})`, {
      cause: error,
    });
  }
  const code = isPath ? hashOfCode(resolve(plugin)) : undefined;
  const from = code === undefined ? plugin : `${plugin} ${version(target)}, SHA-256 ${code.slice(0, 16)}`;
  const exported = Array.isArray(module.default) ? module.default : [module.default];
  return exported.map((method: unknown) => {
    if (!isMethod(method))
      throw new BenchError(
        "usage",
        `plug-in ${plugin}: its default export is no method; wanted the result of defineMethod, or an array of such`,
      );
    return { method, from, ...(code === undefined ? {} : { code }) };
  });
}

const SOURCE_FILE = /\.(?:[cm]?[jt]s|json)$/;

/** Of a file, or of every source file below a folder but for installed packages, under their names. */
function hashOfCode(path: string): string {
  const files = statSync(path).isDirectory() ? sourceFiles(path) : [path];
  const hash = createHash("sha256");
  for (const file of files) {
    const bytes = readFileSync(file);
    hash.update(`${relative(path, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return entry.name === "node_modules" || entry.name.startsWith(".") ? [] : sourceFiles(path);
      return entry.isFile() && SOURCE_FILE.test(entry.name) ? [path] : [];
    });
}

function isMethod(m: unknown): m is LoadedMethod["method"] {
  const x = m as Partial<LoadedMethod["method"]> | undefined;
  return (
    typeof x?.name === "string" &&
    typeof x.adapt === "function" &&
    typeof x.label === "function" &&
    x.options !== undefined
  );
}

/** The file that a folder's package.json names, or the file itself. */
function entryOf(path: string, given: string): string {
  if (!existsSync(path)) throw new BenchError("usage", `plug-in ${given}: there is no such file or folder`);
  if (!statSync(path).isDirectory()) return path;
  const manifest = join(path, "package.json");
  if (!existsSync(manifest)) throw new BenchError("usage", `plug-in ${given}: the folder has no package.json`);
  const { exports, main } = JSON.parse(readFileSync(manifest, "utf8")) as { exports?: unknown; main?: string };
  const named =
    typeof exports === "string" ? exports : ((exports as Record<string, unknown>)?.["."] ?? main ?? "index.js");
  const entry = typeof named === "string" ? named : ((named as Record<string, string>).default ?? "index.js");
  return join(path, entry);
}

/** Version in the package.json nearest above a file. */
function version(file: string): string {
  for (let folder = resolve(file, ".."); folder !== resolve(folder, ".."); folder = resolve(folder, "..")) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest))
      return (JSON.parse(readFileSync(manifest, "utf8")) as { version?: string }).version ?? "unversioned";
  }
  return "unversioned";
}

let registered = false;

/** A plug-in may lie anywhere: where `@dit-bench/…` is not installed above it, it gets this program's own. */
function resolveContractForOutsiders(): void {
  if (registered) return;
  registered = true;
  const hook = `export async function resolve(specifier, context, next) {
    try { return await next(specifier, context); } catch (error) {
      if (!specifier.startsWith("@dit-bench/")) throw error;
      return next(specifier, { ...context, parentURL: ${JSON.stringify(import.meta.url)} });
    }
  }`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}
