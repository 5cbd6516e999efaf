// Decodes several images at the same time and handles the results in order.

import { decodersAtOnce } from "./image-file.ts";

/** Calls `work` for `decodersAtOnce` items at a time, and `take` with each result in the order of the items. */
export async function processInOrder<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  take: (item: T, result: R) => void,
): Promise<void> {
  const pendingResults: Promise<R>[] = [];
  let nextIndex = 0;
  for (const item of items) {
    while (nextIndex < items.length && pendingResults.length < decodersAtOnce) {
      const result = work(items[nextIndex++] as T);
      result.catch(() => undefined); // awaited below; an earlier failure must not make it an unhandled rejection
      pendingResults.push(result);
    }
    take(item, await (pendingResults.shift() as Promise<R>));
  }
}
