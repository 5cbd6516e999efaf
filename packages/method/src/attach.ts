// Attaches a method to a model: selects the trainable weights, initializes the new ones, runs the model with the
// grafts, and merges them into the base weights.

import { withoutMathRandom } from "@dit-bench/random";
import * as tf from "@dit-bench/tfjs";
import { asPending, type Pending } from "./affine.ts";
import { checkAdaptation, initialValues } from "./check-adaptation.ts";
import { didYouMean, MethodError, nameErrors, nameOf } from "./error.ts";
import type { Method } from "./method.ts";
import { type Model, type Module, size, type Values, type WeightInfo, type Weights } from "./model.ts";
import { labelOf, parseOptions } from "./options.ts";
import { byModule, foldingOrder, type Linear, runThrough, sitesOf, weightsOf } from "./sites.ts";
import { trainableBy } from "./trainable.ts";

/**
 * The seam: the model runs each module through this function, which runs the module and the grafts on it. The output
 * may have a pending affine map. The model composes it with its own modulation or gate (`composeAffine`), or applies it
 * (`applyPending`).
 *
 * @param path the module's path
 * @param f the module itself; it takes the weights to use if it is a linear layer
 * @param x its input
 * @param own the layer's own weights if it is a linear layer
 */
export type Call = (
  path: string,
  f: (x: tf.Tensor, own?: Linear) => tf.Tensor | Pending,
  x: tf.Tensor,
  own?: Linear,
) => Pending;

/** The model without a method. */
export const callModule: Call = (_path, f, x, own) => asPending(f(x, own));

/** A method attached to a model. Everything except `initial` and the tensors is known without weights in memory. */
export interface Adapted<O extends object = object> {
  readonly method: Method<O>;
  readonly model: Model;
  /** The method's name in messages. */
  readonly who: string;
  /** All options, with defaults filled in, as the method's schema accepts them. */
  readonly options: O;
  /**
   * Weights that train, in a fixed order: those of the base model, with the class embedding, then those of the grafts.
   */
  readonly trainable: readonly WeightInfo[];
  /** Base weights that do not train. */
  readonly frozen: readonly WeightInfo[];
  /** Number of trainable parameters, class embedding included. */
  readonly parameters: number;
  /** Module paths of the grafts in the order of merging; a module with two grafts is listed twice. */
  readonly sites: readonly string[];
  /**
   * Starting values of all trainable weights. @throws MethodError if `base` lacks a weight or an initial value is not
   * valid
   */
  initial(base: Values, seed: number): Record<string, Float32Array>;
  /**
   * The seam for these trainable tensors.
   *
   * @param merged number of `sites`, from the first, that are left out because they are merged into the base weights
   */
  call(trainable: Weights, merged?: number): Call;
  /**
   * The base weights with grafts merged in, in their stored shapes, and the module paths of the grafts that cannot
   * merge. Plain tfjs ops.
   *
   * @param count number of `sites` to merge, from the first; all by default
   */
  merge(weights: Weights, count?: number): { weights: Weights; unmerged: string[] };
  /** Whether every graft can merge. */
  readonly merges: boolean;
}

/** @throws MethodError if the method, its options or its adaptation of this model break the contract */
export function attach<O extends object>(method: Method<O>, model: Model, given: object = {}): Adapted<O> {
  const who = nameOf(method);
  const options = parseOptions(method, given);
  labelOf(method, options); // throws for a bad label now, before any training
  const { train = [], grafts = [] } = checkAdaptation(
    who,
    forbidMathRandom(who, "adapt", () => nameErrors(who, "adapt", () => method.adapt(options, model))),
  );
  const trains = trainableBy(who, train, model);
  const sites = forbidMathRandom(who, "weights", () => sitesOf(who, method.name, grafts, model));
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
      const initial: Record<string, Float32Array> = {};
      for (const w of model.weights) if (trains(w)) initial[w.name] = read(w.name).slice();
      // Copies in both directions: a method may compute in the array that it gets, and return one array several times.
      const context = { seed, base: (name: string) => read(name).slice() };
      for (const s of sites)
        for (const [key, init] of Object.entries(s.inits)) {
          const name = s.prefix + key;
          initial[name] = forbidMathRandom(who, `the initial values of '${name}'`, () =>
            initialValues(who, init, { ...context, name }),
          ).slice();
        }
      return initial;
    },

    call(w, merged = 0) {
      const left = new Set(inOrder.slice(0, merged));
      return (path, f, x, own) => {
        const here = byPath.get(path)?.filter((site) => !left.has(site)) ?? [];
        return here.length === 0 ? asPending(f(x, own)) : runThrough(here, w, f, x, own);
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

/** Runs a function of the method. It must not use Math.random: equal seeds give equal runs. */
const forbidMathRandom = <T>(who: string, what: string, f: () => T): T =>
  withoutMathRandom(
    f,
    (site) =>
      new MethodError(
        `${who}: ${what}: Math.random was called${site ? ` (at ${site})` : ""}; random starts must come from the ` +
          "run's seed: use normal, uniform or kaiming, or the seed that an Init is given",
      ),
  );

const asMatrix = (w: tf.Tensor, module: Module | undefined): tf.Tensor =>
  module ? tf.reshape(w, [module.out, module.in]) : w;
