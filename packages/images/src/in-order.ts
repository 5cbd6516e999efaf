// Decodes several images at the same time and handles the results in order.

import { decodersAtOnce } from "./image-file.ts";

/** Calls `work` for `decodersAtOnce` items at a time, and `take` with each result in the order of the items. */
export async function processInOrder<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  take: (item: T, result: R) => void,
): Promise<void> {
  const waiting: Promise<R>[] = [];
  let started = 0;
  for (const item of items) {
    while (started < items.length && waiting.length < decodersAtOnce) {
      const result = work(items[started++] as T);
      result.catch(() => undefined); // awaited below; an earlier failure must not make it an unhandled rejection
      waiting.push(result);
    }
    take(item, await (waiting.shift() as Promise<R>));
  }
}
