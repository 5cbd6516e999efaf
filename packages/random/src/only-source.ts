// Guards against Math.random in code that may depend on the run's seed only.

/**
 * Runs the synchronous function `f` with `Math.random` forbidden.
 *
 * @param refuse creates the error to throw; `site` is `file:line:column` of the call outside of tensorflow.js, or
 *   undefined if that is not known
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
 * The call site of the running code: the first stack line below `callee` that is not skipped.
 *
 * @param skip whether to skip a line, by its path; lines of tensorflow.js and of Node itself are always skipped
 * @returns `file:line:column`
 */
export function callSite(
  callee: (...args: never[]) => unknown,
  skip: (path: string) => boolean = () => false,
): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 200;
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, callee);
  Error.stackTraceLimit = limit;
  return callSitesOf(holder.stack ?? "").find((site) => !site.includes("/@tensorflow/") && !skip(site));
}

/** Lists the call sites of a stack trace as `/file:line:column`. Lines inside Node have no path and are omitted. */
export function callSitesOf(stack: string): string[] {
  return stack.split("\n").flatMap((line) => {
    const site = /(?:\(|at (?:async )?)((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*:\d+:\d+)\)?$/.exec(line)?.[1];
    if (site === undefined) return [];
    return [site.startsWith("file://") ? decodeURI(site.slice("file://".length)) : site];
  });
}
