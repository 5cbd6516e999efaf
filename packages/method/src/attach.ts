// Attaches a method to a model: says what trains, makes the grafted weights, runs the model with them, folds them back.

import * as tf from "@tensorflow/tfjs";
import { followedBy, type Pending, pending, settle } from "./affine.ts";
import { glob } from "./glob.ts";
import type { Init } from "./init.ts";
import { foldAffine, takesAffine } from "./merges.ts";
import type { Graft, Method } from "./method.ts";
import { type Model, type Module, size, type Values, type WeightInfo, type Weights } from "./model.ts";
import { MethodError, parseOptions } from "./options.ts";

/** A linear layer's weights as it runs: weight [out, in], bias [out]. */
export interface Linear {
  readonly weight: tf.Tensor;
  readonly bias: tf.Tensor;
}

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

/** A method attached to a model. Everything but `initial` and the tensors is known without weights in memory. */
export interface Adapted<O extends object = object> {
  readonly method: Method<O>;
  readonly model: Model;
  /** Complete and valid. */
  readonly options: O;
  /** Base weights that train (the class embedding among them) and grafted ones, in a fixed order. */
  readonly trainable: readonly WeightInfo[];
  /** Base weights that stay as they are. */
  readonly frozen: readonly WeightInfo[];
  /** How many numbers train, class embedding included. */
  readonly parameters: number;
  /** Starting values of everything that trains. */
  initial(base: Values, seed: number): Record<string, Float32Array>;
  /** The `call` to give the model, for these trainable tensors. */
  call(trainable: Weights): Call;
  /** Base weights with every graft folded in, and the paths of those that cannot be folded. Plain tfjs ops. */
  merge(weights: Weights): { weights: Weights; unmerged: string[] };
  /** Does `merge` leave nothing over? */
  readonly merges: boolean;
}

interface Site {
  readonly module: Module;
  readonly graft: Graft;
  readonly prefix: string;
  readonly inits: Readonly<Record<string, Init>>;
}

export function attach<O extends object>(method: Method<O>, model: Model, given: object = {}): Adapted<O> {
  const options = parseOptions(method, given);
  const { train = [], grafts = [] } = method.adapt(options, model);

  const candidates = model.weights.filter((w) => !w.fixed);
  for (const pattern of train)
    if (!candidates.some((w) => glob(pattern)(w.name)))
      throw matchesNothing(
        method.name,
        "weight",
        pattern,
        candidates.map((w) => w.name),
      );
  const chosen = train.map(glob);
  const trains = (w: WeightInfo) => !w.fixed && (w.name === model.classEmbedding || chosen.some((g) => g(w.name)));

  const sites = grafts.flatMap((g) => sitesOf(method.name, g, model));
  const grafted = sites.flatMap((s) =>
    Object.entries(s.inits).map(([key, init]) => ({ name: s.prefix + key, shape: init.shape })),
  );
  const seen = new Set<string>();
  for (const { name } of grafted) {
    if (seen.has(name))
      throw new MethodError(`${method.name}: two grafts name a weight '${name}'; give one another key`);
    seen.add(name);
  }
  const byPath = new Map<string, Site[]>();
  for (const s of sites) byPath.set(s.module.path, [...(byPath.get(s.module.path) ?? []), s]);
  for (const [path, here] of byPath) {
    const late = here.findIndex((site, i) => onWeightsAlone(site) && here.slice(0, i).some((s) => !onWeightsAlone(s)));
    if (late > 0)
      throw new MethodError(
        `${method.name}: on '${path}' a graft that only merges comes after one with affine or forward, which stands around the layer; list it before`,
      );
  }
  const trainable = [...model.weights.filter(trains), ...grafted];

  return {
    method,
    model,
    options,
    trainable,
    frozen: model.weights.filter((w) => !trains(w)),
    parameters: trainable.reduce((sum, w) => sum + size(w.shape), 0),
    merges: sites.every((s) => foldOf(s) !== undefined),

    initial(base, seed) {
      const read = (name: string) => {
        const values = base[name];
        if (!values) throw new MethodError(`${method.name}: the base model has no weight '${name}'`);
        return values;
      };
      const fresh: Record<string, Float32Array> = {};
      for (const w of model.weights) if (trains(w)) fresh[w.name] = read(w.name).slice();
      for (const s of sites)
        for (const [key, init] of Object.entries(s.inits))
          fresh[s.prefix + key] = init.values({ seed, name: s.prefix + key, base: read });
      return fresh;
    },

    call: (w) => (path, f, x, own) => {
      const here = byPath.get(path);
      if (!here) return pending(f(x, own));
      const merged = here
        .filter(onWeightsAlone)
        .reduce((layer, site) => mergedLinear(site, layer!, weightsOf(site, w)), own);
      const run = here.reduce<(x: tf.Tensor) => Pending>(
        (inner, site) => {
          const mine = weightsOf(site, w);
          const { affine, forward } = site.graft;
          if (affine) return (x) => followedBy(inner(x), affine(mine));
          if (forward) return (x) => pending(forward((x) => settle(inner(x)), x, mine));
          return inner;
        },
        (x) => pending(f(x, merged)),
      );
      return run(x);
    },

    merge(w) {
      const weights: Record<string, tf.Tensor> = {};
      const linear = new Map(model.modules.filter((m) => m.kind === "linear").map((m) => [`${m.path}.weight`, m]));
      for (const { name } of model.weights) weights[name] = asMatrix(w[name]!, linear.get(name));
      const unmerged: string[] = [];
      for (const site of [...sites].sort(innerFirst)) {
        const fold = foldOf(site);
        if (!fold) unmerged.push(site.module.path);
        else Object.assign(weights, fold(weights, weightsOf(site, w), site.module));
      }
      for (const { name, shape } of model.weights) weights[name] = tf.reshape(weights[name]!, [...shape]);
      return { weights, unmerged };
    },
  };
}

