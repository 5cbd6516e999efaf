// Attaches a method to a model: which weights train, the grafted weights, how the model runs with them and without.

import { withoutMathRandom } from "@dit-bench/random";
import * as tf from "@tensorflow/tfjs";
import { type Pending, pending } from "./affine.ts";
import { checkAdaptation, initialValues } from "./check-adaptation.ts";
import { blaming, didYouMean, MethodError, nameOf } from "./error.ts";
import type { Method } from "./method.ts";
import { type Model, type Module, size, type Values, type WeightInfo, type Weights } from "./model.ts";
import { labelOf, parseOptions } from "./options.ts";
import { byModule, foldingOrder, type Linear, runThrough, sitesOf, weightsOf } from "./sites.ts";
import { trainableBy } from "./trainable.ts";

/**
 * The seam that the model runs each module through: the module itself, or what a method has put around it. The output may come
 * with an affine map pending, which the model composes with its own modulation or gate (`followedBy`) or carries out (`settle`).
 */
export type Call = (
  path: string,
  f: (x: tf.Tensor, own?: Linear) => tf.Tensor | Pending,
  x: tf.Tensor,
  own?: Linear,
) => Pending;

/** The model without a method. */
export const bare: Call = (_path, f, x, own) => pending(f(x, own));

/** A method attached to a model. Everything except `initial` and the tensors is known without weights in memory. */
export interface Adapted<O extends object = object> {
  readonly method: Method<O>;
  readonly model: Model;
  /** The method as messages call it. */
  readonly who: string;
  /** Complete and valid. */
  readonly options: O;
  /** Base weights that train (the class embedding among them) and grafted ones, in a fixed order. */
  readonly trainable: readonly WeightInfo[];
  /** Base weights that stay as they are. */
  readonly frozen: readonly WeightInfo[];
  /** How many numbers train, class embedding included. */
  readonly parameters: number;
  /** Module paths of the grafts, in the order in which `merge` folds them; a path twice where two grafts are on it. */
  readonly sites: readonly string[];
  /** Starting values of everything that trains. */
  initial(base: Values, seed: number): Record<string, Float32Array>;
  /** The `call` to give the model, for these trainable tensors. @param merged how many of `sites`, from the first, are left out */
  call(trainable: Weights, merged?: number): Call;
  /**
   * Base weights with grafts folded in, and the paths of those that cannot be folded. Plain tfjs ops.
   * @param count how many of `sites`, from the first; all where not given
   */
  merge(weights: Weights, count?: number): { weights: Weights; unmerged: string[] };
  /** Does `merge` leave nothing over? */
  readonly merges: boolean;
}

/** @throws MethodError where the method, its options or what it gives for this model break the contract */
export function attach<O extends object>(method: Method<O>, model: Model, given: object = {}): Adapted<O> {
  const who = nameOf(method);
  const options = parseOptions(method, given);
  labelOf(method, options); // a bad label is refused before anything is trained
  const { train = [], grafts = [] } = checkAdaptation(
    who,
    seeded(who, "adapt", () => blaming(who, "adapt", () => method.adapt(options, model))),
  );
  const trains = trainableBy(who, train, model);
  const sites = seeded(who, "weights", () => sitesOf(who, method.name, grafts, model));
  const grafted = sites.flatMap((s) =>
    Object.entries(s.inits).map(([key, init]) => ({ name: s.prefix + key, shape: init.shape })),
  );
  const inOrder = foldingOrder(sites);
  const byPath = byModule(sites);
  const trainable = [...model.weights.filter(trains), ...grafted];

  return {
    method,
    model,
    who,
    options,
    trainable,
    frozen: model.weights.filter((w) => !trains(w)),
    parameters: trainable.reduce((sum, w) => sum + size(w.shape), 0),
    sites: inOrder.map((site) => site.module.path),
    merges: sites.every((s) => s.fold !== undefined),

    initial(base, seed) {
      const read = (name: string) => {
        const values = base[name];
        if (!values)
          throw new MethodError(`${who}: the base model has no weight '${name}'${didYouMean(name, Object.keys(base))}`);
        return values;
      };
      const fresh: Record<string, Float32Array> = {};
      for (const w of model.weights) if (trains(w)) fresh[w.name] = read(w.name).slice();
      for (const s of sites)
        for (const [key, init] of Object.entries(s.inits)) {
          const name = s.prefix + key;
          fresh[name] = seeded(who, `the initial values of '${name}'`, () =>
            initialValues(who, init, { seed, name, base: read }),
          );
        }
      return fresh;
    },

    call(w, merged = 0) {
      const gone = new Set(inOrder.slice(0, merged));
      return (path, f, x, own) => {
        const here = byPath.get(path)?.filter((site) => !gone.has(site)) ?? [];
        return here.length === 0 ? pending(f(x, own)) : runThrough(here, w, f, x, own);
      };
    },

    merge(w, count = inOrder.length) {
      const weights: Record<string, tf.Tensor> = {};
      const linear = new Map(model.modules.filter((m) => m.kind === "linear").map((m) => [`${m.path}.weight`, m]));
      for (const { name } of model.weights) weights[name] = asMatrix(w[name]!, linear.get(name));
      const unmerged: string[] = [];
      for (const site of inOrder.slice(0, count)) {
        if (!site.fold) unmerged.push(site.module.path);
        else Object.assign(weights, site.fold(weights, weightsOf(site, w)));
      }
      for (const { name, shape } of model.weights) weights[name] = tf.reshape(weights[name]!, [...shape]);
      return { weights, unmerged };
    },
  };
}

/** Runs a function of the method that must depend on its arguments alone: equal seeds give equal runs. */
const seeded = <T>(who: string, what: string, f: () => T): T =>
  withoutMathRandom(
    f,
    (site) =>
      new MethodError(
        `${who}: ${what}: Math.random was called${site ? ` (at ${site})` : ""}; random starts come from the run's seed: ` +
          "normal, uniform and kaiming, or the seed that an Init is given",
      ),
  );

const asMatrix = (w: tf.Tensor, module: Module | undefined): tf.Tensor =>
  module ? tf.reshape(w, [module.out, module.in]) : w;
