// The entry of an engine on one of tfjs's native backends. Their packages are optional peers: the install downloads
// binaries.

import { availableParallelism } from "node:os";
import util from "node:util";
import { type EngineEntry, versionOf } from "../entry.ts";
import { createEagerEngine } from "./eager-engine.ts";

export function nativeEntry(name: "tfjs-node" | "tfjs-node-gpu", description: string) {
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
    description,
    how: `install it with \`npm install ${specifier}@4.22.0\` (its install script downloads libtensorflow)`,
    load,
    start: async () => {
      await load();
      return createEagerEngine(name, "tensorflow", availableParallelism());
    },
  } as const satisfies EngineEntry;
}