function sitesOf(who: string, g: Graft, model: Model): Site[] {
  const hits = model.modules.filter((m) => glob(g.at)(m.path));
  if (hits.length === 0)
    throw matchesNothing(
      who,
      "module",
      g.at,
      model.modules.map((m) => m.path),
    );
  return hits.map((module) => {
    if (g.affine && (g.forward || g.merge))
      throw new MethodError(
        `${who}: the graft on '${module.path}' has affine and ${g.forward ? "forward" : "merge"}; affine stands in for both, so leave one out`,
      );
    if (!g.affine && !g.forward && !(g.merge && module.kind === "linear"))
      throw new MethodError(
        `${who}: the graft on '${module.path}' has neither forward nor affine; only a linear module can run on its merged weights instead`,
      );
    return { module, graft: g, prefix: `${module.path}.${who}.`, inits: g.weights(module) };
  });
}

function weightsOf(site: Site, w: Weights): Weights {
  return Object.fromEntries(Object.keys(site.inits).map((key) => [key, w[site.prefix + key]!]));
}

/**
 * A part folds into the layer it ends in and a norm into the layer that modulates it, each after what is grafted onto that layer itself: so
 * layers come first, whatever the order in which the model lists its modules.
 */
const innerFirst = (a: Site, b: Site): number =>
  Number(a.module.kind !== "linear") - Number(b.module.kind !== "linear");

/** Does the graft change a layer's weights before it runs, and nothing around it? */
const onWeightsAlone = ({ graft: { affine, forward } }: Site): boolean => !affine && !forward;

/** How the graft is folded into the base weights, where it can be. */
function foldOf({ graft: { affine, merge }, module }: Site): Graft["merge"] {
  if (!affine) return merge;
  return takesAffine(module) ? (base, w, module) => foldAffine(base, module, affine(w)) : undefined;
}

function mergedLinear(site: Site, own: Linear, mine: Weights): Linear {
  const weight = `${site.module.path}.weight`;
  const bias = `${site.module.path}.bias`;
  const merged = site.graft.merge!({ [weight]: own.weight, [bias]: own.bias }, mine, site.module);
  const foreign = Object.keys(merged).find((name) => name !== weight && name !== bias);
  if (foreign)
    throw new MethodError(
      `the graft on '${site.module.path}' has no forward, so its merge may only change that layer, not '${foreign}'`,
    );
  return { weight: merged[weight] ?? own.weight, bias: merged[bias] ?? own.bias };
}

const asMatrix = (w: tf.Tensor, module: Module | undefined): tf.Tensor =>
  module ? tf.reshape(w, [module.out, module.in]) : w;

const matchesNothing = (who: string, what: string, pattern: string, all: string[]) =>
  new MethodError(
    `${who}: no ${what} of the model matches '${pattern}'; wanted a glob over paths such as ${all.slice(0, 4).join(", ")}`,
  );
