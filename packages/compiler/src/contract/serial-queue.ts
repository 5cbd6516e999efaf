// Serializes asynchronous tasks.

/**
 * A function that runs tasks one after another, in the order of its calls; a failed task does not stop the next one.
 */
export function serialQueue(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
