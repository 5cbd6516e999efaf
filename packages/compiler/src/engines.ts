import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import type { Engine } from "./engine.ts";
import { createCpuEngine, loadRuntime } from "./engine-cpu.ts";
import { createEagerEngine } from "./engine-eager.ts";

export type EngineName = "auto" | "cpu" | "tfjs-cpu" | "tfjs-node" | "tfjs-node-gpu";

export interface EngineDescription {
  readonly name: Exclude<EngineName, "auto">;
  readonly available: boolean;
  /** What it is, or why it is not there. */
  readonly reason: string;
  /** How to get it, where it is not there. */
  readonly how?: string;
}

export interface EngineOptions {
  /** Of the compiled engine; as many as the machine runs at once where not given. */
  readonly threads?: number;
}

/** Starts an engine. `auto` is `cpu` where ONNX Runtime loads, else `tfjs-cpu`. Throws when the engine is not there, and says how to get it. */
export async function createEngine(name: EngineName, options: EngineOptions = {}): Promise<Engine> {
  const threads = options.threads ?? availableParallelism();
  if (!Number.isInteger(threads) || threads < 1) {
    throw new Error(`engine: threads is ${threads}: wanted a whole number of at least 1`);
  }
  if (name === "auto") {
    const first = (await describeEngines()).find((engine) => engine.available);
    return createEngine(first?.name ?? "tfjs-cpu", options);
  }
  if (!Object.hasOwn(engines, name)) {
    throw new Error(`engine "${name}" is not known: wanted auto, ${Object.keys(engines).join(", ")}`);
  }
  const { start, how } = engines[name];
  try {
    return await start(threads);
  } catch (error) {
    throw new Error(`engine "${name}" cannot start: ${firstLine(error)}: ${how}`, { cause: error });
  }
}

/** Every engine, in the order in which `auto` tries them, and whether it works here. */
export async function describeEngines(): Promise<EngineDescription[]> {
  const names = Object.keys(engines) as EngineDescription["name"][];
  return Promise.all(
    names.map(async (name): Promise<EngineDescription> => {
      const { load, what, how } = engines[name];
      try {
        return { name, available: true, reason: `${what}, ${await load()}` };
      } catch (error) {
        return { name, available: false, reason: firstLine(error), how };
      }
    }),
  );
}

interface EngineEntry {
  readonly what: string;
  readonly how: string;
  /** Loads what the engine needs and gives its version. */
  load(): Promise<string>;
  start(threads: number): Promise<Engine>;
}

const engines: Record<EngineDescription["name"], EngineEntry> = {
  cpu: {
    what: "compiled, ONNX Runtime on the CPU",
    how: "reinstall onnxruntime-node with `npm install onnxruntime-node --ignore-scripts`",
    load: async () => {
      await loadRuntime();
      return versionOf("onnxruntime-node");
    },
    start: async (threads) => createCpuEngine(await loadRuntime(), threads),
  },
  "tfjs-cpu": {
    what: "op by op in JavaScript, the slow reference",
    how: "reinstall @tensorflow/tfjs",
    load: async () => tf.version_core,
    start: async () => createEagerEngine("tfjs-cpu", "cpu", 1),
  },
  "tfjs-node": native("tfjs-node", "op by op, libtensorflow on the CPU"),
  "tfjs-node-gpu": native("tfjs-node-gpu", "op by op, libtensorflow on CUDA 11"),
};

/** tfjs's native backends: optional peers, since their install downloads binaries. */
function native(name: "tfjs-node" | "tfjs-node-gpu", what: string): EngineEntry {
  const specifier = `@tensorflow/${name}`;
  const load = async () => {
    const version = versionOf(specifier);
    // tfjs-node 4.22 calls a function that Node 23 removed: https://github.com/tensorflow/tfjs/issues/8609
    const node = util as unknown as { isNullOrUndefined?: (x: unknown) => boolean };
    node.isNullOrUndefined ??= (x) => x === null || x === undefined;
    await import(specifier);
    return version;
  };
  return {
    what,
    how: `install it with \`npm install ${specifier}@4.22.0\` (its install script downloads libtensorflow)`,
    load,
    start: async () => {
      await load();
      return createEagerEngine(name, "tensorflow", availableParallelism());
    },
  };
}

function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  try {
    return `${name} ${(require(`${name}/package.json`) as { version: string }).version}`;
  } catch {
    throw new Error(`${name} is not installed`);
  }
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
