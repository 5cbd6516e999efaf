// A compiled function depends on its inputs alone. Random ops inside would be drawn once, while tracing, and then be the same in
// every run, such as a dropout mask; on an engine that runs op by op they would differ from run to run, whatever the seed.

import { fileURLToPath } from "node:url";
import { callSite, withoutMathRandom } from "@dit-bench/random";
import * as tf from "@tensorflow/tfjs";

/** tfjs's ops that draw random numbers. All others that do (tf.dropout, tf.layers, tf.initializers) call one of these. */
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

/** Every op of tfjs runs in a scope of its own, named so. */
const OP = /^(.+)__op$/;

/** Runs `f`, synchronous, and throws with op and source line where it draws a random number. */
export function withoutRandomness<T>(f: () => T): T {
  const engine = tf.engine();
  const start = engine.startScope;
  const own = Object.getOwnPropertyDescriptor(engine, "startScope");
  const outside = engine.state.scopeStack.length;
  const guarded = (name?: string) => {
    const op = OP.exec(name ?? "")?.[1];
    if (op !== undefined && randomOps.has(op)) {
      const outermost = engine.state.scopeStack.slice(outside).find((scope) => OP.test(scope.name))?.name;
      throw new RandomOpError(`tf.${OP.exec(outermost ?? "")?.[1] ?? op}`, placeOf());
    }
    return start.call(engine, name);
  };
  engine.startScope = guarded;
  try {
    return withoutMathRandom(f, (site) => new RandomOpError("Math.random", site));
  } finally {
    if (own) Object.defineProperty(engine, "startScope", own);
    else delete (engine as { startScope?: unknown }).startScope; // the class's own shows again
  }
}

/** The function draws random numbers. */
export class RandomOpError extends Error {
  override readonly name = "RandomOpError";
  constructor(op: string, site: string | undefined) {
    super(
      `${op} draws random numbers${at(site)}: the function is traced once, so every step would get the same ones; ` +
        "leave it out, or make fixed values outside of the function and use tf.tensor",
    );
  }
}

/** Where the traced function called tfjs: the first line on the stack that is neither tfjs's nor this package's. */
export function placeOf(): string | undefined {
  const ours = fileURLToPath(new URL("..", import.meta.url));
  return callSite(placeOf, (path) => path.includes(ours) && !path.includes(".test."));
}

export const at = (site: string | undefined): string => (site ? `, at ${site}` : "");
