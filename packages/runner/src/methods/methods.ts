// Methods by name. Built-in methods are packages, too, and are loaded like plug-ins.

import { createRequire } from "node:module";
import type { AnyMethod } from "@dit-bench/method";
import { closestName } from "@dit-bench/text";
import { BenchError } from "../errors.ts";
import { builtinMethods } from "./builtin-methods.ts";
import type { LoadedMethod } from "./loaded-method.ts";
import { loadPlugin } from "./plugin.ts";
import { versionOf } from "./plugin-files.ts";

const require = createRequire(import.meta.url);

/** The methods that the DiffFit paper compares, in the order of its table. A grid runs these unless it names others. */
export const paperMethods: readonly string[] = ["full", "bitfit", "lora", "adaptformer", "vpt", "difffit"];

export interface LoadOptions {
  /**
   * Time limit for the import of one plug-in. A top-level await that never settles would otherwise give no error.
   */
  readonly importSeconds?: number;
  /** Called before the import of a plug-in, which may end the process or never return. */
  loading?(plugin: string): Promise<void>;
}

const IMPORT_SECONDS = 30;

/**
 * The built-in methods and those of the given plug-ins: package names, or paths of a folder or a file.
 *
 * @throws BenchError or MethodError, each naming plug-in, method and field
 */
export async function loadMethods(
  plugins: readonly string[] = [],
  { importSeconds = IMPORT_SECONDS, loading }: LoadOptions = {},
): Promise<LoadedMethod[]> {
  const loaded: LoadedMethod[] = [];
  for (const name of builtinMethods) {
    const { default: method } = (await import(name)) as { default: AnyMethod };
    loaded.push({ method, from: `${name} ${versionOf(require.resolve(name))}` });
  }
  const twice = plugins.find((plugin, i) => plugins.indexOf(plugin) !== i);
  if (twice !== undefined) throw new BenchError("usage", `--plugin ${twice} is given twice; give each plug-in once`);
  for (const plugin of plugins) {
    await loading?.(plugin);
    for (const one of await loadPlugin(plugin, importSeconds)) {
      const other = loaded.find((l) => l.method.name === one.method.name);
      if (other)
        throw new BenchError(
          "usage",
          `plug-in ${plugin}: the method name '${one.method.name}' is taken by ${other.from}; ` +
            "give the method another name",
        );
      loaded.push(one);
    }
  }
  return loaded;
}

/** One method by name. */
export async function loadMethod(
  name: string,
  plugins: readonly string[] = [],
  options: LoadOptions = {},
): Promise<LoadedMethod> {
  return methodNamed(name, await loadMethods(plugins, options));
}

/** The method of that name. Throws BenchError (usage) for an unknown name, with the closest known one. */
export function methodNamed(name: string, all: readonly LoadedMethod[], flag = "--method"): LoadedMethod {
  const found = all.find((l) => l.method.name === name);
  if (found) return found;
  const names = all.map((l) => l.method.name);
  const near = closestName(name, names);
  throw new BenchError(
    "usage",
    `${flag} '${name}' is not known; ${near ? `did you mean '${near}'? ` : ""}available: ${names.join(", ")}, ` +
      "or --plugin with the package that has it",
  );
}
