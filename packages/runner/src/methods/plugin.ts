// Imports a plug-in and checks what it exports.

import { existsSync } from "node:fs";
import { register } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { checkMethod, describeValue } from "@dit-bench/method";
import { BenchError } from "../errors.ts";
import { recipeSections } from "../recipe/recipe.ts";
import type { LoadedMethod } from "./loaded-method.ts";
import { entryOf, hashOfCode, packageFolder, versionOf } from "./plugin-files.ts";
import { importProblem } from "./plugin-problem.ts";

/**
 * Imports a plug-in and checks its methods. Throws BenchError or MethodError whose message names the plug-in and the
 * problem.
 *
 * @param plugin a package's name, or the path of a folder or a file
 * @param seconds time limit of the import
 */
export async function loadPlugin(plugin: string, seconds: number): Promise<LoadedMethod[]> {
  if (plugin.trim() === "")
    throw new BenchError("usage", `plug-in '${plugin}': the name is empty; wanted a package, a folder or a file`);
  if (/\p{Cc}/u.test(plugin))
    throw new BenchError(
      "usage",
      `plug-in ${JSON.stringify(plugin)}: the name has control characters, which no record can keep; rename it`,
    );
  resolveOwnPackages();
  const isPath = plugin.startsWith(".") || plugin.startsWith("/") || existsSync(plugin);
  const entry = isPath ? entryOf(resolve(plugin), plugin) : undefined;
  const ending = /\.[^./]+$/.exec(entry ?? "")?.[0];
  if (ending !== undefined && !/^\.[cm]?[jt]s$/.test(ending))
    throw new BenchError(
      "usage",
      `plug-in ${plugin}: it is a '${ending}' file; a plug-in is a .js or .mjs file, or a folder with a package.json`,
    );
  let module: Record<string, unknown>;
  try {
    module = await limitTime(seconds, plugin, import(entry === undefined ? plugin : pathToFileURL(entry).href));
  } catch (error) {
    if (error instanceof BenchError) throw error;
    throw new BenchError("usage", `plug-in ${plugin}: it cannot be loaded: ${importProblem(error, plugin, entry)}`, {
      cause: error,
    });
  }
  // Packages are hashed, too, because their code can change while the version stays: `npm link`, or another build.
  const source = isPath ? resolve(plugin) : packageFolder(plugin, import.meta.dirname);
  const code = source === undefined ? undefined : hashOfCode(source);
  const version = source === undefined ? "" : ` ${versionOf(entry ?? join(source, "package.json"))}`;
  const from = `${plugin}${version}${code === undefined ? "" : `, SHA-256 ${code.slice(0, 16)}`}`;
  return exportedMethods(plugin, module).map((exported) => {
    const method = checkMethod(exported, plugin);
    refuseSectionName(method.name, plugin);
    return { method, from, ...(code === undefined ? {} : { code }) };
  });
}

/** A method cannot be named `training`: `--set training.steps=5` sets the recipe, not an option of that method. */
export const isSectionName = (name: string): boolean => ["recipe", ...recipeSections()].includes(name);

function refuseSectionName(name: string, plugin: string): void {
  if (!isSectionName(name)) return;
  throw new BenchError(
    "usage",
    `plug-in ${plugin}: its method is named '${name}', like a section of recipes, so --set cannot set its options; ` +
      "give the method another name",
  );
}

/** The default export: one method or an array. For a compiled CommonJS module: its `exports.default`. */
function exportedMethods(plugin: string, module: Record<string, unknown>): readonly unknown[] {
  const exportError = (problem: string) =>
    new BenchError(
      "usage",
      `plug-in ${plugin}: ${problem}; wanted export default defineMethod({ … }), or an array of methods`,
    );
  const outer = module.default as { __esModule?: boolean; default?: unknown } | undefined;
  const exported = outer?.__esModule ? outer.default : outer;
  if (exported === undefined) {
    const names = Object.keys(module).filter((name) => name !== "default" && name !== "module.exports");
    throw exportError(`it has no default export${names.length > 0 ? `, only ${names.join(", ")}` : ""}`);
  }
  if (Array.isArray(exported)) {
    if (exported.length === 0) throw exportError("its default export is an empty array");
    return exported;
  }
  if (exported === null || typeof exported !== "object" || "then" in exported)
    throw exportError(`its default export is ${describeValue(exported)}`);
  return [exported];
}

/**
 * Throws BenchError (usage) if `loading` takes longer, or if the process has nothing left to do meanwhile, as with a
 * top-level await that never settles. A loop without end at the top level blocks the timer and cannot be interrupted.
 */
async function limitTime<T>(seconds: number, plugin: string, loading: Promise<T>): Promise<T> {
  let release = () => {};
  const refused = new Promise<never>((_, reject) => {
    const refuse = (problem: string) => () =>
      reject(new BenchError("usage", `plug-in ${plugin}: ${problem}; look for a top-level await that never settles`));
    const onIdle = refuse("its import waits for something that never comes");
    const timer = setTimeout(refuse(`its import did not end within ${seconds} s`), 1e3 * seconds).unref();
    process.once("beforeExit", onIdle);
    release = () => {
      clearTimeout(timer);
      process.off("beforeExit", onIdle);
    };
  });
  try {
    return await Promise.race([loading, refused]);
  } finally {
    release();
  }
}

let registered = false;

/**
 * Lets a plug-in in any folder import `@dit-bench/…`. If Node finds no such package from that folder, it loads the one
 * of this program.
 */
function resolveOwnPackages(): void {
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
