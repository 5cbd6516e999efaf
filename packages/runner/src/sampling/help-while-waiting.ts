// What a process does that waits for the samples of another one: it makes a part of them.

import { Interrupted } from "../errors.ts";
import type { Listener } from "../events.ts";
import { keyOfSamples } from "./kept-samples.ts";

/**
 * Returns a function to be called again and again while the process waits. It helps once with each sampling that begins
 * in the folder. Errors end the help and nothing else: the process that waits does not need its own part.
 *
 * @param help makes batches of the samples with this key, if they are those that this process would make
 */
export function helpWhileWaiting(
  folder: string,
  listener: Listener,
  help: (key: string, begun: () => void) => Promise<void>,
): () => Promise<void> {
  const tried = new Set<string>();
  return async () => {
    const key = keyOfSamples(folder);
    if (key === undefined || tried.has(key)) return;
    tried.add(key);
    try {
      await help(key, () => listener.note?.("this process makes a part of the samples meanwhile"));
    } catch (error) {
      if (!(error instanceof Interrupted))
        listener.note?.(`this process cannot make a part of the samples: ${(error as Error).message}`);
    }
  };
}
