// Refuses random numbers inside of compiled functions, which may depend on their inputs only. A random op such as
// dropout would be sampled once, while tracing, and repeat in every run; an eager engine would sample it again in each
// run, without the seed.

import { fileURLToPath } from "node:url";
import { callSite, withoutMathRandom } from "@dit-bench/random";
import * as tf from "@dit-bench/tfjs";

/** tfjs's basic random ops. Its other random functions (tf.dropout, tf.layers, tf.initializers) call one of these. */
const randomOps = new Set([
  "multinomial",
  "rand",
  "randomGamma",
  "randomNormal",
  "randomStandardNormal",
  "randomUniform",
  "randomUniformInt",
  "truncatedNormal",
]);

/** tfjs runs every op in a scope with this name. */
const OP_SCOPE = /^(.+)__op$/;

/**
 * Runs the synchronous function `f`. @throws RandomOpError, with op and source line, if `f` generates random numbers
 */
export function withoutRandomness<T>(f: () => T): T {
  const engine = tf.engine();
  const start = engine.startScope;
  const own = Object.getOwnPropertyDescriptor(engine, "startScope");
  const outside = engine.state.scopeStack.length;
  const guarded = (name?: string) => {
    const op = OP_SCOPE.exec(name ?? "")?.[1];
    if (op !== undefined && randomOps.has(op)) {
      const outermost = engine.state.scopeStack.slice(outside).find((scope) => OP_SCOPE.test(scope.name))?.name;
      throw new RandomOpError(`tf.${OP_SCOPE.exec(outermost ?? "")?.[1] ?? op}`, callerSite());
    }
    return start.call(engine, name);
  };
  engine.startScope = guarded;
  try {
    return withoutMathRandom(f, (site) => new RandomOpError("Math.random", site));
  } finally {
    if (own) Object.defineProperty(engine, "startScope", own);
    else delete (engine as { startScope?: unknown }).startScope; // uncovers the method of the class
  }
}

/** The function generates random numbers. */
export class RandomOpError extends Error {
  override readonly name = "RandomOpError";
  constructor(op: string, site: string | undefined) {
    super(
      `${op} generates random numbers${atSite(site)}: the function is traced once, so every step would get the same; ` +
        "leave it out, or make fixed values outside of the function and use tf.tensor",
    );
  }
}

/**
 * The line of the traced function that called tfjs: the first stack line outside of tfjs and of this package. Tests
 * count as outside.
 */
export function callerSite(): string | undefined {
  const thisPackage = fileURLToPath(new URL("..", import.meta.url));
  return callSite(callerSite, (path) => path.includes(thisPackage) && !path.includes(".test."));
}

/** The site as the end of a sentence; empty if it is not known. */
export const atSite = (site: string | undefined): string => (site ? `, at ${site}` : "");
