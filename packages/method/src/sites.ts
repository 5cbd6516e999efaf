// Sites: a site is one graft on one module, for each module that the graft's glob matches.

import type * as tf from "@dit-bench/tfjs";
import { type Affine, applyPending, asPending, composeAffine, type Pending } from "./affine.ts";
import { initsOf } from "./check-adaptation.ts";
import { checkAffine, checkMerged, checkOutput } from "./check-tensors.ts";
import { MethodError, nameErrors } from "./error.ts";
import { glob } from "./glob.ts";
import type { Init } from "./init.ts";
import { foldAffine, takesAffine } from "./merges.ts";
import type { Graft } from "./method.ts";
import type { Model, Module, Weights } from "./model.ts";
import { matchesNothing } from "./trainable.ts";

/** The weights of a linear layer: weight [out, in], bias [out]. */
export interface Linear {
  readonly weight: tf.Tensor;
  readonly bias: tf.Tensor;
}

export interface Site {
  /** The method's name in messages. */
  readonly who: string;
  readonly module: Module;
  readonly graft: Graft;
  /** Path of the site's weights without the key. */
  readonly prefix: string;
  readonly inits: Readonly<Record<string, Init>>;
  /** The base weights that change when the graft is folded in; absent if it cannot be. */
  fold?(base: Weights, w: Weights): Record<string, tf.Tensor>;
}

/**
 * The sites of all grafts, in the order of the grafts.
 *
 * @throws MethodError if a graft matches no module or does not fit it
 */
export function sitesOf(who: string, name: string, grafts: readonly Graft[], model: Model): Site[] {
  const sites = grafts.flatMap((g) => sitesOfGraft(who, name, g, model));
  const ofBase = new Set(model.weights.map((weight) => weight.name));
  const seen = new Set<string>();
  for (const { prefix, inits } of sites)
    for (const key of Object.keys(inits)) {
      if (ofBase.has(prefix + key))
        throw new MethodError(
          `${who}: the new weight '${prefix + key}' has the name of a base weight; give the method another name`,
        );
      if (seen.has(prefix + key))
        throw new MethodError(`${who}: two grafts name a weight '${prefix + key}'; give one another key`);
      seen.add(prefix + key);
    }
  return sites;
}

/** Sites by module path. @throws MethodError if a graft that only merges follows one with affine or forward */
export function byModule(sites: readonly Site[]): ReadonlyMap<string, readonly Site[]> {
  const byPath = new Map<string, Site[]>();
  for (const s of sites) byPath.set(s.module.path, [...(byPath.get(s.module.path) ?? []), s]);
  for (const [path, here] of byPath) {
    const misplaced = here.findIndex((site, i) => onlyMerges(site) && here.slice(0, i).some((s) => !onlyMerges(s)));
    if (misplaced > 0)
      throw new MethodError(
        `${here[misplaced]!.who}: on '${path}' a graft that only merges comes after one with affine or forward, ` +
          "which wraps the layer; list it before that one",
      );
  }
  return byPath;
}

/**
 * The order of merging: linear layers first. A part folds into its last layer and a norm into the layer that modulates
 * it, and both must come after the grafts on that layer, whatever the order in which the model lists its modules.
 */
export const foldingOrder = (sites: readonly Site[]): readonly Site[] =>
  [...sites].sort((a, b) => Number(a.module.kind !== "linear") - Number(b.module.kind !== "linear"));

export function weightsOf(site: Site, w: Weights): Weights {
  return Object.fromEntries(Object.keys(site.inits).map((key) => [key, w[site.prefix + key]!]));
}

/** Whether the graft only changes the weights that a layer runs with. */
export const onlyMerges = ({ graft: { affine, forward } }: Site): boolean => !affine && !forward;

/**
 * Runs a module with the grafts on it, the first one innermost.
 *
 * @param own weights of the module, if it is a linear layer
 */
export function runThrough(
  sites: readonly Site[],
  w: Weights,
  f: (x: tf.Tensor, own?: Linear) => tf.Tensor | Pending,
  x: tf.Tensor,
  own?: Linear,
): Pending {
  const merged = sites.filter(onlyMerges).reduce((layer, site) => mergedLinear(site, layer!, weightsOf(site, w)), own);
  const run = sites.reduce<(x: tf.Tensor) => Pending>(
    (inner, site) => {
      const mine = weightsOf(site, w);
      const { affine, forward } = site.graft;
      if (affine) return (x) => composeAffine(inner(x), affineOf(site, mine));
      if (!forward) return inner;
      const what = `forward of the graft on '${site.module.path}'`;
      return (x) => {
        const y: unknown = nameErrors(site.who, what, () => forward((x) => applyPending(inner(x)), x, mine));
        return asPending(checkOutput(`${site.who}: ${what}`, site.module, x, y));
      };
    },
    (x) => asPending(f(x, merged)),
  );
  return run(x);
}

function sitesOfGraft(who: string, name: string, g: Graft, model: Model): Site[] {
  const matches = glob(g.at);
  const hits = model.modules.filter((m) => matches(m.path));
  if (hits.length === 0)
    throw matchesNothing(
      who,
      "module",
      g.at,
      model.modules.map((m) => m.path),
    );
  return hits.map((module) => {
    const at = `${who}: the graft on '${module.path}'`;
    if (g.affine && (g.forward || g.merge))
      throw new MethodError(
        `${at} has affine and ${g.forward ? "forward" : "merge"}; affine replaces both, so leave one out`,
      );
    // First, since the method's own check of the module has the better message.
    const inits = initsOf(who, g, module);
    if (!g.affine && !g.forward && !(g.merge && module.kind === "linear"))
      throw new MethodError(
        `${at} has neither forward nor affine; only a linear module can run on its merged weights instead`,
      );
    const site: Site = { who, module, graft: g, prefix: `${module.path}.${name}.`, inits };
    const fold = foldOf(site);
    return fold ? { ...site, fold } : site;
  });
}

/** The site's `fold`; undefined if the graft cannot be folded. */
function foldOf(site: Site): Site["fold"] {
  const { module, graft } = site;
  if (graft.affine) return takesAffine(module) ? (base, w) => foldAffine(base, module, affineOf(site, w)) : undefined;
  return graft.merge && ((base, w) => runMerge(site, base, w));
}

/**
 * The weights that change, checked.
 *
 * @param base the weights that the merge may change; it gets a frozen copy
 * @param owner what they belong to, for messages
 */
function runMerge(site: Site, base: Weights, w: Weights, owner?: string): Record<string, tf.Tensor> {
  const { who, module, graft } = site;
  const what = `merge of the graft on '${module.path}'`;
  const given: unknown = nameErrors(who, what, () => graft.merge!(Object.freeze({ ...base }), w, module));
  return checkMerged(`${who}: ${what}`, base, given, owner);
}

function affineOf({ who, module, graft }: Site, w: Weights): Affine {
  const what = `affine of the graft on '${module.path}'`;
  return checkAffine(
    `${who}: ${what}`,
    module,
    nameErrors(who, what, () => graft.affine!(w)),
  );
}

/** The weights that a layer runs with under a graft that only merges. */
function mergedLinear(site: Site, own: Linear, mine: Weights): Linear {
  const { path } = site.module;
  const weight = `${path}.weight`;
  const bias = `${path}.bias`;
  const owner = `'${path}', and without a forward it may change that layer only`;
  const merged = runMerge(site, { [weight]: own.weight, [bias]: own.bias }, mine, owner);
  return { weight: merged[weight] ?? own.weight, bias: merged[bias] ?? own.bias };
}
