// What all engines of ONNX Runtime share: their names, the checks of what callers pass, and the order of calls.

import { type Boundary, boundaryOf, checkStateSet, checkValues } from "../contract/boundary.ts";
import type { Compiled, CompileOptions, Engine, Report } from "../contract/engine.ts";
import { serialQueue } from "../contract/serial-queue.ts";
import type { Signature, TensorFunction, Values } from "../contract/signature.ts";
import type { Data } from "../graph/types.ts";
import type { WeightStorage } from "./build-model.ts";
import type { Provider } from "./provider.ts";

/** A function and the options with which it is compiled. */
export interface Source {
  readonly fn: TensorFunction;
  readonly signature: Signature;
  readonly boundary: Boundary;
  readonly options: CompileOptions;
}

/** A function as a session of ONNX Runtime, with its state. Calls come one at a time, with checked values. */
export interface ProviderSession {
  readonly report: Report;
  run(values: Values): Promise<Values>;
  has(key: string): boolean;
  /** Sets a state, by copy. */
  set(key: string, value: Data): void;
  /** The whole state, valid until the next run: the session's own arrays, or new ones. */
  read(): Values | Promise<Values>;
  readonly readsNewArrays?: boolean;
  dispose(): void | Promise<void>;
}

export interface ProviderEngineOptions {
  /** How large constant matrices are stored. */
  readonly frozenWeights: WeightStorage;
  /** The name of the engine, where it is not the provider's. */
  readonly name?: string | undefined;
  /** Puts calls into an order, where all functions of the engine share one. */
  readonly enqueue?: ReturnType<typeof serialQueue>;
}

/** @param start makes the session of a function */
export function providerEngine(
  provider: Provider,
  { frozenWeights, name = nameOf(provider, frozenWeights), enqueue }: ProviderEngineOptions,
  start: (source: Source) => Promise<ProviderSession>,
): Engine {
  return {
    name,
    threads: provider.threads,
    ...(provider.adapter === undefined ? {} : { adapter: provider.adapter }),
    async compile(fn, signature, options = {}) {
      if (options.precision === "float64" && (!provider.float64 || frozenWeights === "float16"))
        throw new Error(`engine ${name}: no float64: compile on "cpu"`);
      const { name: functionName = "function", state = [], precision = "float32" } = options;
      const boundary = boundaryOf(functionName, signature, state, precision);
      const enqueueCall = enqueue ?? serialQueue();
      const session = await enqueueCall(() => start({ fn, signature, boundary, options }));
      return compiledOf(boundary, session, enqueueCall);
    },
  };
}

const nameOf = ({ name }: Provider, frozenWeights: WeightStorage): string =>
  frozenWeights === "float16" ? `${name}+float16` : name;

/** Nothing here references the function, so its constants are freed once the session exists. */
function compiledOf(
  boundary: Boundary,
  session: ProviderSession,
  enqueueCall: ReturnType<typeof serialQueue>,
): Compiled {
  const { name } = boundary;
  let isDisposed = false;
  const enqueueUse = <T>(task: () => Promise<T>): Promise<T> =>
    enqueueCall(async () => {
      if (isDisposed) throw new Error(`${name} is disposed: compile it again`);
      return task();
    });
  return {
    run: (values) =>
      enqueueUse(async () => {
        checkValues(name, "input", values, boundary.inputs, true);
        checkStateSet(boundary, session);
        return session.run(values);
      }),
    setState: (values) =>
      enqueueUse(async () => {
        checkValues(name, "state", values, boundary.state, false);
        for (const [key, value] of Object.entries(values)) session.set(key, value);
      }),
    getState: (how = "copy") =>
      enqueueUse(async () => {
        const values = await session.read();
        if (how === "view" || session.readsNewArrays) return values;
        return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.slice()]));
      }),
    report: session.report,
    dispose: () =>
      enqueueCall(async () => {
        if (isDisposed) return;
        isDisposed = true;
        await session.dispose();
      }),
  };
}
