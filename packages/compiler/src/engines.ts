import { availableParallelism } from "node:os";
import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import type { Engine } from "./engine.ts";
import { deviceEntry } from "./engine-device.ts";
import { createEagerEngine } from "./engine-eager.ts";
import { CannotStart, type EngineEntry, firstLine, versionOf } from "./engine-entry.ts";
import { createOnnxEngine, loadRuntime } from "./engine-onnx.ts";
import { cpuProvider } from "./provider.ts";

type Name = "cuda" | "webgpu" | "cpu" | "tfjs-cpu" | "tfjs-node" | "tfjs-node-gpu";
/** `+float16` keeps frozen weights as float16 and computes in float32. */
export type EngineName = "auto" | Name | `${"cuda" | "webgpu" | "cpu"}+float16`;

export interface EngineDescription {
  readonly name: Name;
  readonly available: boolean;
  /** What it is, or why it is not there. */
  readonly reason: string;
  /** How to get it, where it is not there. */
  readonly how?: string;
}

export interface EngineOptions {
  /** Of the compiled engine on the processor; as many as the machine runs at once where not given. */
  readonly threads?: number;
}

/** Starts an engine. Throws when the engine is not there, and says how to get it. */
export async function createEngine(name: EngineName, options: EngineOptions = {}): Promise<Engine> {
  const threads = options.threads ?? availableParallelism();
  if (!Number.isInteger(threads) || threads < 1) {
    throw new Error(`engine: threads is ${threads}: wanted a whole number of at least 1`);
  }
  if (name === "auto") return choose(threads);
  const [plain, kept] = name.split("+") as [Name, string?];
  if (!Object.hasOwn(engines, plain)) {
    throw new Error(`engine "${name}" is not known: wanted auto, ${Object.keys(engines).join(", ")}`);
  }
  const { start, how, compiled } = engines[plain];
  if (kept !== undefined && !(compiled && kept === "float16")) {
    throw new Error(
      `engine "${name}" is not known: wanted +float16 after one of ${compiledNames().join(", ")}, or nothing`,
    );
  }
  try {
    return await start(threads, kept === "float16" ? "float16" : "float32");
  } catch (error) {
    const remedy = error instanceof CannotStart ? error.how : how;
    throw new Error(`engine "${name}" cannot start: ${firstLine(error)}: ${remedy}`, { cause: error });
  }
}

/** What `createEngine` takes. */
export const engineNames = (): EngineName[] => [
  "auto",
  ...(Object.keys(engines) as Name[]),
  ...compiledNames().map((name) => `${name}+float16` as EngineName),
];

/** Every engine, fastest first where that is known, and whether it works here. */
export async function describeEngines(): Promise<EngineDescription[]> {
  const names = Object.keys(engines) as Name[];
  return Promise.all(
    names.map(async (name): Promise<EngineDescription> => {
      const { load, what, how } = engines[name];
      try {
        return { name, available: true, reason: `${what}, ${await load()}` };
      } catch (error) {
        return {
          name,
          available: false,
          reason: firstLine(error),
          how: error instanceof CannotStart ? error.how : how,
        };
      }
    }),
  );
}

/**
 * `auto`: the processor while no whole run has been seen on a GPU (docs/engines.md); after it a GPU, where one is found and computes. A driver that computes on the processor (SwiftShader,
 * lavapipe) is not taken: it is for tests, and slower than `cpu`.
 */
async function choose(threads: number): Promise<Engine> {
  const passedOver: string[] = [];
  for (const name of ["cpu", "cuda", "webgpu", "tfjs-cpu"] as const) {
    const { unwanted, start } = engines[name];
    try {
      const why = unwanted?.();
      if (why !== undefined) throw new Error(why);
      const engine = await start(threads, "float32");
      return { ...engine, reason: [...passedOver, `${name} works`].join("; ") };
    } catch (error) {
      passedOver.push(`${name}: ${firstLine(error)}`);
    }
  }
  throw new Error(`engine "auto": none works: ${passedOver.join("; ")}`);
}

const engines: Record<Name, EngineEntry> = {
  cuda: deviceEntry("cuda"),
  webgpu: deviceEntry("webgpu"),
  cpu: {
    what: "compiled, ONNX Runtime on the CPU",
    how: "reinstall onnxruntime-node with `npm install onnxruntime-node --ignore-scripts`",
    compiled: true,
    load: async () => {
      await loadRuntime();
      return versionOf("onnxruntime-node");
    },
    start: async (threads, frozenWeights) => createOnnxEngine(await loadRuntime(), cpuProvider(threads), frozenWeights),
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

function compiledNames(): string[] {
  return Object.entries(engines).flatMap(([name, { compiled }]) => (compiled ? [name] : []));
}

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
