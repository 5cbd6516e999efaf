// Grafts placed on the modules of a model: one site for each module that a graft's glob matches.

import type * as tf from "@tensorflow/tfjs";
import { type Affine, followedBy, type Pending, pending, settle } from "./affine.ts";
import { initsOf } from "./check-adaptation.ts";
import { checkAffine, checkMerged, checkOutput } from "./check-tensors.ts";
import { blaming, MethodError } from "./error.ts";
import { glob } from "./glob.ts";
import type { Init } from "./init.ts";
import { foldAffine, takesAffine } from "./merges.ts";
import type { Graft } from "./method.ts";
import type { Model, Module, Weights } from "./model.ts";
import { matchesNothing } from "./trainable.ts";

/** A linear layer's weights as it runs: weight [out, in], bias [out]. */
export interface Linear {
  readonly weight: tf.Tensor;
  readonly bias: tf.Tensor;
}

export interface Site {
  /** The method, as messages call it. */
  readonly who: string;
  readonly module: Module;
  readonly graft: Graft;
  /** Of the site's weights: their path without the key. */
  readonly prefix: string;
  readonly inits: Readonly<Record<string, Init>>;
  /** Folds the graft into the base weights, where it can be folded. */
  fold?(base: Weights, w: Weights): Record<string, tf.Tensor>;
}

/** The sites of all grafts, in their order. @throws MethodError where a graft fits no module, or not the one it is on */
export function sitesOf(who: string, name: string, grafts: readonly Graft[], model: Model): Site[] {
  const sites = grafts.flatMap((g) => sitesOfGraft(who, name, g, model));
  const seen = new Set<string>();
  for (const { prefix, inits } of sites)
    for (const key of Object.keys(inits)) {
      if (seen.has(prefix + key))
        throw new MethodError(`${who}: two grafts name a weight '${prefix + key}'; give one another key`);
      seen.add(prefix + key);
    }
  return sites;
}

/** Sites by module path. @throws MethodError where a layer's own change comes after what stands around the layer */
export function byModule(sites: readonly Site[]): ReadonlyMap<string, readonly Site[]> {
  const byPath = new Map<string, Site[]>();
  for (const s of sites) byPath.set(s.module.path, [...(byPath.get(s.module.path) ?? []), s]);
  for (const [path, here] of byPath) {
    const late = here.findIndex((site, i) => onWeightsAlone(site) && here.slice(0, i).some((s) => !onWeightsAlone(s)));
    if (late > 0)
      throw new MethodError(
        `${here[late]!.who}: on '${path}' a graft that only merges comes after one with affine or forward, ` +
          "which stands around the layer; list it before",
      );
  }
  return byPath;
}

/**
 * In the order of folding. A part folds into the layer it ends in and a norm into the layer that modulates it, each after what is
 * grafted onto that layer itself: so layers come first, whatever the order in which the model lists its modules.
 */
export const foldingOrder = (sites: readonly Site[]): readonly Site[] =>
  [...sites].sort((a, b) => Number(a.module.kind !== "linear") - Number(b.module.kind !== "linear"));

export function weightsOf(site: Site, w: Weights): Weights {
  return Object.fromEntries(Object.keys(site.inits).map((key) => [key, w[site.prefix + key]!]));
}

/** Does the graft change a layer's weights before it runs, and nothing around it? */
export const onWeightsAlone = ({ graft: { affine, forward } }: Site): boolean => !affine && !forward;

/** Runs a module with the grafts on it, the first innermost. */
export function runThrough(
  sites: readonly Site[],
  w: Weights,
  f: (x: tf.Tensor, own?: Linear) => tf.Tensor | Pending,
  x: tf.Tensor,
  own?: Linear,
): Pending {
  const merged = sites
    .filter(onWeightsAlone)
    .reduce((layer, site) => mergedLinear(site, layer!, weightsOf(site, w)), own);
  const run = sites.reduce<(x: tf.Tensor) => Pending>(
    (inner, site) => {
      const mine = weightsOf(site, w);
      const { affine, forward } = site.graft;
      if (affine) return (x) => followedBy(inner(x), affineOf(site, mine));
      if (!forward) return inner;
      const what = `forward of the graft on '${site.module.path}'`;
      return (x) => {
        const y: unknown = blaming(site.who, what, () => forward((x) => settle(inner(x)), x, mine));
        return pending(checkOutput(`${site.who}: ${what}`, site.module, x, y));
      };
    },
    (x) => pending(f(x, merged)),
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
        `${at} has affine and ${g.forward ? "forward" : "merge"}; affine stands in for both, so leave one out`,
      );
    if (!g.affine && !g.forward && !(g.merge && module.kind === "linear"))
      throw new MethodError(
        `${at} has neither forward nor affine; only a linear module can run on its merged weights instead`,
      );
    const inits = initsOf(who, g, module);
    const site: Site = { who, module, graft: g, prefix: `${module.path}.${name}.`, inits };
    const fold = foldOf(site);
    return fold ? { ...site, fold } : site;
  });
}

/** How the graft is folded into the base weights, where it can be. */
function foldOf(site: Site): Site["fold"] {
  const { module, graft, who } = site;
  if (graft.affine) return takesAffine(module) ? (base, w) => foldAffine(base, module, affineOf(site, w)) : undefined;
  const { merge } = graft;
  if (!merge) return undefined;
  const what = `merge of the graft on '${module.path}'`;
  return (base, w) =>
    checkMerged(
      `${who}: ${what}`,
      base,
      blaming(who, what, () => merge(base, w, module)),
    );
}

function affineOf({ who, module, graft }: Site, w: Weights): Affine {
  const what = `affine of the graft on '${module.path}'`;
  return checkAffine(
    `${who}: ${what}`,
    module,
    blaming(who, what, () => graft.affine!(w)),
  );
}

function mergedLinear(site: Site, own: Linear, mine: Weights): Linear {
  const { path } = site.module;
  const weight = `${path}.weight`;
  const bias = `${path}.bias`;
  const merged = site.graft.merge!({ [weight]: own.weight, [bias]: own.bias }, mine, site.module);
  const foreign = Object.keys(merged).find((name) => name !== weight && name !== bias);
  if (foreign)
    throw new MethodError(
      `${site.who}: the graft on '${path}' has no forward, so its merge may only change that layer, not '${foreign}'`,
    );
  return { weight: merged[weight] ?? own.weight, bias: merged[bias] ?? own.bias };
}
