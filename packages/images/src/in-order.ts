// Concurrent decoding with results in order.

import { decodersAtOnce } from "./image-file.ts";

/** Works on several items at once and takes the results in the items' order. */
export async function eachOf<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  take: (item: T, result: R) => void,
): Promise<void> {
  const waiting: Promise<R>[] = [];
  let started = 0;
  for (const item of items) {
    while (started < items.length && waiting.length < decodersAtOnce) {
      const result = work(items[started++] as T);
      result.catch(() => undefined); // it is awaited below, perhaps after another one has failed
      waiting.push(result);
    }
    take(item, await (waiting.shift() as Promise<R>));
  }
}
