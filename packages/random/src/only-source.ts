// Keeps other random numbers out of code that must depend on the run's seed alone.

/**
 * Runs `f`, synchronous, with `Math.random` forbidden.
 *
 * @param refuse makes the error; `site` is `file:line:column` of the call outside of tensorflow.js, where the stack has it
 */
export function withoutMathRandom<T>(f: () => T, refuse: (site: string | undefined) => Error): T {
  const random = Math.random;
  const forbidden = () => {
    throw refuse(callSite(forbidden));
  };
  Math.random = forbidden;
  try {
    return f();
  } finally {
    Math.random = random;
  }
}

/**
 * Where the code that is running was called: the first line on the stack below `callee` that `passOver` does not pass over.
 *
 * @param passOver by path; lines of tensorflow.js and of Node itself are always passed over
 * @returns `file:line:column`
 */
export function callSite(
  callee: (...args: never[]) => unknown,
  passOver: (path: string) => boolean = () => false,
): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 200;
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, callee);
  Error.stackTraceLimit = limit;
  return placesOf(holder.stack ?? "").find((place) => !place.includes("/@tensorflow/") && !passOver(place));
}

/** The places of a stack's lines, `/file:line:column` each; those inside Node have no path and are left out. */
export function placesOf(stack: string): string[] {
  return stack.split("\n").flatMap((line) => {
    const place = /(?:\(|at (?:async )?)((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place === undefined) return [];
    return [place.startsWith("file://") ? decodeURI(place.slice("file://".length)) : place];
  });
}
